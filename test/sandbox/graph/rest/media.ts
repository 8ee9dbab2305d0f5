import type { Part } from '../../core/multipart.ts';
import { GraphError, noSuchObject } from '../errors.ts';
import type { MediaFiles, StoredBytes } from '../media/files.ts';
import { addMedia, findMedia, mediaUrl } from '../media/media.ts';
import { allListed, isListed, largestFile, matchesBytes, plainType } from '../media/types.ts';
import { type Fields, invalid, missing } from '../messages/types.ts';
import type { BusinessNumber, Media, Token } from '../model.ts';
import type { GraphWorld } from '../world.ts';

/** Larger uploads leave size and digest behind: nobody but a person at the page wants to see them again. */
const mostKept = 32 * 1024 * 1024;
const longestField = 64 * 1024;

type UploadedFile = StoredBytes & { filename: string | undefined; mimeType: string | undefined };
type Form = { fields: Map<string, string>; file: UploadedFile | undefined };

/** `POST /{phone}/media`. The file is read to its end before anything is refused. @throws GraphError */
export async function uploadMedia(
  world: GraphWorld,
  files: MediaFiles,
  number: BusinessNumber,
  parts: AsyncGenerator<Part>,
  note: (shown: Fields) => void,
): Promise<Fields> {
  const { fields, file } = await readForm(files, parts);
  const { content, head: _head, ...shown } = file ?? {};
  note({ ...Object.fromEntries(fields), ...(file === undefined ? {} : { file: shown }) });
  const media: Media | undefined =
    file === undefined
      ? undefined
      : {
          ...file,
          id: '',
          number,
          origin: 'uploaded',
          mimeType: file.mimeType ?? fields.get('type') ?? '',
          expiresAtMs: 0,
          isDeleted: false,
        };
  try {
    checkProduct(fields);
    if (media === undefined) throw missing('file');
    checkFile(world, media);
  } catch (error) {
    if (media !== undefined) files.release(media);
    throw error;
  }
  return { id: addMedia(world, files, media).id };
}

async function readForm(files: MediaFiles, parts: AsyncGenerator<Part>): Promise<Form> {
  const fields = new Map<string, string>();
  let file: UploadedFile | undefined;
  try {
    for await (const { name, filename, mimeType, bytes } of parts) {
      if (name === 'file') file = { filename, mimeType, ...(await files.store(bytes, mostKept)) };
      else fields.set(name, await readText(bytes));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new GraphError(100, {
      message: '(#100) Invalid parameter',
      details: `The form is broken: ${error.message}.`,
    });
  }
  return { fields, file };
}

async function readText(bytes: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > longestField) throw new RangeError('a field is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function checkProduct(fields: Map<string, string>): void {
  const product = fields.get('messaging_product');
  if (product === undefined) throw missing('messaging_product');
  if (product !== 'whatsapp') throw invalid('messaging_product', 'must be one of {WHATSAPP}');
}

function checkFile({ settings }: GraphWorld, media: Media): void {
  const { mimeType, size } = media;
  const isTaken =
    isListed(mimeType) ||
    (settings.otherDocumentTypes === 'accept' && /^[\w.+-]+\/[\w.+-]+$/.test(plainType(mimeType)));
  if (!isTaken) {
    const rule = `must be a file with one of the following types: ${allListed()}. Received file of type '${mimeType}'`;
    throw invalid('file', rule);
  }
  if (size === 0) throw invalid('file', 'must be a non-empty file');
  if (settings.mediaLimits && size > largestFile) {
    throw new GraphError(131053, { details: 'Media file size too big. Max file size we currently support: 100MB.' });
  }
  if (settings.mediaTypeCheck === 'sync' && !matchesBytes(media)) {
    throw new GraphError(131053, { details: `The bytes are not of the declared type ${mimeType}.` });
  }
}

/** @throws GraphError 100/33 for what is gone, foreign, or not of the number that the query names */
export function mediaFor(world: GraphWorld, token: Token, method: string, id: string, query: Fields): Media {
  const media = findMedia(world, id);
  const { phone_number_id: number } = query;
  const isSeen = media !== undefined && token.wabaIds.has(media.number.waba.wabaId);
  if (!isSeen || (number !== undefined && number !== media.number.phoneNumberId)) throw noSuchObject(method, id);
  return media;
}

/** `GET /{media}`: the digest in hexadecimal, the size as text (WhatsApp: media). */
export function showMedia(world: GraphWorld, media: Media, origin: string): Fields {
  return {
    messaging_product: 'whatsapp',
    url: mediaUrl(world, media, origin),
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: String(media.size),
    id: media.id,
  };
}

/** The chat still shows it: only the network has forgotten it. */
export function deleteMedia(media: Media): Fields {
  media.isDeleted = true;
  return { success: true };
}
