import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ApiWorld,
  aNewAccount,
  aNewApp,
  aNewConnection,
  anEnvelope,
  aText,
  type ConnectedNumber,
  postMeta,
  startApiWorld,
} from './api-world.ts';

let world: ApiWorld;
let ours: ConnectedNumber;
let theirs: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  ours = await world.connect();
  theirs = await world.connect();
});
afterAll(() => world.close());

const EVERY_SCOPE = ['admin'];
const makeKey = async (key: { scopes: string[]; planfixAccountId?: string }, maker?: string) => {
  const options = { body: { name: 'a key', ...key }, ...(maker === undefined ? {} : { key: maker }) };
  return world.call('POST', '/v1/api-keys', options);
};
const secretOf = async (key: { scopes: string[]; planfixAccountId?: string }) =>
  String((await makeKey(key)).body.secret);

describe('a key', () => {
  it('is shown once, and stored as a digest', async () => {
    const { status, body } = await makeKey({ scopes: ['read'] });
    expect(status).toBe(201);
    const secret = String(body.secret);
    const rows = await world.db.selectFrom('apiKey').selectAll().where('id', '=', String(body.id)).execute();
    expect(rows).toMatchObject([{ secretHash: createHash('sha256').update(secret).digest() }]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    for (const path of ['/v1/api-keys', `/v1/api-keys/${body.id}`]) {
      expect((await world.call('GET', path)).text).not.toContain(secret);
    }
    expect((await world.call('GET', '/v1/messages', { key: secret })).status).toBe(200);
  });

  it('that is revoked, made up or missing opens nothing', async () => {
    const { id, secret } = (await makeKey({ scopes: ['read'] })).body;
    expect((await world.call('DELETE', `/v1/api-keys/${id}`)).status).toBe(204);
    for (const key of [String(secret), 'parley_made-up', null]) {
      const answer = await world.call('GET', '/v1/messages', { key });
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:parley:problem:unauthenticated' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it.each<[string, string, string, unknown]>([
    ['read', 'POST', '/v1/planfix-accounts', aNewAccount()],
    ['read', 'POST', '/v1/meta-apps', aNewApp()],
    ['read', 'POST', '/v1/connections', {}],
    ['read', 'POST', '/v1/api-keys', { name: 'x', scopes: ['read'] }],
    ['read', 'POST', '/v1/problems/00000000-0000-7000-8000-000000000000/discard', undefined],
    ['write:meta-apps', 'GET', '/v1/messages', undefined],
    ['write:meta-apps', 'PATCH', '/v1/connections/00000000-0000-7000-8000-000000000000', {}],
  ])('with the scope %s cannot %s %s', async (scope, method, path, body) => {
    const key = await secretOf({ scopes: [scope] });
    expect(await world.call(method, path, { key, body })).toMatchObject({
      status: 403,
      body: { type: 'urn:parley:problem:forbidden' },
    });
    // Control: it is the scope that is missing.
    expect((await world.call(method, path, { body })).status).not.toBe(403);
  });

  it('cannot make one that may do more than itself', async () => {
    const key = await secretOf({ scopes: ['write:api-keys', 'read'] });
    expect((await makeKey({ scopes: ['write:problems'] }, key)).status).toBe(403);
    expect((await makeKey({ scopes: ['admin'] }, key)).status).toBe(403);
    expect((await makeKey({ scopes: ['read'] }, key)).status).toBe(201);
  });

  it('gets no more calls a minute than it may make', async () => {
    const hasty = await startApiWorld({ databaseUrl: world.databaseUrl, ratePerMinute: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await hasty.call('GET', '/v1/messages')).status);
    await hasty.close();
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('a key that is bound to one Planfix account', () => {
  const bound = () => secretOf({ scopes: EVERY_SCOPE, planfixAccountId: ours.planfixAccountId });

  it('sees the rows of its account in every list, and no others', async () => {
    for (const number of [ours, theirs]) {
      const messages = [aText('4915112345678', 'to both')];
      await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { messages }));
      const problem = { planfixAccountId: number.planfixAccountId, connectionId: number.connectionId };
      const id = crypto.randomUUID();
      await world.db
        .insertInto('problem')
        .values({ id, kind: 'connection-paused', ...problem })
        .execute();
      await makeKey({ scopes: ['read'], planfixAccountId: number.planfixAccountId });
    }
    const key = await bound();
    for (const what of ['planfix-accounts', 'meta-apps', 'connections', 'conversations', 'messages', 'problems']) {
      expect((await world.call('GET', `/v1/${what}`, { key })).body.items).toHaveLength(1);
      // Control: there are others.
      expect(((await world.call('GET', `/v1/${what}`)).body.items as unknown[]).length).toBeGreaterThan(1);
    }
    for (const what of ['events', 'api-keys']) {
      const { text } = await world.call('GET', `/v1/${what}`, { key });
      expect(text).not.toContain(theirs.connectionId);
      expect(text).not.toContain(theirs.planfixAccountId);
      expect(text).toContain(what === 'events' ? ours.connectionId : ours.planfixAccountId);
    }
  });

  it('finds nothing of another account, and changes nothing of it', async () => {
    const key = await bound();
    const one = async (what: string) => {
      const { items } = (await world.call('GET', `/v1/${what}`)).body as { items: Record<string, unknown>[] };
      return items.find((item) => item.planfixAccountId === theirs.planfixAccountId)?.id;
    };
    const foreign = [
      `/v1/planfix-accounts/${theirs.planfixAccountId}`,
      `/v1/meta-apps/${theirs.metaAppId}`,
      `/v1/connections/${theirs.connectionId}`,
      `/v1/conversations/${await one('conversations')}`,
      `/v1/messages/${await one('messages')}`,
      `/v1/problems/${await one('problems')}`,
      `/v1/api-keys/${await one('api-keys')}`,
    ];
    for (const path of foreign) {
      expect((await world.call('GET', path)).status).toBe(200);
      expect((await world.call('GET', path, { key })).status).toBe(404);
    }
    const writes: [string, string, unknown, number][] = [
      ['PATCH', `/v1/planfix-accounts/${theirs.planfixAccountId}`, { name: 'taken' }, 404],
      ['POST', `/v1/planfix-accounts/${theirs.planfixAccountId}/check`, undefined, 404],
      ['POST', `/v1/planfix-accounts/${theirs.planfixAccountId}/hint-secret`, undefined, 404],
      ['PATCH', `/v1/connections/${theirs.connectionId}`, { configuredBy: 'user:1' }, 404],
      ['POST', `/v1/connections/${theirs.connectionId}/check`, undefined, 404],
      ['POST', `/v1/problems/${await one('problems')}/discard`, undefined, 404],
      ['PUT', `/v1/conversations/${await one('conversations')}/planfix-task`, { planfixTask: 1 }, 404],
      ['DELETE', `/v1/api-keys/${await one('api-keys')}`, undefined, 404],
      ['PATCH', `/v1/meta-apps/${ours.metaAppId}`, { verifyToken: 'shared' }, 403],
      ['POST', '/v1/meta-apps', aNewApp(), 403],
      ['POST', '/v1/planfix-accounts', aNewAccount(), 403],
      ['POST', '/v1/connections', aNewConnection({ ...ours, planfixAccountId: theirs.planfixAccountId }), 422],
      ['POST', '/v1/connections', aNewConnection({ ...ours, metaAppId: theirs.metaAppId }), 422],
      ['POST', '/v1/api-keys', { name: 'x', scopes: ['read'], planfixAccountId: theirs.planfixAccountId }, 422],
    ];
    for (const [method, path, body, status] of writes) {
      expect([path, (await world.call(method, path, { key, body })).status]).toEqual([path, status]);
    }
    // Control: its own it may change.
    const own = `/v1/planfix-accounts/${ours.planfixAccountId}`;
    expect((await world.call('PATCH', own, { key, body: { name: 'Ours' } })).status).toBe(200);
  });

  it('makes keys of its own account, whether it says so or not', async () => {
    const made = await makeKey({ scopes: ['read'] }, await bound());
    expect(made).toMatchObject({ status: 201, body: { planfixAccountId: ours.planfixAccountId } });
  });
});
