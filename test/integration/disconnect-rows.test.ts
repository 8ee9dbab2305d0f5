import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { beginDisconnect, cancelDisconnect, decideConfirmed } from '../../db/disconnect.ts';
import {
  decideRemoval,
  destroyCredentials,
  readEnding,
  remindOfDisconnect,
  settleRemoval,
} from '../../db/disconnect-end.ts';
import { storeEvents } from '../../db/ingest.ts';
import { takeLane } from '../../db/lanes.ts';
import {
  countUndecided,
  discardQueued,
  dropUndecided,
  listQueued,
  readNewestQueued,
  sendQueued,
} from '../../db/queued-messages.ts';
import { claimSend, readCustomerRows } from '../../db/to-customer.ts';
import { readPlanfixRows } from '../../db/to-planfix.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection, insertConnectionOf, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 10);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const ASKED = { visibility: { planfixAccountId: undefined }, actor: 'tester' };
const PHONE = '4915112345678';

const begin = ({ connectionId }: TestConnection) => beginDisconnect(db, connectionId, ASKED);
const confirm = ({ connectionId }: TestConnection) =>
  decideConfirmed(db, connectionId, { ...ASKED, how: 'owner-said' });

/** Numbers of one account under one app. */
async function numbersOfOneAccount(count: number, wabaId: string = randomUUID()): Promise<TestConnection[]> {
  const first = await insertConnection(db);
  const numbers = [first];
  while (numbers.length < count) numbers.push(await insertConnectionOf(db, first.planfixAccountId));
  const { metaAppId } = await rowOf(first);
  const ids = numbers.map(({ connectionId }) => connectionId);
  await db.updateTable('connection').set({ wabaId, metaAppId }).where('id', 'in', ids).execute();
  return numbers;
}

const rowOf = ({ connectionId }: TestConnection) =>
  db.selectFrom('connection').where('id', '=', connectionId).selectAll().executeTakeFirstOrThrow();

const stepsOf = async ({ connectionId }: TestConnection) =>
  Object.fromEntries(
    (
      await db
        .selectFrom('connectionStep')
        .where('connectionId', '=', connectionId)
        .orderBy('createdAt')
        .select(['step', 'state', 'code'])
        .execute()
    ).map(({ step, state, code }) => [step, code === null ? state : `${state}: ${code}`]),
  );

async function write(connection: TestConnection, text: string): Promise<string> {
  const { wakes } = await storeEvents(db, [anInboundText(connection, { phone: PHONE, text })]);
  if (wakes[0]) return wakes[0].conversationId;
  const { id } = await db
    .selectFrom('conversation')
    .where('connectionId', '=', connection.connectionId)
    .select('id')
    .executeTakeFirstOrThrow();
  return id;
}

const wordsFor = async (conversationId: string) =>
  (await readPlanfixRows(db, conversationId, 10)).map(({ text }) => text);

async function insertReply(
  { connectionId, planfixAccountId }: TestConnection,
  conversationId: string,
  row: { state?: 'ready' | 'waiting'; planfixTask?: number } = {},
): Promise<string> {
  const id = randomUUID();
  const place = { planfixAccountId, connectionId, conversationId };
  const message = { direction: 'outbound', kind: 'text', state: 'ready' as const, text: 'Reply', origin: 'planfix' };
  await db
    .insertInto('message')
    .values({ id, ...place, ...message, ...row })
    .execute();
  return id;
}

describe('what customers write while a connection ends', () => {
  it('is kept from the moment on in which that began, and posted in its order when that is certain', async () => {
    const connection = await insertConnection(db);
    const conversationId = await write(connection, 'before');
    await begin(connection);
    await write(connection, 'after');
    expect(await wordsFor(conversationId)).toEqual(['before']);
    await confirm(connection);
    expect(await wordsFor(conversationId)).toEqual(['before', 'after']);
    expect(await rowOf(connection)).toMatchObject({ state: 'disconnecting', hasWaiting: true });
  });

  it('is posted as well when it is cancelled', async () => {
    const connection = await insertConnection(db);
    await begin(connection);
    const conversationId = await write(connection, 'meanwhile');
    // Control: as long as it lasts, it is not.
    expect(await wordsFor(conversationId)).toEqual([]);
    await cancelDisconnect(db, connection.connectionId, ASKED);
    expect(await wordsFor(conversationId)).toEqual(['meanwhile']);
    expect(await rowOf(connection)).toMatchObject({ state: 'connected', hasWaiting: true, disconnectingAt: null });
    expect(await stepsOf(connection)).toEqual({});
  });
});

describe('step one', () => {
  it('asked again changes nothing, and goes back to the pause that was there', async () => {
    const connection = await insertConnection(db);
    await db
      .updateTable('connection')
      .set({ state: 'paused', pausedReason: 'credentials-rejected' })
      .where('id', '=', connection.connectionId)
      .execute();
    expect((await begin(connection)).kind).toBe('done');
    const { disconnectingAt } = await rowOf(connection);
    expect((await begin(connection)).kind).toBe('done');
    expect((await rowOf(connection)).disconnectingAt).toEqual(disconnectingAt);
    await cancelDisconnect(db, connection.connectionId, ASKED);
    const row = await rowOf(connection);
    expect(row).toMatchObject({ state: 'paused', pausedReason: 'credentials-rejected' });
    expect(row.probeDueAt).not.toBeNull();
  });

  it('is refused for what is not connected, and cannot be taken back once step two is confirmed', async () => {
    const connection = await insertConnection(db);
    await begin(connection);
    await confirm(connection);
    expect((await cancelDisconnect(db, connection.connectionId, ASKED)).kind).toBe('not-possible');
    expect(await confirm(connection)).toEqual({ kind: 'done', runs: [] });
    await destroyCredentials(db, connection.connectionId);
    expect((await begin(connection)).kind).toBe('not-possible');
    expect((await confirm(connection)).kind).toBe('not-possible');
  });

  it('says that step two does not apply only where nobody stands in between', async () => {
    const [own, shared] = [await insertConnection(db), await insertConnection(db)];
    await db.updateTable('connection').set({ onBusinessApp: true }).where('id', '=', shared.connectionId).execute();
    for (const connection of [own, shared]) await begin(connection);
    const decide = ({ connectionId }: TestConnection) =>
      decideConfirmed(db, connectionId, { ...ASKED, how: 'not-applicable' });
    expect((await decide(shared)).kind).toBe('not-applicable-here');
    expect((await decide(own)).kind).toBe('done');
    expect(await stepsOf(own)).toMatchObject({ 'disconnect-in-business-settings': 'skipped: not-applicable' });
    expect(await stepsOf(shared)).toEqual({
      'stop-sends': 'done',
      'disconnect-in-phone-app': 'waiting',
      'disconnect-in-business-settings': 'waiting',
      'remove-subscription': 'waiting',
      'destroy-credentials': 'waiting',
    });
  });

  it('leads to the provider where that stands in between', async () => {
    const connection = await insertConnection(db);
    const { connectionId } = connection;
    await db.updateTable('connection').set({ provider: 'dialog360' }).where('id', '=', connectionId).execute();
    await begin(connection);
    expect(await stepsOf(connection)).toMatchObject({ 'disconnect-at-provider': 'waiting' });
    expect((await decideConfirmed(db, connectionId, { ...ASKED, how: 'not-applicable' })).kind).toBe(
      'not-applicable-here',
    );
  });
});

describe('what was to be sent', () => {
  it('stops, even where a turn has read it before, and leaves only where a person wants it to', async () => {
    const connection = await insertConnection(db);
    const conversationId = await write(connection, 'Hello');
    const [first, second] = [
      await insertReply(connection, conversationId),
      await insertReply(connection, conversationId),
    ];
    const attempt = { conversationId, lane: 'to-customer' as const, token: randomUUID() };
    await takeLane(db, attempt, 60_000);
    expect(await readCustomerRows(db, conversationId, 10)).toHaveLength(2);
    await begin(connection);
    expect(await claimSend(db, attempt, first)).toBeUndefined();
    expect(await readCustomerRows(db, conversationId, 10)).toEqual([]);

    const choice = { connectionId: connection.connectionId, ids: [second], limit: 10 };
    expect(await sendQueued(db, choice, 'tester')).toMatchObject({ decided: 1, wakes: [{ lane: 'to-customer' }] });
    expect((await readCustomerRows(db, conversationId, 10)).map(({ id }) => id)).toEqual([second]);
    expect(await claimSend(db, attempt, second)).toHaveLength(1);
    // Control: the other one still may not.
    expect(await claimSend(db, attempt, first)).toBeUndefined();
    expect(await readEnding(db, connection.connectionId)).toMatchObject({ leaving: 1 });
  });

  it('is listed, discarded with a word on its task, and never left undecided by the end', async () => {
    const connection = await insertConnection(db);
    const conversationId = await write(connection, 'Hello');
    const discarded = await insertReply(connection, conversationId, { planfixTask: 77 });
    const waiting = await insertReply(connection, conversationId, { state: 'waiting', planfixTask: 77 });
    const { connectionId } = connection;
    expect(await discardQueued(db, { connectionId, ids: undefined, limit: 10 }, 'tester')).toBeUndefined();
    await begin(connection);
    const page = await listQueued(db, connectionId, { after: undefined, limit: 10 });
    expect(page.items.map(({ id }) => id).sort()).toEqual([discarded, waiting].sort());
    const dropped = await discardQueued(db, { connectionId, ids: [discarded], limit: 10 }, 'tester');
    expect(dropped).toMatchObject({ decided: 1, more: false, wakes: [{ conversationId, lane: 'to-planfix' }] });
    // One that waits for the customer cannot be sent.
    expect(await sendQueued(db, { connectionId, ids: [waiting], limit: 10 }, 'tester')).toMatchObject({ decided: 0 });
    expect(await dropUndecided(db, connectionId, 10)).toMatchObject({ decided: 1 });
    const rows = await db
      .selectFrom('message')
      .where('id', 'in', [discarded, waiting])
      .select(['state', 'reason'])
      .execute();
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ state: 'refused', reason: 'disconnected' })));
  });
});

describe('a decision about all that wait', () => {
  it.each([sendQueued, discardQueued])('is about those that were there, part by part (%p)', async (decide) => {
    const connection = await insertConnection(db);
    const conversationId = await write(connection, 'Hello');
    const { connectionId } = connection;
    for (let count = 0; count < 3; count += 1) await insertReply(connection, conversationId);
    await begin(connection);
    const upTo = await readNewestQueued(db, connectionId);
    await insertReply(connection, conversationId);
    const decideSome = (bound?: number) =>
      decide(db, { connectionId, ids: undefined, upTo: bound, limit: 2 }, 'tester');
    expect(await decideSome(upTo)).toMatchObject({ decided: 2, more: true });
    expect(await countUndecided(db, connectionId)).toBe(2);
    expect(await decideSome(upTo)).toMatchObject({ decided: 1, more: false });
    expect(await decideSome(upTo)).toMatchObject({ decided: 0, more: false });
    // Control: without that bound the later one is meant, too.
    expect(await decideSome()).toMatchObject({ decided: 1 });
    expect(await countUndecided(db, connectionId)).toBe(0);
  });
});

describe('the subscription of an account', () => {
  const end = async (numbers: TestConnection[]) => {
    for (const number of numbers) {
      await begin(number);
      await confirm(number);
    }
  };

  it('is removed by exactly one of two numbers that end at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const numbers = await numbersOfOneAccount(2);
      await end(numbers);
      const decided = await Promise.all(numbers.map(({ connectionId }) => decideRemoval(db, connectionId)));
      expect(decided.sort()).toEqual(['call', 'not-last']);
    }
    // Control: numbers of two accounts know nothing of each other.
    const [one] = await numbersOfOneAccount(1);
    const [other] = await numbersOfOneAccount(1);
    await end([one as TestConnection, other as TestConnection]);
    const decided = await Promise.all(
      [one, other].map((number) => decideRemoval(db, (number as TestConnection).connectionId)),
    );
    expect(decided).toEqual(['call', 'call']);
  });

  it('stays as long as another number needs it, whatever state that is in', async () => {
    for (const state of ['draft', 'checking', 'connected', 'paused']) {
      const [first, second] = (await numbersOfOneAccount(2)) as [TestConnection, TestConnection];
      await db.updateTable('connection').set({ state }).where('id', '=', second.connectionId).execute();
      await end([first]);
      expect(await decideRemoval(db, first.connectionId)).toBe('not-last');
      expect(await stepsOf(first)).toMatchObject({ 'remove-subscription': 'skipped: other-connections' });
    }
    const [first, second] = (await numbersOfOneAccount(2)) as [TestConnection, TestConnection];
    await db.updateTable('connection').set({ state: 'disconnected' }).where('id', '=', second.connectionId).execute();
    await end([first]);
    expect(await decideRemoval(db, first.connectionId)).toBe('call');
  });

  it('is decided anew after an attempt that was lost, and never twice', async () => {
    const [first, second] = (await numbersOfOneAccount(2)) as [TestConnection, TestConnection];
    await db.updateTable('connection').set({ state: 'disconnected' }).where('id', '=', second.connectionId).execute();
    await end([first]);
    expect(await decideRemoval(db, first.connectionId)).toBe('call');
    // Control: nothing has changed meanwhile.
    expect(await decideRemoval(db, first.connectionId)).toBe('call');
    await db.updateTable('connection').set({ state: 'checking' }).where('id', '=', second.connectionId).execute();
    expect(await decideRemoval(db, first.connectionId)).toBe('not-last');
    expect(await decideRemoval(db, first.connectionId)).toBe('over');
  });

  it('is looked at by numbers that were connected while it was removed', async () => {
    const [first, second] = (await numbersOfOneAccount(2)) as [TestConnection, TestConnection];
    await end([first]);
    const runs = await settleRemoval(db, first.connectionId, { state: 'done', code: 'removed' });
    expect(runs).toEqual([{ kind: 'connection', id: second.connectionId }]);
    expect((await rowOf(second)).dueAt).not.toBeNull();
  });
});

describe('the end', () => {
  it('leaves no secret, and everything else', async () => {
    const connection = await insertConnection(db);
    const conversationId = await write(connection, 'Hello');
    const secrets = { pin: randomBytes(4), webhookSecret: randomBytes(4) };
    await db.updateTable('connection').set(secrets).where('id', '=', connection.connectionId).execute();
    await begin(connection);
    // Control: they are all there until then.
    expect(await destroyCredentials(db, connection.connectionId)).toBe(false);
    expect(await rowOf(connection)).toMatchObject({ ...secrets, accessToken: expect.anything() });
    await confirm(connection);
    expect(await destroyCredentials(db, connection.connectionId)).toBe(true);
    expect(await destroyCredentials(db, connection.connectionId)).toBe(false);
    expect(await rowOf(connection)).toMatchObject({
      state: 'disconnected',
      accessToken: null,
      pin: null,
      webhookSecret: null,
      dueAt: null,
    });
    expect(await stepsOf(connection)).toMatchObject({ 'destroy-credentials': 'done' });
    expect(await wordsFor(conversationId)).toEqual(['Hello']);
    const audit = await db
      .selectFrom('auditEntry')
      .where('subjectId', '=', connection.connectionId)
      .orderBy('id')
      .select(['actor', 'action'])
      .execute();
    expect(audit).toEqual([
      { actor: 'tester', action: 'disconnect' },
      { actor: 'tester', action: 'confirm-disconnect' },
      { actor: 'parley', action: 'disconnected' },
    ]);
  });
});

describe('the reminder of step two', () => {
  const openOf = ({ connectionId }: TestConnection) =>
    db
      .selectFrom('problem')
      .where('connectionId', '=', connectionId)
      .where('state', '=', 'open')
      .select('kind')
      .execute();
  const remind = ({ connectionId, planfixAccountId }: TestConnection) =>
    remindOfDisconnect(db, connectionId, planfixAccountId);

  it('does not come back after a person discarded it, but with the next disconnection', async () => {
    const connection = await insertConnection(db);
    await begin(connection);
    await remind(connection);
    expect(await openOf(connection)).toEqual([{ kind: 'disconnect-unconfirmed' }]);
    const discarded = { state: 'settled', resolution: 'discarded' };
    await db.updateTable('problem').set(discarded).where('connectionId', '=', connection.connectionId).execute();
    await remind(connection);
    expect(await openOf(connection)).toEqual([]);
    // Control: it is not that it never comes.
    await cancelDisconnect(db, connection.connectionId, ASKED);
    await begin(connection);
    await remind(connection);
    expect(await openOf(connection)).toEqual([{ kind: 'disconnect-unconfirmed' }]);
  });
});
