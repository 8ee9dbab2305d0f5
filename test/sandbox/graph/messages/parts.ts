import { GraphError } from '../errors.ts';
import type { BusinessNumber } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { readContacts, readLocation } from './cards.ts';
import { readMedia } from './media-part.ts';
import { readTemplate } from './template-part.ts';
import { type Fields, fieldsOf, invalid, missing, type PartReader, type ReadPart } from './types.ts';

const media =
  (kind: Parameters<typeof readMedia>[0]): PartReader =>
  (part, world, number) =>
    readMedia(kind, fieldsOf(kind, part), world, number);

/** Types that can be sent, each with the limits of Meta's pages. @throws GraphError */
const readers: Record<string, PartReader> = {
  text: readText,
  image: media('image'),
  video: media('video'),
  audio: media('audio'),
  document: media('document'),
  sticker: media('sticker'),
  location: (part) => readLocation(fieldsOf('location', part)),
  contacts: readContacts,
  reaction: readReaction,
  template: (part, world, number, version) => readTemplate(fieldsOf('template', part), world, number, version),
};

/** All types that the network knows, as its own refusal lists them. */
const knownTypes = [
  ...['AUDIO', 'CONTACTS', 'DOCUMENT', 'IMAGE', 'INTERACTIVE', 'LOCATION', 'REACTION', 'STICKER', 'TEMPLATE', 'TEXT'],
  'VIDEO',
];

const longestText = 4_096;

/** @throws GraphError for an unknown type, one that the sandbox does not emulate, or a part that Meta would refuse */
export function readPart(
  body: Fields,
  world: GraphWorld,
  number: BusinessNumber,
  version: number,
): ReadPart & { type: string; part: unknown } {
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
  if (part === undefined) throw missing(type === 'text' ? `text['body']` : type);
  return { type, part, ...read(part, world, number, version) };
}

function readText(given: unknown, { settings }: GraphWorld): ReadPart {
  const { body, preview_url: previewUrl } = fieldsOf('text', given);
  if (body === undefined || body === null || body === '') throw missing(`text['body']`);
  if (typeof body !== 'string') throw invalid(`text['body']`, 'must be a string');
  const length = settings.textLimitUnit === 'utf16' ? body.length : [...body].length;
  if (length > longestText) throw invalid(`text['body']`, `must be at most ${longestText} characters long`);
  if (previewUrl !== undefined && typeof previewUrl !== 'boolean') {
    throw invalid(`text['preview_url']`, 'must be a boolean');
  }
  return { text: body };
}

/** Whether the target can be reacted to is told later (see `reactions.ts`). An empty emoji removes the reaction. */
function readReaction(given: unknown): ReadPart {
  const part = fieldsOf('reaction', given);
  for (const name of ['message_id', 'emoji']) {
    if (part[name] === undefined || part[name] === null) throw missing(`reaction['${name}']`);
    if (typeof part[name] !== 'string') throw invalid(`reaction['${name}']`, 'must be a string');
  }
  return { text: String(part.emoji) };
}
