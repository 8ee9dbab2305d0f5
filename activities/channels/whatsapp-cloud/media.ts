/** Files at Meta: read about, fetched, uploaded; a message then names what was uploaded. (WhatsApp: media) */
import type {
  ChannelClient,
  ChannelCredentials,
  FileHttp,
  HttpResponse,
  MediaFacts,
  MediaStream,
  MediaUpload,
} from '../channel.ts';
import { ChannelError, type ChannelFailure } from '../errors.ts';
import { errorFromFileTransport, errorFromResponse } from './errors.ts';
import { mediaSchema, parseAnswer, uploadedSchema } from './schema.ts';

/** Where Meta keeps the bytes; the host of the API itself is always allowed, and others when the operator names them. */
export const WHATSAPP_CLOUD_FILE_HOSTS = ['lookaside.fbsbx.com'] as const;

type MediaCalls = Pick<ChannelClient, 'readMedia' | 'openMedia' | 'uploadMedia'>;

export function mediaCalls(
  credentials: ChannelCredentials,
  files: FileHttp,
  read: (path: string) => Promise<HttpResponse>,
): MediaCalls {
  return {
    readMedia: async (mediaId) => {
      try {
        return readMediaFacts(await read(`/${encodeURIComponent(mediaId)}`));
      } catch (error) {
        throw asGone(error);
      }
    },
    openMedia: (media, signal) => openMedia(credentials, files, media, signal),
    uploadMedia: (file, signal) => uploadMedia(credentials, files, file, signal),
  };
}

/** Graph's codes for an object that is not there. */
const GONE_CODES = new Set<number | undefined>([100, 33]);

/** An id that Meta does not know is one whose file it has deleted: received ones live seven days, ours thirty. */
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
 * The token goes to the address that Meta gave, if that is one of the listed hosts, and nowhere else. A 404 means that
 * the address is older than five minutes: `unavailable`, to be tried again with what `readMedia` then says.
 */
async function openMedia(
  credentials: ChannelCredentials,
  files: FileHttp,
  media: MediaFacts,
  signal?: AbortSignal,
): Promise<MediaStream> {
  const headers = { authorization: `Bearer ${credentials.accessToken}` };
  const answer = await files
    .download({ url: media.url, headers, redirects: 'listed', ...(signal === undefined ? {} : { signal }) })
    .catch((error: unknown) => {
      throw errorFromFileTransport(error);
    });
  if (answer.status < 200 || answer.status > 299) throw await refusedDownload(answer);
  const mime = media.mime ?? headerOf(answer.headers, 'content-type');
  const size = sizeOf(headerOf(answer.headers, 'content-length')) ?? media.size;
  return { body: answer.body, ...(mime === undefined ? {} : { mime }), ...(size === undefined ? {} : { size }) };
}

type Answer = Awaited<ReturnType<FileHttp['download']>>;

async function refusedDownload({ status, headers, body }: Answer): Promise<ChannelError> {
  const chunks = (await body.toArray()) as Buffer[];
  if (status === 404 || status === 410) {
    const detail = 'the address of the file has expired; it has to be read anew';
    return new ChannelError({ kind: 'unavailable', scope: 'message', detail });
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const error = errorFromResponse('file', { status, headers, body: text, receivedAtMs: Date.now() });
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
  { apiUrl, apiVersion, numberId, accessToken }: ChannelCredentials,
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
      url: `${apiUrl}/${apiVersion}/${numberId}/media`,
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      fields: { messaging_product: 'whatsapp', type: file.mime },
      file: { ...file, part: 'file' },
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((error: unknown) => {
      throw errorFromFileTransport(error);
    });
  if (response.status === 413) throw rejected('file-too-large', 'the network refuses a file of this size');
  if (response.status < 200 || response.status > 299) throw refusedUpload(errorFromResponse('file', response));
  return { mediaId: parseAnswer(uploadedSchema, response, 'file').id };
}

/** Meta's codes for a parameter that is wrong: of an upload only the file varies. */
const PARAMETER_CODES = new Set<number | undefined>([100, 131009, 131051, 131053]);

function refusedUpload(error: ChannelError): ChannelError {
  if (!PARAMETER_CODES.has(error.code)) return error;
  return rejected('file-refused-type', 'the network does not take a file of this type', error);
}
