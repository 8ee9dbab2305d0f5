import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { settleAccountChecks } from '../../db/checks.ts';
import { type ApiWorld, aNewAccount, aNewApp, startApiWorld, until } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());
afterEach(() => {
  world.beyond.checks = [{ name: 'credentials', ok: true, message: 'accepted' }];
});

const post = (path: string, body: unknown, key: string, caller?: string) =>
  world.call('POST', path, {
    body,
    headers: { 'idempotency-key': key },
    ...(caller === undefined ? {} : { key: caller }),
  });
const accountsOf = (url: string) => world.db.selectFrom('planfixAccount').select('id').where('url', '=', url).execute();

describe('a write with an Idempotency-Key', () => {
  it('is done once, and answered alike, secrets included', async () => {
    const body = aNewAccount();
    const first = await post('/v1/planfix-accounts', body, 'once');
    const again = await post('/v1/planfix-accounts', body, 'once');
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await accountsOf(body.url)).toHaveLength(1);
    // The stored answer holds the hint secret, and is sealed.
    const stored = await world.db.selectFrom('idempotencyKey').selectAll().where('key', '=', 'once').execute();
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(String(first.body.hintSecret));
    // Control: without the key the second one is refused, since the address is taken.
    expect((await world.call('POST', '/v1/planfix-accounts', { body })).status).toBe(409);
  });

  it('does not care for white space or the order of keys', async () => {
    const body = aNewApp();
    const first = await post('/v1/meta-apps', body, 'spelt');
    const turned = JSON.stringify(Object.fromEntries(Object.entries(body).reverse()), null, 2);
    expect(await post('/v1/meta-apps', turned, 'spelt')).toMatchObject({ status: 201, body: first.body });
  });

  it.each<[string, string, unknown]>([
    ['another body', '/v1/meta-apps', aNewApp()],
    ['another route', '/v1/planfix-accounts', aNewAccount()],
  ])('is refused for %s: 409', async (name, path, body) => {
    const key = `used for ${name}`.replaceAll(' ', '-');
    expect((await post('/v1/meta-apps', aNewApp(), key)).status).toBe(201);
    expect(await post(path, body, key)).toMatchObject({
      status: 409,
      body: { type: 'urn:parley:problem:idempotency-conflict' },
    });
    expect((await post(path, body, `${key}-2`)).status).toBe(201);
  });

  it('is done once however many come at once; the others are told to come again', async () => {
    world.beyond.checks = undefined;
    const body = aNewAccount();
    const pending = post('/v1/planfix-accounts', body, 'crowd');
    await until('the draft', async () => (await accountsOf(body.url)).length === 1);
    const others = await Promise.all(Array.from({ length: 5 }, () => post('/v1/planfix-accounts', body, 'crowd')));
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, body: { type: 'urn:parley:problem:in-progress' } });
      expect(other.headers.get('retry-after')).toBe('1');
    }
    const [account] = await accountsOf(body.url);
    await settleAccountChecks(world.db, String(account?.id), [{ name: 'credentials', ok: true, message: 'late' }]);
    expect((await pending).status).toBe(201);
    expect(await accountsOf(body.url)).toHaveLength(1);
    expect((await post('/v1/planfix-accounts', body, 'crowd')).body.id).toBe(account?.id);
  });

  it('that was refused has changed nothing, and may be made again with the same key', async () => {
    const body = aNewAccount();
    world.beyond.checks = [{ name: 'credentials', ok: false, message: 'Planfix refuses the token' }];
    expect((await post('/v1/planfix-accounts', body, 'retried')).status).toBe(422);
    world.beyond.checks = [{ name: 'credentials', ok: true, message: 'accepted' }];
    expect((await post('/v1/planfix-accounts', body, 'retried')).status).toBe(201);
  });

  it('whose process died without an answer is taken over after a minute, and not before', async () => {
    const body = aNewApp();
    expect((await post('/v1/meta-apps', body, 'lost')).status).toBe(201);
    const forget = (age: string) =>
      sql`update idempotency_key set response_status = null, response_body = null,
            created_at = clock_timestamp() - ${sql.lit(age)}::interval where key = 'lost'`.execute(world.db);
    await forget('30 seconds');
    expect((await post('/v1/meta-apps', body, 'lost')).body.type).toBe('urn:parley:problem:in-progress');
    await forget('61 seconds');
    // It is made again, and finds what the first one left.
    expect((await post('/v1/meta-apps', body, 'lost')).body.type).toBe('urn:parley:problem:conflict');
  });

  it('is a different one for every caller', async () => {
    const made = await world.call('POST', '/v1/api-keys', { body: { name: 'other', scopes: ['admin'] } });
    const one = await post('/v1/meta-apps', aNewApp(), 'shared');
    const other = await post('/v1/meta-apps', aNewApp(), 'shared', String(made.body.secret));
    expect([one.status, other.status]).toEqual([201, 201]);
  });

  it.each(['', ' ', 'x'.repeat(201), 'a b'])('must have a key that is one: %j', async (key) => {
    // An empty header is no header to some clients, and no key to us.
    expect((await post('/v1/meta-apps', aNewApp(), key)).status).toBe(400);
  });
});

describe('every kind of write', () => {
  it('takes the header', async () => {
    const number = await world.connect();
    const call = (method: string, path: string, body?: unknown) =>
      world.call(method, path, { body, headers: { 'idempotency-key': `${method}-${path}` } });
    const made = await world.call('POST', '/v1/api-keys', { body: { name: 'gone', scopes: ['read'] } });
    const writes: [string, string, unknown?][] = [
      ['PATCH', `/v1/planfix-accounts/${number.planfixAccountId}`, { name: 'Renamed' }],
      ['PATCH', `/v1/meta-apps/${number.metaAppId}`, { verifyToken: 'changed' }],
      ['PATCH', `/v1/connections/${number.connectionId}`, { settings: { language: 'ru' } }],
      ['POST', `/v1/connections/${number.connectionId}/check`],
      ['DELETE', `/v1/api-keys/${made.body.id}`],
    ];
    for (const [method, path, body] of writes) {
      const first = await call(method, path, body);
      const again = await call(method, path, body);
      expect([path, again.status, again.text]).toEqual([path, first.status, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(first.status).toBeLessThan(300);
    }
  });
});
