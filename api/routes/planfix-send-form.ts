import { parseNumber } from '../../activities/planfix/hint.ts';
import type { GivenTemplate } from './template-parameters.ts';

/** What a button or scenario asks for, as far as the form alone can be judged. */
export type SendForm = {
  task: number | undefined;
  contact: number | undefined;
  /** As it was written; several, where the variable holds a list. */
  phones: string[];
  connection: string | undefined;
  template: GivenTemplate | undefined;
  text: string | undefined;
  name: string | undefined;
  button: string | undefined;
};

/** `field` cannot be used; `why` is a word of `SEND_WORDS`. */
export type FormFault = { field: string; why: 'unfilled' | 'not-a-number' | 'missing' | 'too-long' | 'nobody' };

const LONGEST = { text: 4_096, name: 200, button: 200, connection: 50, template: 512, language: 15, phone: 500 };
const LARGEST_NUMBER = 2_147_483_647;
const PARAMETER = /^(body|header|button)[._](.{1,100})$/;

/**
 * Reads the fields as people fill them in: names in any case, white space around, an array of one. A variable that
 * Planfix did not fill in is told as such: it must never reach a customer.
 */
export function readSendForm(fields: unknown): SendForm | FormFault {
  const given = flatten(fields);
  const unfilled = [...given].find(([, value]) => value.includes('{{'));
  if (unfilled) return { field: unfilled[0], why: 'unfilled' };
  for (const [field, longest] of Object.entries(LONGEST)) {
    if ((given.get(field) ?? '').length > longest) return { field, why: 'too-long' };
  }
  const numbers: Record<string, number | undefined> = {};
  for (const field of ['task', 'contact']) {
    const value = given.get(field)?.replace(/^contact:/, '');
    if (value === undefined) continue;
    const number = parseNumber(value);
    if (typeof number === 'string' || number > LARGEST_NUMBER) return { field, why: 'not-a-number' };
    numbers[field] = number;
  }
  const { task, contact } = numbers;
  const phones = (given.get('phone') ?? '')
    .split(/[,;\n]/)
    .map((phone) => phone.trim())
    .filter(Boolean);
  if (task === undefined && contact === undefined && phones.length === 0) return { field: 'task', why: 'nobody' };
  const name = given.get('template');
  const text = given.get('text');
  if (name === undefined && text === undefined) return { field: 'template', why: 'missing' };
  const language = given.get('language');
  if (name !== undefined && language === undefined) return { field: 'language', why: 'missing' };
  const template =
    name === undefined ? undefined : { name, language: language as string, parameters: parametersOf(given) };
  return {
    ...{ task, contact, phones, template },
    connection: given.get('connection'),
    text: template === undefined ? text : undefined,
    name: given.get('name'),
    button: given.get('button'),
  };
}

/** Texts by lower-case field; what is empty counts as left out. Objects and lists in JSON become `body.1`, `body.name`. */
function flatten(fields: unknown): Map<string, string> {
  const flat = new Map<string, string>();
  const add = (key: string, value: unknown) => {
    if (typeof value !== 'string' && typeof value !== 'number') return;
    const text = String(value).trim();
    if (text !== '') flat.set(key, text.toWellFormed().replaceAll('\0', ''));
  };
  for (const [name, value] of Object.entries(isRecord(fields) ? fields : {})) {
    const parameter = /^(body|header|button)[._](.+)$/i.exec(name.trim());
    const key = parameter ? `${parameter[1]?.toLowerCase()}.${parameter[2]}` : name.trim().toLowerCase();
    // A form's field comes as a list, of one most often; "button" alone is the button's own name.
    const isList = Array.isArray(value) && (value.length > 1 || key === 'body' || key === 'header');
    const single = Array.isArray(value) ? value[0] : value;
    if (isRecord(single)) for (const [part, own] of Object.entries(single)) add(`${key}.${part}`, own);
    else if (isList) for (const [index, own] of value.entries()) add(`${key}.${index + 1}`, own);
    else add(key === 'body' || key === 'header' ? `${key}.1` : key, single);
  }
  return flat;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parametersOf(given: ReadonlyMap<string, string>): NonNullable<GivenTemplate['parameters']> {
  const parts: Record<string, Record<string, string>> = { body: {}, header: {}, button: {} };
  for (const [field, value] of given) {
    const [, part, key] = PARAMETER.exec(field) ?? [];
    if (part !== undefined && key !== undefined) (parts[part] as Record<string, string>)[key] = value;
  }
  const { body = {}, header = {}, button = {} } = parts;
  return {
    ...(Object.keys(body).length === 0 ? {} : { body: valuesOf(body) }),
    ...(Object.keys(header).length === 0 ? {} : { header: valuesOf(header) }),
    ...(Object.keys(button).length === 0 ? {} : { buttons: inOrder(button) }),
  };
}

const inOrder = (values: Record<string, string>) =>
  Object.entries(values)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, value]) => value);
/** Values by name, or by place where one was left empty: those behind it must not move up. */
const valuesOf = (values: Record<string, string>) =>
  Object.keys(values).every((_, index) => Object.hasOwn(values, index + 1)) ? inOrder(values) : values;
