/** Files of messages: read about, fetched, uploaded; a message then names what was uploaded. (WhatsApp: media) */
import type { ChannelClient, FileHttp, HttpResponse, MediaFacts, MediaStream, MediaUpload } from '../channel.ts';
import { ChannelError, type ChannelFailure } from '../errors.ts';
import { errorFromFileTransport, errorFromResponse } from './answer-errors.ts';
import { mediaSchema, parseAnswer, uploadedSchema } from './answers.ts';
import type { Api, CallApi } from './api-calls.ts';

type MediaCalls = Pick<ChannelClient, 'readMedia' | 'openMedia' | 'uploadMedia'>;

/** Where files go and come from. `addressOf`: where the bytes are really asked for, of the address that the API gave. */
export type MediaPlace = { uploadPath: string; addressOf?: (url: string) => string };

export function mediaCalls(
  api: Api,
  { uploadPath, addressOf }: MediaPlace,
  files: FileHttp,
  call: CallApi,
): MediaCalls {
  return {
    readMedia: async (mediaId) => {
      try {
        const path = `/${encodeURIComponent(mediaId)}`;
        return readMediaFacts(await call({ method: 'GET', path, kind: 'item' }));
      } catch (error) {
        throw asGone(error);
      }
    },
    openMedia: (media, signal) => openMedia(api, files, { ...media, url: addressOf?.(media.url) ?? media.url }, signal),
    uploadMedia: (file, signal) => uploadMedia(api, uploadPath, files, file, signal),
  };
}

/** Graph's codes for an object that is not there. */
const GONE_CODES = new Set<number | undefined>([100, 33]);

/** An id that is not known is one whose file was deleted: received ones live seven days, ours thirty. */
function asGone(error: unknown): unknown {
  if (!(error instanceof ChannelError) || !GONE_CODES.has(error.code)) return error;
  return rejected('file-expired', 'the network does not have the file any more', error);
}

function rejected(refusal: NonNullable<ChannelFailure['refusal']>, detail: string, cause?: unknown): ChannelError {
  return new ChannelError({ kind: 'file-rejected', scope: 'message', refusal, detail }, { cause });
}

function readMediaFacts(response: HttpResponse): MediaFacts {
  const { url, mime_type: mime, sha256: digest, file_size: size } = parseAnswer(mediaSchema, response, 'item');
  const sha256 = hexDigest(digest);
  return {
    url,
    ...(mime === undefined ? {} : { mime }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(size === undefined ? {} : { size }),
  };
}

/** Hex in answers, base64 in webhooks; the one has been seen where the other is documented. */
function hexDigest(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  if (/^[0-9a-f]{64}$/i.test(digest)) return digest.toLowerCase();
  const bytes = Buffer.from(digest, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

/**
 * The credential goes to the address that the API gave, if that is one of the listed hosts, and nowhere else. A 404 means
 * that the address is older than five minutes: `unavailable`, to be tried again with what `readMedia` then says.
 */
async function openMedia(
  { headers, dialect }: Api,
  files: FileHttp,
  media: MediaFacts,
  signal?: AbortSignal,
): Promise<MediaStream> {
  const answer = await files
    .download({ url: media.url, headers, redirects: 'listed', ...(signal === undefined ? {} : { signal }) })
    .catch((error: unknown) => {
      throw errorFromFileTransport(error);
    });
  if (answer.status < 200 || answer.status > 299) throw await refusedDownload(answer, dialect);
  const mime = media.mime ?? headerOf(answer.headers, 'content-type');
  const size = sizeOf(headerOf(answer.headers, 'content-length')) ?? media.size;
  return { body: answer.body, ...(mime === undefined ? {} : { mime }), ...(size === undefined ? {} : { size }) };
}

type Answer = Awaited<ReturnType<FileHttp['download']>>;

async function refusedDownload({ status, headers, body }: Answer, dialect: Api['dialect']): Promise<ChannelError> {
  const chunks = (await body.toArray()) as Buffer[];
  if (status === 404 || status === 410) {
    const detail = 'the address of the file has expired; it has to be read anew';
    return new ChannelError({ kind: 'unavailable', scope: 'message', detail });
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const error = errorFromResponse('file', { status, headers, body: text, receivedAtMs: Date.now() }, dialect);
  if (error.code !== undefined || error.kind !== 'credentials-rejected') return error;
  // The host of the bytes is no judge of the token: if it is refused, the next look at the media says so with a code.
  const detail = 'the host of the file does not accept the address or the token';
  return new ChannelError({ kind: 'unavailable', scope: 'message', detail });
}

function headerOf(headers: Answer['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const sizeOf = (text: string | undefined) => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined);

async function uploadMedia(
  { url, headers, dialect }: Api,
  path: string,
  files: FileHttp,
  file: MediaUpload,
  signal?: AbortSignal,
): Promise<{ mediaId: string }> {
  if (file.size === 0) {
    file.body.destroy();
    throw rejected('file-empty', 'the file is empty');
  }
  const response = await files
    .upload({
      url: `${url}${path}`,
      headers: { ...headers, accept: 'application/json' },
      fields: { messaging_product: 'whatsapp', type: file.mime },
      file: { ...file, part: 'file' },
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((error: unknown) => {
      throw errorFromFileTransport(error);
    });
  if (response.status === 413) throw rejected('file-too-large', 'the network refuses a file of this size');
  if (response.status < 200 || response.status > 299) throw refusedUpload(errorFromResponse('file', response, dialect));
  return { mediaId: parseAnswer(uploadedSchema, response, 'file').id };
}

/** The codes for a parameter that is wrong: of an upload only the file varies. */
const PARAMETER_CODES = new Set<number | undefined>([100, 131009, 131051, 131053]);

function refusedUpload(error: ChannelError): ChannelError {
  if (!PARAMETER_CODES.has(error.code)) return error;
  return rejected('file-refused-type', 'the network does not take a file of this type', error);
}
