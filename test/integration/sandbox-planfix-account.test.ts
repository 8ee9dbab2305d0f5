import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planfixState, resetPlanfix } from '../sandbox/planfix/index.ts';
import { type Acme, type PlanfixServer, startPlanfixServer } from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-22T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

async function taskOf(acme: Acme): Promise<number> {
  return (await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 } })).id;
}

describe('token and scopes', () => {
  it('refuses an unknown, a replaced and a missing token with 401 and code 1', async () => {
    const acme = await planfix.account();
    await acme.ok('GET', '/ping');
    await acme.control('POST', '/token', { token: 'new-token' });
    const refusal = { status: 401, body: { result: 'fail', code: 1, error: 'Access denied, unknown token' } };
    expect(await acme.call('GET', '/ping')).toMatchObject(refusal);
    expect(await acme.call('GET', '/ping', undefined, { authorization: '' })).toMatchObject(refusal);
    expect(await acme.call('GET', '/ping', undefined, { authorization: 'Bearer new-token' })).toMatchObject({
      status: 200,
    });
    expect(await acme.call('GET', '/ping?access_token=new-token', undefined, { authorization: '' })).toMatchObject({
      status: 200,
    });
  });

  it('refuses a method outside the scopes with 405 and code 5', async () => {
    const acme = await planfix.account();
    await acme.control('POST', '/token', { scopes: ['task_readonly'] });
    await acme.ok('POST', '/task/list', {});
    expect(await acme.call('POST', '/task/', { name: 'x' })).toMatchObject({ status: 405, body: { code: 5 } });
    expect((await acme.dump()).tasks).toEqual([]);
  });

  it('knows no account that was not created', async () => {
    const answer = await planfix.fetch('GET', '/planfix/nobody/rest/ping');
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('<html>');
  });
});

describe('clock', () => {
  it('gives each account its own time', async () => {
    const acme = await planfix.account({ settings: { clockSkewMs: -600_000 } });
    expect((await acme.call('GET', '/ping')).headers.get('date')).toBe('Sun, 22 Nov 2026 09:51:30 GMT');
    const id = await taskOf(acme);
    expect((await acme.ok('GET', `/task/${id}?fields=dateTime`)).task.dateTime.time).toBe('09:51');
  });
});

describe('quota', () => {
  it('is reported as 200 with fail, or as 403 with code 22, and ends with the day', async () => {
    planfix.clock.set('2026-11-22T22:59:00Z');
    const acme = await planfix.account({ settings: { dailyQuota: 2 } });
    expect((await acme.call('GET', '/ping')).headers.get('x-ratelimit-remaining')).toBe('1');
    await acme.ok('GET', '/ping');
    const spent = await acme.call('POST', '/task/', { name: 'x' });
    expect(spent).toMatchObject({
      status: 200,
      body: { result: 'fail', error: 'Rest API billing - rate limit exceeded, remaining:0, timeToReset:3660' },
    });
    expect(spent.headers.get('x-ratelimit-reset')).toBe('3660');
    await acme.settings({ quotaShape: '403' });
    expect(await acme.call('GET', '/ping')).toMatchObject({ status: 403, body: { code: 22, timeToReset: 3660 } });
    expect((await acme.dump()).tasks).toEqual([]);
    planfix.clock.advance(3_660_000);
    await acme.ok('GET', '/ping');
  });

  it('can be feigned for one call', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'quota-200' });
    acme.fault({ kind: 'quota-403' });
    expect(await acme.call('GET', '/ping')).toMatchObject({ status: 200, body: { result: 'fail' } });
    expect(await acme.call('GET', '/ping')).toMatchObject({ status: 403, body: { code: 22 } });
    await acme.ok('GET', '/ping');
  });
});

describe('rate', () => {
  it('is measured, and refused above one call a second where the setting says so', async () => {
    const acme = await planfix.account();
    await Promise.all([acme.ok('GET', '/ping'), acme.ok('GET', '/ping'), acme.ok('GET', '/ping')]);
    expect(await acme.control('GET', '/rate')).toMatchObject({ max: 3, total: 3, refused: 0 });
    await acme.control('DELETE', '/rate');
    await acme.settings({ rate: 'refuse' });
    const answers = await Promise.all([acme.call('GET', '/ping'), acme.call('GET', '/ping')]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 429]);
    expect(await acme.control('GET', '/rate')).toMatchObject({ max: 2, refused: 1 });
  });

  it('is kept by waiting where the setting says so', async () => {
    const acme = await planfix.account({ settings: { rate: 'delay', ratePerSecond: 10 } });
    const start = performance.now();
    await Promise.all([1, 2, 3, 4].map(() => acme.ok('GET', '/ping')));
    expect(performance.now() - start).toBeGreaterThanOrEqual(295);
  });
});

describe('state and reset', () => {
  it('shows few accounts whole and all in numbers, and forgets them', async () => {
    resetPlanfix();
    const acme = await planfix.account();
    await taskOf(acme);
    for (let index = 0; index < 9; index += 1) await planfix.account();
    const state = planfixState() as { accounts: unknown[]; all: unknown[] };
    expect(state.accounts).toHaveLength(5);
    expect(state.accounts[0]).toMatchObject({ account: acme.name, tasks: [{ name: 'Order' }] });
    expect(state.all).toHaveLength(10);
    expect(JSON.stringify(state)).not.toContain('token-');
    resetPlanfix();
    expect(await acme.call('GET', '/ping')).toMatchObject({ status: 404 });
  });
});

describe('settings', () => {
  it('are refused when unknown, of another type, or not among the choices', async () => {
    const acme = await planfix.account();
    expect(await acme.controlCall('PUT', '/settings', { rat: 'delay' })).toMatchObject({ status: 400 });
    expect(await acme.controlCall('PUT', '/settings', { clockSkewMs: 'much' })).toMatchObject({ status: 400 });
    expect(await acme.controlCall('PUT', '/settings', { rate: 'refused' })).toMatchObject({ status: 400 });
    await acme.settings({ rate: 'refuse' });
  });

  it('come with a thousand accounts in one call', async () => {
    const accounts = Array.from({ length: 1_000 }, (_, index) => ({ account: `many-${index}`, token: `t${index}` }));
    const created = await planfix.fetch('POST', '/control/planfix/accounts', { accounts });
    expect(created.status).toBe(201);
    const authorization = 'Bearer t999';
    expect(await planfix.fetch('GET', '/planfix/many-999/rest/ping', undefined, { authorization })).toMatchObject({
      status: 200,
    });
  });
});
