import { afterEach, describe, expect, it } from '@jest/globals';
import {
  aFile,
  bytesOf,
  closeAll,
  countBytes,
  fileHttp,
  get,
  type Handler,
  httpFailureOf,
  post,
  redirectTo,
  serve,
  until,
} from './file-server.ts';

afterEach(closeAll);

const begin: Handler = (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('begun');

describe('a download', () => {
  it('gives status, headers and the bytes as they come', async () => {
    const { url, host } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100000' });
      aFile(100_000).pipe(response);
    });
    const answer = await fileHttp([host]).download(get(`${url}/file?id=1`));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' }, redirected: false });
    expect(await countBytes(answer.body)).toBe(100_000);
  });

  it('that is refused keeps the beginning of the refusal and closes the connection', async () => {
    const { url, host, connections } = await serve((_, response) => {
      response.writeHead(404);
      aFile(10_000_000).pipe(response);
    });
    const answer = await fileHttp([host]).download(get(url));
    expect(answer.status).toBe(404);
    await until(() => connections() === 0);
    expect(await countBytes(answer.body)).toBe(64 * 1024);
  });

  it.each<[string, Handler, string]>([
    ['stands still', begin, 'deadline'],
    [
      'breaks off',
      (_, response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('begun', () => response.destroy()),
      'connection-broken',
    ],
  ])('fails, and does not hang, when its body %s', async (_, handler, reason) => {
    const { url, host, connections } = await serve(handler);
    const { body } = await fileHttp([host]).download(get(url));
    expect(await httpFailureOf(countBytes(body))).toMatchObject({ reached: 'maybe', reason });
    await until(() => connections() === 0);
  });

  it('fails when no headers come', async () => {
    const { url, host, connections } = await serve(() => undefined);
    const failure = await httpFailureOf(fileHttp([host], { headersMs: 100 }).download(get(url)));
    expect(failure).toMatchObject({ reached: 'maybe', reason: 'deadline' });
    await until(() => connections() === 0);
  });

  it('that breaks before anybody reads ends nothing else', async () => {
    const { url, host, connections } = await serve(begin);
    const { body } = await fileHttp([host]).download(get(url));
    await until(() => connections() === 0);
    expect(await httpFailureOf(countBytes(body))).toMatchObject({ reason: 'deadline' });
  });

  it('that is stopped leaves no connection, and one that is not stopped keeps it', async () => {
    const { url, host, connections } = await serve(begin);
    const files = fileHttp([host], { idleMs: 60_000 });
    const stopping = new AbortController();
    const stopped = await files.download(get(url, 'listed', stopping.signal));
    const dropped = await files.download(get(url));
    const kept = await files.download(get(url));
    expect(connections()).toBe(3);
    stopping.abort();
    expect(await httpFailureOf(countBytes(stopped.body))).toMatchObject({ reason: 'cancelled' });
    dropped.body.destroy();
    await until(() => connections() === 1);
    expect(kept.body.destroyed).toBe(false);
    await files.close();
    await until(() => connections() === 0);
  });

  it('is not begun when it is stopped before', async () => {
    const { url, host, requests } = await serve(begin);
    const failure = await httpFailureOf(fileHttp([host]).download(get(url, 'listed', AbortSignal.abort())));
    expect(failure.reason).toBe('cancelled');
    expect(requests).toHaveLength(0);
  });
});

describe('a redirect', () => {
  const end: Handler = (_, response) => void response.end('here');

  it('is followed without the credentials, on the same host too', async () => {
    const target = await serve(end);
    const origin = await serve((request, response) => {
      const next = request.url === '/far' ? `${target.url}/signed` : '/near-too';
      if (request.url === '/near-too') end(request, response);
      else redirectTo(next)(request, response);
    });
    const files = fileHttp([origin.host, target.host]);
    const near = await files.download(get(`${origin.url}/near`));
    const far = await files.download(get(`${origin.url}/far`, 'public'));
    expect([near.redirected, far.redirected, await countBytes(near.body), await countBytes(far.body)]).toEqual([
      true,
      true,
      4,
      4,
    ]);
    const tokens = (requests: typeof origin.requests) => requests.map(({ headers }) => headers.authorization);
    // Control: the first request of each carries them.
    expect(tokens(origin.requests)).toEqual(['Bearer secret-token', undefined, 'Bearer secret-token']);
    expect(tokens(target.requests)).toEqual([undefined]);
  });

  it('back to the first origin does not bring the credentials back', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/') redirectTo(`http://127.0.0.1:${middlePort()}/`)(request, response);
      else end(request, response);
    });
    const middle = await serve(redirectTo(`${origin.url}/again`));
    const middlePort = () => new URL(middle.url).port;
    await fileHttp([origin.host, middle.host]).download(get(`${origin.url}/`));
    expect(origin.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret-token', undefined]);
  });

  it.each(['listed', 'public'] as const)('to a private address is refused: %s', async (redirects) => {
    const inside = await serve(end);
    for (const location of [
      inside.url,
      'https://127.0.0.1/',
      'https://10.1.2.3/',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]/',
      'https://localhost/',
      'http://example.com/',
      'file:///etc/passwd',
    ]) {
      const { url, host, requests } = await serve(redirectTo(location));
      const failure = await httpFailureOf(fileHttp([host]).download(get(url, redirects)));
      expect([location, failure.reason]).toEqual([location, 'host-not-allowed']);
      expect(requests).toHaveLength(1);
    }
    expect(inside.requests).toHaveLength(0);
    // The same address, named by the operator, is followed.
    const { url, host } = await serve(redirectTo(inside.url));
    expect((await fileHttp([host, inside.host]).download(get(url, redirects))).status).toBe(200);
  });

  it('to a public host needs to be listed, unless any will do', async () => {
    const { url, host } = await serve(redirectTo('https://files.invalid/signed'));
    const reasonOf = async (redirects: 'listed' | 'public', providerHosts: string[]) =>
      (await httpFailureOf(fileHttp([host], { providerHosts }).download(get(url, redirects)))).reason;
    expect(await reasonOf('listed', [])).toBe('host-not-allowed');
    // Allowed, and then not found: the name does not exist.
    expect(await reasonOf('listed', ['files.invalid'])).toBe('no-connection');
    expect(await reasonOf('public', [])).toBe('no-connection');
  });

  it('is followed three times and not more', async () => {
    const { url, host, requests } = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) end(request, response);
      else redirectTo(`/${left - 1}`)(request, response);
    });
    const files = fileHttp([host]);
    expect((await files.download(get(`${url}/3`))).status).toBe(200);
    expect((await httpFailureOf(files.download(get(`${url}/4`)))).reason).toBe('too-many-redirects');
    expect(requests).toHaveLength(8);
  });
});

describe('a first address', () => {
  it('must be listed where only listed ones will do, and allowed anyway', async () => {
    const files = fileHttp(['10.9.9.9:8443']);
    for (const url of ['https://files.invalid/', 'https://10.1.1.1/', 'http://example.com/', 'https://localhost/']) {
      const failure = await httpFailureOf(files.download(get(url)));
      expect([url, failure.reason, failure.reached]).toEqual([url, 'host-not-allowed', 'never']);
      const body = bytesOf('hello');
      if (url !== 'https://files.invalid/') {
        expect((await httpFailureOf(files.upload(post(url, body, 5)))).reason).toBe('host-not-allowed');
        expect(body.destroyed).toBe(true);
      }
    }
  });
});
