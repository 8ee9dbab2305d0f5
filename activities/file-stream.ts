import { createHash } from 'node:crypto';
import { finished, Readable, Transform, type TransformCallback } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';

/** The bytes that came are not the bytes that were announced. */
export class FileDiffers extends Error {
  override readonly name = 'FileDiffers';
}

/** What a file turned out to be once its last byte has passed. */
export type PassedFile = { size: number; sha256: string };

/**
 * Passes a file on while measuring it. It fails before its end when the digest is another one than announced, so that
 * whoever receives it never gets a complete wrong file. `onProgress` hears of each chunk.
 */
export function measured(
  source: Readable,
  { sha256, onProgress }: { sha256: string | undefined; onProgress: (bytes: number) => void },
): { body: Readable; passed: () => PassedFile } {
  const hash = createHash('sha256');
  let size = 0;
  let digest = '';
  const body = new Transform({
    transform(chunk: Buffer, _, done: TransformCallback) {
      hash.update(chunk);
      size += chunk.length;
      onProgress(size);
      done(null, chunk);
    },
    flush(done: TransformCallback) {
      digest = hash.digest('hex');
      done(sha256 === undefined || sha256 === digest ? null : new FileDiffers('the digest differs'));
    },
  });
  // Not `pipeline`: whoever reads the body must see the source's own error.
  finished(source, { writable: false }, (error) => error && body.destroy(error));
  finished(body, { readable: false }, (error) => error && source.destroy());
  body.once('close', () => source.destroy());
  source.pipe(body);
  return { body, passed: () => ({ size, sha256: digest }) };
}

/** Enough for every signature that is known. */
const HEAD_BYTES = 4_100;

/** Types whose signature is two letters: without a zero byte, which each has, they are words that begin with the two. */
const TWO_LETTERS: ReadonlySet<string> = new Set(['image/bmp', 'application/x-msdownload']);

/** The type by content, undefined for text and what nobody knows; `body` is the whole file, to be read from now on. */
export async function sniff(source: Readable): Promise<{ mime: string | undefined; body: Readable }> {
  const { head, body } = await readHead(source);
  const type = await fileTypeFromBuffer(head).catch(() => undefined);
  const isText = type !== undefined && TWO_LETTERS.has(type.mime) && !head.includes(0);
  return { mime: isText ? undefined : type?.mime, body };
}

async function readHead(source: Readable): Promise<{ head: Buffer; body: Readable }> {
  const chunks: Buffer[] = [];
  for (let size = 0; size < HEAD_BYTES; ) {
    const chunk: Buffer | null = source.read();
    if (chunk === null) {
      if (await untilReadable(source)) continue;
      const whole = Buffer.concat(chunks);
      return { head: whole, body: Readable.from([whole], { objectMode: false }) };
    }
    chunks.push(chunk);
    size += chunk.length;
  }
  const begun = Buffer.concat(chunks);
  source.unshift(begun);
  return { head: begun.subarray(0, HEAD_BYTES), body: source };
}

/** False: there will be nothing more. Throws the stream's error. */
function untilReadable(source: Readable): Promise<boolean> {
  if (source.errored) throw source.errored;
  if (source.readableEnded || source.destroyed) return Promise.resolve(false);
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onReadable = () => resolve(true);
  const onEnd = () => resolve(false);
  source.once('readable', onReadable).once('end', onEnd).once('close', onEnd).once('error', reject);
  return promise.finally(() => {
    source.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', reject);
  });
}
