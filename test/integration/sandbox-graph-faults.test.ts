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
const fault = async (rule: object) =>
  (await server.control('POST', '/faults', { target: 'graph', path: '/messages', ...rule })).id;
const texts = async () => {
  const { items } = await server.control('GET', `/graph/customers/${ids.customer}/messages`);
  return items.filter(({ from, reached }) => from === 'business' && reached).map(({ text }) => text);
};

describe('faults of the connection', () => {
  it('drop the answer after the effect: the message arrives all the same', async () => {
    await fault({ kind: 'drop-after' });
    await expect(server.send(customer, 'Hello', { biz_opaque_callback_data: 'row' })).rejects.toThrow();
    expect(await texts()).toEqual(['Hello']);
    await until(() => server.receiver.statuses().some((status) => status.biz_opaque_callback_data === 'row'));
    expect((await server.send(customer, 'again')).status).toBe(200);
  });

  it('drop the call before the effect', async () => {
    await fault({ kind: 'drop-before' });
    await expect(server.send(customer, 'Hello')).rejects.toThrow();
    expect(await texts()).toEqual([]);
  });

  it("answer with a proxy's page, or with what the rule says", async () => {
    await fault({ kind: 'status' });
    await fault({ kind: 'status', status: 503, body: { error: { code: 2, is_transient: true } } });
    expect(await server.send(customer, 'x')).toMatchObject({ status: 502, text: expect.stringContaining('<html>') });
    expect(await server.send(customer, 'x')).toMatchObject({ status: 503, json: { error: { code: 2 } } });
    expect(await texts()).toEqual([]);
  });

  it.each([
    ['hang', []],
    ['hang-after', ['held']],
  ])('%s until the rule is removed, without holding up others', async (kind, effect) => {
    const id = await fault({ kind });
    const held = server.send(customer, 'held').then(
      () => 'answered',
      () => 'dropped',
    );
    await until(async () => (await server.control('GET', `/requests?target=graph`)).items.length === 1);
    expect((await server.send(customer, 'free')).status).toBe(200);
    expect(await texts()).toEqual([...effect, 'free']);
    await server.control('DELETE', `/faults/${id}`);
    expect(await held).toBe('dropped');
    expect((await server.call('DELETE', `/control/faults/${id}`)).status).toBe(404);
  });

  it.each([
    ['slow', []],
    ['slow-after', ['late']],
  ])('%s takes its time', async (kind, effect) => {
    await fault({ kind, delayMs: 2_000 });
    const startedMs = performance.now();
    const late = server.send(customer, 'late');
    await until(async () => (await server.control('GET', '/faults')).items.length === 0);
    await until(async () => (await texts()).length === effect.length);
    expect((await late).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
    expect(await texts()).toEqual(['late']);
  });
});

describe('faults of the network', () => {
  it('refuse with any code, in its form', async () => {
    await fault({ kind: 'error', code: 190 });
    await fault({ kind: 'error', code: 131_016 });
    await fault({ kind: 'error', code: 999_999, status: 418, details: 'Teapot.' });
    expect(await server.send(customer, 'x')).toMatchObject({ status: 401, json: { error: { code: 190 } } });
    expect(await server.send(customer, 'x')).toMatchObject({ status: 500, json: { error: { code: 131016 } } });
    expect(await server.send(customer, 'x')).toMatchObject({
      status: 418,
      json: { error: { code: 999999, error_data: { details: 'Teapot.' } } },
    });
    expect(await texts()).toEqual([]);
  });

  it('fail later what was accepted', async () => {
    await fault({ kind: 'async-error', code: 131_049 });
    expect((await server.send(customer, 'x')).status).toBe(200);
    const failed = await until(() => server.receiver.statuses()[0]);
    expect(failed).toMatchObject({ status: 'failed', errors: [{ code: 131049 }] });
    expect(await texts()).toEqual([]);
  });

  it('tell a status before the answer', async () => {
    await fault({ kind: 'status-before-response' });
    server.receiver.answers.push('hang');
    await server.control('PUT', '/graph/settings', { webhookTimeoutMs: 3_000 });
    let answered = false;
    const sent = server.send(customer, 'x').then((answer) => {
      answered = true;
      return answer;
    });
    const status = await until(() => server.receiver.statuses()[0]);
    expect(answered).toBe(false);
    expect((await sent).json.messages[0]?.id).toBe(status.id);
  });

  it('tell no status at all', async () => {
    await fault({ kind: 'no-status' });
    await server.send(customer, 'silent');
    const { id } = (await server.send(customer, 'told')).json.messages[0] ?? {};
    await until(() => server.receiver.statuses().length === 2);
    expect(server.receiver.statuses().every((status) => status.id === id)).toBe(true);
  });
});

describe('rules', () => {
  it('strike so many matching calls, after those that pass', async () => {
    await fault({ kind: 'error', code: 2, times: 2, skip: 1, phoneNumberId: ids.number, method: 'post' });
    await fault({ kind: 'error', code: 4, phoneNumberId: 'another' });
    await fault({ kind: 'status', status: 500, target: 'planfix' });
    await fault({ kind: 'error', code: 4, path: '^/graph/v\\d+/nothing$' });
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await server.send(customer, 'x')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('stay until removed with times 0, and are listed with what is left', async () => {
    const forever = await fault({ kind: 'error', code: 2, times: 0 });
    await fault({ kind: 'drop-after', times: 5 });
    await server.send(customer, 'x');
    await server.send(customer, 'x');
    expect((await server.control('GET', '/faults')).items).toMatchObject([
      { id: forever, kind: 'error', code: 2, times: 0 },
      { kind: 'drop-after', times: 5 },
    ]);
    await server.control('DELETE', '/faults');
    expect((await server.send(customer, 'x')).status).toBe(200);
  });

  it('strike by chance, about as often as they say', async () => {
    await server.control('PUT', '/graph/settings', { pairLimit: false, numberLimit: false });
    await fault({ kind: 'error', code: 2, times: 0, chance: 0.5 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => server.send(customer, 'x')));
    const struck = answers.filter(({ status }) => status === 503).length;
    expect(struck).toBeGreaterThan(50);
    expect(struck).toBeLessThan(150);
  });

  it('are refused when they make no sense', async () => {
    const senseless = [
      { kind: 'hang' },
      { target: 'graph' },
      { target: 'graph', kind: 'drop-afterwards' },
      { target: 'graph', kind: 'locked-202' },
      { target: 'graph', kind: 'hang', times: -1 },
      { target: 'graph', kind: 'hang', path: '(' },
    ];
    for (const rule of senseless) expect((await server.call('POST', '/control/faults', rule)).status).toBe(400);
    expect((await server.call('POST', '/control/faults', { target: 'planfix', kind: 'locked-202' })).status).toBe(201);
  });
});
