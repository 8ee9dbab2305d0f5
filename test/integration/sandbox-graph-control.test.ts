import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;

describe('the clock', () => {
  it('is moved, set and frozen', async () => {
    const clock = (change: object) => server.control('POST', '/clock', change);
    const before = (await server.control('GET', '/clock')).nowMs;
    expect((await clock({ advanceMs: 3_600_000 })).nowMs - before).toBeGreaterThanOrEqual(3_600_000);
    const atMs = Date.UTC(2030, 0, 1);
    expect(await clock({ setMs: atMs, freeze: true })).toMatchObject({ frozen: true });
    await clock({ setMs: atMs });
    expect((await server.control('GET', '/clock')).nowMs).toBe(atMs);
    expect((await clock({ advanceMs: 5 })).nowMs).toBe(atMs + 5);
    expect((await clock({ freeze: false })).nowMs).toBeGreaterThanOrEqual(atMs + 5);
    expect(Math.abs(Number((await clock({ skew: -60_000 })).skewMs) + 60_000)).toBeLessThan(1_000);
    expect((await server.call('POST', '/control/clock', { advanceMs: 'soon' })).status).toBe(400);
  });

  it('gives messages their time and still tells statuses while it is frozen', async () => {
    const atMs = Date.UTC(2030, 0, 1);
    await server.control('POST', '/clock', { freeze: true });
    await server.control('POST', '/clock', { setMs: atMs });
    await server.write(ids.customer, 'Hi', { wait: true });
    await server.send(customer, 'Hello');
    await until(() => server.receiver.statuses().length === 2);
    expect(server.receiver.messages()[0]?.timestamp).toBe(String(atMs / 1_000));
    expect(server.receiver.statuses().map(({ timestamp }) => timestamp)).toEqual([
      `${atMs / 1_000}`,
      `${atMs / 1_000}`,
    ]);
  });
});

describe('the request log', () => {
  it('holds what the product called, without tokens, and finds it', async () => {
    await server.send(customer, 'one');
    await server.graph('GET', `/${ids.number}?access_token=secret-token`);
    await server.call('POST', `/graph/v26.0/${ids.number}/messages`, { text: 'x' });
    const { items } = await server.control('GET', '/requests');
    expect(items).toMatchObject([
      {
        target: 'graph',
        phoneNumberId: ids.number,
        method: 'POST',
        path: `/graph/v26.0/${ids.number}/messages`,
        status: 200,
        body: { text: { body: 'one' } },
      },
      { method: 'GET', status: 200, body: null },
      { method: 'POST', status: 401 },
    ]);
    expect(JSON.stringify(items)).not.toContain('secret-token');
    const after = Number(items[0]?.seq);
    expect((await server.control('GET', `/requests?sinceSeq=${after}&method=POST`)).items).toHaveLength(1);
    expect((await server.control('GET', '/requests?path=/messages')).items).toHaveLength(2);
    expect((await server.control('GET', '/requests?target=planfix')).items).toEqual([]);
  });
});

describe('events', () => {
  it('stream what happens', async () => {
    const abort = new AbortController();
    const response = await fetch(`${server.origin}/control/events`, { signal: abort.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })();
    await until(() => text.includes('connected'));
    await server.write(ids.customer, 'Hi');
    await until(() => text.includes('data: {"kind":"graph.message"'));
    expect(text).not.toContain('Hi"');
    abort.abort();
    await expect(reading).rejects.toThrow();
  });
});

describe('the world', () => {
  it('shows chats to the page', async () => {
    await server.send(customer, 'Hello');
    await until(() => server.receiver.statuses().length === 2);
    const { graph } = (await server.control('GET', '/state')) as { graph?: unknown };
    expect(graph).toMatchObject({
      numbers: [{ phoneNumberId: ids.number, verifiedName: 'Acme' }],
      customers: [{ phone: ids.customer, name: 'Anna Петрова' }],
      chats: [
        {
          phoneNumberId: ids.number,
          windowEndsMs: expect.any(Number),
          messages: [
            { from: 'customer', text: 'first' },
            { from: 'business', text: 'Hello', status: 'delivered' },
          ],
        },
      ],
    });
  });

  it('is seeded for a demo, the same each time, and forgotten on reset', async () => {
    const first = await server.control('POST', '/seed');
    expect(await server.control('POST', '/seed')).toEqual(first);
    const { graph, planfix } = first as unknown as { graph: Record<string, string>; planfix: Record<string, string> };
    const number = await server.call('GET', `/graph/v26.0/${graph.phoneNumberId}`, undefined, {
      authorization: `Bearer ${graph.accessToken}`,
    });
    expect(number).toMatchObject({ status: 200, json: { verified_name: 'Northwind Bikes' } });
    const ping = await server.call('GET', `/planfix/${planfix.account}/rest/ping`, undefined, {
      authorization: `Bearer ${planfix.token}`,
    });
    expect(ping.status).toBe(200);
    await server.control('DELETE', '');
    const state = (await server.control('GET', '/state')) as { graph?: { numbers: unknown[]; customers: unknown[] } };
    expect(state.graph).toMatchObject({ numbers: [], customers: [], chats: [], messages: 0 });
    expect((await server.call('GET', `/control/planfix/${planfix.account}`)).status).toBe(404);
  });

  it('forgets what was on its way', async () => {
    await server.control('PUT', '/graph/settings', { statusDelayMs: 100, statusJitter: 0 });
    await server.send(customer, 'Hello');
    await server.reset();
    // Those of the first message would come before these.
    await server.control('PUT', '/graph/settings', { statusDelayMs: 300, statusJitter: 0 });
    const { id } = (await server.send(customer, 'Hello again')).json.messages[0] ?? {};
    await until(() => server.receiver.statuses().length === 2);
    expect(server.receiver.statuses().every((status) => status.id === id)).toBe(true);
  });

  it('refuses settings that it does not know', async () => {
    const put = (change: object) => server.call('PUT', '/control/graph/settings', change);
    for (const change of [{ speed: 1 }, { statusDelayMs: 'soon' }, { statusOrder: 'none' }, { payloadVersion: '26' }]) {
      expect((await put(change)).status).toBe(400);
    }
    expect((await put({ statusDelayMs: 7 })).json).toMatchObject({ statusDelayMs: 7, statusOrder: 'normal' });
  });

  it('says what is wrong with a control call', async () => {
    const post = (path: string, body: object) => server.call('POST', `/control/graph/${path}`, body);
    expect(await post('messages', { phoneNumberId: '1', from: ids.customer, text: 'x' })).toMatchObject({
      status: 404,
    });
    expect(await post('messages', { phoneNumberId: ids.number, from: '1', text: 'x' })).toMatchObject({ status: 404 });
    expect(await post('messages', { phoneNumberId: ids.number, from: ids.customer })).toMatchObject({ status: 400 });
    expect(await post('customers', { phone: ids.customer, name: 'Twin' })).toMatchObject({ status: 400 });
    expect(await post('webhooks', { appId: 'nobody', body: {} })).toMatchObject({ status: 404 });
  });

  it('serves its page, or says how to build it', async () => {
    const { status, text } = await server.call('GET', '/');
    expect(status).toBe(200);
    expect(text).toMatch(/<html|not built yet/i);
  });
});

describe('the page, when there are more people than it shows', () => {
  it('finds all who got a message, and shows the one whose phone it takes', async () => {
    await server.write(ids.customer, 'Hi', { wait: true });
    await server.send(customer, 'Hello all');
    const later = Array.from({ length: 300 }, (_, index) => ({
      name: `Later ${index}`,
      phone: `${4917000000000 + index}`,
    }));
    await server.control('POST', '/graph/customers', { customers: later });
    const shown = async (query = ''): Promise<string> => {
      const { graph } = await server.control('GET', `/state${query}`);
      return JSON.stringify((graph as { customers: unknown; chats: unknown }).chats);
    };
    expect(await shown()).not.toContain('Hello all');
    const got = await server.control('GET', `/graph/recipients?phoneNumberId=${ids.number}&text=Hello+all`);
    expect(got.items).toMatchObject([{ phone: ids.customer }]);
    expect(await shown(`?customer=${got.items[0]?.userId}`)).toContain('Hello all');
    // Control: nobody got other words, or got them since then.
    const since = `${Date.now() + 60_000}`;
    for (const other of ['text=Hello', 'template=news', `text=Hello+all&sinceMs=${since}`]) {
      const none = await server.control('GET', `/graph/recipients?phoneNumberId=${ids.number}&${other}`);
      expect(none.items).toEqual([]);
    }
  });
});
