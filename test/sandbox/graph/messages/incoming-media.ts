import { webhookError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { describeMadeUp, type StoredBytes } from '../media/files.ts';
import { addMedia, findMedia, mediaUrl } from '../media/media.ts';
import { largestFile, type MediaKind } from '../media/types.ts';
import type { BusinessNumber, Media } from '../model.ts';
import type { Content } from './receive.ts';

export type IncomingFile = {
  kind: MediaKind;
  /** Its bytes, a size and seed to make them up from, or the id of a file that was put there before. */
  bytes: { base64: string } | { size: number; seed: string } | { mediaId: string };
  mimeType?: string | undefined;
  filename?: string | undefined;
  caption?: string | undefined;
  voice?: boolean | undefined;
  animated?: boolean | undefined;
};

const usualTypes: Record<MediaKind, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  document: 'application/pdf',
  sticker: 'image/webp',
};
const voiceType = 'audio/ogg; codecs=opus';

export const usualTypeOf = ({ kind, voice }: Pick<IncomingFile, 'kind' | 'voice'>): string =>
  kind === 'audio' && voice === true ? voiceType : usualTypes[kind];

/**
 * A file that a customer sends. Beyond 100 MB there is none: the message comes with error 131052 (WhatsApp: media).
 * Undefined when there is no such file.
 */
export async function mediaContent(
  sandbox: GraphSandbox,
  number: BusinessNumber,
  file: IncomingFile,
  origin: string,
): Promise<Content | undefined> {
  const { world } = sandbox;
  const { kind, bytes, caption } = file;
  if (world.settings.mediaLimits && 'size' in bytes && bytes.size > largestFile) return tooLarge(kind);
  const media = await mediaOf(sandbox, number, file);
  if (media === undefined) return undefined;
  if (world.settings.mediaLimits && media.size > largestFile) return tooLarge(kind);
  return {
    type: kind,
    text: caption ?? '',
    media,
    payload: {
      id: media.id,
      mime_type: media.mimeType,
      sha256: Buffer.from(media.sha256, 'hex').toString('base64'),
      ...(caption === undefined ? {} : { caption }),
      ...(kind === 'document' && media.filename !== undefined ? { filename: media.filename } : {}),
      ...(kind === 'audio' ? { voice: file.voice === true } : {}),
      ...(kind === 'sticker' ? { animated: file.animated === true } : {}),
      ...(world.settings.mediaUrlInWebhook ? { url: mediaUrl(world, media, origin) } : {}),
    },
  };
}

const tooLarge = (kind: MediaKind): Content => ({ type: kind, text: '', more: { errors: [webhookError(131052)] } });

async function mediaOf(sandbox: GraphSandbox, number: BusinessNumber, file: IncomingFile): Promise<Media | undefined> {
  const { world, mediaFiles } = sandbox;
  const { bytes, filename } = file;
  if ('mediaId' in bytes) return findMedia(world, bytes.mediaId, number);
  const mimeType = file.mimeType ?? usualTypeOf(file);
  const stored: StoredBytes =
    'base64' in bytes
      ? await mediaFiles.store(chunksOf(Buffer.from(bytes.base64, 'base64')), Number.POSITIVE_INFINITY)
      : await describeMadeUp(mimeType, bytes.size, bytes.seed);
  return addMedia(world, mediaFiles, { ...stored, number, origin: 'received', mimeType, filename });
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer, void> {
  if (bytes.length > 0) yield bytes;
}
