import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AnswerFacts } from '../../../../activities/planfix/call.ts';
import { createPlanfixClient } from '../../../../activities/planfix/client.ts';
import type { PlanfixError } from '../../../../activities/planfix/errors.ts';
import { aFile, bytesOf, closeAll, countBytes, fileHttp, type Handler, serve, takeUploads } from '../file-server.ts';
import { aPlanfix, failureOf, success, TOKEN } from './fake-planfix.ts';

afterEach(closeAll);

/** A client of the account at this address, which may call these hosts. */
function connect(url: string, hosts: string[], gate: () => Promise<void> = async () => undefined) {
  const facts: AnswerFacts[] = [];
  const client = createPlanfixClient({
    baseUrl: `${url}/rest/`,
    token: TOKEN,
    send: () => Promise.reject(new Error('no JSON call is expected')),
    files: fileHttp(hosts),
    gate,
    timeZone: 'UTC',
    onAnswer: (fact) => facts.push(fact),
  });
  return { client, facts };
}

const file = (size: number | undefined = 5) => ({
  name: 'Паспорт.pdf',
  mime: 'application/pdf',
  size,
  body: bytesOf('hello'),
});
const tokensOf = (requests: IncomingMessage[]) => requests.map(({ headers }) => headers.authorization);
const envelope = (code: number, error = '') => JSON.stringify({ result: 'fail', code, error });

/** Holds neither the token nor the name of the file. */
async function refusalOf(work: Promise<unknown>): Promise<PlanfixError> {
  const error = await failureOf(work);
  expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(new RegExp(`Паспорт|${TOKEN}|hello`));
  return error as PlanfixError;
}

describe('uploadFile', () => {
  it('passes the gate, sends one part, and gives the id', async () => {
    let gates = 0;
    const { url, host, bodies, requests } = await takeUploads(200, { result: 'success', id: 1729843 });
    const { client, facts } = connect(url, [host], async () => {
      gates += 1;
      expect(requests).toHaveLength(0);
    });
    expect(await client.uploadFile(file())).toEqual({ id: 1729843 });
    expect([gates, requests[0]?.method, requests[0]?.url]).toEqual([1, 'POST', '/rest/file/?targetType=task']);
    expect(tokensOf(requests)).toEqual([`Bearer ${TOKEN}`]);
    const headers = { 'content-type': requests[0]?.headers['content-type'] ?? '' };
    const form = await new Response(bodies[0], { headers }).formData();
    expect([...form.keys()]).toEqual(['file']);
    const part = form.get('file') as File;
    expect([part.name, part.type, await part.text()]).toEqual(['Паспорт.pdf', 'application/pdf', 'hello']);
    // The date of the answer is no measure of Planfix's clock: minutes may lie between question and answer.
    expect(facts).toMatchObject([{ status: 200, serverTimeMs: undefined }]);
  });

  it('is not begun when the gate is closed', async () => {
    const { url, host, requests } = await takeUploads();
    const given = file();
    const { client } = connect(url, [host], () => Promise.reject(new Error('not now')));
    await expect(client.uploadFile(given)).rejects.toThrow('not now');
    expect([requests.length, given.body.destroyed]).toEqual([0, true]);
  });

  it.each<[string, number, string | object, object]>([
    ['a size, by its code', 400, envelope(7002), { kind: 'file-rejected', refusal: 'file-too-large', code: 7002 }],
    ['a size, in a 200', 200, envelope(7002), { kind: 'file-rejected', refusal: 'file-too-large' }],
    ['a size, by a proxy', 413, '<html>', { kind: 'file-rejected', scope: 'message', refusal: 'file-too-large' }],
    ['a file', 400, envelope(7001), { kind: 'file-rejected', refusal: 'other' }],
    ['the token', 401, envelope(1), { kind: 'credentials-rejected', scope: 'account' }],
    ['the scope', 405, envelope(5), { kind: 'credentials-rejected', refusal: 'scope-missing' }],
    ['the quota', 200, envelope(22), { kind: 'rate-limited', scope: 'account', refusal: 'daily-quota' }],
    ['nothing, and fails', 502, '<html>', { kind: 'unavailable', scope: 'account' }],
    ['nothing, and says nothing', 200, '', { kind: 'unexpected-response' }],
  ])('tells what it means that Planfix refuses %s', async (_, status, answer, expected) => {
    const { url, host } = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(answer));
    });
    expect(await refusalOf(connect(url, [host]).client.uploadFile(file()))).toMatchObject(expected);
  });

  it('may be repeated after a file that was too short, a stop, and a lost answer', async () => {
    const { url, host } = await takeUploads();
    const { client } = connect(url, [host]);
    const again = { kind: 'unavailable', scope: 'message' };
    expect(await refusalOf(client.uploadFile(file(7)))).toMatchObject(again);
    expect(await refusalOf(client.uploadFile(file(), { signal: AbortSignal.abort() }))).toMatchObject(again);
    const deaf = await serve((request) => request.socket.destroy());
    expect(await refusalOf(connect(deaf.url, [deaf.host]).client.uploadFile(file()))).toMatchObject(again);
  });
});

describe('openFile', () => {
  it('follows Planfix to the storage without the token', async () => {
    const storage = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '70000' });
      aFile(70_000).pipe(response);
    });
    const planfix = await serve((_, response) => {
      response.writeHead(302, { location: `${storage.url}/signed?X-Amz-Expires=60` }).end();
    });
    const { client } = connect(planfix.url, [planfix.host, storage.host]);
    const { body, mime, size } = await client.openFile(17);
    expect([await countBytes(body), mime, size]).toEqual([70_000, 'application/json', 70_000]);
    expect(planfix.requests[0]?.url).toBe('/rest/file/17/download');
    expect(tokensOf(planfix.requests)).toEqual([`Bearer ${TOKEN}`]);
    expect(tokensOf(storage.requests)).toEqual([undefined]);
  });

  it.each([
    ['text', 'text/plain', 'hello'],
    ['short JSON', 'application/json', '{"result":"of the year"}'],
    ['long JSON', 'application/json', JSON.stringify('x'.repeat(100_000))],
    ['no JSON', 'application/json', 'hello'],
    ['nothing', 'application/json', ''],
  ])('takes a body from Planfix itself: %s', async (_, type, text) => {
    const { url, host } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(text);
    });
    const { body } = await connect(url, [host]).client.openFile(17);
    expect(Buffer.concat(await body.toArray()).toString()).toBe(text);
  });

  const answer =
    (status: number, body = '', headers: Record<string, string> = {}): Handler =>
    (_, response) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  it.each<[string, Handler, object]>([
    ['a missing file', answer(400, envelope(7000)), { kind: 'file-rejected', refusal: 'file-missing' }],
    ['a quota in a 200', answer(200, envelope(22)), { kind: 'rate-limited', refusal: 'daily-quota' }],
    ['an unknown token', answer(401, envelope(1)), { kind: 'credentials-rejected' }],
    ['a failing Planfix', answer(502), { kind: 'unavailable', scope: 'account' }],
    [
      'a private address',
      answer(302, '', { location: 'https://10.0.0.1/signed' }),
      { kind: 'file-rejected', scope: 'message', refusal: 'file-address' },
    ],
    ['a reset', (request) => request.socket.resetAndDestroy(), { kind: 'unavailable', scope: 'message' }],
  ])('tells what it means to meet %s', async (_, handler, expected) => {
    const { url, host } = await serve(handler);
    expect(await refusalOf(connect(url, [host]).client.openFile(17))).toMatchObject(expected);
  });

  it.each([
    [404, { kind: 'file-rejected', refusal: 'file-missing' }],
    [403, { kind: 'unavailable', scope: 'message' }],
    [401, { kind: 'unavailable', scope: 'message' }],
    [503, { kind: 'unavailable', scope: 'message' }],
  ])('takes HTTP %i of the storage for no word of Planfix', async (status, expected) => {
    const storage = await serve(answer(status, envelope(1)));
    const planfix = await serve(answer(302, '', { location: storage.url }));
    const { client } = connect(planfix.url, [planfix.host, storage.host]);
    expect(await refusalOf(client.openFile(17))).toMatchObject(expected);
  });

  it('breaks off with a reason when the storage does', async () => {
    const { url, host } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('hello', () => response.destroy());
    });
    const { body } = await connect(url, [host]).client.openFile(17);
    await expect(body.toArray()).rejects.toMatchObject({ name: 'HttpFailure', reason: 'connection-broken' });
  });
});

describe('files by their number', () => {
  it('have a name and a size in kilobytes, or do not exist', async () => {
    const { client, sent } = aPlanfix([
      success({ file: { id: 17, name: 'Паспорт.pdf', size: 2048 } }),
      { status: 400, body: { result: 'fail', code: 7000 } },
    ]);
    expect(await client.getFile(17)).toEqual({ id: 17, name: 'Паспорт.pdf', sizeKb: 2048 });
    expect(await client.getFile(18)).toBeUndefined();
    expect(sent[0]?.url).toBe('https://acme.planfix.test/rest/file/17?fields=id%2Cname%2Csize');
  });

  it('are attached to a task', async () => {
    const { client, sent } = aPlanfix([success({}), { status: 400, body: { result: 'fail', code: 6 } }]);
    await client.attachFileToTask({ fileId: 17, taskId: 7 });
    expect([sent[0]?.method, sent[0]?.url]).toEqual([
      'POST',
      'https://acme.planfix.test/rest/file/17/attach/task?id=7',
    ]);
    expect(await failureOf(client.attachFileToTask({ fileId: 17, taskId: 7 }))).toMatchObject({ refusal: 'forbidden' });
  });

  it('need a client that was made for them', async () => {
    const { client } = aPlanfix([]);
    await expect((async () => client.openFile(1))()).rejects.toThrow('without files');
    await expect((async () => client.uploadFile({ ...file(), body: Readable.from([]) }))()).rejects.toThrow(
      'without files',
    );
  });
});
