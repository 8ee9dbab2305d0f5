import type { Parameters, Recipient, SendableTemplate, Values } from '../control/mailing-calls.ts';
import type { Person } from './made-up.ts';

/** In a value: the first name of whoever it goes to. */
const ownName = '{name}';

const firstNameOf = ({ name }: Person): string => name.split(' ')[0] ?? name;

/** The values of a form, keyed "body 1", as the product takes them. */
export function parametersOf({ needs }: SendableTemplate, values: Values): Parameters {
  const part = (name: 'body' | 'header') =>
    Object.fromEntries(needs[name].map(({ placeholder }) => [placeholder, values[`${name} ${placeholder}`] ?? '']));
  const asGiven = (given: Values) => (needs.format === 'named' ? given : Object.values(given));
  const link = values['header link'];
  const buttons = needs.buttons.flatMap((_button, index) => values[`button ${index}`] ?? []);
  return {
    ...(needs.body.length === 0 ? {} : { body: asGiven(part('body')) }),
    ...(needs.header.length === 0 ? {} : { header: asGiven(part('header')) }),
    ...(needs.headerMedia === undefined || link === undefined ? {} : { header: { link } }),
    ...(buttons.length === 0 ? {} : { buttons }),
  };
}

/** Values with the recipient's name in them are the recipient's own; all others are common. */
export function recipientsOf(people: Person[], template: SendableTemplate | undefined, values: Values): Recipient[] {
  const isPersonal = Object.values(values).some((value) => value.includes(ownName));
  return people.map((person) => {
    const recipient = { to: `+${person.phone}`, name: person.name };
    if (template === undefined || !isPersonal) return recipient;
    const own = Object.entries(values).map(([key, value]) => [key, value.replaceAll(ownName, firstNameOf(person))]);
    return { ...recipient, parameters: parametersOf(template, Object.fromEntries(own)) };
  });
}

/** What stands in the form at first: the examples, and the name where the template asks for one. */
export function firstValues({ needs }: SendableTemplate): Values {
  const first = (part: 'body' | 'header') =>
    needs[part].map(({ placeholder, example }, index): [string, string] => [
      `${part} ${placeholder}`,
      example ?? (/name/.test(placeholder) || (part === 'body' && index === 0) ? ownName : ''),
    ]);
  return Object.fromEntries([
    ...first('header'),
    ...first('body'),
    ...(needs.headerMedia === undefined ? [] : [['header link', 'https://example.com/document.pdf']]),
    ...needs.buttons.flatMap(({ required, example }, index) => (required ? [[`button ${index}`, example ?? '']] : [])),
  ]);
}
