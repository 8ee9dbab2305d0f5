import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { type ApiAnswer, type ApiWorld, aNewAccount, type ConnectedNumber, startApiWorld, until } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
let passed: ConnectionCheck[] | undefined;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  passed = world.beyond.checks;
});
afterAll(() => world.close());
afterEach(() => {
  world.beyond.checks = passed;
  world.beyond.away = false;
});

const create = (what: string, body: unknown) => world.call('POST', `/v1/${what}`, { body });
const pathsOf = (answer: ApiAnswer) => (answer.body.errors as { path: string }[]).map((error) => error.path);
const audited = (subjectId: unknown) =>
  world.db
    .selectFrom('auditEntry')
    .where('subjectId', '=', String(subjectId))
    .orderBy('id')
    .select(['actor', 'action', 'subjectKind'])
    .execute();

describe('a Planfix account', () => {
  it('that passes its checks is connected, and its secrets are sealed', async () => {
    const body = aNewAccount();
    const answer = await create('planfix-accounts', body);
    expect(answer.status).toBe(201);
    const { id, hintSecret } = answer.body;
    expect(answer.body).toEqual({
      id,
      name: body.name,
      url: body.url,
      primaryAdmin: body.primaryAdmin,
      timeZone: null,
      state: 'connected',
      checks: [{ name: 'credentials', ok: true, code: null, message: 'accepted' }],
      pausedReason: null,
      pausedAt: null,
      hintUrl: `https://parley.example/webhooks/planfix/${id}`,
      hintSecret: expect.stringMatching(/^[\w-]{40,}$/),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const row = await world.db
      .selectFrom('planfixAccount')
      .selectAll()
      .where('id', '=', String(id))
      .executeTakeFirstOrThrow();
    expect(row.token.includes(body.token)).toBe(false);
    expect(row.hintSecret.includes(String(hintSecret))).toBe(false);
    const read = await world.call('GET', `/v1/planfix-accounts/${id}`);
    expect(read.text).not.toContain(String(hintSecret));
    expect(await audited(id)).toEqual([{ actor: 'admin', action: 'create', subjectKind: 'planfix-account' }]);
  });

  it('that fails them is refused with path and remedy, and nothing stays stored', async () => {
    world.beyond.checks = [
      { name: 'credentials', ok: false, message: 'Planfix refuses the token', remedy: 'Make another' },
      { name: 'primaryAdmin', ok: true, message: 'fine' },
    ];
    const body = aNewAccount();
    const answer = await create('planfix-accounts', body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:parley:problem:checks-failed',
      status: 422,
      errors: [{ path: 'token', message: 'Planfix refuses the token', remedy: 'Make another' }],
    });
    expect(await world.db.selectFrom('planfixAccount').select('id').where('url', '=', body.url).execute()).toEqual([]);
    world.beyond.checks = passed;
    expect((await create('planfix-accounts', body)).status).toBe(201);
  });

  it('that cannot be checked because Temporal is away is not stored: 503', async () => {
    world.beyond.away = true;
    const body = aNewAccount();
    expect((await create('planfix-accounts', body)).status).toBe(503);
    expect(await world.db.selectFrom('planfixAccount').select('id').where('url', '=', body.url).execute()).toEqual([]);
  });

  it('of an address that is taken is refused, however the address is spelt', async () => {
    const body = aNewAccount();
    expect((await create('planfix-accounts', body)).status).toBe(201);
    const again = await create('planfix-accounts', { ...body, url: body.url.slice(0, -1) });
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:parley:problem:conflict' } });
  });

  it('keeps what it had except for what is changed; the change is checked', async () => {
    const path = `/v1/planfix-accounts/${number.planfixAccountId}`;
    world.beyond.checks = [{ name: 'credentials', ok: true, message: 'accepted again' }];
    const changed = await world.call('PATCH', path, { body: { name: 'Acme Ltd', token: 'another-token' } });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Acme Ltd', primaryAdmin: 'user:1' } });
    // What was stored without a code is shown as it is.
    expect(changed.body.checks).toEqual([{ name: 'credentials', ok: true, code: null, message: 'accepted again' }]);
    world.beyond.checks = [
      { name: 'credentials', ok: true, code: 'planfix-token-accepted', message: 'accepted again', detail: 'x' },
    ];
    expect((await world.call('PATCH', path, { body: { url: 'https://x.example/rest/' } })).status).toBe(422);
    const checked = await world.call('POST', `${path}/check`);
    expect(checked).toMatchObject({ status: 200, body: { checks: world.beyond.checks } });
  });

  it.each([
    ['credentials', { token: 'mistyped' }, 'token'],
    ['primaryAdmin', { primaryAdmin: 'user:99' }, 'primaryAdmin'],
  ])('whose change fails the check "%s" is refused and stays as it was', async (name, change, path) => {
    const { id } = (await create('planfix-accounts', aNewAccount())).body;
    const stored = () =>
      world.db.selectFrom('planfixAccount').selectAll().where('id', '=', String(id)).executeTakeFirstOrThrow();
    const { pollDueAt: _before, ...before } = await stored();
    world.beyond.checks = [{ name, ok: false, message: 'not so', remedy: 'do otherwise' }];
    const refused = await world.call('PATCH', `/v1/planfix-accounts/${id}`, { body: { name: 'Other', ...change } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path, remedy: 'do otherwise' }] } });
    const { pollDueAt: _after, ...after } = await stored();
    expect(after).toEqual(before);
    expect((await audited(id)).map((entry) => entry.action)).toEqual(['create', 'update', 'undo-update']);
    // Control: the same change is kept when its check passes, and so is one that nobody has to agree to.
    world.beyond.checks = passed;
    expect((await world.call('PATCH', `/v1/planfix-accounts/${id}`, { body: change })).status).toBe(200);
    expect(await stored()).not.toMatchObject(before);
    world.beyond.away = true;
    const renamed = await world.call('PATCH', `/v1/planfix-accounts/${id}`, { body: { name: 'Renamed' } });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Renamed', checks: passed } });
  });

  it('whose new token cannot be checked because Temporal is away keeps the old one: 503', async () => {
    const path = `/v1/planfix-accounts/${number.planfixAccountId}`;
    const sealed = async () =>
      (
        await world.db.selectFrom('planfixAccount').select('token').where('id', '=', number.planfixAccountId).execute()
      )[0]?.token;
    const before = await sealed();
    world.beyond.away = true;
    expect((await world.call('PATCH', path, { body: { token: 'another' } })).status).toBe(503);
    expect(await sealed()).toEqual(before);
  });
});

describe('a request that is wrong', () => {
  it.each<[string, unknown, string[]]>([
    ['an unknown key', { ...aNewAccount(), colour: 'red' }, ['colour']],
    ['a missing key', { ...aNewAccount(), token: undefined }, ['token']],
    ['another type', { ...aNewAccount(), name: 5 }, ['name']],
    ['no prefix', { ...aNewAccount(), primaryAdmin: '1' }, ['primaryAdmin']],
    ['an address of something else', { ...aNewAccount(), url: 'ftp://acme.planfix.com/rest/' }, ['url']],
    ['an address without /rest/', { ...aNewAccount(), url: 'https://acme.planfix.com/' }, ['url']],
    ['a query in the address', { ...aNewAccount(), url: 'https://acme.planfix.com/rest/?a=/rest/' }, ['url']],
    ['several at once', { name: '', primaryAdmin: 'contact:1' }, ['name', 'url', 'token', 'primaryAdmin']],
  ])('because of %s names every path with a remedy', async (_name, body, paths) => {
    const answer = await create('planfix-accounts', body);
    expect(answer.status).toBe(422);
    expect(pathsOf(answer)).toEqual(paths);
    for (const error of answer.body.errors as Record<string, string>[]) {
      expect(Object.keys(error)).toEqual(['path', 'message', 'remedy']);
      expect(error.message?.length).toBeGreaterThan(5);
      expect(error.remedy?.length).toBeGreaterThan(5);
    }
  });

  it.each<[string, string, string, RequestInit, number]>([
    ['no JSON', 'POST', '/v1/meta-apps', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['no body', 'POST', '/v1/meta-apps', { headers: { 'content-type': 'application/json' } }, 422],
    ['XML', 'POST', '/v1/meta-apps', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415],
    ['a query that is not known', 'GET', '/v1/messages?colour=red', {}, 400],
    ['a state that is not known', 'GET', '/v1/messages?state=lost', {}, 400],
    ['an id that is none', 'GET', '/v1/messages/7', {}, 404],
    ['an address that is none', 'GET', '/v1/nothing', {}, 404],
    ['an address that cannot be read', 'GET', '/v1/%', {}, 404],
    ['a row that is not there', 'GET', '/v1/connections/00000000-0000-7000-8000-000000000000', {}, 404],
  ])('because of %s is a problem document', async (_name, method, path, init, status) => {
    const headers = { authorization: `Bearer ${world.adminKey}`, ...init.headers };
    const response = await fetch(`${world.url}${path}`, { ...init, method, headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, type: expect.stringMatching(/^urn:parley:problem:/) });
    expect(problem).toMatchObject({ title: expect.any(String), detail: expect.any(String) });
  });
});

describe('an outcome that is not known in time', () => {
  it('is a 202 with a place to look, and is told when the server closes meanwhile', async () => {
    const closing = await startApiWorld({ databaseUrl: world.databaseUrl });
    closing.beyond.checks = undefined;
    const body = aNewAccount();
    const pending = closing.call('POST', '/v1/planfix-accounts', { body });
    await until('the draft', async () => {
      const rows = await world.db.selectFrom('planfixAccount').select('id').where('url', '=', body.url).execute();
      return rows.length === 1;
    });
    const closed = closing.close();
    const answer = await pending;
    await closed;
    expect(answer).toMatchObject({ status: 202, body: { state: 'draft', hintSecret: expect.any(String) } });
    // Else the server would wait for as long as the client keeps the connection.
    expect(answer.headers.get('connection')).toBe('close');
    const location = answer.headers.get('location');
    expect(location).toBe(`/v1/planfix-accounts/${answer.body.id}`);
    expect((await world.call('GET', String(location))).body).toMatchObject({ state: 'draft' });
  });

  it('is a 202 for whoever has waited long enough, also of a change, which stands', async () => {
    const hasty = await startApiWorld({ databaseUrl: world.databaseUrl, waits: { liveCheckMs: 200 } });
    const { id } = (await hasty.call('POST', '/v1/planfix-accounts', { body: aNewAccount() })).body;
    hasty.beyond.checks = undefined;
    const made = await hasty.call('POST', '/v1/planfix-accounts', { body: aNewAccount() });
    expect(made).toMatchObject({ status: 202, body: { state: 'draft' } });
    const path = `/v1/planfix-accounts/${id}`;
    const changed = await hasty.call('PATCH', path, { body: { primaryAdmin: 'user:7' } });
    expect(changed).toMatchObject({ status: 202, body: { primaryAdmin: 'user:7', checks: [] } });
    expect(await hasty.call('POST', `${path}/check`)).toMatchObject({ status: 202, body: { checks: [] } });
    await hasty.close();
  });

  it('comes as soon as the worker announces it, not with the next look', async () => {
    world.beyond.checks = undefined;
    const body = aNewAccount();
    const pending = create('planfix-accounts', body);
    let id = '';
    await until('the draft', async () => {
      const row = await world.db
        .selectFrom('planfixAccount')
        .select('id')
        .where('url', '=', body.url)
        .executeTakeFirst();
      id = row?.id ?? '';
      return id !== '';
    });
    const { settleAccountChecks } = await import('../../db/checks.ts');
    await settleAccountChecks(world.db, id, [{ name: 'credentials', ok: true, message: 'late' }]);
    expect(await pending).toMatchObject({ status: 201, body: { id, state: 'connected' } });
  });
});
