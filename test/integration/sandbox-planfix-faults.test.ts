import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

describe('faults', () => {
  it('drop the answer after the effect, or before it', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'drop-after', method: 'POST', path: '/task/' });
    await expect(acme.call('POST', '/task/', { name: 'made' })).rejects.toThrow();
    expect((await acme.dump()).tasks).toMatchObject([{ name: 'made' }]);
    acme.fault({ kind: 'drop-before', method: 'POST', path: '/task/' });
    await expect(acme.call('POST', '/task/', { name: 'lost' })).rejects.toThrow();
    expect((await acme.dump()).tasks).toHaveLength(1);
    await acme.ok('POST', '/task/', { name: 'again' });
  });

  it('answer with an error page without any effect', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'status', status: 502, body: '<html>Bad Gateway</html>', contentType: 'text/html' });
    expect(await acme.call('POST', '/task/', { name: 'lost' })).toMatchObject({
      status: 502,
      text: '<html>Bad Gateway</html>',
    });
    expect((await acme.dump()).tasks).toEqual([]);
  });

  it('hang one call and leave the others alone', async () => {
    const acme = await planfix.account();
    const other = await planfix.account();
    acme.fault({ kind: 'hang-after', method: 'POST', path: '/task/', times: 0 });
    const abort = new AbortController();
    const hung = acme.call('POST', '/task/', { name: 'made' }, {}, abort.signal);
    await other.ok('GET', '/ping');
    await planfix.until(async () => (await acme.dump()).tasks.length === 1);
    abort.abort();
    await expect(hung).rejects.toThrow();
  });

  it('queue an update behind a lock', async () => {
    const acme = await planfix.account({ settings: { lockedUpdateAppliesAfterMs: 5_000 } });
    const id = await taskOf(acme);
    const name = async (): Promise<string> => (await acme.ok('GET', `/task/${id}?fields=name`)).task.name;
    acme.fault({ kind: 'locked-202' });
    expect(await acme.call('POST', `/task/${id}`, { name: 'Later' })).toMatchObject({ status: 202, text: '' });
    expect(await name()).toBe('Order');
    planfix.clock.advance(5_000);
    expect(await name()).toBe('Later');
  });

  it('refuse a part: said on update, silent on create', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'failures', field: 'assigner', times: 2 });
    const contact = await acme.contact('Jane', '+4915123');
    const made = await acme.call('POST', '/task/', { name: 'Order', assigner: { id: contact.ref } });
    expect(made).toMatchObject({ status: 201, body: { result: 'success' } });
    expect(made.body.failures).toBeUndefined();
    const change = { name: 'Changed', assigner: { id: contact.ref } };
    const { failures } = await acme.ok('POST', `/task/${made.body.id}`, change);
    expect(failures).toEqual([{ field: 'assigner', error: expect.any(String) }]);
    const { task } = await acme.ok('GET', `/task/${made.body.id}?fields=name,assigner`);
    expect(task).toEqual({ name: 'Changed', assigner: { id: 'user:9', name: 'Parley robot' } });
  });

  it('send JSON that calls itself a page, effect included', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'wrong-content-type' });
    const answer = await acme.call('POST', '/task/', { name: 'Order' });
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect((await acme.dump()).tasks).toMatchObject([{ id: answer.body.id }]);
  });

  it('report a quota or a rate that is used up, whatever the call', async () => {
    const acme = await planfix.account();
    for (const [kind, status] of [
      ['quota-200', 200],
      ['quota-403', 403],
      ['throttle', 429],
    ] as const) {
      acme.fault({ kind });
      expect(await acme.call('POST', '/task/', { name: 'Order' })).toMatchObject({ status, body: { result: 'fail' } });
    }
    expect((await acme.dump()).tasks).toEqual([]);
  });

  it('refuse owner, assigner and status', async () => {
    const acme = await planfix.account();
    const contact = await acme.contact('Jane', '+4915123');
    const id = await taskOf(acme);
    const mine = { owner: { id: contact.ref }, description: 'Hello' };
    acme.fault({ kind: 'refuse-owner' });
    expect(await acme.call('POST', `/task/${id}/comments/`, mine)).toMatchObject({ status: 400, body: { code: 5001 } });
    acme.fault({ kind: 'refuse-status' });
    expect(await acme.call('POST', `/task/${id}/comments/`, mine)).toMatchObject({
      status: 400,
      body: { code: 6, error: 'New comments not allowed in this process' },
    });
    await acme.ok('POST', `/task/${id}/comments/`, mine);
    await acme.settings({ assignerContactRefused: true, commentBanStatuses: [1] });
    const theirs = { name: 'Order', assigner: { id: contact.ref } };
    expect(await acme.call('POST', '/task/', theirs)).toMatchObject({ status: 400, body: { code: 1001 } });
    expect(await acme.call('POST', `/task/${id}/comments/`, mine)).toMatchObject({ status: 400, body: { code: 6 } });
    await acme.ok('POST', `/task/${id}`, { status: { id: 2 } });
    await acme.ok('POST', `/task/${id}/comments/`, mine);
  });

  it('refuse contacts whose template bars them from tasks', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/contact/', { name: 'Jane', template: { id: 21 } });
    const theirs = { name: 'Order', assigner: { id: `contact:${id}` } };
    expect(await acme.call('POST', '/task/', theirs)).toMatchObject({ status: 400 });
    await acme.settings({ restrictedContactsRefused: false });
    await acme.ok('POST', '/task/', theirs);
  });
});

describe('request log', () => {
  it('holds every call with its answer and fault, without the query', async () => {
    const acme = await planfix.account();
    await acme.call('GET', '/ping?access_token=secret');
    acme.fault({ kind: 'drop-after' });
    await expect(acme.call('POST', '/task/', { name: 'Order' })).rejects.toThrow();
    acme.fault({ kind: 'status', status: 503 });
    await acme.call('POST', '/task/', '{"broken');
    const logged = planfix.core.requests.find({ target: 'planfix', account: acme.name });
    expect(logged).toMatchObject([
      { method: 'GET', path: '/ping', status: 200, body: null },
      { method: 'POST', path: '/task/', status: 0, body: { name: 'Order' }, fault: 'drop-after' },
      { method: 'POST', path: '/task/', status: 503, body: '{"broken', fault: 'status' },
    ]);
  });

  it('lets go of a hung call when its rule is removed', async () => {
    const acme = await planfix.account();
    const id = acme.fault({ kind: 'hang', times: 0 });
    const hung = acme.call('POST', '/task/', { name: 'lost' });
    const ended = expect(hung).rejects.toThrow();
    await planfix.until(async () => planfix.core.requests.find({ account: acme.name }).length === 1);
    planfix.core.faults.remove(id);
    await ended;
    expect((await acme.dump()).tasks).toEqual([]);
  });
});
