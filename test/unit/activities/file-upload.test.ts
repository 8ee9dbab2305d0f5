import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  aFile,
  bytesOf,
  closeAll,
  fileHttp,
  httpFailureOf,
  post,
  redirectTo,
  serve,
  takeUploads,
  until,
} from './file-server.ts';

afterEach(closeAll);

describe('an upload', () => {
  it('says its length where the size is known, and comes in chunks where it is not', async () => {
    const { url, host, bodies, requests } = await takeUploads();
    const files = fileHttp([host]);
    expect(await files.upload(post(url, aFile(100_000), 100_000))).toMatchObject({ status: 200, body: '{"id":"1"}' });
    await files.upload(post(url, aFile(100_000), undefined));
    expect(requests.map(({ headers }) => [headers['content-length'], headers['transfer-encoding']])).toEqual([
      [String(bodies[0]?.length), undefined],
      [undefined, 'chunked'],
    ]);
    expect(bodies[0]?.length).toBe(bodies[1]?.length);
  });

  it.each([
    ['ends short of its size', () => bytesOf('hel'), 'source-length'],
    ['goes beyond its size', () => bytesOf('hello, and more'), 'source-length'],
    ['goes beyond its size by whole chunks', () => aFile(1_000_000), 'source-length'],
    ['breaks', () => Readable.from(brokenFile(), { objectMode: false }), 'source-failed'],
    ['stands still', () => new Readable({ read: () => undefined }), 'deadline'],
  ])('fails, and does not hang, when its file %s', async (_, body, reason) => {
    const { url, host, bodies, connections } = await takeUploads();
    const source = body();
    const failure = await httpFailureOf(fileHttp([host]).upload(post(url, source, 5)));
    expect(failure).toMatchObject({ reached: 'maybe', reason });
    expect(source.destroyed).toBe(true);
    await until(() => connections() === 0);
    expect(bodies).toEqual([]);
  });

  it('keeps what its file failed with as the cause', async () => {
    const { url, host } = await takeUploads();
    const body = Readable.from(brokenFile(), { objectMode: false });
    const failure = await httpFailureOf(fileHttp([host]).upload(post(url, body, undefined)));
    expect(failure.cause).toMatchObject({ message: 'the disk is gone' });
  });

  it('gives the answer that comes before its end, and stops', async () => {
    const { url, host } = await serve((_, response) => void response.writeHead(413).end('too large'));
    let made = 0;
    const body = aFile(64 * 1024 * 1024, (bytes) => {
      made += bytes;
    });
    const answer = await fileHttp([host]).upload(post(url, body, 64 * 1024 * 1024));
    expect(answer).toMatchObject({ status: 413, body: 'too large' });
    expect(body.destroyed).toBe(true);
    expect(made).toBeLessThan(64 * 1024 * 1024);
  });

  it('fails when the other side stops reading, and when it does not answer', async () => {
    const deaf = await serve((request) => void request.pause());
    const mute = await serve((request) => void request.resume());
    const files = fileHttp([deaf.host, mute.host], { headersMs: 300 });
    const large = 64 * 1024 * 1024;
    expect((await httpFailureOf(files.upload(post(deaf.url, aFile(large), large)))).reason).toBe('deadline');
    expect((await httpFailureOf(files.upload(post(mute.url, bytesOf('hello'), 5)))).reason).toBe('deadline');
    // Who does not read does not notice the end either.
    deaf.requests[0]?.resume();
    await until(() => deaf.connections() + mute.connections() === 0);
  });

  it('that is stopped leaves neither connection nor file, before it begins nor after', async () => {
    const { url, host, connections, requests } = await serve((request) => void request.resume());
    const files = fileHttp([host], { idleMs: 60_000, headersMs: 60_000 });
    const stopping = new AbortController();
    const body = new Readable({ read: () => undefined });
    const answer = httpFailureOf(files.upload(post(url, body, 5, stopping.signal)));
    await until(() => requests.length === 1);
    expect(connections()).toBe(1);
    stopping.abort();
    expect(await answer).toMatchObject({ reached: 'maybe', reason: 'cancelled' });
    await until(() => connections() === 0);
    const second = bytesOf('hello');
    const before = await httpFailureOf(files.upload(post(url, second, 5, stopping.signal)));
    expect(before).toMatchObject({ reached: 'never', reason: 'cancelled' });
    expect([body.destroyed, second.destroyed, requests.length]).toEqual([true, true, 1]);
  });

  it.each([
    ['refused', 'http://127.0.0.1:1/', 'no-connection'],
    ['not a URL', 'file', 'invalid-request'],
  ])('has surely not left: %s', async (_, url, reason) => {
    const failure = await httpFailureOf(fileHttp(['127.0.0.1']).upload(post(url, bytesOf('hello'), 5)));
    expect(failure).toMatchObject({ reached: 'never', reason });
  });

  it('takes a redirect for an answer, and nothing goes to the other place', async () => {
    const other = await takeUploads();
    const { url, host } = await serve((request, response) => {
      request.resume().on('end', () => redirectTo(other.url)(request, response));
    });
    const answer = await fileHttp([host, other.host]).upload(post(url, bytesOf('hello'), 5));
    expect(answer.status).toBe(302);
    expect(other.requests).toHaveLength(0);
  });
});

async function* brokenFile(): AsyncGenerator<Buffer> {
  yield Buffer.from('hel');
  throw new Error('the disk is gone');
}
