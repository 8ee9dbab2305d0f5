import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import {
  APP_SECRET,
  type ApiAnswer,
  type ApiWorld,
  aNewAccount,
  aNewApp,
  aNewConnection,
  type ConnectedNumber,
  startApiWorld,
  until,
  VERIFY_TOKEN,
} from './api-world.ts';

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
const audited = async (subjectId: unknown) =>
  (await world.db.selectFrom('auditEntry').selectAll().where('subjectId', '=', String(subjectId)).execute()).map(
    ({ actor, action, subjectKind }) => ({ actor, action, subjectKind }),
  );

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
      state: 'connected',
      checks: [{ name: 'credentials', ok: true, message: 'accepted' }],
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
    expect(changed.body.checks).toEqual(world.beyond.checks);
    expect((await world.call('PATCH', path, { body: { url: 'https://x.example/rest/' } })).status).toBe(422);
    const checked = await world.call('POST', `${path}/check`);
    expect(checked).toMatchObject({ status: 200, body: { checks: world.beyond.checks } });
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
    ['XML', 'POST', '/v1/meta-apps', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415],
    ['a query that is not known', 'GET', '/v1/messages?colour=red', {}, 400],
    ['a state that is not known', 'GET', '/v1/messages?state=lost', {}, 400],
    ['an id that is none', 'GET', '/v1/messages/7', {}, 404],
    ['an address that is none', 'GET', '/v1/nothing', {}, 404],
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

describe('a Meta app', () => {
  it('is stored sealed, shown without its secrets, and known once', async () => {
    const body = aNewApp();
    const answer = await create('meta-apps', body);
    const { id } = answer.body;
    expect(answer).toMatchObject({
      status: 201,
      body: { id, appId: body.appId, webhookUrl: `https://parley.example/webhooks/meta/${id}` },
    });
    for (const text of [answer.text, (await world.call('GET', '/v1/meta-apps')).text]) {
      expect(text).not.toContain(APP_SECRET);
      expect(text).not.toContain(VERIFY_TOKEN);
    }
    expect((await create('meta-apps', body)).status).toBe(409);
  });

  it('takes a new secret, which counts within seconds', async () => {
    const { metaAppId } = await world.connect();
    const challenge = async (token: string) => {
      const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': 'c', 'hub.verify_token': token });
      return (await fetch(`${world.url}/webhooks/meta/${metaAppId}?${query}`)).status;
    };
    expect(await challenge(VERIFY_TOKEN)).toBe(200);
    await world.call('PATCH', `/v1/meta-apps/${metaAppId}`, { body: { verifyToken: 'changed' } });
    await until('the new token counts', async () => (await challenge('changed')) === 200);
    expect(await challenge(VERIFY_TOKEN)).toBe(403);
  });
});

describe('a connection', () => {
  const ids = () => ({ planfixAccountId: number.planfixAccountId, metaAppId: number.metaAppId });

  it('that passes its checks is connected with what the channel said of its number', async () => {
    const body = aNewConnection(ids());
    const answer = await create('connections', body);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/connections/${answer.body.id}`);
    const { accessToken, ...shown } = body;
    expect(answer.body).toMatchObject({ ...shown, state: 'connected', verifiedName: 'Acme' });
    expect(answer.text).not.toContain(accessToken);
    expect((await create('connections', body)).status).toBe(409);
  });

  it.each([
    ['credentials', 'accessToken'],
    ['number', 'phoneNumberId'],
    ['account', 'wabaId'],
    ['taskTemplate', 'settings.taskTemplate'],
    ['additionalAssignees', 'settings.additionalAssignees'],
    ['configuredBy', 'configuredBy'],
    ['address', 'planfixAccountId'],
  ])('whose check "%s" fails is refused at "%s", and the number stays free', async (name, path) => {
    world.beyond.checks = [{ name, ok: false, message: 'not so', remedy: 'do otherwise' }];
    const body = aNewConnection(ids());
    const answer = await create('connections', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path, remedy: 'do otherwise' }] } });
    world.beyond.checks = passed;
    expect((await create('connections', body)).status).toBe(201);
  });

  it.each(['planfixAccountId', 'metaAppId'])('with a %s that is not there names it', async (path) => {
    const answer = await create('connections', {
      ...aNewConnection(ids()),
      [path]: '00000000-0000-7000-8000-000000000000',
    });
    expect(answer.status).toBe(422);
    expect(pathsOf(answer)).toEqual([path]);
  });

  it('refuses unknown settings with their path', async () => {
    const body = aNewConnection(ids());
    const answer = await create('connections', { ...body, settings: { ...body.settings, colour: 1, language: 'fr' } });
    expect(answer.status).toBe(422);
    expect(pathsOf(answer).sort()).toEqual(['settings.colour', 'settings.language']);
  });

  it('changes the settings that are named, and takes away those that are null', async () => {
    const { body } = await create('connections', aNewConnection(ids()));
    const path = `/v1/connections/${body.id}`;
    await world.call('PATCH', path, { body: { settings: { correlationField: 30, language: 'ru' } } });
    const changed = await world.call('PATCH', path, {
      body: { settings: { correlationField: null, taskTemplate: 11 } },
    });
    expect(changed.body.settings).toEqual({
      taskTemplate: 11,
      additionalAssignees: ['user:3'],
      newTaskWhenNoneActive: true,
      language: 'ru',
    });
    const refused = await world.call('PATCH', path, { body: { settings: { taskTemplate: null } } });
    expect(pathsOf(refused)).toEqual(['settings.taskTemplate']);
    expect((await audited(body.id)).map((entry) => entry.action)).toEqual(['create', 'update', 'update']);
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
    const location = answer.headers.get('location');
    expect(location).toBe(`/v1/planfix-accounts/${answer.body.id}`);
    expect((await world.call('GET', String(location))).body).toMatchObject({ state: 'draft' });
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

describe('a list', () => {
  it('comes in pages, newest first, each row once', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.push(String((await create('meta-apps', aNewApp())).body.id));
    const seen: string[] = [];
    let cursor: unknown = null;
    let pages = 0;
    do {
      const page = await world.call('GET', `/v1/meta-apps?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...(page.body.items as { id: string }[]).map((item) => item.id));
      cursor = page.body.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 5)).toEqual(made.toReversed());
    expect(pages).toBe(Math.ceil(seen.length / 2));
  });
});
