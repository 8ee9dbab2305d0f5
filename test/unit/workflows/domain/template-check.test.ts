import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTemplate, type GivenParameters } from '../../../../workflows/domain/template-check.ts';
import type { TemplateButton, TemplateComponents } from '../../../../workflows/domain/template-definition.ts';
import { aTemplate } from '../../../support/templates.ts';

const button = (type: TemplateButton['type'], more: Partial<TemplateButton> = {}): TemplateButton => ({
  type,
  text: type,
  ...more,
});
const LINK = button('url', { text: 'Track', url: 'https://shop.example/t/{{1}}' });
const CODE = button('copy-code', { text: 'Copy code' });
const YES = button('quick-reply', { text: 'Yes' });

const PLAIN = aTemplate({ components: { body: { text: 'We are back.' } } });
const LISTED = aTemplate();
const NAMED = aTemplate({
  parameterFormat: 'named',
  components: { body: { text: 'Dear {{name}}, {{sum}} is due, {{name}}.' } },
});
const withHeader = (header: TemplateComponents['header']) =>
  aTemplate({ components: { header, body: { text: 'Hello' } } });
const withButtons = (...buttons: TemplateButton[]) => aTemplate({ components: { body: { text: 'Hello' }, buttons } });
const PICTURE = withHeader({ format: 'image' });

describe('a template that can be sent', () => {
  it.each<[string, typeof LISTED, GivenParameters, object | undefined, string]>([
    ['without placeholders', PLAIN, {}, undefined, 'We are back.'],
    ['with nothing for its placeholders that are none', PLAIN, { body: [], header: [] }, undefined, 'We are back.'],
    [
      'by position',
      LISTED,
      { body: ['A-17', 'Monday'] },
      { body: ['A-17', 'Monday'] },
      'Your order A-17 is ready on Monday.',
    ],
    [
      'by positions that are keys',
      LISTED,
      { body: { 2: 'Monday', 1: 'A-17' } },
      { body: ['A-17', 'Monday'] },
      'Your order A-17 is ready on Monday.',
    ],
    [
      'by name',
      NAMED,
      { body: { sum: '5 €', name: 'Jane' } },
      { body: { name: 'Jane', sum: '5 €' } },
      'Dear Jane, 5 € is due, Jane.',
    ],
    [
      'with a header, a footer and buttons',
      aTemplate({
        components: {
          header: { format: 'text', text: 'Order {{1}}' },
          footer: 'Acme',
          body: { text: 'It is ready.' },
          buttons: [YES, LINK, button('plain', { text: 'Call us' })],
        },
      }),
      { header: ['A-17'], buttons: ['A17'] },
      { header: ['A-17'], buttons: [{ index: 1, type: 'url', value: 'A17' }] },
      'Order A-17\nIt is ready.\nAcme\n[Yes]\n[Track] https://shop.example/t/A17\n[Call us]',
    ],
    [
      'with a value for every button that takes one',
      withButtons(YES, CODE),
      { buttons: ['yes-1', 'SAVE20'] },
      {
        buttons: [
          { index: 0, type: 'quick-reply', value: 'yes-1' },
          { index: 1, type: 'copy-code', value: 'SAVE20' },
        ],
      },
      'Hello\n[Yes]\n[Copy code] SAVE20',
    ],
    ['with a quick reply that has only its words', withButtons(YES), { buttons: [''] }, undefined, 'Hello\n[Yes]'],
    [
      'with a document',
      withHeader({ format: 'document' }),
      { header: { link: 'https://acme.example/a.pdf', name: 'Счёт.pdf' } },
      { headerMedia: { media: 'document', link: 'https://acme.example/a.pdf', name: 'Счёт.pdf' } },
      'Hello',
    ],
    ['with a value of "$&"', LISTED, { body: ['$&', '$1'] }, { body: ['$&', '$1'] }, 'Your order $& is ready on $1.'],
    [
      'of exactly 1,024 characters',
      aTemplate({ components: { body: { text: '{{1}}' } } }),
      { body: ['x'.repeat(1_024)] },
      { body: ['x'.repeat(1_024)] },
      'x'.repeat(1_024),
    ],
    [
      'with four spaces in a row',
      aTemplate({ components: { body: { text: '{{1}}' } } }),
      { body: ['a    b'] },
      { body: ['a    b'] },
      'a    b',
    ],
  ])('%s', (_, template, given, parameters, preview) => {
    expect(checkTemplate(template, given)).toEqual({
      template: { name: template.name, language: template.language, ...(parameters ? { parameters } : {}) },
      preview,
    });
  });
});

describe('a template that the network would refuse', () => {
  it.each<[string, typeof LISTED, GivenParameters, [path: string, message: RegExp][]]>([
    [
      'nothing is given',
      LISTED,
      {},
      [
        ['parameters.body.0', /\{\{1\}\} is missing/],
        ['parameters.body.1', /\{\{2\}\} is missing/],
      ],
    ],
    ['one value is missing', LISTED, { body: ['A'] }, [['parameters.body.1', /\{\{2\}\} is missing/]]],
    ['one value too many', LISTED, { body: ['A', 'B', 'C'] }, [['parameters.body.2', /no placeholder \{\{3\}\}/]]],
    ['values where none are wanted', PLAIN, { body: ['A'] }, [['parameters.body', /no placeholders/]]],
    [
      'names where numbers are wanted',
      LISTED,
      { body: { a: 'A', b: 'B' } },
      [['parameters.body', /numbers, not names/]],
    ],
    ['numbers where names are wanted', NAMED, { body: ['Jane', '5'] }, [['parameters.body', /have names/]]],
    [
      'a name that is missing and one that is unknown',
      NAMED,
      { body: { name: 'Jane', summe: '5' } },
      [
        ['parameters.body.summe', /no placeholder \{\{summe\}\}/],
        ['parameters.body.sum', /\{\{sum\}\} is missing/],
      ],
    ],
    [
      'a name of every object',
      NAMED,
      { body: { constructor: 'x', name: 'a', sum: 'b' } },
      [['parameters.body.constructor', /no placeholder/]],
    ],
    [
      'an empty value',
      LISTED,
      { body: ['', ' '] },
      [
        ['parameters.body.0', /is empty/],
        ['parameters.body.1', /is empty/],
      ],
    ],
    ...['\n', '\r', '\t', '\u2028', '\0'].map((sign): [string, typeof LISTED, GivenParameters, [string, RegExp][]] => [
      `a value with ${JSON.stringify(sign)}`,
      LISTED,
      { body: ['A', `a${sign}b`] },
      [['parameters.body.1', /line break or a tab/]],
    ]),
    ['five spaces in a row', LISTED, { body: ['A', 'a     b'] }, [['parameters.body.1', /more than four spaces/]]],
    [
      'a variable that was not filled in',
      LISTED,
      { body: ['{{Task.Name}}', 'B'] },
      [['parameters.body.0', /not filled in/]],
    ],
    ['half a character', LISTED, { body: ['\ud83d', 'B'] }, [['parameters.body.0', /half a character/]]],
    [
      '1,025 characters',
      aTemplate({ components: { body: { text: '{{1}}' } } }),
      { body: ['x'.repeat(1_025)] },
      [['parameters.body', /1025 characters/]],
    ],
    [
      'a long value in a short text',
      LISTED,
      { body: ['x'.repeat(1_010), 'Monday'] },
      [['parameters.body', /WhatsApp takes 1024/]],
    ],
    [
      'a header of 61 characters',
      withHeader({ format: 'text', text: '{{1}}' }),
      { header: ['x'.repeat(61)] },
      [['parameters.header', /takes 60/]],
    ],
    ['a header where there is none', PLAIN, { header: ['A'] }, [['parameters.header', /no placeholders/]]],
    ['no picture', PICTURE, {}, [['parameters.header', /is a picture/]]],
    ['words for a picture', PICTURE, { header: ['A'] }, [['parameters.header', /is a picture/]]],
    ['an id for a picture', PICTURE, { header: { id: '7' } }, [['parameters.header.id', /is a picture/]]],
    ...[
      'http://a.example/b.jpg',
      'ftp://a.example/b',
      'https://',
      'https://a b.example/',
      'a.jpg',
      '',
      `https://a.example/${'x'.repeat(2_000)}`,
      'https://user@a.example/b',
    ].map((link): [string, typeof LISTED, GivenParameters, [string, RegExp][]] => [
      `a picture at "${link.slice(0, 30)}"`,
      PICTURE,
      { header: { link } },
      [['parameters.header.link', /https:\/\//]],
    ]),
    [
      'a name of a picture',
      PICTURE,
      { header: { link: 'https://a.example/b', name: 'b.jpg' } },
      [['parameters.header.name', /Only a document/]],
    ],
    [
      'a name that is a path',
      withHeader({ format: 'document' }),
      { header: { link: 'https://a.example/b', name: '../b' } },
      [['parameters.header.name', /name of a file/]],
    ],
    ['a header of another kind', withHeader({ format: 'other', name: 'LOCATION' }), {}, [['name', /LOCATION/]]],
    [
      'a part of another kind',
      aTemplate({ components: { body: { text: 'Hi' }, others: ['CAROUSEL'] } }),
      {},
      [['name', /CAROUSEL/]],
    ],
    ['a button of another kind', withButtons(button('other', { name: 'FLOW' })), {}, [['name', /FLOW/]]],
    ['no value for a link', withButtons(YES, LINK), {}, [['parameters.buttons', /0 values .* takes 1 or 2/]]],
    [
      'too many values for buttons',
      withButtons(LINK),
      { buttons: ['a', 'b'] },
      [['parameters.buttons', /2 values .* takes 1$/]],
    ],
    [
      'a value for a button that takes none',
      withButtons(button('plain')),
      { buttons: ['a'] },
      [['parameters.buttons', /takes 0/]],
    ],
    ['an empty end of a link', withButtons(LINK), { buttons: [' '] }, [['parameters.buttons.0', /"Track" is empty/]]],
    ['white space in a link', withButtons(LINK), { buttons: ['a b'] }, [['parameters.buttons.0', /white space/]]],
    [
      'a link of 2,001 characters',
      withButtons(LINK),
      { buttons: ['x'.repeat(1_979)] },
      [['parameters.buttons.0', /longer than 2000/]],
    ],
    [
      'a code of 16 characters',
      withButtons(CODE),
      { buttons: ['X'.repeat(16)] },
      [['parameters.buttons.0', /longer than 15/]],
    ],
    [
      'a payload of 257 characters',
      withButtons(YES),
      { buttons: ['x'.repeat(257)] },
      [['parameters.buttons.0', /longer than 256/]],
    ],
  ])('says where and why: %s', (_, template, given, expected) => {
    const checked = checkTemplate(template, given);
    const problems = 'problems' in checked ? checked.problems : [];
    expect(problems.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [at, [, message]] of expected.entries()) expect(problems[at]?.message).toMatch(message);
    for (const { remedy } of problems) expect(remedy).toMatch(/^[A-Z].{3}/);
    for (const { form } of problems) {
      expect(form.field).toMatch(/^(template|(body|header|button)(\.\w+)?)$/);
      // People see no JSON and no addresses of the API, and Russian ones no English sentence.
      for (const sentence of [...form.en, ...form.ru]) expect(sentence).not.toMatch(/\{"|\["|GET |POST |`/);
      for (const sentence of form.ru) expect(sentence).toMatch(/^[А-ЯЁ].*[а-яё]{2}/);
    }
  });

  it('says where in the words of the form, too', () => {
    const fieldsOf = (template: typeof LISTED, given: GivenParameters) => {
      const checked = checkTemplate(template, given);
      return 'problems' in checked ? checked.problems.map(({ form }) => form.field) : [];
    };
    expect(fieldsOf(LISTED, { body: ['A'] })).toEqual(['body.2']);
    expect(fieldsOf(NAMED, { body: { name: 'Jane', 1: 'x' } })).toEqual(['body.1', 'body.sum']);
    expect(fieldsOf(PICTURE, {})).toEqual(['header.link']);
    expect(fieldsOf(withButtons(CODE), { buttons: ['X'.repeat(16)] })).toEqual(['button.1']);
  });

  it('names every problem at once', () => {
    const template = aTemplate({ components: { header: { format: 'image' }, buttons: [LINK] } });
    const checked = checkTemplate(template, { body: ['\n'] });
    expect('problems' in checked && checked.problems.map(({ path }) => path)).toEqual([
      'parameters.header',
      'parameters.body.0',
      'parameters.body.1',
      'parameters.buttons',
    ]);
  });
});

describe('whatever is given', () => {
  const values = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ minLength: 400, maxLength: 700 }),
    fc.constantFrom('A', '{{1}}', 'a\nb', '$&', '\\1', '%s', 'a     b', '🙂'),
  );
  const given = fc.oneof(
    fc.array(values, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('1', '2', 'name', 'sum'), values),
  );
  const text = fc.constantFrom(
    'Hi',
    'Hi {{1}}',
    '{{1}} and {{2}}',
    '{{name}} {{ sum }} {{name}}',
    `${'x'.repeat(500)}{{1}}`,
  );
  const format = fc.constantFrom('positional' as const, 'named' as const);

  /** What the network holds against a filled text. */
  const faultsOf = (preview: string, body: string, parameters: string[]) => [
    ...(/\{\{\s*\w+\s*\}\}/.test(preview) ? ['a placeholder is left'] : []),
    ...(body.length > 1_024 ? ['too long'] : []),
    ...(parameters.some((value) => /[\n\t]| {5}/.test(value) || value.trim() === '')
      ? ['a value that is refused']
      : []),
  ];

  it('what passes is within the limits of the network, and nothing is left to fill in', () => {
    let passed = 0;
    fc.assert(
      fc.property(text, given, format, (words, body, parameterFormat) => {
        const isFit = parameterFormat === 'named' ? !/\{\{1/.test(words) : !/\{\{n/.test(words);
        fc.pre(isFit);
        const template = aTemplate({ parameterFormat, components: { body: { text: words } } });
        const checked = checkTemplate(template, { body });
        if ('problems' in checked) return checked.problems.length > 0;
        passed += 1;
        const sent = Object.values(checked.template.parameters?.body ?? {}) as string[];
        return faultsOf(checked.preview, checked.preview, sent).length === 0;
      }),
      { numRuns: 500 },
    );
    expect(passed).toBeGreaterThan(20);
  });

  it('control: the same look finds what is wrong', () => {
    expect(faultsOf('Hi {{1}}', 'x'.repeat(1_025), ['a\nb'])).toHaveLength(3);
  });
});
