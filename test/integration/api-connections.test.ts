import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { settleConnectionChecks } from '../../db/checks.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import {
  APP_SECRET,
  type ApiAnswer,
  type ApiWorld,
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
const audited = (subjectId: unknown) =>
  world.db
    .selectFrom('auditEntry')
    .where('subjectId', '=', String(subjectId))
    .orderBy('id')
    .select(['actor', 'action', 'subjectKind'])
    .execute();

const NOTHING_KNOWN = {
  displayPhoneNumber: undefined,
  verifiedName: undefined,
  portfolioId: undefined,
  messagesPerSecond: undefined,
};

/** What settings are that nobody named. */
const DEFAULTS = {
  openTaskForEchoes: false,
  readReceipts: 'when-answered',
  windowWarning: true,
  unnotifiedHints: true,
  reactionsFromComments: false,
  bulkByTemplate: false,
  fallbackOrder: ['primary-admin', 'configured-by'],
  historyDays: 30,
};

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
    ['deliveryStateField', 'settings.deliveryStateField'],
    ['echoAuthor', 'settings.echoAuthor'],
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
      ...DEFAULTS,
      taskTemplate: 11,
      additionalAssignees: ['user:3'],
      newTaskWhenNoneActive: true,
      language: 'ru',
    });
    const refused = await world.call('PATCH', path, {
      body: { settings: { taskTemplate: null, defaultCountry: 'ZZ' } },
    });
    expect(pathsOf(refused).sort()).toEqual(['settings.defaultCountry', 'settings.taskTemplate']);
    expect((await audited(body.id)).map((entry) => entry.action)).toEqual(['create', 'update', 'update']);
  });

  it.each<[string, object, string]>([
    ['taskTemplate', { settings: { taskTemplate: 99 } }, 'settings.taskTemplate'],
    ['configuredBy', { configuredBy: 'user:99' }, 'configuredBy'],
    ['credentials', { accessToken: 'of-nobody' }, 'accessToken'],
    ['number', { accessToken: 'of-another-account' }, 'phoneNumberId'],
    // While Planfix is away nobody knows whether it has what is named.
    ['address', { settings: { taskTemplate: 99 } }, 'planfixAccountId'],
    ['planfix-credentials', { configuredBy: 'user:99' }, 'planfixAccountId'],
  ])('whose change fails the check "%s" is refused and stays as it was', async (name, change, path) => {
    const { id } = (await create('connections', aNewConnection(ids()))).body;
    const stored = () =>
      world.db.selectFrom('connection').selectAll().where('id', '=', String(id)).executeTakeFirstOrThrow();
    const { probeDueAt: _before, ...before } = await stored();
    const failing = { name, ok: false, message: 'not so', remedy: 'do otherwise' };
    world.beyond.checks = [failing];
    const refused = await world.call('PATCH', `/v1/connections/${id}`, { body: change });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path, remedy: 'do otherwise' }] } });
    const { probeDueAt: _after, ...after } = await stored();
    expect(after).toEqual(before);
    // Control: what fails for another reason than the change does not stand in its way.
    world.beyond.checks = [{ ...failing, name: 'something-else' }];
    const kept = await world.call('PATCH', `/v1/connections/${id}`, { body: change });
    expect(kept).toMatchObject({ status: 200, body: { checks: world.beyond.checks } });
    expect(await stored()).not.toMatchObject(before);
  });

  it('forgets with a token when that would end, unless the new one is refused', async () => {
    const { id } = (await create('connections', aNewConnection(ids()))).body;
    const path = `/v1/connections/${id}`;
    const known = { tokenExpiresAt: '2027-01-31T12:00:00.000Z', tokenCheckedAt: '2026-11-30T12:00:00.000Z' };
    const [tokenExpiresAt, tokenCheckedAt] = [new Date(known.tokenExpiresAt), new Date(known.tokenCheckedAt)];
    const row = world.db.updateTable('connection').set({ tokenExpiresAt, tokenCheckedAt }).where('id', '=', String(id));
    await row.execute();
    expect((await world.call('GET', path)).body).toMatchObject(known);
    world.beyond.checks = [{ name: 'credentials', ok: false, message: 'not so' }];
    expect((await world.call('PATCH', path, { body: { accessToken: 'of-nobody' } })).status).toBe(422);
    expect((await world.call('GET', path)).body).toMatchObject(known);
    world.beyond.checks = passed;
    // Control: another change, and a check, leave it alone.
    await world.call('PATCH', path, { body: { settings: { taskTemplate: 11 } } });
    expect((await world.call('POST', `${path}/check`)).body).toMatchObject(known);
    await world.call('PATCH', path, { body: { accessToken: 'renewed' } });
    expect((await world.call('GET', path)).body).toMatchObject({ tokenExpiresAt: null, tokenCheckedAt: null });
  });

  it('takes a new token while Planfix is away: that names nothing in it', async () => {
    const { id } = (await create('connections', aNewConnection(ids()))).body;
    world.beyond.checks = [{ name: 'address', ok: false, message: 'Planfix does not answer' }];
    const changed = await world.call('PATCH', `/v1/connections/${id}`, { body: { accessToken: 'renewed' } });
    expect(changed.status).toBe(200);
  });

  it('takes a new token although its number was out of order before', async () => {
    const { id } = (await create('connections', aNewConnection(ids()))).body;
    world.beyond.checks = [{ name: 'number', ok: false, message: 'The number is not connected' }];
    expect((await world.call('POST', `/v1/connections/${id}/check`)).status).toBe(200);
    const changed = await world.call('PATCH', `/v1/connections/${id}`, { body: { accessToken: 'renewed' } });
    expect(changed).toMatchObject({ status: 200, body: { checks: world.beyond.checks } });
  });

  it('changes the language without asking anybody', async () => {
    const { id } = (await create('connections', aNewConnection(ids()))).body;
    world.beyond.away = true;
    const changed = await world.call('PATCH', `/v1/connections/${id}`, { body: { settings: { language: 'ru' } } });
    expect(changed).toMatchObject({ status: 200, body: { settings: { language: 'ru' }, checks: passed } });
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

describe('a connection that ends', () => {
  it('cannot be checked any more, and a check that was under way opens no problem', async () => {
    const { connectionId: id } = await world.connect();
    const problems = () =>
      world.db
        .selectFrom('problem')
        .where('connectionId', '=', id)
        .where('state', '=', 'open')
        .select('kind')
        .execute();
    const check = () => world.call('POST', `/v1/connections/${id}/check`);
    const failed = [{ name: 'number', ok: false, message: 'The number is gone', code: 'number-not-connected' }];
    world.beyond.checks = failed as ConnectionCheck[];
    // Control: as long as it is in use, it can, and a fault is a problem.
    expect((await check()).status).toBe(200);
    expect(await problems()).toEqual([{ kind: 'connection-check-failed' }]);
    await world.call('POST', `/v1/connections/${id}/disconnect`);
    expect(await problems()).toEqual([]);
    expect((await check()).status).toBe(409);
    await settleConnectionChecks(world.db, id, failed as ConnectionCheck[], NOTHING_KNOWN);
    expect(await problems()).toEqual([]);
    await world.db.updateTable('connection').set({ state: 'disconnected' }).where('id', '=', id).execute();
    expect((await check()).status).toBe(409);
  });
});
