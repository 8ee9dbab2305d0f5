import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const size = 300_000;
const fault = async (rule: object) => (await server.control('POST', '/faults', { target: 'graph', ...rule })).id;
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');

/** A file from the customer: what the webhook said of its digest, and what a download of it gives. */
async function incoming() {
  const { message } = await server.act({ media: { kind: 'image', size } });
  const { id, sha256 } = message.image as { id: string; sha256: string };
  const { url } = (await server.graph('GET', `/${id}`)).json;
  const headers = { authorization: `Bearer ${ids.token}` };
  return {
    sha256,
    get: (signal?: AbortSignal) => fetch(String(url), { headers, redirect: 'manual', signal: signal ?? null }),
  };
}

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('faults of downloads', () => {
  it('wrong-digest: as many bytes, not the same', async () => {
    const { get, sha256 } = await incoming();
    await fault({ kind: 'wrong-digest' });
    const spoilt = await bytesOf(await get());
    expect(spoilt.length).toBe(size);
    expect(digestOf(spoilt)).not.toBe(sha256);
    expect(digestOf(await bytesOf(await get()))).toBe(sha256);
  });

  it('short: the stream ends early, or without having announced a length', async () => {
    const { get } = await incoming();
    await fault({ kind: 'short' });
    await expect(get().then(bytesOf)).rejects.toThrow();
    await fault({ kind: 'short', chunked: true, afterBytes: 1_000 });
    expect((await get().then(bytesOf)).length).toBe(1_000);
    expect((await get().then(bytesOf)).length).toBe(size);
  });

  it('redirect: to wherever the rule says', async () => {
    const { get } = await incoming();
    await fault({ kind: 'redirect', location: 'http://10.0.0.1/secret' });
    await fault({ kind: 'redirect' });
    const answer = await get();
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('http://10.0.0.1/secret');
    expect((await get()).headers.get('location')).toBe('http://10.0.0.1/');
  });

  it('expired, and any status', async () => {
    const { get } = await incoming();
    await fault({ kind: 'expired' });
    await fault({ kind: 'status', status: 503, purpose: 'download' });
    expect((await get()).status).toBe(404);
    expect((await get()).status).toBe(503);
    expect((await get()).status).toBe(200);
  });

  it('throttle: so many bytes a second', async () => {
    const { get } = await incoming();
    await fault({ kind: 'throttle', bytesPerSecond: 1_000_000 });
    const startedMs = performance.now();
    expect((await get().then(bytesOf)).length).toBe(size);
    expect(performance.now() - startedMs).toBeGreaterThan(250);
  });

  it('stall: nothing more comes until the rule is removed', async () => {
    const { get } = await incoming();
    const id = await fault({ kind: 'stall', afterBytes: 100_000 });
    const answer = await get();
    const reader = answer.body?.getReader();
    let read = 0;
    while (read < 100_000) read += (await reader?.read())?.value?.length ?? 0;
    expect(read).toBe(100_000);
    const rest = reader?.read().then(
      () => 'more',
      () => 'broken',
    );
    expect(await Promise.race([rest, server.control('GET', '/health').then(() => 'nothing')])).toBe('nothing');
    await server.control('DELETE', `/faults/${id}`);
    expect(await rest).toBe('broken');
  });

  it('pass by calls that they cannot strike', async () => {
    await fault({ kind: 'expired' });
    await fault({ kind: 'async-error', code: 131_026 });
    const { get } = await incoming();
    const receipt = { messaging_product: 'whatsapp', status: 'read', message_id: (await server.chat())[0]?.id };
    expect((await server.graph('POST', `/${ids.number}/messages`, receipt)).status).toBe(200);
    expect((await server.control('GET', '/faults')).items).toHaveLength(2);
    expect((await get()).status).toBe(404);
    await server.send(`+${ids.customer}`, 'x');
    await until(() => server.receiver.statuses().some(({ errors }) => errors?.[0]?.code === 131026));
  });
});

describe('faults of uploads', () => {
  const upload = () => server.upload(Buffer.from('%PDF-1.7'), 'application/pdf');

  it('refuse or reset them, and nothing else', async () => {
    await fault({ kind: 'status', status: 500, purpose: 'upload' });
    await fault({ kind: 'drop-before', purpose: 'upload' });
    await fault({ kind: 'error', code: 131_053, purpose: 'upload' });
    expect((await server.send(`+${ids.customer}`, 'x')).status).toBe(200);
    expect((await upload()).status).toBe(500);
    await expect(upload()).rejects.toThrow();
    expect((await upload()).json.error.code).toBe(131053);
    expect((await upload()).status).toBe(200);
  });

  it('strike sends of one type', async () => {
    await fault({ kind: 'error', code: 131_016, messageType: 'image' });
    const { id } = (await server.upload(Buffer.from([0xff, 0xd8, 0xff]), 'image/jpeg')).json;
    const image = { messaging_product: 'whatsapp', to: `+${ids.customer}`, type: 'image', image: { id } };
    expect((await server.send(`+${ids.customer}`, 'x')).status).toBe(200);
    expect((await server.graph('POST', `/${ids.number}/messages`, image)).status).toBe(500);
  });

  it('know their purposes', async () => {
    const rule = { target: 'graph', kind: 'hang', purpose: 'uploading' };
    expect((await server.call('POST', '/control/faults', rule)).status).toBe(400);
  });
});
