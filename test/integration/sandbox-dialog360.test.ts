import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

const PHONE = '+49 30 5550100';
const PATH = '/dialog360/numbers/49305550100';
const CUSTOMER = '491713920001';
const KEY = { 'd360-api-key': 'key-of-the-number' };
const MINUTE_MS = 60_000;

let server: GraphServer;
let number: { phoneNumberId: string; wabaId: string };

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  const webhook = { url: `${server.receiver.url}/own`, headers: { 'X-Own': 'of the customer' } };
  const body = { phone: PHONE, apiKey: KEY['d360-api-key'], isOnBizApp: true, webhook };
  number = (await server.control('POST', '/dialog360/numbers', body)) as unknown as typeof number;
});

afterAll(() => server.close());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = KEY) =>
  server.call(method, `/dialog360${path}`, body, headers);
const text = (to = `+${CUSTOMER}`) => ({ messaging_product: 'whatsapp', to, type: 'text', text: { body: 'hi' } });
const write = (more: Fields = {}) =>
  server.control('POST', '/graph/messages', {
    phoneNumberId: number.phoneNumberId,
    from: CUSTOMER,
    text: 'Привет',
    wait: true,
    ...more,
  });
const media = () => write({ text: undefined, media: { kind: 'image', size: 100, mimeType: 'image/png' } });
const newestMedia = async () => {
  await media();
  const [{ media: shown }] = (await server.chat()).slice(-1) as unknown as [{ media: { id: string } }];
  return shown.id;
};

describe('who may call', () => {
  it.each<[string, Record<string, string>]>([
    ['nobody without a key', {}],
    ['nobody with another key', { 'd360-api-key': 'another' }],
    ["nobody with Meta's token", { authorization: 'Bearer key-of-the-number' }],
  ])('%s: 401 in the form of the gateway', async (_who, headers) => {
    const { status, json } = await call('POST', '/messages', text(), headers);
    expect(status).toBe(401);
    expect(json).toMatchObject({ meta: { success: false, http_code: 401, developer_message: expect.any(String) } });
  });

  it('a key stands for one number, and a new key makes the old one worthless', async () => {
    await write();
    expect((await call('POST', '/messages', text())).status).toBe(200);
    await server.control('POST', PATH, { apiKey: 'the-new-key' });
    expect((await call('POST', '/messages', text())).status).toBe(401);
    expect((await call('POST', '/messages', text(), { 'd360-api-key': 'the-new-key' })).status).toBe(200);
  });

  it('no id of a number and no version stand in an address', async () => {
    expect((await call('POST', `/${number.phoneNumberId}/messages`, text())).status).toBe(404);
    expect((await call('POST', '/v26.0/messages', text())).status).toBe(404);
  });

  it("passes Meta's refusals on as they are", async () => {
    const { status, json } = await call('POST', '/messages', { ...text(), type: 'hologram' });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: expect.any(Number), fbtrace_id: expect.any(String) });
  });

  it.each([401, 429, 503])('refuses with %i of its own on demand, so often', async (status) => {
    await write();
    await server.control('POST', `${PATH}/faults`, { status, path: '/messages' });
    expect((await call('POST', '/messages', text())).json).toMatchObject({ meta: { http_code: status } });
    expect((await call('POST', '/messages', text())).status).toBe(200);
  });
});

describe('files', () => {
  it('lie behind an address of another host, which answers here only', async () => {
    const { json } = await call('GET', `/${await newestMedia()}`);
    const url = new URL(String(json.url));
    expect(url.host).toBe('lookaside.fbsbx.com');
    const there = await call('GET', `${url.pathname}${url.search}`);
    expect(there).toMatchObject({ status: 200 });
    expect((await call('GET', `${url.pathname}${url.search}`, undefined, {})).status).toBe(401);
    await server.control('POST', '/clock', { advanceMs: 6 * MINUTE_MS });
    expect((await call('GET', `${url.pathname}${url.search}`)).status).toBe(404);
  });

  it('are not those of other numbers', async () => {
    const id = await newestMedia();
    await server.control('POST', '/dialog360/numbers', { phone: '+49 30 5550199', apiKey: 'key-of-another' });
    expect((await call('GET', `/${id}`, undefined, { 'd360-api-key': 'key-of-another' })).json.error.code).toBe(100);
  });

  it('are kept back for half an hour after twenty failures in one', async () => {
    const id = await newestMedia();
    for (let failures = 0; failures < 19; failures += 1) await call('GET', '/4711');
    expect((await call('GET', `/${id}`)).status).toBe(200);
    await call('GET', '/4711');
    expect((await call('GET', `/${id}`)).json).toMatchObject({ meta: { http_code: 429 } });
    expect((await call('POST', '/messages', text())).status).toBe(200);
    await server.control('POST', '/clock', { advanceMs: 31 * MINUTE_MS });
    expect((await call('GET', `/${id}`)).status).toBe(200);
  });

  it('that failed long ago do not count', async () => {
    const id = await newestMedia();
    for (let failures = 0; failures < 19; failures += 1) await call('GET', '/4711');
    await server.control('POST', '/clock', { advanceMs: 61 * MINUTE_MS });
    await call('GET', '/4711');
    expect((await call('GET', `/${id}`)).status).toBe(200);
  });
});

describe('webhooks', () => {
  it('come unsigned, with the headers that were set, to the address that was set', async () => {
    await write();
    const { headers, raw } = server.receiver.received.at(-1) as (typeof server.receiver.received)[number];
    expect(headers).toMatchObject({ 'x-own': 'of the customer' });
    expect(headers['x-hub-signature-256']).toBeUndefined();
    expect(raw.toString()).toContain('\\u041f');
    expect((await server.control('GET', '/dialog360/deliveries')).items[0]).toMatchObject({
      phone: '49305550100',
      to: 'number',
      status: 200,
    });
  });

  it('go where the API said last', async () => {
    const url = `${server.receiver.url}/elsewhere`;
    expect((await call('POST', '/v1/configs/webhook', { url })).status).toBe(200);
    expect((await call('GET', '/v1/configs/webhook')).json).toMatchObject({ url });
    await write();
    expect((await server.control('GET', '/dialog360/deliveries')).items[0]).toMatchObject({ url });
    expect((await call('POST', '/v1/configs/webhook', { url: 'https://under_score.example/' })).status).toBe(400);
  });

  it('come again until they are taken', async () => {
    server.receiver.answers.push(503);
    await write();
    expect(server.receiver.received).toHaveLength(1);
    await server.control('POST', '/graph/deliveries/retry');
    await until(() => server.receiver.received.length === 2);
    const [first, second] = server.receiver.received;
    expect(second?.raw).toEqual(first?.raw);
  });

  it('of a number without an address reach nobody, and are not kept', async () => {
    await server.control('POST', PATH, { webhook: null });
    expect(await write()).toMatchObject({ statuses: [200] });
    expect(server.receiver.received).toHaveLength(0);
  });

  it('about the account go to the partner, wrapped', async () => {
    await server.control('POST', PATH, { partnerWebhook: { url: `${server.receiver.url}/partner` } });
    const template = { wabaId: number.wabaId, name: 'ready', language: 'en', body: 'Ready', tell: true };
    await server.control('POST', '/graph/templates', template);
    const found = await until(() =>
      server.receiver.received.map(({ raw }) => JSON.parse(raw.toString())).find(({ event }) => event !== undefined),
    );
    expect(found).toMatchObject({
      event: 'message_template_status_update',
      data: { id: number.wabaId, message_template_name: 'ready' },
    });
  });

  it('of the history are sent to the partner on demand', async () => {
    await server.control('POST', PATH, { partnerWebhook: { url: `${server.receiver.url}/partner` } });
    const data = { messaging_product: 'whatsapp', history: [{ metadata: { progress: 100 } }] };
    expect(await server.control('POST', `${PATH}/partner-events`, { event: 'history', data })).toEqual({ status: 200 });
    const told = server.receiver.received.at(-1)?.raw.toString() ?? '';
    expect(JSON.parse(told)).toMatchObject({ event: 'history', data: { id: number.wabaId, ...data } });
  });
});

describe('what the gateway tells', () => {
  it('lists templates by offset, in lower case', async () => {
    for (const name of ['a', 'b', 'c']) {
      await server.control('POST', '/graph/templates', { wabaId: number.wabaId, name, language: 'en', body: 'Text' });
    }
    const { json } = await call('GET', '/v1/configs/templates?limit=2&offset=2');
    expect(json).toMatchObject({ total: 3, count: 1, waba_templates: [{ name: 'c', status: 'approved' }] });
  });

  it('tells how the number fares, with the fields that were asked for', async () => {
    const { json } = await call('GET', '/health_status?fields=display_phone_number,quality_rating');
    expect(json).toMatchObject({
      display_phone_number: PHONE,
      quality_rating: 'GREEN',
      health_status: { can_send_message: 'AVAILABLE', entities: expect.any(Array) },
    });
    expect(json).not.toHaveProperty('verified_name');
  });
});
