/**
 * As what a file goes to the customer, decided before a byte of it is sent. The network shows pictures, videos, sounds
 * and stickers only of the types and sizes it lists; everything else, and what is too large for its kind, goes as a
 * document; what is too large for a document is refused. A file is what its bytes say, whatever its name claims.
 * (WhatsApp: media)
 */
import { mimeByName, plainMime, UNKNOWN_MIME } from './mime-types.ts';

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];
export type FileRefusal = { refused: 'empty' } | { refused: 'too-large'; maxBytes: number };
export type MediaChoice = { kind: MediaKind; mime: string } | FileRefusal;

const KB = 1_024;
const MB = 1_024 * KB;

/** Of the network, in both directions. */
export const MAX_DOCUMENT_BYTES = 100 * MB;

const MAX_BYTES: Readonly<Record<Exclude<MediaKind, 'document'>, number>> = {
  image: 5 * MB,
  video: 16 * MB,
  audio: 16 * MB,
  // A moving one may have 500 KB, but only a look inside tells whether it moves.
  sticker: 100 * KB,
};

const KIND_BY_MIME: Readonly<Record<string, Exclude<MediaKind, 'document'>>> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/webp': 'sticker',
  'video/mp4': 'video',
  'video/3gpp': 'video',
  'audio/aac': 'audio',
  'audio/amr': 'audio',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
  'audio/ogg': 'audio',
};

/**
 * As what a file is sent. `mimeByContent` is what its first bytes say; without it they are of no type that can be told
 * by its bytes, so that a name which claims a picture, video, sound or sticker is not believed. An agent's Ogg file is
 * a sound, not a voice message: that it was recorded in a chat cannot be seen.
 */
export function chooseMedia(file: { mimeByContent?: string | undefined; name: string; size: number }): MediaChoice {
  const refusal = refusalBySize(file.size, MAX_DOCUMENT_BYTES);
  if (refusal) return refusal;
  const mime = mimeOf(file.mimeByContent, file.name);
  const kind = isPlayable(mime, file.mimeByContent) ? kindOfMime(mime) : 'document';
  return { kind: kind === 'document' || file.size <= MAX_BYTES[kind] ? kind : 'document', mime };
}

/** As what a file would be sent if it is what its name says and not too large for that. */
export function kindByName(name: string): MediaKind {
  return kindOfMime(mimeByName(name) ?? UNKNOWN_MIME);
}

/** Whether a file can be moved at all; a size that is not known yet refuses nothing. */
export function refusalBySize(size: number | undefined, maxBytes: number): FileRefusal | undefined {
  if (size === undefined) return undefined;
  if (size <= 0) return { refused: 'empty' };
  return size > maxBytes ? { refused: 'too-large', maxBytes } : undefined;
}

function kindOfMime(mime: string): MediaKind {
  return Object.hasOwn(KIND_BY_MIME, mime) ? (KIND_BY_MIME[mime] ?? 'document') : 'document';
}

/** Types that hold others, which the name tells apart: in each, what the bytes alone are, and what they may be. */
const HELD_IN: Readonly<Record<string, RegExp>> = {
  'application/zip': /^application\/(?:vnd\.(?:openxmlformats|oasis|android)|epub)/,
  'application/x-cfb': /^application\/(?:msword|vnd\.ms-)/,
  'application/xml': /^(?:image\/svg\+xml|text\/html)$/,
  'video/mp4': /^audio\/mp4$/,
};

function mimeOf(mimeByContent: string | undefined, name: string): string {
  const claimed = mimeByName(name);
  if (mimeByContent === undefined || mimeByContent.trim() === '') {
    return claimed === undefined || kindOfMime(claimed) !== 'document' ? UNKNOWN_MIME : claimed;
  }
  const mime = plainMime(mimeByContent);
  const held = Object.hasOwn(HELD_IN, mime) ? HELD_IN[mime] : undefined;
  return claimed !== undefined && held?.test(claimed) ? claimed : mime;
}

/** Of what Ogg can hold, the network plays Opus only. */
function isPlayable(mime: string, mimeByContent: string | undefined): boolean {
  return mime !== 'audio/ogg' || /\bopus\b/i.test(mimeByContent ?? '');
}
