import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aFile, CHUNK, closeAll, fileHttp, get, post, serve } from './file-server.ts';

afterEach(closeAll);

describe('memory', () => {
  const SIZE = 64 * 1024 * 1024;
  /** What two sockets of one machine may hold between them, with room. */
  const AHEAD = 24 * 1024 * 1024;

  /** The most that `made` was ahead of what has been read, by a reader who is slower than everybody else. */
  async function lead(made: () => number, body: AsyncIterable<Buffer>): Promise<number> {
    let most = 0;
    let read = 0;
    for await (const chunk of body) {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((later) => setImmediate(later));
      most = Math.max(most, made() - read);
      read += chunk.length;
    }
    expect(read).toBeGreaterThanOrEqual(SIZE);
    return most;
  }

  it('holds a part of a download only, however slow its reader', async () => {
    let made = 0;
    const { url, host } = await serve((_, response) => {
      const count = (bytes: number) => {
        made += bytes;
      };
      aFile(SIZE, count).pipe(response);
    });
    const files = fileHttp([host], { idleMs: 10_000 });
    const { body } = await files.download(get(url));
    expect(await lead(() => made, body)).toBeLessThan(AHEAD);

    made = 0;
    const whole = await files.download(get(url));
    const buffered = Buffer.concat(await whole.body.toArray());
    expect(await lead(() => made, aFileOf(buffered))).toBeGreaterThan(AHEAD);
  });

  it('holds a part of an upload only, however slow the other side', async () => {
    const leads: Promise<number>[] = [];
    let made = 0;
    const count = (bytes: number) => {
      made += bytes;
    };
    const { url, host } = await serve((request, response) => {
      const measured = lead(() => made, request);
      leads.push(measured);
      void measured.then(() => response.end('{}'));
    });
    const files = fileHttp([host], { idleMs: 10_000, headersMs: 10_000 });
    await files.upload(post(url, aFile(SIZE, count), SIZE));
    made = 0;
    const buffered = Buffer.concat(await aFile(SIZE, count).toArray());
    await files.upload(post(url, Readable.from(aFileOf(buffered), { objectMode: false }), SIZE));
    const [streamed, control] = await Promise.all(leads);
    expect(streamed).toBeLessThan(AHEAD);
    expect(control).toBeGreaterThan(AHEAD);
  });
});

async function* aFileOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK.length) yield bytes.subarray(at, at + CHUNK.length);
}
