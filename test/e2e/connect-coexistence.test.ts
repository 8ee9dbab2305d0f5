import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  aCompany,
  aNumber,
  call,
  connect,
  graphCalls,
  type NewNumber,
  numberAt,
  pathsOf,
  type Shown,
  stepsOf,
  strikeOnce,
} from '../support/onboarding.ts';
import { type Company, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';

const EVIDENCE_MS = 3_000;

let parley: Parley;
let company: Company;
let db: Database;

beforeAll(async () => {
  parley = await startParley({ waits: { syncEvidenceMs: EVIDENCE_MS, callDeadlineMs: 5_000, liveCheckMs: 40_000 } });
  company = await aCompany(parley);
  db = createDatabase(parley.world.databaseUrl, 2);
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

/** A number that is in the phone app and linked, with somebody in its address book. */
async function aSharedNumber(more: Record<string, unknown> = {}): Promise<NewNumber> {
  const number = await aNumber(parley, { isOnBizApp: true, ...more });
  await parley.sandbox.control('PUT', `graph/numbers/${number.phoneNumberId}/history`, {
    contacts: [{ phone: `4479${number.phoneNumberId.slice(-8)}`, name: 'Somebody' }],
    threads: [{ phone: `4479${number.phoneNumberId.slice(-8)}`, messages: [{ from: 'customer', text: 'before' }] }],
  });
  return number;
}

const shown = async (id: string) => (await call<Shown>(parley, 'GET', `/v1/connections/${id}`)).body;
const stepsOnce = (id: string, wanted: Record<string, string>) =>
  eventually(`the steps ${JSON.stringify(wanted)}`, async () => {
    const connection = await shown(id);
    const steps = stepsOf(connection);
    return Object.entries(wanted).every(([step, state]) => steps[step] === state) ? connection : undefined;
  });
const syncCalls = ({ phoneNumberId }: NewNumber) => graphCalls(parley, `/${phoneNumberId}/smb_app_data`);
const codeOf = ({ steps }: Shown, name: string) => steps.find(({ step }) => step === name)?.code;

describe('a number that is shared with the phone app', () => {
  it('is never registered; it is subscribed first, then asked for contacts and chats, once each', async () => {
    const number = await aSharedNumber();
    const { status, body } = await connect(parley, company, number);
    expect({ status, onBusinessApp: body.onBusinessApp }).toEqual({ status: 201, onBusinessApp: true });
    await stepsOnce(body.id, { 'contacts-sync': 'done', 'history-sync': 'done' });
    const { items } = await parley.sandbox.control<{ items: { path: string; body: { sync_type?: string } }[] }>(
      'GET',
      `requests?${new URLSearchParams({ target: 'graph', method: 'POST', limit: '20000' })}`,
    );
    const own = items.filter(({ path }) => path.includes(number.phoneNumberId) || path.includes(number.wabaId));
    expect(own.map(({ path, body: sent }) => [path.split('/').at(-1), sent?.sync_type])).toEqual([
      ['subscribed_apps', undefined],
      ['smb_app_data', 'smb_app_state_sync'],
      ['smb_app_data', 'history'],
    ]);
    const pace = await db
      .selectFrom('connection')
      .where('id', '=', body.id)
      .select('messagesPerSecond')
      .executeTakeFirstOrThrow();
    expect(pace.messagesPerSecond).toBe(20);
    const step = (await shown(body.id)).steps.find((one) => one.step === 'contacts-sync');
    const hours = (Date.parse(step?.deadlineAt ?? '') - Date.parse(step?.calledAt ?? '')) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
  });

  it('is not taken, and nothing is asked of it, while the app does not hear what it would hand over', async () => {
    const number = await aSharedNumber();
    const fields = (names: string[] | null) =>
      parley.sandbox.control('POST', `graph/apps/${number.appId}`, { fields: names });
    await fields(['messages', 'account_update']);
    const refused = await connect(parley, company, number);
    expect({ status: refused.status, paths: pathsOf(refused) }).toEqual({ status: 422, paths: ['metaAppId'] });
    expect(refused.body.errors?.[0]?.message).toContain('smb_message_echoes, smb_app_state_sync, history');
    expect(await syncCalls(number)).toHaveLength(0);
    const { appId } = number;
    expect((await numberAt(parley, number)).subscribedApps).toEqual([{ appId, overrideUrl: null }]);
    // Control: whose chats nobody wants needs one field less, and with all of them it is taken.
    await fields(['messages', 'account_update', 'smb_message_echoes', 'smb_app_state_sync']);
    expect(pathsOf(await connect(parley, company, number))).toEqual(['metaAppId']);
    await fields(null);
    const { status, body } = await connect(parley, company, number);
    expect(status).toBe(201);
    await stepsOnce(body.id, { 'contacts-sync': 'done', 'history-sync': 'done' });
  });

  it('keeps its chats to itself where no days of them are wanted', async () => {
    const number = await aSharedNumber();
    const { body } = await connect(parley, company, number, { settings: { taskTemplate: 10, historyDays: 0 } });
    await stepsOnce(body.id, { 'contacts-sync': 'done', 'history-sync': 'skipped' });
    expect(Object.keys((await numberAt(parley, number)).syncs)).toEqual(['smb_app_state_sync']);
  });

  it('that is too late for it says so, as a problem with a remedy, and works all the same', async () => {
    const number = await aSharedNumber();
    await parley.sandbox.control('POST', 'clock', { advanceMs: 25 * 3_600_000 });
    const { body } = await connect(parley, company, number);
    const connection = await stepsOnce(body.id, { 'contacts-sync': 'failed', 'history-sync': 'failed' });
    await parley.sandbox.control('POST', 'clock', { skew: 0 });
    expect({ state: connection.state, code: codeOf(connection, 'history-sync') }).toEqual({
      state: 'connected',
      code: 'sync-too-late',
    });
    const { items } = (
      await call<{ items: { kind: string; connectionId: string; detail: string }[] }>(parley, 'GET', '/v1/problems')
    ).body;
    const own = items.filter(({ connectionId, kind }) => connectionId === body.id && kind === 'business-app-sync');
    expect(own).toEqual([
      expect.objectContaining({ kind: 'business-app-sync', detail: expect.stringContaining('Disconnect') }),
    ]);
  });

  it('is asked again only where nothing was called', async () => {
    const number = await aSharedNumber();
    const { untilStruck } = await strikeOnce(parley, number, '/smb_app_data', {
      kind: 'error',
      code: 80007,
      status: 400,
    });
    const { body } = await connect(parley, company, number);
    await untilStruck();
    await stepsOnce(body.id, { 'contacts-sync': 'done', 'history-sync': 'done' });
    expect(await syncCalls(number)).toHaveLength(3);
  });
});

describe('a worker that is killed while it asks for the contacts', () => {
  const killInside = async (kind: string) => {
    const number = await aSharedNumber();
    const fault = await strikeOnce(parley, number, '/smb_app_data', { kind });
    const { body } = await connect(parley, company, number);
    await fault.untilStruck();
    await parley.worker.stop('SIGKILL', 1_000);
    // What was asked for arrives while nobody works.
    if (kind === 'hang-after') await untilTold(number);
    parley.worker = await parley.worker.startAgain();
    const connection = await stepsOnce(body.id, { 'contacts-sync': 'done', 'history-sync': 'done' });
    const types = (
      await parley.sandbox.control<{ items: { body: { sync_type: string } }[] }>(
        'GET',
        `requests?${new URLSearchParams({ target: 'graph', path: `/${number.phoneNumberId}/smb_app_data` })}`,
      )
    ).items.map((item) => item.body?.sync_type);
    return { connection, types };
  };
  const untilTold = (number: NewNumber) =>
    eventually('the contacts to come', async () => {
      const row = await db
        .selectFrom('inboundEvent as e')
        .innerJoin('connection as c', 'c.id', 'e.connectionId')
        .where('c.phoneNumberId', '=', number.phoneNumberId)
        .where('e.kind', '=', 'contact-sync')
        .select('e.id')
        .executeTakeFirst();
      return row;
    });

  it('after Meta heard of it: what comes is the answer, and there is one call', async () => {
    const { connection, types } = await killInside('hang-after');
    expect(codeOf(connection, 'contacts-sync')).toBe('seen');
    expect(types.filter((type) => type === 'smb_app_state_sync')).toHaveLength(1);
  });

  it('before Meta heard of it: asked again once nothing has come', async () => {
    const { connection, types } = await killInside('hang');
    expect(codeOf(connection, 'contacts-sync')).toBe('requested');
    expect(types.filter((type) => type === 'smb_app_state_sync')).toHaveLength(2);
  });
});

describe('a lost answer of which nothing comes', () => {
  it('counts as given when Meta says that it was asked before', async () => {
    const number = await aNumber(parley, { isOnBizApp: true });
    await strikeOnce(parley, number, '/smb_app_data', { kind: 'drop-after' });
    const { body } = await connect(parley, company, number, { settings: { taskTemplate: 10, historyDays: 0 } });
    const connection = await stepsOnce(body.id, { 'contacts-sync': 'done' });
    expect(codeOf(connection, 'contacts-sync')).toBe('requested');
    expect((await syncCalls(number)).map(({ status }) => status)).toEqual([0, 400]);
    // Control: the same refusal without a lost answer is no success.
    const again = await aNumber(parley, { isOnBizApp: true });
    await parley.sandbox.control('POST', 'faults', {
      target: 'graph',
      kind: 'error',
      code: 2593107,
      path: '/smb_app_data',
      phoneNumberId: again.phoneNumberId,
    });
    const { body: second } = await connect(parley, company, again, { settings: { taskTemplate: 10, historyDays: 0 } });
    expect(codeOf(await stepsOnce(second.id, { 'contacts-sync': 'skipped' }), 'contacts-sync')).toBe('asked-before');
  });
});

describe('a customer who writes while a number is being connected', () => {
  it('gets a task once it is', async () => {
    // The app is subscribed to its account already, as after an attempt that was refused late.
    const number = await aSharedNumber();
    const slow = { kind: 'slow-after', delayMs: 2_000, phoneNumberId: undefined };
    const fault = await strikeOnce(parley, number, `/${number.wabaId}/subscribed_apps`, slow);
    const answer = connect(parley, company, number);
    await fault.untilStruck();
    const own = { ...company, ...number, connectionId: '' };
    await writeAs(parley, own, { phone: '491701234567', name: 'Early Bird' }, 'am I too early?');
    const { status, body } = await answer;
    expect(status).toBe(201);
    await eventually('the message as posted', async () => {
      const path = `/v1/messages?connectionId=${body.id}&state=posted`;
      const { items } = (await call<{ items: { text: string }[] }>(parley, 'GET', path)).body;
      return items.find(({ text }) => text === 'am I too early?');
    });
  });
});
