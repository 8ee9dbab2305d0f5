import { GraphError } from '../errors.ts';
import type { GraphSettings } from '../settings.ts';

export type Fields = Record<string, unknown>;

/** Checks the part under the key of its type and gives the text that a person sees. @throws GraphError */
type ReadPart = (part: Fields, settings: GraphSettings) => string;

/** Types that can be sent. Media, interactive messages and templates belong here, with the limits of Meta's pages. */
const readers: Record<string, ReadPart> = { text: readText };

/** All types that the network knows, as its own refusal lists them. */
const knownTypes = [
  ...['AUDIO', 'CONTACTS', 'DOCUMENT', 'IMAGE', 'INTERACTIVE', 'LOCATION', 'REACTION', 'STICKER', 'TEMPLATE', 'TEXT'],
  'VIDEO',
];

const longestText = 4_096;

/** @throws GraphError for an unknown type, one that the sandbox does not emulate, or a part that Meta would refuse */
export function readPart(body: Fields, settings: GraphSettings): { type: string; text: string; part: Fields } {
  const type = body.type ?? 'text';
  if (typeof type !== 'string' || !knownTypes.includes(type.toUpperCase())) {
    const list = knownTypes.join(', ');
    throw new GraphError(100, { message: `(#100) Param type must be one of {${list}} - got "${String(type)}".` });
  }
  const read = readers[type];
  if (read === undefined) {
    throw new GraphError(131051, { details: `The sandbox does not emulate messages of type ${type}.` });
  }
  const part = body[type];
  if (part === undefined) throw missing(`text['body']`);
  if (!isFields(part)) throw invalid(type, 'must be a JSON object');
  return { type, part, text: read(part, settings) };
}

function readText(part: Fields, settings: GraphSettings): string {
  const { body, preview_url: previewUrl } = part;
  if (body === undefined || body === null || body === '') throw missing(`text['body']`);
  if (typeof body !== 'string') throw invalid(`text['body']`, 'must be a string');
  const length = settings.textLimitUnit === 'utf16' ? body.length : [...body].length;
  if (length > longestText) throw invalid(`text['body']`, `must be at most ${longestText} characters long`);
  if (previewUrl !== undefined && typeof previewUrl !== 'boolean') {
    throw invalid(`text['preview_url']`, 'must be a boolean');
  }
  return body;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const missing = (name: string): GraphError =>
  new GraphError(100, { message: `(#100) The parameter ${name} is required.` });

export const invalid = (name: string, rule: string): GraphError =>
  new GraphError(100, { message: `(#100) Param ${name} ${rule}.` });
