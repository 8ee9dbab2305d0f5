/** The pieces of one exchange of a file: what ends it, its bodies in both directions, and its errors in our words. */
import { Readable } from 'node:stream';
import type { MediaUpload } from './channels/channel.ts';
import { HttpFailure, type HttpFailureReason } from './http.ts';

/** Ends an exchange from outside: the caller's signal, or time that ran out. `released` is called once, at its end. */
export function createStop(signal: AbortSignal | undefined, where: string, firstMs: number, released: () => void) {
  const controller = new AbortController();
  const stop = (reason: HttpFailureReason) => controller.abort(new HttpFailure('maybe', reason, where));
  const cancel = () => stop('cancelled');
  let isOver = false;
  let timer = setTimeout(stop, firstMs, 'deadline');
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  return {
    signal: controller.signal,
    /** From now on, this long until the next call. */
    allow: (ms: number) => {
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(stop, ms, 'deadline');
    },
    disarm: () => clearTimeout(timer),
    release: () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      released();
    },
  };
}

/** As undici's body, but its errors are ours; destroying it closes the connection. */
export function ownBody(source: Readable, where: string, closed: () => void): Readable {
  const body = new Readable({
    read: () => void source.resume(),
    destroy: (error, done) => {
      closed();
      source.destroy();
      done(error);
    },
  });
  // Without a listener, a body that breaks before its reader begins would end the process; the reader hears of it still.
  body.on('error', () => undefined);
  source.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) source.pause();
  });
  source.on('end', () => body.push(null));
  source.on('error', (error) => body.destroy(failureOf(error, where, 'connection-broken')));
  source.pause();
  return body;
}

/** The chunks of the file, and an error where they do not make up the announced size. */
export async function* wholeFile(file: Pick<MediaUpload, 'body' | 'size'>, where: string): AsyncGenerator<Buffer> {
  const source: AsyncIterator<Buffer> = file.body[Symbol.asyncIterator]();
  let size = 0;
  for (;;) {
    const step = await source.next().catch((cause: unknown) => {
      throw new HttpFailure('maybe', 'source-failed', where, { cause });
    });
    if (step.done) break;
    size += step.value.length;
    if (file.size !== undefined && size > file.size) throw new HttpFailure('maybe', 'source-length', where);
    yield step.value;
  }
  if (file.size !== undefined && size < file.size) throw new HttpFailure('maybe', 'source-length', where);
}

/** The start of a body; the rest is not waited for. */
export async function readAtMost(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

const TIMEOUTS = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
/** Errors of a connection that was there; a GET may be repeated after any, so an unfamiliar one is taken as the other. */
const BROKEN = /^(?:UND_ERR_SOCKET|UND_ERR_HEADERS_|UND_ERR_RES|ECONNRESET|EPIPE|HPE_)/;

const codeOf = (error: unknown) => String((Object(error) as { code?: unknown }).code);
export const hasConnected = (error: unknown) => BROKEN.test(codeOf(error));

export function failureOf(error: unknown, where: string, otherwise: HttpFailureReason): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const reason = TIMEOUTS.has(codeOf(error)) ? 'deadline' : otherwise;
  const reached = reason === 'no-connection' || reason === 'invalid-request' ? 'never' : 'maybe';
  return new HttpFailure(reached, reason, where, { cause: error });
}
