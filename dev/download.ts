import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** A host that has not begun to answer by then is taken for unreachable: there is another way to try. */
const ANSWER_LIMIT_MS = 5_000;
const TRANSFER_LIMIT_MS = 10 * 60_000;

/**
 * Fetches a file whose digest is known.
 *
 * @throws when the host does not answer in 5 s, refuses, or sends anything else than what was promised
 */
export async function download(options: {
  url: string;
  sha256: string;
  target: string;
  onStart?: () => void;
}): Promise<void> {
  const controller = new AbortController();
  const answerTimer = setTimeout(() => controller.abort(new Error('no answer')), ANSWER_LIMIT_MS);
  const transferTimer = setTimeout(() => controller.abort(new Error('took too long')), TRANSFER_LIMIT_MS);
  try {
    const response = await fetch(options.url, { signal: controller.signal });
    clearTimeout(answerTimer);
    if (!response.ok || !response.body) throw new Error(`${options.url} answered ${response.status}`);
    options.onStart?.();
    const hash = createHash('sha256');
    const tee = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), tee, createWriteStream(options.target));
    const found = hash.digest('hex');
    if (found !== options.sha256) throw new Error(`${options.url} has SHA-256 ${found}, not ${options.sha256}`);
  } finally {
    clearTimeout(answerTimer);
    clearTimeout(transferTimer);
  }
}
