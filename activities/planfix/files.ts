/** Files of one account, as streams: never in memory, never by a link. (Planfix REST: files) */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  answerFacts,
  baseOf,
  type Call,
  type CallOptions,
  type ClientOptions,
  type FileTransport,
  headersOf,
  readAnswer,
  type UploadedFile,
} from './call.ts';
import { type CallPurpose, classifyAnswer, readEnvelope, reasonWord } from './classify-failure.ts';
import { PlanfixError } from './errors.ts';
import { createdSchema, fileSchema } from './schema.ts';

/** `sizeKb` is rounded up; Planfix keeps no type of a file. */
export type PlanfixFile = { id: number; name: string | undefined; sizeKb: number | undefined };

/** A body that has begun to arrive; whoever holds it must read it to its end or destroy it. */
export type OpenedFile = { body: Readable; mime: string | undefined; size: number | undefined };

/** A transfer has no deadline but that it must not stand still. */
export type Stoppable = Pick<CallOptions, 'signal'>;

export type FileCalls = {
  /** The stream is destroyed whatever happens. Nobody sees the file before it is attached: may be repeated. */
  uploadFile: (file: UploadedFile, options?: Stoppable) => Promise<{ id: number }>;
  /** Undefined when the file does not exist. */
  getFile: (id: number, options?: CallOptions) => Promise<PlanfixFile | undefined>;
  /** A missing file is a PlanfixError with `refusal: 'file-missing'`. */
  openFile: (id: number, options?: Stoppable) => Promise<OpenedFile>;
  /** Adds it to the files of the task's description. Safe to repeat. */
  attachFileToTask: (file: { fileId: number; taskId: number }, options?: CallOptions) => Promise<void>;
};

/** Left out where it is not given: an empty list detaches, and may delete, what is there. */
export function filesBody(files: readonly number[] | undefined): object {
  return files === undefined ? {} : { files: files.map((id) => ({ id })) };
}

/** A lost upload leaves a file that nobody sees: to the outside it is a read. */
const PURPOSE: CallPurpose = { effect: 'read', subject: 'file', sent: [] };

export function fileCalls(call: Call, client: ClientOptions): FileCalls {
  const transport = (): FileTransport => {
    if (client.files === undefined) throw new Error('this Planfix client was made without files');
    return client.files;
  };
  return {
    uploadFile: (file, options) => uploadFile(client, transport(), file, options),
    openFile: (id, options) => openFile(client, transport(), id, options),
    getFile: (id, options) => getFile(call, id, options),
    attachFileToTask: async ({ fileId, taskId }, options) => {
      const path = `/file/${fileId}/attach/task`;
      const query = { id: taskId };
      // Attached twice is attached once: it may be repeated like a read.
      await call({ method: 'POST', path, query, effect: 'read', subject: 'file', schema: z.object({}) }, options);
    },
  };
}

async function uploadFile(
  client: ClientOptions,
  transport: FileTransport,
  file: UploadedFile,
  { signal }: Stoppable = {},
): Promise<{ id: number }> {
  try {
    await client.gate();
  } catch (error) {
    file.body.destroy();
    throw error;
  }
  const answer = await transport
    .upload({
      url: `${baseOf(client)}/file/?targetType=task`,
      headers: headersOf(client.token, false),
      fields: {},
      file: { ...file, part: 'file' },
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((cause: unknown) => {
      throw classifyFileTransport(cause);
    });
  // The server's clock is at the end of an exchange that may have taken minutes: it says nothing about the offset.
  client.onAnswer?.({ ...answerFacts(answer, 'write'), serverTimeMs: undefined });
  const { data } = readAnswer(answer, PURPOSE, createdSchema);
  return { id: data.id };
}

async function getFile(call: Call, id: number, options?: CallOptions): Promise<PlanfixFile | undefined> {
  const schema = z.object({ file: fileSchema });
  const query = { fields: 'id,name,size' };
  try {
    const { data } = await call(
      { method: 'GET', path: `/file/${id}`, query, effect: 'read', subject: 'file', schema },
      options,
    );
    return { id: data.file.id, name: data.file.name ?? undefined, sizeKb: data.file.size ?? undefined };
  } catch (error) {
    if (error instanceof PlanfixError && error.refusal === 'file-missing') return undefined;
    throw error;
  }
}

/** Planfix sends on to a storage, which must not see the token; a body from Planfix itself is taken, too. */
async function openFile(
  client: ClientOptions,
  transport: FileTransport,
  id: number,
  { signal }: Stoppable = {},
): Promise<OpenedFile> {
  await client.gate();
  const { status, headers, body, redirected } = await transport
    .download({
      url: `${baseOf(client)}/file/${id}/download`,
      headers: { authorization: `Bearer ${client.token}` },
      redirects: 'public',
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((cause: unknown) => {
      throw classifyFileTransport(cause);
    });
  const succeeded = status >= 200 && status <= 299;
  if (redirected && !succeeded) {
    body.destroy();
    throw classifyStorage(status);
  }
  const mime = textOf(headers['content-type']);
  const length = textOf(headers['content-length']);
  const size = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  const isEnvelope = !redirected && (!succeeded || /^application\/json\b/i.test(mime ?? ''));
  if (!isEnvelope) return { body, mime, size };
  const { start, whole } = await peek(body);
  const answer = { status, headers, body: start.toString('utf8'), sentAtMs: 0, receivedAtMs: 0 };
  const failure = classifyAnswer(answer, readEnvelope(answer), PURPOSE);
  if (failure === undefined) return { body: whole, mime, size };
  whole.destroy();
  throw failure;
}

/** A refusal is shorter than this; what is longer is the file. */
const LONGEST_REFUSAL_BYTES = 16 * 1024;

/** The beginning of a stream, and the whole of it again. */
async function peek(body: Readable): Promise<{ start: Buffer; whole: Readable }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const source: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false });
  try {
    while (size < LONGEST_REFUSAL_BYTES) {
      const { done, value } = await source.next();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
  } catch (cause) {
    throw classifyFileTransport(cause);
  }
  const start = Buffer.concat(chunks);
  await source.return?.();
  if (size > 0 && !body.destroyed && !body.readableEnded) body.unshift(start);
  else return { start, whole: Readable.from([start], { objectMode: false }) };
  return { start, whole: body };
}

const textOf = (value: string | string[] | undefined) =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * A file that did not get through. An upload that was lost leaves at most a file that nobody sees, so it may be
 * repeated; only what surely is Planfix's own failing concerns the account.
 */
function classifyFileTransport(cause: unknown): PlanfixError {
  const reason = cause instanceof Error && 'reason' in cause ? cause.reason : undefined;
  if (reason === 'host-not-allowed' || reason === 'too-many-redirects') {
    const detail = 'the file is kept at an address that may not be called';
    return new PlanfixError({ kind: 'file-rejected', scope: 'message', refusal: 'file-address', detail }, { cause });
  }
  const scope = reason === 'no-connection' ? 'account' : 'message';
  const detail = `the transfer of a file broke off${reasonWord(cause)}`;
  return new PlanfixError({ kind: 'unavailable', scope, detail }, { cause });
}

/** What another host than Planfix's says of a file: its address is good for minutes, so another try gets a new one. */
function classifyStorage(httpStatus: number): PlanfixError {
  const gone = httpStatus === 404 || httpStatus === 410;
  const detail = `the storage of the file answers with HTTP ${httpStatus}`;
  if (gone) {
    return new PlanfixError({ kind: 'file-rejected', scope: 'message', refusal: 'file-missing', httpStatus, detail });
  }
  return new PlanfixError({ kind: 'unavailable', scope: 'message', httpStatus, detail });
}
