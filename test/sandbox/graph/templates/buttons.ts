import { type Fields, fieldsOf, invalid, missing } from '../messages/types.ts';
import type { TemplateButton } from '../model.ts';
import type { Reading } from './components.ts';
import { missesPositional } from './examples.ts';
import { placeholdersOf } from './placeholders.ts';

const mostButtons = 10;
const longestLabel = 25;
const longestUrl = 2_000;
export const longestCode = 15;
const knownTypes = [
  ...['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'FLOW', 'CATALOG', 'MPM', 'VOICE_CALL'],
  ...['OTP', 'REQUEST_CONTACT_INFO'],
];

/** @throws GraphError 100 */
export function readButtons(given: unknown, path: string, reading: Pick<Reading, 'needsExamples'>): TemplateButton[] {
  if (!Array.isArray(given) || given.length === 0) throw missing(path);
  if (given.length > mostButtons) throw invalid(path, `can have at most ${mostButtons} buttons`);
  return given.map((one, index) => readButton(fieldsOf(`${path}[${index}]`, one), `${path}[${index}]`, reading));
}

function readButton(button: Fields, path: string, { needsExamples }: Pick<Reading, 'needsExamples'>): TemplateButton {
  const type = String(button.type).toUpperCase();
  if (!knownTypes.includes(type)) throw invalid(`${path}['type']`, `must be one of {${knownTypes.join(', ')}}`);
  // The label of this one is Meta's own.
  const text = type === 'COPY_CODE' ? 'Copy offer code' : button.text;
  if (typeof text !== 'string' || text === '') throw missing(`${path}['text']`);
  if (text.length > longestLabel) throw invalid(`${path}['text']`, `must be at most ${longestLabel} characters long`);
  const kept = button.example === undefined ? {} : { example: button.example };
  if (type === 'URL') return { type, text, url: readUrl(button, path, needsExamples), ...kept };
  if (type === 'PHONE_NUMBER') return { type, text, phone_number: readPhone(button, path) };
  if (type === 'COPY_CODE') checkCode(button.example, path, needsExamples);
  return { type, text, ...kept };
}

/** One placeholder, `{{1}}`, and only at the end. */
function readUrl({ url, example }: Fields, path: string, needsExamples: boolean): string {
  if (typeof url !== 'string' || url === '') throw missing(`${path}['url']`);
  if (url.length > longestUrl) throw invalid(`${path}['url']`, `must be at most ${longestUrl} characters long`);
  if (!/^https?:\/\//.test(url)) throw invalid(`${path}['url']`, 'must be a URL');
  const places = placeholdersOf(url);
  if (places.length === 0) return url;
  if (places.length > 1 || !url.endsWith('{{1}}')) {
    throw invalid(`${path}['url']`, 'can have one placeholder, {{1}}, at its end');
  }
  if (needsExamples && missesPositional(example, 1)) throw missing(`${path}['example']`);
  return url;
}

function readPhone({ phone_number: phone }: Fields, path: string): string {
  if (typeof phone !== 'string' || !/^\+?[\d\s()-]{5,20}$/.test(phone)) {
    throw invalid(`${path}['phone_number']`, 'must be a phone number of at most 20 characters');
  }
  return phone;
}

function checkCode(example: unknown, path: string, needsExamples: boolean): void {
  const code = Array.isArray(example) ? example[0] : example;
  if (!needsExamples && code === undefined) return;
  if (typeof code !== 'string' || code === '') throw missing(`${path}['example']`);
  if (code.length > longestCode) throw invalid(`${path}['example']`, `must be at most ${longestCode} characters long`);
}
