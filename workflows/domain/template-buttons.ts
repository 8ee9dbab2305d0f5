/** Values for the buttons of a template: the end of a web address, a code to copy, what a tapped answer brings along. */
import type { TemplateButtonValue } from './message-content.ts';
import type { TemplateButton } from './template-definition.ts';
import { fillPlaceholders, placeholdersOf } from './template-placeholders.ts';
import { type TemplateProblem, templateProblem } from './template-problem.ts';
import { faultOfValue, type ValueFault } from './template-values.ts';

const PATH = 'parameters.buttons';
const LONGEST_CODE = 15;
const LONGEST_PAYLOAD = 256;
const LONGEST_URL = 2_000;

type ValuedButton = TemplateButton & { type: TemplateButtonValue['type']; index: number };

/** `required`: without its value the network refuses the template; a quick reply has its own words as value. */
export type TakingButton = ValuedButton & { required: boolean };

/** The buttons that take a value, in order. */
export function takingButtons(buttons: readonly TemplateButton[]): TakingButton[] {
  return buttons.flatMap((button, index): TakingButton[] => {
    const { type } = button;
    if (type === 'quick-reply') return [{ ...button, type, index, required: false }];
    if (type === 'copy-code') return [{ ...button, type, index, required: true }];
    return type === 'url' && takesSuffix(button) ? [{ ...button, type, index, required: true }] : [];
  });
}

const takesSuffix = ({ url = '' }: TemplateButton) => placeholdersOf(url, 'positional').length > 0;

export type CheckedButtons = { values: TemplateButtonValue[]; lines: string[]; problems: TemplateProblem[] };

/** `given`: one for each button that needs a value, or one for each that can take one. */
export function checkButtons(buttons: readonly TemplateButton[], given: readonly string[] = []): CheckedButtons {
  const unknown = buttons.filter(({ type }) => type === 'other').map(unknownKind);
  if (unknown.length > 0) return { values: [], lines: [], problems: unknown };
  const taking = takingButtons(buttons);
  const required = taking.filter((button) => button.required);
  const filled = given.length === required.length ? required : taking;
  if (given.length !== filled.length) {
    return { values: [], lines: [], problems: [wrongCount(given.length, required, taking)] };
  }
  const problems = filled.flatMap((button, at) => faultOfButton(button, given[at] as string, at));
  const values = filled.flatMap(({ type, index, required: isNeeded }, at): TemplateButtonValue[] => {
    const value = given[at] as string;
    return value === '' && !isNeeded ? [] : [{ index, type, value }];
  });
  return { values, lines: buttonLines(buttons, values), problems };
}

/** What the recipient sees of them: the label, and where a link leads or what is copied. */
export function buttonLines(buttons: readonly TemplateButton[], values: readonly TemplateButtonValue[]): string[] {
  return buttons.map(({ type, text, url }, index) => {
    const value = values.find((given) => given.index === index)?.value;
    if (type === 'copy-code') return `[${text}] ${value ?? ''}`.trim();
    if (type !== 'url' || url === undefined) return `[${text}]`;
    return `[${text}] ${fillUrl(url, value)}`;
  });
}

const fillUrl = (url: string, value: string | undefined): string =>
  fillPlaceholders(url, new Map(value === undefined ? [] : [['1', value]]));

function unknownKind({ name = 'unknown' }: TemplateButton): TemplateProblem {
  return templateProblem(
    { path: 'name', field: 'template' },
    {
      en: [`This template has a button of a kind that Parley does not send yet: ${name}`, 'Choose another template'],
      ru: [`В шаблоне есть кнопка, которую Parley пока не отправляет: ${name}`, 'Выберите другой шаблон'],
    },
  );
}

function wrongCount(
  count: number,
  required: readonly TakingButton[],
  taking: readonly TakingButton[],
): TemplateProblem {
  const counts = [...new Set([required.length, taking.length])];
  const wanted = required.length > 0 ? required : taking;
  const fields = wanted.map(({ text }, at) => `button.${at + 1} (${text})`).join(', ');
  const message = `${count} values for buttons are given; this template takes ${counts.join(' or ')}`;
  const isNone = taking.length === 0;
  return templateProblem(
    { path: PATH, field: 'button' },
    {
      en: [
        message,
        isNone ? 'Leave it out' : `Give one for each of: ${wanted.map(({ text }) => `"${text}"`).join(', ')}`,
      ],
      form: [message, isNone ? 'Leave them out' : `Use these fields: ${fields}`],
      ru: [
        `Значений для кнопок передано: ${count}, нужно: ${counts.join(' или ')}`,
        isNone ? 'Не передавайте их' : `Используйте поля: ${fields}`,
      ],
    },
  );
}

function faultOfButton(button: TakingButton, value: string, at: number): TemplateProblem[] {
  if (value === '' && !button.required) return [];
  const fault = faultOfValue(value) ?? faultByType(button, value);
  if (fault === undefined) return [];
  const { en, ru } = fault;
  return [
    templateProblem(
      { path: `${PATH}.${at}`, field: `button.${at + 1}` },
      {
        en: [`The value of the button "${button.text}" ${en[0]}`, en[1]],
        ru: [`Значение кнопки «${button.text}» ${ru[0]}`, ru[1]],
      },
    ),
  ];
}

const SPACE: ValueFault = {
  en: ['holds white space', 'Write it as it stands in a web address'],
  ru: ['содержит пробел', 'Запишите его так, как в адресе страницы'],
};
const longerThan = (most: number): ValueFault => ({
  en: [`is longer than ${most} characters`, 'Shorten it'],
  ru: [`длиннее ${most} символов`, 'Сократите его'],
});
const LONG_ADDRESS: ValueFault = {
  en: [`makes the address longer than ${LONGEST_URL} characters`, 'Shorten it'],
  ru: [`делает адрес длиннее ${LONGEST_URL} символов`, 'Сократите его'],
};

function faultByType({ type, url = '' }: TakingButton, value: string): ValueFault | undefined {
  switch (type) {
    case 'url':
      if (/\s/.test(value)) return SPACE;
      return fillUrl(url, value).length > LONGEST_URL ? LONG_ADDRESS : undefined;
    case 'copy-code':
      return value.length > LONGEST_CODE ? longerThan(LONGEST_CODE) : undefined;
    case 'quick-reply':
      return value.length > LONGEST_PAYLOAD ? longerThan(LONGEST_PAYLOAD) : undefined;
  }
}
