import { findMedia } from '../media/media.ts';
import { fitsKind, largestOf, type MediaKind, matchesBytes, plainType } from '../media/types.ts';
import type { BusinessNumber, Media } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { type Failure, type Fields, invalid, missing, optionalText, type ReadPart } from './types.ts';

const longestCaption = 1_024;

/** What each kind takes beside `id` and `link` (WhatsApp: types and limits). */
const keysOf: Record<MediaKind, readonly string[]> = {
  image: ['caption'],
  video: ['caption'],
  document: ['caption', 'filename'],
  audio: ['voice'],
  sticker: [],
};

/** A file by the id that its upload gave. @throws GraphError */
export function readMedia(kind: MediaKind, part: Fields, world: GraphWorld, number: BusinessNumber): ReadPart {
  for (const key of Object.keys(part)) {
    if (key !== 'id' && key !== 'link' && !keysOf[kind].includes(key)) {
      throw invalid(kind, `has the unexpected key "${key}"`);
    }
  }
  const caption = optionalText(part, kind, 'caption', longestCaption);
  const filename = optionalText(part, kind, 'filename');
  if (filename === '') throw invalid(`${kind}['filename']`, 'must be a non-empty string');
  if (part.voice !== undefined && typeof part.voice !== 'boolean') {
    throw invalid(`${kind}['voice']`, 'must be a boolean');
  }
  if (part.link !== undefined) throw invalid(`${kind}['link']`, 'is not taken by the sandbox: it fetches nothing');
  if (part.id === undefined) throw missing(`${kind}['id']`);
  const media = findMedia(world, String(part.id), number);
  if (media === undefined) {
    throw invalid(`${kind}['id']`, 'is not a valid whatsapp business account media attachment ID');
  }
  return { text: caption ?? '', media, failure: failureOf(kind, media, part.voice === true, world) };
}

/** What Meta finds out only when it takes the file apart: 131053 after the 200. */
function failureOf(kind: MediaKind, media: Media, isVoice: boolean, { settings }: GraphWorld): Failure | undefined {
  const failure = (details: string): Failure => ({ code: 131053, details });
  if (!fitsKind(kind, media.mimeType)) return failure(`Media of type ${media.mimeType} cannot be sent as ${kind}.`);
  const most = largestOf(kind, media);
  if (settings.mediaLimits && media.size > most) {
    return failure(`Media file size too big. Max file size we currently support: ${most} bytes.`);
  }
  if (isVoice && plainType(media.mimeType) !== 'audio/ogg') return failure('A voice message has to be OGG with Opus.');
  if (settings.mediaTypeCheck === 'async' && !matchesBytes(media)) {
    return failure(`The bytes are not of the declared type ${media.mimeType}.`);
  }
  return undefined;
}
