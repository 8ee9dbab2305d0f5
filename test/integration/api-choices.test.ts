import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beginChoices, endChoices, readClock, storeDirectory } from '../../db/choices.ts';
import { recheckSettings } from '../../db/settings-checks.ts';
import { type ApiWorld, type ConnectedNumber, startApiWorld, until, untilSignalled } from './api-world.ts';

const XSS = '<img src=x onerror="alert(1)">';
const EMPLOYEES = [
  { ref: 'user:1', name: 'Olga Owner', isActive: true, canBeAssigned: true },
  { ref: 'user:5', name: 'Ina Inactive', isActive: false, canBeAssigned: false },
  { ref: 'user:9', name: XSS, isActive: true, canBeAssigned: false },
];
const LISTS = {
  employees: EMPLOYEES,
  'task-templates': [{ id: 10, name: 'Обращение клиента', assignees: { users: [], groups: [] } }],
  'contact-templates': [{ id: 20, name: 'Contact' }],
  groups: [{ id: 1, name: 'Support' }],
} as const;

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld({ waits: { choicesMs: 60_000 } });
  number = await world.connect();
});
afterAll(() => world.close());

/** What the worker does when it has read the lists. */
async function storeAll(readAt: Date): Promise<void> {
  for (const [kind, items] of Object.entries(LISTS)) {
    await storeDirectory(world.db, number.planfixAccountId, { kind: kind as keyof typeof LISTS, items, readAt });
  }
}

async function workAsWorker(): Promise<void> {
  const beganAt = await beginChoices(world.db, number.planfixAccountId, 60_000);
  if (!beganAt) throw new Error('nobody asked');
  await storeAll(await readClock(world.db));
  await endChoices(world.db, number.planfixAccountId, beganAt);
}

const path = (rest = '') => `/v1/planfix-accounts/${number.planfixAccountId}/choices${rest}`;
const look = async (query = '') => (await world.call('GET', path(query))).body;
const askedRuns = () => world.beyond.runs.filter(({ kind }) => kind === 'planfix-account');
const forget = async () => {
  await world.db.updateTable('planfixAccount').set({ choicesAskedAt: null, choicesDueAt: null }).execute();
  world.beyond.runs.length = 0;
};

describe('choices', () => {
  it('are asked for by the first look, once, and shown as they come', async () => {
    expect(await look()).toMatchObject({ taskTemplates: [], refreshedAt: null, isRefreshing: true });
    await look();
    await untilSignalled(world, number);
    expect(askedRuns()).toEqual([{ kind: 'planfix-account', id: number.planfixAccountId }]);
    await workAsWorker();
    expect(await look()).toMatchObject({
      isRefreshing: false,
      refreshedAt: expect.any(String),
      taskTemplates: [{ id: 10, name: 'Обращение клиента' }],
      contactTemplates: [{ id: 20, name: 'Contact' }],
      groups: [{ id: 'group:1', name: 'Support' }],
      employees: [{ id: 'user:1' }, { id: 'user:5', isActive: false }, { id: 'user:9', canBeAssigned: false }],
    });
  });

  it('are searched without asking for anything, in any case and alphabet, by id too', async () => {
    await forget();
    await storeAll(await readClock(world.db));
    expect(await look(`?search=${encodeURIComponent('ОБРАЩЕНИЕ')}`)).toMatchObject({
      taskTemplates: [{ id: 10 }],
      contactTemplates: [],
      employees: [],
      groups: [],
    });
    expect(await look('?search=user:5')).toMatchObject({ employees: [{ id: 'user:5' }], taskTemplates: [] });
    expect(await look('?search=nobody')).toMatchObject({ employees: [], groups: [] });
    await untilSignalled(world, number);
    expect(askedRuns()).toEqual([]);
  });

  it('are asked for again by whoever looks once they are old, and shown meanwhile', async () => {
    await forget();
    await world.db
      .updateTable('planfixDirectory')
      .set({ refreshedAt: new Date(Date.now() - 61_000) })
      .execute();
    expect(await look()).toMatchObject({ taskTemplates: [{ id: 10 }], isRefreshing: true });
    await until('the run', () => askedRuns().length === 1);
  });

  it('come as plain strings, whatever they are called', async () => {
    const answer = await world.call('GET', path(`?search=${encodeURIComponent('<img')}`));
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.body).toMatchObject({ employees: [{ name: XSS }] });
  });

  it('are of an account that the caller sees', async () => {
    const other = await world.connect();
    const body = { name: 'one account', scopes: ['read'], planfixAccountId: other.planfixAccountId };
    const key = String((await world.call('POST', '/v1/api-keys', { body })).body.secret);
    expect((await world.call('GET', path(), { key })).status).toBe(404);
    const own = `/v1/planfix-accounts/${other.planfixAccountId}/choices`;
    expect((await world.call('GET', own, { key })).status).toBe(200);
    expect((await world.call('POST', `${own}/refresh`, { key })).status).toBe(403);
  });
});

describe('a refresh', () => {
  it('answers when the lists were read after it was asked for', async () => {
    await forget();
    const answer = world.call('POST', path('/refresh'));
    await until('the run', () => askedRuns().length === 1);
    await workAsWorker();
    expect(await answer).toMatchObject({ status: 200, body: { isRefreshing: false, taskTemplates: [{ id: 10 }] } });
  });

  it('answers 202 when nobody reads them in time, or Planfix refused', async () => {
    await forget();
    const hasty = await startApiWorld({
      databaseUrl: world.databaseUrl,
      waits: { liveCheckMs: 500, choicesMs: 60_000 },
    });
    expect(await hasty.call('POST', path('/refresh'))).toMatchObject({ status: 202, body: { isRefreshing: true } });
    await hasty.close();
    const refused = world.call('POST', path('/refresh'));
    await until('the run', () => askedRuns().length === 1);
    const beganAt = await beginChoices(world.db, number.planfixAccountId, 60_000);
    await endChoices(world.db, number.planfixAccountId, beganAt as Date);
    expect(await refused).toMatchObject({ status: 202, body: { isRefreshing: false } });
  });

  it('is not taken for done by a reading that began before it', async () => {
    await forget();
    const first = world.call('POST', path('/refresh'));
    await until('the run', () => askedRuns().length === 1);
    const beganAt = (await beginChoices(world.db, number.planfixAccountId, 60_000)) as Date;
    const second = world.call('POST', path('/refresh'));
    await until('the second run', () => askedRuns().length === 2);
    await storeAll(beganAt);
    expect(await endChoices(world.db, number.planfixAccountId, beganAt)).toBe(true);
    await workAsWorker();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  it('never puts an older list in the place of a newer one', async () => {
    const readAt = await readClock(world.db);
    await storeAll(readAt);
    const older = { kind: 'groups', items: [], readAt: new Date(+readAt - 1_000) } as const;
    await storeDirectory(world.db, number.planfixAccountId, older);
    expect(await look()).toMatchObject({ groups: [{ id: 'group:1' }] });
    await storeDirectory(world.db, number.planfixAccountId, { ...older, readAt: new Date(+readAt + 1_000) });
    expect(await look()).toMatchObject({ groups: [] });
  });

  it('is not asked of a paused account', async () => {
    await forget();
    await world.db.updateTable('planfixAccount').set({ state: 'paused' }).execute();
    expect(await world.call('POST', path('/refresh'))).toMatchObject({ status: 202, body: { isRefreshing: false } });
    await untilSignalled(world, await world.connect());
    expect(askedRuns()).toEqual([]);
    await world.db.updateTable('planfixAccount').set({ state: 'connected' }).execute();
  });
});

describe('settings that name what is gone', () => {
  const checksOf = async () => (await world.call('GET', `/v1/connections/${number.connectionId}`)).body.checks;
  const problems = async () =>
    (await world.call('GET', `/v1/problems?kind=connection-check-failed&connectionId=${number.connectionId}`)).body
      .items;
  const broken = { name: 'taskTemplate', ok: false, message: 'Planfix shows no task template 10', remedy: 'Choose' };
  const whole = { name: 'taskTemplate', ok: true, message: 'The task template exists' };

  it('are a failed check beside the others and a problem, and settle when they are mended', async () => {
    const account = number.planfixAccountId;
    await recheckSettings(world.db, account, ({ checks }) => [...checks, broken]);
    expect(await checksOf()).toMatchObject([
      { name: 'credentials', ok: true },
      { ...broken, code: null },
    ]);
    expect(await problems()).toMatchObject([{ detail: 'Planfix shows no task template 10. Choose.' }]);
    await recheckSettings(world.db, account, ({ checks }) => [...checks.slice(0, 1), whole]);
    expect(await checksOf()).toMatchObject([{ name: 'credentials', ok: true }, whole]);
    expect(await problems()).toEqual([]);
  });

  it('are left to the live check that is under way', async () => {
    await world.db.updateTable('connection').set({ checks: '[]' }).where('id', '=', number.connectionId).execute();
    await recheckSettings(world.db, number.planfixAccountId, () => [broken]);
    expect(await checksOf()).toEqual([]);
  });
});
