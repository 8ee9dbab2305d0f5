import { describe, expect, it } from '@jest/globals';
import { readSendForm } from '../../../api/routes/planfix-send-form.ts';

const whole = { task: '1001', template: 'order', language: 'en' };
const parametersOf = (fields: object) => {
  const form = readSendForm({ ...whole, ...fields });
  return 'why' in form ? form : form.template?.parameters;
};

const tenToOne = Array.from({ length: 10 }, (_, index) => 10 - index);
const backwards = Object.fromEntries(tenToOne.map((place) => [`body.${place}`, `${place}`]));

describe('the fields of a form', () => {
  it.each<[string, object, object]>([
    ['by number', { 'body.1': 'a', 'body.2': 'b' }, { body: ['a', 'b'] }],
    ['by number, out of order', { 'body.2': 'b', 'body.1': 'a' }, { body: ['a', 'b'] }],
    ['by number, ten of them backwards', backwards, { body: tenToOne.toReversed().map(String) }],
    ['by number, one left empty: none moves up', { 'body.2': 'b', 'body.1': '' }, { body: { 2: 'b' } }],
    ['by name', { 'body.first_name': 'Jane' }, { body: { first_name: 'Jane' } }],
    ['with underscores', { body_1: 'a', body_first_name: 'b' }, { body: { 1: 'a', first_name: 'b' } }],
    [
      'as a form gives them',
      { 'body.1': ['a'], 'header.link': ['https://x.test/a.pdf'] },
      { body: ['a'], header: { link: 'https://x.test/a.pdf' } },
    ],
    [
      'as JSON',
      { body: { name: 'Jane' }, header: ['h'], button: { 1: 'x', 2: 'y' } },
      { body: { name: 'Jane' }, header: ['h'], buttons: ['x', 'y'] },
    ],
    ['none', {}, {}],
    ['empty ones are left out', { 'body.1': ' ' }, {}],
  ])('values %s', (_, fields, parameters) => {
    expect(parametersOf(fields)).toEqual(parameters);
  });

  it('"button" alone is the button itself', () => {
    expect(readSendForm({ ...whole, button: ['ready'] })).toMatchObject({ button: 'ready' });
    expect(readSendForm({ ...whole, button: ['ready'] })).toMatchObject({ template: { parameters: {} } });
  });

  it.each<[string, unknown, string, string]>([
    ['nothing', {}, 'task', 'nobody'],
    ['no object', 'task=1', 'task', 'nobody'],
    ['a variable left as it was', { ...whole, 'body.1': 'Dear {{Contact.Name}}' }, 'body.1', 'unfilled'],
    ['a number that is none', { ...whole, contact: 'Jane' }, 'contact', 'not-a-number'],
    ['a number that Planfix cannot have', { ...whole, task: '99999999999' }, 'task', 'not-a-number'],
    ['nothing to say', { task: '1' }, 'template', 'missing'],
    ['no language', { task: '1', template: 'order' }, 'language', 'missing'],
    ['a name without end', { ...whole, name: 'x'.repeat(201) }, 'name', 'too-long'],
  ])('%s is named', (_, fields, field, why) => {
    expect(readSendForm(fields)).toEqual({ field, why });
  });

  it.each<[string, string[]]>([
    ['+49 1512 1', ['+49 1512 1']],
    ['+49 1512 1, +49 1512 2;\n+49 30 3', ['+49 1512 1', '+49 1512 2', '+49 30 3']],
  ])('the phones in "%s"', (phone, phones) => {
    expect(readSendForm({ ...whole, phone })).toMatchObject({ phones });
  });
});
