import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttp, type HttpFailure, type HttpOptions, type HttpRequest } from '../../../activities/http.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A server of our own on a free port, and the bodies that reached it. */
async function serve(handler: Handler): Promise<{ url: string; host: string; bodies: string[]; server: Server }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      handler(request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}/rest/task?secret=1`, host, bodies, server };
}

function http(options: Partial<HttpOptions> & { allowedHosts: string[] }) {
  const made = createHttp(options);
  closing.push(made.close);
  return made.send;
}

const post = (url: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
  body: '{"text":"personal"}',
  ...rest,
});

async function failureOf(answer: Promise<unknown>): Promise<HttpFailure> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'HttpFailure') return error as HttpFailure;
    throw error;
  }
  throw new Error('expected a failure');
}

const hang: Handler = () => undefined;

describe('an answer', () => {
  it('is given with status, headers, body and times', async () => {
    const { url, host, bodies } = await serve((request, response) => {
      response.writeHead(201, { 'X-RateLimit-Remaining': '7', 'content-type': 'application/json' });
      response.end(`{"path":"${request.url}","token":"${request.headers.authorization}","я":1}`);
    });
    const before = Date.now();
    const answer = await http({ allowedHosts: [host] })(post(url));
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-ratelimit-remaining': '7' },
      body: '{"path":"/rest/task?secret=1","token":"Bearer secret-token","я":1}',
    });
    expect(answer.sentAtMs).toBeGreaterThanOrEqual(before);
    expect(answer.receivedAtMs).toBeGreaterThanOrEqual(answer.sentAtMs);
    expect(bodies).toEqual(['{"text":"personal"}']);
  });

  it.each([302, 404, 500, 204])('of status %i is an answer, and no redirect is followed', async (status) => {
    const { url, host, bodies } = await serve((_, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await http({ allowedHosts: [host] })(post(url))).toMatchObject({ status, body: '' });
    expect(bodies.length).toBe(1);
  });
});

describe('a request that cannot have left', () => {
  it.each([
    ['refused', 'http://127.0.0.1:1/', 'no-connection'],
    ['no such host', 'https://no-such-host.invalid/', 'no-connection'],
    ['not a URL', 'rest/task', 'invalid-request'],
  ])('is never reached: %s', async (_, url, reason) => {
    const send = http({ allowedHosts: ['127.0.0.1'] });
    expect(await failureOf(send(post(url)))).toMatchObject({ reached: 'never', reason });
  });

  it('is never reached: a header that cannot be', async () => {
    const { url, host, bodies } = await serve(hang);
    const failure = await failureOf(http({ allowedHosts: [host] })(post(url, { headers: { authorization: 'a\nb' } })));
    expect(failure).toMatchObject({ reached: 'never', reason: 'invalid-request' });
    expect(bodies).toEqual([]);
  });

  it('is never reached: plain HTTP where TLS is spoken', async () => {
    const { host, bodies } = await serve(hang);
    const failure = await failureOf(http({ allowedHosts: [host] })(post(`https://${host}/`)));
    expect(failure).toMatchObject({ reached: 'never', reason: 'no-connection' });
    expect(bodies).toEqual([]);
  });

  it('is never reached: too late for notAfterMs', async () => {
    const { url, host, bodies } = await serve(hang);
    const failure = await failureOf(http({ allowedHosts: [host] })(post(url, { notAfterMs: Date.now() - 1 })));
    expect(failure).toMatchObject({ reached: 'never', reason: 'not-after' });
    expect(bodies).toEqual([]);
  });

  it('is never written late by a process that stood still after it had decided to send', async () => {
    const { url, host, bodies } = await serve((_, response) => response.end());
    const send = http({ allowedHosts: [host] });
    const inTime = send(post(url, { body: '"in time"' }));
    const late = failureOf(send(post(url, { body: '"late"', notAfterMs: Date.now() + 20 })));
    // Both wait for their connections now; nothing else runs until the moment has passed.
    const frozenUntil = performance.now() + 50;
    while (performance.now() < frozenUntil);
    expect(await late).toMatchObject({ reached: 'never', reason: 'not-after' });
    expect((await inTime).status).toBe(200);
    expect(bodies).toEqual(['"in time"']);
  });

  it('is never reached: cancelled before', async () => {
    const { url, host, bodies } = await serve(hang);
    const send = http({ allowedHosts: [host] });
    expect(await failureOf(send(post(url, { signal: AbortSignal.abort() })))).toMatchObject({
      reached: 'never',
      reason: 'cancelled',
    });
    expect(bodies).toEqual([]);
  });

  it('is never reached: cancelled while it waits for a free connection', async () => {
    const { url, host, bodies } = await serve(hang);
    const send = http({ allowedHosts: [host], connectionsPerOrigin: 1, deadlineMs: 300 });
    const cancelling = new AbortController();
    const first = failureOf(send(post(url)));
    const second = failureOf(send(post(url, { signal: cancelling.signal, deadlineMs: 60_000 })));
    cancelling.abort();
    expect(await Promise.race([first, second])).toMatchObject({ reached: 'never', reason: 'cancelled' });
    await first;
    expect(bodies.length).toBe(1);
  });

  it('is never reached: the deadline passes while it waits for a free connection', async () => {
    const { url, host, bodies } = await serve(hang);
    const send = http({ allowedHosts: [host], connectionsPerOrigin: 1 });
    const first = failureOf(send(post(url, { deadlineMs: 300 })));
    const second = failureOf(send(post(url, { deadlineMs: 100, body: '"second"' })));
    expect(await second).toMatchObject({ reached: 'never', reason: 'deadline' });
    expect(await first).toMatchObject({ reached: 'maybe', reason: 'deadline' });
    await expect(until(() => bodies.length > 1, 200)).resolves.toBe(false);
  });
});

describe('a request that may have left', () => {
  it.each<[string, Handler, string]>([
    ['no answer', hang, 'deadline'],
    ['a reset', (request) => request.socket.resetAndDestroy(), 'connection-broken'],
    ['a closed connection', (request) => void request.socket.end(), 'connection-broken'],
    [
      'an answer that breaks off',
      (_, response) => void response.writeHead(200, { 'content-length': '50' }).write('{', () => response.destroy()),
      'connection-broken',
    ],
    ['an answer that does not end', (_, response) => void response.writeHead(200).write('{'), 'deadline'],
    ['no HTTP', (request) => void request.socket.end('hello\r\n\r\n'), 'connection-broken'],
    ['an endless answer', (_, response) => void response.writeHead(200).end('x'.repeat(5000)), 'answer-too-large'],
  ])('is maybe reached: %s', async (_, handler, reason) => {
    const { url, host, bodies } = await serve(handler);
    const send = http({ allowedHosts: [host], maxResponseBytes: 4000, deadlineMs: 2_000 });
    expect(await failureOf(send(post(url)))).toMatchObject({ reached: 'maybe', reason });
    expect(bodies.length).toBe(1);
  });

  it('goes on when it is cancelled', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const { url, host } = await serve((_, response) => arrived.resolve(response));
    const cancelling = new AbortController();
    const answer = http({ allowedHosts: [host] })(post(url, { signal: cancelling.signal }));
    const response = await arrived.promise;
    cancelling.abort();
    response.end('done');
    expect(await answer).toMatchObject({ status: 200, body: 'done' });
  });

  it('is not repeated on a new connection when a kept one turns out to be dead', async () => {
    let connections = 0;
    let requests = 0;
    const server = createTcpServer((socket: Socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        else socket.destroy();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    closing.push(async () => server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const send = http({ allowedHosts: [host], connectionsPerOrigin: 1 });
    expect((await send(post(`http://${host}/`))).status).toBe(200);
    expect(await failureOf(send(post(`http://${host}/`)))).toMatchObject({ reached: 'maybe' });
    expect([connections, requests]).toEqual([1, 2]);
  });
});

describe('origins', () => {
  it('do not wait for each other', async () => {
    const slow = await serve(hang);
    const quick = await serve((_, response) => response.end('ok'));
    const send = http({ allowedHosts: ['127.0.0.1'], connectionsPerOrigin: 2, deadlineMs: 3_000 });
    const held = Array.from({ length: 10 }, () => failureOf(send(post(slow.url))));
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(post(quick.url))));
    expect(answers.every(({ body }) => body === 'ok')).toBe(true);
    expect(slow.bodies.length).toBeLessThanOrEqual(2);
    await Promise.all(held);
  });

  it.each([
    ['plain http', 'http://example.com/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback in other digits', 'https://0x7f.1/'],
    ['private', 'https://10.1.2.3/'],
    ['link-local', 'https://169.254.169.254/'],
    ['mapped into IPv6', 'https://[::ffff:10.0.0.1]/'],
    ['loopback in IPv6', 'https://[::1]/'],
    ['unique local', 'https://[fd00::1]/'],
    ['a name of a loopback address', 'https://localhost/'],
    ['a named host on another port', 'https://10.9.9.9:444/'],
    ['credentials in the URL', 'https://user:pass@10.9.9.9:8443/'],
    ['another scheme', 'ftp://10.9.9.9:8443/'],
  ])('are refused unless they were named: %s', async (_, url) => {
    const send = http({ allowedHosts: ['10.9.9.9:8443'] });
    expect(await failureOf(send(post(url)))).toMatchObject({ reached: 'never', reason: 'host-not-allowed' });
  });
});

it('says the host and nothing else', async () => {
  const { url, host } = await serve((request) => request.socket.destroy());
  const failure = await failureOf(http({ allowedHosts: [host] })(post(url)));
  expect(failure.message).toBe(`POST ${host}: connection-broken (request left: maybe)`);
  expect(`${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`).not.toMatch(/secret|personal|rest\/task/);
});

/** Whether the condition comes true within that time. */
async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (condition()) return true;
    await new Promise((later) => setTimeout(later, 5));
  }
  return condition();
}
