import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { newest, type Receiver, startReceiver } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
let second: Receiver;

beforeAll(async () => {
  server = await startGraphServer();
  second = await startReceiver();
});

beforeEach(async () => {
  await server.reset();
  second.received.length = 0;
});

afterAll(async () => {
  await server.close();
  await second.close();
});

const dayMs = 24 * 3_600_000;

describe('delivery', () => {
  const deliveries = () => server.control('GET', '/graph/deliveries');

  it('is repeated as a whole with growing gaps until the 200', async () => {
    await server.control('POST', '/clock', { freeze: true });
    server.receiver.answers.push(503, 204, 500);
    await server.write(ids.customer, 'again and again');
    const gaps: number[] = [];
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      const dueMs = await until(async () => (await deliveries()).items[0]?.nextAttemptMs);
      const { nowMs } = await server.control('GET', '/clock');
      gaps.push(Number(dueMs) - nowMs);
      await server.control('POST', '/clock', { setMs: Number(dueMs) - 1 });
      expect((await deliveries()).items[0]?.nextAttemptMs).toBe(dueMs);
      await server.control('POST', '/clock', { advanceMs: 1 });
      await until(() => server.receiver.received.length === attempt);
    }
    expect(gaps).toEqual([1_000, 2_000, 4_000]);
    await until(async () => (await deliveries()).counts.pending === 0);
    const { received } = server.receiver;
    expect(new Set(received.map(({ raw }) => raw.toString())).size).toBe(1);
    const { items } = await deliveries();
    expect(items[0]?.attempts.map(({ status }) => status)).toEqual([503, 204, 500, 200]);
  });

  it('is given up after seven days of the virtual clock', async () => {
    await server.control('POST', '/clock', { freeze: true });
    server.receiver.answers.push(...Array.from({ length: 20 }, () => 500));
    await server.write(ids.customer, 'never');
    await until(() => server.receiver.received.length === 1);
    for (let day = 1; day <= 6; day += 1) {
      await until(async () => (await deliveries()).items[0]?.nextAttemptMs !== null);
      await server.control('POST', '/clock', { advanceMs: dayMs });
      await until(() => server.receiver.received.length === day + 1);
    }
    expect((await deliveries()).counts).toMatchObject({ pending: 1, dropped: 0 });
    await until(async () => (await deliveries()).items[0]?.nextAttemptMs !== null);
    await server.control('POST', '/clock', { advanceMs: dayMs });
    await until(async () => (await deliveries()).counts.dropped === 1);
    expect(server.receiver.received).toHaveLength(8);
  });

  it('counts silence as failure, and does not hold up others', async () => {
    await server.control('PUT', '/graph/settings', { webhookTimeoutMs: 2_000, redeliveryFirstMs: 10 });
    server.receiver.answers.push('hang');
    await server.write(ids.customer, 'one');
    await until(() => server.receiver.received.length === 1);
    await server.write(ids.customer, 'two', { wait: true });
    expect(server.receiver.messages().map(({ text }) => text)).toEqual([{ body: 'one' }, { body: 'two' }]);
    await until(() => server.receiver.received.length === 3);
  });

  it('alternates between two addresses, or goes to the one that is named', async () => {
    await server.control('POST', '/graph/apps', {
      appId: ids.app,
      appSecret: ids.secret,
      callbackUrls: [server.receiver.url, second.url],
    });
    for (const text of ['a', 'b', 'c', 'd']) await server.write(ids.customer, text, { wait: true });
    expect([server.receiver.received.length, second.received.length]).toEqual([2, 2]);
    await server.write(ids.customer, 'e', { wait: true, callbackIndex: 1, copies: 3 });
    expect(second.received).toHaveLength(5);
  });

  it('gives every subscribed app a copy under its own signature', async () => {
    await server.control('POST', '/graph/apps', { appId: '700200', appSecret: 'other', callbackUrl: second.url });
    await server.control('POST', `/graph/wabas/${ids.waba}`, { subscribedApps: [ids.app, '700200'] });
    await server.write(ids.customer, 'Hi', { wait: true });
    const [own, other] = [newest(server.receiver), newest(second, 'other')];
    expect(other.text).toBe(own.text);
    expect([own.signature, other.signature]).toEqual([own.right, other.right]);
    expect(own.signature).not.toBe(other.signature);
  });

  it('gathers many messages into few POSTs', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400500'));
    const messages = Array.from({ length: 450 }, (_, index) => ({ from: ids.customer, text: `message ${index}` }));
    const answer = await server.control('POST', '/graph/batches', { phoneNumberId: ids.number, messages });
    expect(answer.statuses).toEqual([200, 200, 200]);
    expect(server.receiver.received.map(({ values }) => values[0]?.messages.length).toSorted()).toEqual([200, 200, 50]);
    expect(server.receiver.received[0]?.values[0]?.contacts).toHaveLength(1);
    server.receiver.received.length = 0;
    await server.control('PUT', '/graph/settings', { batchSize: 3, batchWaitMs: 1_000 });
    for (const phoneNumberId of [ids.number, '400500', ids.number, ids.number]) {
      await server.control('POST', '/graph/messages', { phoneNumberId, from: ids.customer, text: 'x' });
    }
    await until(() => server.receiver.received.length === 2);
    expect(server.receiver.received[0]?.values.map((value) => value.messages.length)).toEqual([2, 1]);
  });
});
