import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChannelCredentials, HttpResponse } from '../../../../../activities/channels/channel.ts';
import { channelClients, channelFileHosts } from '../../../../../activities/channels/clients.ts';
import { ChannelError } from '../../../../../activities/channels/errors.ts';
import { aFile, bytesOf, closeAll, countBytes, fileHttp, type Handler, serve, takeUploads } from '../../file-server.ts';

afterEach(closeAll);

type Answer = { status?: number; body: unknown };

/** A connection whose Graph is `apiUrl`; JSON calls are answered by `answers` in turn. */
function connect(answers: Answer[], apiUrl = 'https://graph.example', hosts: string[] = []) {
  const credentials: ChannelCredentials = {
    apiUrl,
    apiVersion: 'v26.0',
    numberId: '106',
    accountId: '102',
    accessToken: 'secret-token',
  };
  const asked: string[] = [];
  const send = async ({ url }: { url: string }): Promise<HttpResponse> => {
    asked.push(url);
    const { status = 200, body } = answers.shift() as Answer;
    return { status, headers: {}, body: JSON.stringify(body), receivedAtMs: 0 };
  };
  const files = fileHttp(hosts);
  return { client: channelClients['whatsapp-cloud'](credentials, { send, files }), asked };
}

async function failureOf(work: Promise<unknown>): Promise<ChannelError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChannelError);
  expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toMatch(/secret-token|passport/);
  return error as ChannelError;
}

const digest = createHash('sha256').update('hello').digest();
const graphError = (code: number) => ({ error: { message: 'passport.pdf', type: 'OAuthException', code } });

describe('readMedia', () => {
  it.each<[string, object, object]>([
    ['as documented', { file_size: '5', sha256: digest.toString('base64') }, { size: 5 }],
    ['as captured', { file_size: 5, sha256: digest.toString('hex') }, { size: 5 }],
    ['in capitals', { file_size: 0, sha256: digest.toString('hex').toUpperCase() }, { size: 0 }],
  ])('takes sizes and digests %s', async (_, fields, expected) => {
    const body = { url: 'https://lookaside.fbsbx.com/a', mime_type: 'image/png', id: '7', ...fields };
    const { client, asked } = connect([{ body }]);
    expect(await client.readMedia('7')).toEqual({
      url: 'https://lookaside.fbsbx.com/a',
      mime: 'image/png',
      sha256: digest.toString('hex'),
      ...expected,
    });
    expect(asked).toEqual(['https://graph.example/v26.0/7']);
  });

  it('leaves out what it cannot use', async () => {
    const { client } = connect([{ body: { url: 'https://a', sha256: 'short', file_size: 'many' } }]);
    expect(await client.readMedia('7')).toEqual({ url: 'https://a' });
  });

  it.each<[string, Answer, object]>([
    [
      'gone',
      { status: 400, body: graphError(100) },
      { kind: 'file-rejected', scope: 'message', refusal: 'file-expired', code: undefined },
    ],
    [
      'gone, as its subcode says',
      { status: 400, body: graphError(33) },
      { kind: 'file-rejected', refusal: 'file-expired' },
    ],
    ['of an expired token', { status: 401, body: graphError(190) }, { kind: 'credentials-rejected', code: 190 }],
    ['of a failing Graph', { status: 500, body: {} }, { kind: 'unavailable', scope: 'connection' }],
    ['without an address', { body: { id: '7' } }, { kind: 'unexpected-response', scope: 'message' }],
  ])('tells what it means when a file is %s', async (_, answer, expected) => {
    expect(await failureOf(connect([answer]).client.readMedia('7'))).toMatchObject(expected);
  });
});

describe('openMedia', () => {
  it('shows the token to the address that Meta gave', async () => {
    const { url, host, requests } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '70000' });
      aFile(70_000).pipe(response);
    });
    const { client } = connect([], url, [host]);
    const { body, mime, size } = await client.openMedia({ url: `${url}/media?id=7`, mime: 'audio/ogg; codecs=opus' });
    expect([mime, size, await countBytes(body)]).toEqual(['audio/ogg; codecs=opus', 70_000, 70_000]);
    expect(requests[0]?.headers.authorization).toBe('Bearer secret-token');
  });

  it('shows the token to nobody else', async () => {
    const elsewhere = await serve((_, response) => void response.end('hello'));
    const graph = await serve((_, response) => void response.writeHead(302, { location: elsewhere.url }).end());
    const { client } = connect([], graph.url, [graph.host]);
    const refused = { kind: 'file-rejected', scope: 'message', refusal: 'file-refused-address' };
    for (const url of [elsewhere.url, graph.url, 'https://evil.invalid/', 'https://10.0.0.1/']) {
      expect(await failureOf(client.openMedia({ url }))).toMatchObject(refused);
    }
    expect(elsewhere.requests).toHaveLength(0);
    // Where the operator allows the other place, it is asked without the token.
    const open = connect([], graph.url, [graph.host, elsewhere.host]).client;
    expect(await countBytes((await open.openMedia({ url: graph.url })).body)).toBe(5);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it("keeps a named list of Meta's hosts", () => {
    expect(channelFileHosts).toEqual(['lookaside.fbsbx.com']);
  });

  const statusOf =
    (status: number, body = ''): Handler =>
    (_, response) =>
      void response.writeHead(status).end(body);
  it.each<[string, Handler, object]>([
    ['an address that has expired', statusOf(404), { kind: 'unavailable', scope: 'message', refusal: undefined }],
    ['a bare refusal', statusOf(401), { kind: 'unavailable', scope: 'message' }],
    ['a token that is named', statusOf(401, JSON.stringify(graphError(190))), { kind: 'credentials-rejected' }],
    ['a host that fails', statusOf(503), { kind: 'unavailable', scope: 'message' }],
    ['a host that resets', (request) => request.socket.resetAndDestroy(), { kind: 'unavailable', scope: 'message' }],
  ])('tells what it means to meet %s', async (_, handler, expected) => {
    const { url, host } = await serve(handler);
    expect(await failureOf(connect([], url, [host]).client.openMedia({ url }))).toMatchObject(expected);
  });
});

describe('uploadMedia', () => {
  const file = (size: number | undefined = 5) => ({
    name: 'passport.pdf',
    mime: 'application/pdf',
    size,
    body: bytesOf('hello'),
  });

  it('sends the file with its type, and gives the id', async () => {
    const { url, host, bodies, requests } = await takeUploads();
    const { client } = connect([], url, [host]);
    expect(await client.uploadMedia(file())).toEqual({ mediaId: '1' });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: '/v26.0/106/media',
      headers: { authorization: 'Bearer secret-token' },
    });
    const headers = { 'content-type': requests[0]?.headers['content-type'] ?? '' };
    const form = await new Response(bodies[0], { headers }).formData();
    expect([form.get('messaging_product'), form.get('type')]).toEqual(['whatsapp', 'application/pdf']);
    const part = form.get('file') as File;
    expect([part.name, part.type, await part.text()]).toEqual(['passport.pdf', 'application/pdf', 'hello']);
  });

  it('refuses an empty file without asking', async () => {
    const { url, host, requests } = await takeUploads();
    const empty = file(0);
    expect(await failureOf(connect([], url, [host]).client.uploadMedia(empty))).toMatchObject({
      kind: 'file-rejected',
      refusal: 'file-empty',
    });
    expect(requests).toHaveLength(0);
    expect(empty.body.destroyed).toBe(true);
  });

  it.each<[string, number, object, object]>([
    ['a type', 400, graphError(100), { kind: 'file-rejected', scope: 'message', refusal: 'file-refused-type' }],
    ['the content', 400, graphError(131053), { kind: 'file-rejected', refusal: 'file-refused-type' }],
    ['the size', 413, {}, { kind: 'file-rejected', scope: 'message', refusal: 'file-too-large' }],
    ['the token', 401, graphError(190), { kind: 'credentials-rejected', scope: 'connection' }],
    ['the rate', 400, graphError(130429), { kind: 'rate-limited', scope: 'connection' }],
    ['nothing, and fails', 500, graphError(131000), { kind: 'unavailable', scope: 'message' }],
    ['nothing, and says nothing', 200, {}, { kind: 'unexpected-response', scope: 'message' }],
  ])('tells what it means that Meta refuses %s', async (_, status, answer, expected) => {
    const { url, host } = await takeUploads(status, answer);
    expect(await failureOf(connect([], url, [host]).client.uploadMedia(file()))).toMatchObject(expected);
  });

  it('may be repeated when the file was shorter than announced, or Meta did not answer', async () => {
    const { url, host } = await takeUploads();
    const { client } = connect([], url, [host]);
    const again = { kind: 'unavailable', scope: 'message' };
    expect(await failureOf(client.uploadMedia(file(7)))).toMatchObject(again);
    expect(await failureOf(client.uploadMedia(file(), AbortSignal.abort()))).toMatchObject(again);
    const deaf = await serve((request) => request.socket.destroy());
    expect(await failureOf(connect([], deaf.url, [deaf.host]).client.uploadMedia(file()))).toMatchObject(again);
  });
});
