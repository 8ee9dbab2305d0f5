/**
 * The answers of a form (a Flow) or an address, which come as JSON within a string: it may be broken, be no object, and
 * hide in its escapes what a database cannot hold. (WhatsApp: interactive)
 */
import type { KindDetails } from '../../../workflows/domain/message-content.ts';
import { makeStorable } from './storable.ts';

type FormDetails = Extract<KindDetails, { type: 'form' }>;
type Answers = NonNullable<FormDetails['answers']>;

/** Belongs to the machinery of forms and is no answer. */
const TOKEN_KEY = 'flow_token';
const ADDRESS = 'address_message';

export function readForm(form: {
  name?: string | undefined;
  body?: string | undefined;
  response_json?: string | undefined;
}): FormDetails {
  const name = form.name ? { name: form.name } : {};
  const answers = readAnswers(form.response_json, form.name);
  if (answers !== undefined) return { type: 'form', ...name, answers };
  const unreadable = form.response_json ?? form.body;
  return { type: 'form', ...name, ...(unreadable ? { unreadable } : {}) };
}

function readAnswers(json: string | undefined, name: string | undefined): Answers | undefined {
  let response: unknown;
  try {
    response = makeStorable(JSON.parse(json ?? ''));
  } catch {
    return undefined;
  }
  if (!isRecord(response)) return undefined;
  // An address stands one level deeper, beside the number under which the network saved it.
  const fields = name === ADDRESS && isRecord(response.values) ? response.values : response;
  return Object.entries(fields)
    .filter(([key, value]) => key !== TOKEN_KEY && value !== null && value !== '')
    .map(([key, value]) => [key, writeAnswer(value)]);
}

function writeAnswer(value: unknown): string {
  if (typeof value === 'string') return value;
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  return isPlainList ? value.join(', ') : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
