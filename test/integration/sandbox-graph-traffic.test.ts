import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Fields, Json } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  await server.control('POST', '/graph/templates', { wabaId: ids.waba, name: 'news', language: 'en', body: 'Hi' });
  await server.control('DELETE', '/graph/traffic');
});

afterAll(() => server.close());

const set = (settings: Fields) => server.control('PUT', '/graph/settings', settings);
const phoneOf = (index: number) => `49171392${String(index).padStart(5, '0')}`;

/** A template; the answer is Meta's code, or 0. */
async function use(index: number, number: string = ids.number, more: Fields = {}): Promise<number> {
  const template = { name: 'news', language: { code: 'en' } };
  const message = { messaging_product: 'whatsapp', to: `+${phoneOf(index)}`, type: 'template', template, ...more };
  return (await server.graph('POST', `/${number}/messages`, message)).json.error?.code ?? 0;
}

const useMany = (count: number, number?: string) =>
  Promise.all(Array.from({ length: count }, (_none, index) => use(index, number)));

async function traffic(number: string = ids.number): Promise<Fields> {
  const { items } = await server.control('GET', `/graph/traffic?phoneNumberId=${number}`);
  return { ...items[0] };
}

const refusedIn = (codes: number[]) => codes.filter((code) => code === 130429).length;

describe('the throughput of a number', () => {
  it('refuses templates beyond its rate, and counts them', async () => {
    await set({ numberPerSecond: 1 });
    const refused = refusedIn(await useMany(30));
    expect(refused).toBeGreaterThanOrEqual(10);
    expect(await traffic()).toMatchObject({
      accepted: 30 - refused,
      received: 0,
      refused: { 130429: refused },
      highestAcceptedPerSecond: expect.any(Number),
    });
  });

  it('is higher at level HIGH, and lower for numbers in the phone app', async () => {
    await set({ numberPerSecond: 1, numberPerSecondHigh: 1_000, numberPerSecondOnApp: 1 });
    await server.control('POST', `/graph/numbers/${ids.number}`, { throughputLevel: 'HIGH' });
    expect(refusedIn(await useMany(30))).toBe(0);
    expect(await traffic()).toMatchObject({ accepted: 30, refused: {} });
    await server.control('POST', '/graph/numbers', numberOf('400900', { isOnBizApp: true, throughputLevel: 'HIGH' }));
    expect(refusedIn(await useMany(30, '400900'))).toBeGreaterThanOrEqual(10);
  });

  it('counts what customers write, which is never refused', async () => {
    await set({ numberPerSecond: 1 });
    // A second later there is a token again, so that one try may come too late on a busy machine.
    await until(async () => {
      await server.write(ids.customer, 'hello');
      return (await use(1)) === 130429;
    });
    expect(await traffic()).toMatchObject({ received: expect.any(Number), refused: { 130429: 1 } });
    expect((await traffic()).received).toBeGreaterThanOrEqual(1);
    await set({ numberLimit: false });
    expect(await use(1)).toBe(0);
  });

  it('is limited for each customer, too', async () => {
    await set({ pairBurst: 2 });
    expect([await use(1), await use(1), await use(1), await use(2)]).toEqual([0, 0, 131056, 0]);
    expect(await traffic()).toMatchObject({ accepted: 3, refused: { 131056: 1 } });
    await set({ pairLimit: false });
    expect(await use(1)).toBe(0);
  });

  it('counts other refusals by their code, for each number, until it is begun anew', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400900'));
    const message = { messaging_product: 'whatsapp', to: '+491713920001', type: 'template' };
    const unknown = { ...message, template: { name: 'none', language: { code: 'en' } } };
    await server.graph('POST', `/${ids.number}/messages`, unknown);
    await use(1, '400900');
    expect(await traffic()).toMatchObject({ accepted: 0, refused: { 132001: 1 } });
    expect(await traffic('400900')).toMatchObject({ accepted: 1, refused: {} });
    await server.control('DELETE', `/graph/traffic?phoneNumberId=${ids.number}`);
    expect(await traffic()).toMatchObject({ accepted: 0, refused: {} });
    expect(await traffic('400900')).toMatchObject({ accepted: 1 });
    expect((await server.call('GET', '/control/graph/traffic?phoneNumberId=1')).status).toBe(404);
  });
});

describe('what was sent', () => {
  const pageAfter = async (query: string): Promise<Json & { nextAfter: number | null }> => {
    const page = await server.control('GET', `/graph/sent?phoneNumberId=${ids.number}&${query}`);
    return page as Json & { nextAfter: number | null };
  };

  it('is read in pages, duplicates included, without what others wrote', async () => {
    for (const index of [1, 2, 2, 3]) await use(index, ids.number, { biz_opaque_callback_data: `row-${index}` });
    await server.write(ids.customer, 'not sent');
    await server.control('POST', '/graph/echoes', { phoneNumberId: ids.number, to: ids.customer, text: 'by hand' });
    await server.control('POST', '/graph/numbers', numberOf('400900'));
    await use(4, '400900');
    const first = await pageAfter('limit=3');
    const second = await pageAfter(`limit=3&after=${first.nextAfter}`);
    const items = [...first.items, ...second.items];
    expect(items.map(({ to, callbackData }) => [to, callbackData])).toEqual(
      [1, 2, 2, 3].map((index) => [phoneOf(index), `row-${index}`]),
    );
    expect(first.items).toHaveLength(3);
    expect(second.nextAfter).toBeNull();
    expect(items[0]).toMatchObject({ type: 'template', template: 'news', wamid: expect.stringMatching(/^wamid\./) });
  });

  it('tells what failed afterwards', async () => {
    await server.control('POST', '/faults', { target: 'graph', kind: 'async-error', code: 131026 });
    await use(1);
    await use(2);
    await until(async () => (await pageAfter('')).items.some(({ status }) => status === 'failed'));
    const codes = (await pageAfter('')).items.map(({ code }) => code);
    expect(codes).toEqual([131026, undefined]);
  });

  it.each(['after=-1', 'limit=x', 'after=1.5'])('refuses %s', async (query) => {
    const path = `/control/graph/sent?phoneNumberId=${ids.number}&${query}`;
    expect((await server.call('GET', path)).status).toBe(400);
  });
});
