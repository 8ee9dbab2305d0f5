/** Values for the placeholders of one text of a template, as callers write them. */
import type { TemplateParameters } from './message-content.ts';
import { fillPlaceholders, holdsPlaceholder, placeholdersOf } from './template-placeholders.ts';
import { type Sentence, type TemplateProblem, templateProblem } from './template-problem.ts';

export type CheckedText = {
  /** The text with its placeholders filled. */
  text: string;
  /** In the template's own way, by position or by name; undefined where it takes none. */
  parameters?: TemplateParameters | undefined;
  problems: TemplateProblem[];
};

type Place = { name: 'body' | 'header'; text: string; format: 'positional' | 'named'; longest: number };

/** Finds what the network would refuse of one text, and fills it. */
export function checkText(place: Place, given: TemplateParameters | undefined): CheckedText {
  const { name, text, format, longest } = place;
  const names = placeholdersOf(text, format);
  if (names.length === 0)
    return { text, problems: given && Object.keys(given).length > 0 ? [nothingToFill(name)] : [] };
  const values = valuesByName(given, format);
  if (values === undefined) return { text, problems: [otherWay(place, names)] };
  const problems = [
    ...unknownOnes(place, names, values),
    ...names.flatMap((placeholder) => faultOf(place, placeholder, values.get(placeholder))),
  ];
  const filled = fillPlaceholders(text, values);
  if (problems.length === 0 && filled.length > longest) problems.push(tooLong(place, filled.length));
  const known = names.map((placeholder): [string, string] => [placeholder, values.get(placeholder) ?? '']);
  const parameters = format === 'named' ? Object.fromEntries(known) : known.map(([, value]) => value);
  return { text: filled, parameters, problems };
}

const isList = (given: TemplateParameters): given is readonly string[] => Array.isArray(given);

/** Undefined: by name where positions are wanted, or the other way round. Positions may be keys, too: {"1": "a"}. */
function valuesByName(
  given: TemplateParameters = [],
  format: Place['format'],
): ReadonlyMap<string, string> | undefined {
  if (!isList(given)) {
    const entries = Object.entries(given);
    const isByName = entries.some(([key]) => !/^[1-9]\d{0,2}$/.test(key));
    return format === 'positional' && isByName ? undefined : new Map(entries);
  }
  if (format === 'named' && given.length > 0) return undefined;
  return new Map(given.map((value, index) => [String(index + 1), value]));
}

const whole = (name: Place['name']) => ({ path: `parameters.${name}`, field: name });

const nothingToFill = (name: Place['name']): TemplateProblem =>
  templateProblem(whole(name), {
    en: ['This part of the template has no placeholders', 'Leave it out'],
    ru: ['В этой части шаблона нет переменных', 'Не передавайте её'],
  });

function otherWay({ name, format }: Place, names: readonly string[]): TemplateProblem {
  const fields = names.map((placeholder) => `${name}.${placeholder}`).join(', ');
  if (format === 'named') {
    const example = JSON.stringify(Object.fromEntries(names.map((placeholder) => [placeholder, '…'])));
    const message = 'The placeholders of this template have names';
    return templateProblem(whole(name), {
      en: [message, `Give them by name: ${example}`],
      form: [message, `Use these fields: ${fields}`],
      ru: ['У переменных этого шаблона есть имена', `Используйте поля: ${fields}`],
    });
  }
  const message = 'The placeholders of this template have numbers, not names';
  return templateProblem(whole(name), {
    en: [message, `Give a list of values: ${JSON.stringify(names.map(() => '…'))}`],
    form: [message, `Use these fields: ${fields}`],
    ru: ['У переменных этого шаблона номера, а не имена', `Используйте поля: ${fields}`],
  });
}

function unknownOnes(place: Place, names: readonly string[], values: ReadonlyMap<string, string>): TemplateProblem[] {
  const unknown = [...values.keys()].filter((key) => !names.includes(key));
  const list = names.map((name) => `{{${name}}}`).join(', ');
  return unknown.map((key) =>
    templateProblem(placeOf(place, key), {
      en: [`The template has no placeholder {{${key}}}`, `It has ${list}: leave out what is more`],
      ru: [`В шаблоне нет переменной {{${key}}}`, `В нём есть ${list}: лишнее уберите`],
    }),
  );
}

/** In the caller's JSON the first value of a list is number 0. */
const placeOf = ({ name, format }: Place, placeholder: string) => ({
  path: `parameters.${name}.${format === 'named' ? placeholder : Number(placeholder) - 1}`,
  field: `${name}.${placeholder}`,
});

function faultOf(place: Place, placeholder: string, value: string | undefined): TemplateProblem[] {
  const fault = value === undefined ? MISSING : faultOfValue(value);
  if (fault === undefined) return [];
  const { en, ru } = fault;
  return [
    templateProblem(placeOf(place, placeholder), {
      en: [`The value of {{${placeholder}}} ${en[0]}`, en[1]],
      ru: [`Значение {{${placeholder}}} ${ru[0]}`, ru[1]],
    }),
  ];
}

/** Each message goes on after "The value of …". */
export type ValueFault = { en: Sentence; ru: Sentence };

const MISSING: ValueFault = { en: ['is missing', 'Give a value for it'], ru: ['не указано', 'Укажите его'] };
const EMPTY: ValueFault = {
  en: ['is empty', 'Give a text, for example "-"'],
  ru: ['пустое', 'Укажите текст, например «-»'],
};
const BROKEN: ValueFault = {
  en: ['holds a line break or a tab', 'Write it in one line'],
  ru: ['содержит перенос строки или табуляцию', 'Запишите его в одну строку'],
};
const SPACED: ValueFault = {
  en: ['holds more than four spaces in a row', 'Use one space'],
  ru: ['содержит больше четырёх пробелов подряд', 'Оставьте один пробел'],
};
const UNFILLED: ValueFault = {
  en: ['holds a variable that was not filled in', 'Replace {{…}} by what it stands for'],
  ru: ['содержит незаполненную переменную', 'Подставьте вместо {{…}} само значение'],
};
const ILL_FORMED: ValueFault = {
  en: ['holds half a character', 'Send well-formed text'],
  ru: ['содержит половину символа', 'Передайте текст без повреждений'],
};

/** Line breaks of every kind, and control characters, which no network shows. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u;
const MANY_SPACES = / {5}/;

/** What is wrong with one value; undefined: nothing. */
export function faultOfValue(value: string): ValueFault | undefined {
  if (value.trim() === '') return EMPTY;
  if (BREAKS.test(value)) return BROKEN;
  if (MANY_SPACES.test(value)) return SPACED;
  if (holdsPlaceholder(value)) return UNFILLED;
  return value.isWellFormed() ? undefined : ILL_FORMED;
}

const IN_RUSSIAN = { body: 'Текст', header: 'Заголовок' } as const;

function tooLong({ name, longest }: Place, length: number): TemplateProblem {
  const [more, russian] = [length - longest, IN_RUSSIAN[name]];
  return templateProblem(whole(name), {
    en: [
      `The ${name} has ${length} characters when it is filled; WhatsApp takes ${longest}`,
      `Shorten its values by ${more} characters`,
    ],
    ru: [
      `${russian} с подставленными значениями длиной ${length}, WhatsApp принимает ${longest}`,
      `Сократите значения на ${more}`,
    ],
  });
}
