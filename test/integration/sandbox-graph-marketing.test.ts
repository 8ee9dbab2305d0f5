import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  await put('news', 'MARKETING');
  await put('order', 'UTILITY');
});

afterAll(() => server.close());

const put = (name: string, category: string) =>
  server.control('POST', '/graph/templates', { wabaId: ids.waba, name, language: 'en', body: 'Hi', category });

function use(name: string, number: string = ids.number) {
  const template = { name, language: { code: 'en' } };
  const message = { messaging_product: 'whatsapp', to: `+${ids.customer}`, type: 'template', template };
  return server.graph('POST', `/${number}/messages`, message);
}

const prefer = (marketing: unknown, more: Fields = {}) =>
  server.call('POST', '/control/graph/preferences', {
    ...{ phoneNumberId: ids.number, customer: ids.customer, marketing, wait: true },
    ...more,
  });

const failureOf = (wamid: unknown) =>
  until(() => server.receiver.statuses().find(({ id, status }) => id === wamid && status === 'failed'));

describe('customers who stop marketing', () => {
  it('tell the business, by phone and BSUID, with the time as a number', async () => {
    await server.control('POST', '/clock', { setMs: 1_795_000_000_900, freeze: true });
    expect((await prefer('stop')).json).toEqual({ marketing: 'stop', statuses: [200] });
    await prefer('resume');
    const changes = server.receiver.changes('user_preferences');
    expect(changes[0]).toEqual({
      field: 'user_preferences',
      account: ids.waba,
      time: undefined,
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: expect.stringMatching(/^\d+$/), phone_number_id: ids.number },
        contacts: [{ profile: { name: 'Anna Петрова' }, wa_id: ids.customer, user_id: expect.any(String) }],
        user_preferences: [
          {
            wa_id: ids.customer,
            user_id: expect.any(String),
            detail: 'User requested to stop marketing messages',
            category: 'marketing_messages',
            value: 'stop',
            timestamp: 1_795_000_000,
          },
        ],
      },
    });
    expect(changes[1]?.value.user_preferences).toMatchObject([{ value: 'resume' }]);
  });

  it('without a phone where it is hidden, and to nobody where the call says so', async () => {
    const { userId } = await server.control('POST', '/graph/customers', { name: 'Lena', username: true });
    await prefer('stop', { customer: userId });
    await prefer('stop', { tell: false });
    const changes = server.receiver.changes('user_preferences');
    expect(changes).toHaveLength(1);
    expect(changes[0]?.value.user_preferences).toEqual([
      {
        user_id: userId,
        detail: 'User requested to stop marketing messages',
        category: 'marketing_messages',
        value: 'stop',
        timestamp: expect.any(Number),
      },
    ]);
  });

  it('get no marketing of that number until they resume, and all else', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400900'));
    await prefer('stop');
    expect(await use('news')).toMatchObject({ status: 400, json: { error: { code: 131050 } } });
    expect(await server.chat()).toHaveLength(1);
    expect((await use('order')).status).toBe(200);
    expect((await server.send(`+${ids.customer}`, 'a reply')).status).toBe(200);
    expect((await use('news', '400900')).status).toBe(200);
    await prefer('resume');
    expect((await use('news')).status).toBe(200);
  });

  it('or the refusal comes after the 200, where the setting says so', async () => {
    await server.control('PUT', '/graph/settings', { marketingStopRefusal: 'async' });
    await prefer('stop');
    const { status, json } = await use('news');
    expect(status).toBe(200);
    expect((await failureOf(json.messages[0]?.id)).errors[0]?.code).toBe(131050);
    expect((await server.chat()).at(-1)).toMatchObject({ reached: false });
  });

  it('have to be known, and to choose', async () => {
    expect((await prefer('maybe')).status).toBe(400);
    expect((await prefer('stop', { customer: '1' })).status).toBe(404);
    expect(server.receiver.changes('user_preferences')).toEqual([]);
  });
});

describe('the cap on marketing', () => {
  const wamidOf = async (name: string, number?: string) => {
    const { status, json } = await use(name, number);
    expect(status).toBe(200);
    return json.messages[0]?.id;
  };
  const reached = async () => (await server.chat()).map((item) => item.reached);

  it('counts what a customer gets from everybody in 24 hours', async () => {
    await server.control('PUT', '/graph/settings', { marketingCap: 2 });
    await server.control('POST', '/graph/numbers', numberOf('400900'));
    await wamidOf('news');
    await wamidOf('news', '400900');
    const third = await wamidOf('news');
    expect((await failureOf(third)).errors[0]?.code).toBe(131049);
    await wamidOf('order');
    await server.control('POST', '/clock', { advanceMs: 24 * 3_600_000 });
    await wamidOf('news');
    expect(await reached()).toEqual([true, true, false, true, true, true]);
    const { items } = await server.control('GET', `/graph/traffic?phoneNumberId=${ids.number}`);
    expect(items).toMatchObject([{ accepted: 4, failed: { 131049: 1 }, refused: {} }]);
  });

  it('is none unless it is set', async () => {
    for (let index = 0; index < 5; index += 1) await wamidOf('news');
    expect(await reached()).toEqual(Array(6).fill(true));
  });
});

describe('the limit on spam', () => {
  it('is made by a fault, for templates only, from some message on', async () => {
    const fault = { target: 'graph', kind: 'error', code: 131048, purpose: 'send', messageType: 'template' };
    await server.control('POST', '/faults', { ...fault, skip: 1, times: 0 });
    expect((await use('news')).status).toBe(200);
    expect(await use('news')).toMatchObject({ status: 400, json: { error: { code: 131048 } } });
    expect((await server.send(`+${ids.customer}`, 'a reply')).status).toBe(200);
    const { items } = await server.control('GET', '/graph/traffic');
    expect(items).toMatchObject([{ accepted: 2, refused: { 131048: 1 } }]);
  });
});
