import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { findDueRuns } from '../../db/runs.ts';
import { findForgotten, findOverdue } from '../../db/sweep.ts';
import { aChunk, BUSINESS, manyMessages, type ToldMessage } from '../support/history-bodies.ts';
import {
  aHistoryConnection,
  conversationsIn,
  hear,
  importAll,
  messagesIn,
  setHistoryDays,
} from '../support/history-world.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import type { TestConnection } from '../support/rows.ts';

const DAY_MINUTES = 24 * 60;

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

const importOf = ({ connectionId }: TestConnection) =>
  db.selectFrom('historyImport').where('connectionId', '=', connectionId).selectAll().executeTakeFirstOrThrow();
const eventsOf = ({ connectionId }: TestConnection) =>
  db.selectFrom('inboundEvent').where('connectionId', '=', connectionId).orderBy('id').selectAll().execute();
const filesOf = ({ connectionId }: TestConnection) =>
  db.selectFrom('attachment').where('connectionId', '=', connectionId).selectAll().execute();

/** Everything that is stored of it and would change if it were taken in twice. */
async function stateOf(connection: TestConnection) {
  const messages = await messagesIn(db, connection);
  const conversations = await conversationsIn(db, connection);
  return { messages, conversations, files: await filesOf(connection) };
}

describe('a thousand messages of fifty chats', () => {
  const told = manyMessages(50, 20);

  it('are there, each in its place, and nothing else happens', async () => {
    const connection = await aHistoryConnection(db);
    const { wakes, runs } = await hear(db, connection, aChunk(told));
    expect([wakes, runs.map(({ kind }) => kind)]).toEqual([[], ['history-import']]);
    expect(await messagesIn(db, connection)).toEqual([]);
    await importAll(db, connection);
    const messages = await messagesIn(db, connection);
    expect(messages.map(({ channelMessageId }) => channelMessageId)).toEqual(told.map(({ id }) => id).reverse());
    expect(new Set(messages.map(({ state, isHistory, hold }) => `${state} ${isHistory} ${hold}`))).toEqual(
      new Set(['ignored true null']),
    );
    expect(messages.filter(({ direction }) => direction === 'echo')).toHaveLength(500);
    expect(messages.every(({ receivedAt, channelAt }) => +receivedAt === +(channelAt ?? 0))).toBe(true);
    const conversations = await conversationsIn(db, connection);
    expect(conversations).toHaveLength(50);
    const untouched = { windowExpiresAt: null, lastInboundAt: null, lastAnswerAt: null, toPlanfixDueAt: null };
    for (const conversation of conversations) expect(conversation).toMatchObject(untouched);
    const { connectionId } = connection;
    expect(await db.selectFrom('outgoingFingerprint').where('connectionId', '=', connectionId).execute()).toEqual([]);
    expect(await importOf(connection)).toMatchObject({
      messages: 1_000,
      older: 0,
      unreadable: 0,
      progress: 50,
      dueAt: null,
    });
  });

  it('leave nothing to do for those who look after what was forgotten', async () => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(told));
    await importAll(db, connection);
    const own = new Set((await conversationsIn(db, connection)).map(({ id }) => id));
    const found = async () =>
      [...(await findForgotten(db, 'to-planfix', 1_000, 0)), ...(await findOverdue(db, 0, 1_000))].filter(
        ({ conversationId }) => own.has(conversationId),
      );
    expect(await found()).toEqual([]);
    // Control: the same rows as live ones are work.
    await sql`update message set state = 'received', is_history = false where connection_id = ${connection.connectionId}`.execute(
      db,
    );
    expect((await found()).length).toBeGreaterThan(0);
  });

  it('are kept in their rows alone once they are taken in', async () => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(told));
    const before = await eventsOf(connection);
    expect(JSON.stringify(before)).toContain('text of');
    await importAll(db, connection);
    const pieces = (await eventsOf(connection)).filter(({ kind }) => kind === 'history');
    expect(pieces).toHaveLength(5);
    for (const piece of pieces) expect(piece).toMatchObject({ raw: null, reason: null, appliedAt: expect.any(Date) });
  });
});

describe('the same again', () => {
  const first = manyMessages(7, 30);

  it.each<[string, (connection: TestConnection) => Promise<unknown>]>([
    ['as the same body', (connection) => hear(db, connection, aChunk(first))],
    ['in another body', (connection) => hear(db, connection, aChunk(first), { time: 1_900_000_000 })],
    [
      'in smaller chunks',
      async (connection) => {
        for (let from = 0; from < first.length; from += 40) {
          await hear(db, connection, aChunk(first.slice(from, from + 40), { phase: 0, chunk_order: from }));
        }
      },
    ],
  ])('changes nothing %s', async (_name, again) => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(first));
    await importAll(db, connection);
    const before = await stateOf(connection);
    await again(connection);
    await importAll(db, connection);
    expect(await stateOf(connection)).toEqual(before);
  });

  it('control: with one more message there is one more', async () => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(first));
    await importAll(db, connection);
    const phone = first[0]?.phone as string;
    await hear(db, connection, aChunk([...first, { id: 'wamid.more', phone }]));
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toHaveLength(first.length + 1);
  });

  it('comes out the same in whatever order chunks come', async () => {
    const chunks = [0, 1, 2, 3].map((order) =>
      aChunk(first.slice(order * 60, order * 60 + 60), { chunk_order: order }),
    );
    const shown = async (order: number[]) => {
      const connection = await aHistoryConnection(db);
      for (const index of order) await hear(db, connection, chunks[index] as object);
      await importAll(db, connection);
      return (await messagesIn(db, connection)).map(({ channelMessageId }) => channelMessageId);
    };
    expect(await shown([3, 1, 0, 2, 1])).toEqual(await shown([0, 1, 2, 3]));
  });
});

describe('workers', () => {
  it('beside each other take in each piece once', async () => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(manyMessages(20, 60)));
    await Promise.all([importAll(db, connection), importAll(db, connection), importAll(db, connection)]);
    expect(await messagesIn(db, connection)).toHaveLength(1_200);
    expect((await importOf(connection)).messages).toBe(1_200);
  });

  it('that die in the middle leave nothing half done, and the next one finishes', async () => {
    const connection = await aHistoryConnection(db);
    const told = manyMessages(3, 100);
    await hear(db, connection, aChunk(told));
    await importAll(db, connection);
    const more = manyMessages(3, 100).map((message) => ({ ...message, id: `${message.id}.more` }));
    await hear(db, connection, aChunk(more));
    const before = await messagesIn(db, connection);
    // Somebody holds one of the conversations: the piece has begun, and cannot go on.
    await db.transaction().execute(async (trx) => {
      await trx
        .selectFrom('conversation')
        .where('connectionId', '=', connection.connectionId)
        .select('id')
        .forUpdate()
        .execute();
      const dying = importAll(db, connection).catch((error: unknown) => error);
      for (let killed = 0; killed === 0; ) {
        const { rows } = await sql<{ ended: boolean }>`
          select pg_terminate_backend(pid) as ended from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`.execute(trx);
        killed = rows.length;
      }
      expect(await dying).toBeInstanceOf(Error);
    });
    expect(await messagesIn(db, connection)).toEqual(before);
    // Whoever looks for what is due finds it by its lease.
    const { connectionId } = connection;
    await sql`update history_import set due_at = due_at - interval '1 day' where connection_id = ${connectionId}`.execute(
      db,
    );
    const { id } = await importOf(connection);
    expect(await findDueRuns(db, 1_000, 100)).toContainEqual({ kind: 'history-import', id });
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toHaveLength(600);
    expect(await importOf(connection)).toMatchObject({ messages: 600, dueAt: null });
  });
});

describe('how far back it goes', () => {
  const told: ToldMessage[] = [1, 29, 31, 170].map((days) => ({
    id: `wamid.${days}`,
    phone: '4915100000001',
    minutesAgo: days * DAY_MINUTES,
  }));

  it.each([
    [30, ['wamid.29', 'wamid.1'], 2],
    [180, ['wamid.170', 'wamid.31', 'wamid.29', 'wamid.1'], 0],
    [0, [], 0],
  ])('is what the connection wants: %i days', async (historyDays, ids, older) => {
    const connection = await aHistoryConnection(db, historyDays);
    await hear(db, connection, aChunk(told));
    await importAll(db, connection);
    expect((await messagesIn(db, connection)).map(({ channelMessageId }) => channelMessageId)).toEqual(ids);
    expect(await importOf(connection)).toMatchObject({ older, dueAt: null });
    expect(JSON.stringify(await eventsOf(connection))).not.toContain('text of');
    expect(await conversationsIn(db, connection)).toHaveLength(ids.length === 0 ? 0 : 1);
  });

  it('is decided when it is taken in', async () => {
    const connection = await aHistoryConnection(db, 0);
    await hear(db, connection, aChunk(told));
    await setHistoryDays(db, connection, 30);
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toHaveLength(2);
  });
});

describe('files', () => {
  const phone = '4915100000001';
  const placeholder = { type: 'media_placeholder', text: undefined };
  const told = (by: 'customer' | 'business') => [{ id: 'wamid.file', phone, by, more: placeholder }];
  const file = (by: 'customer' | 'business', to?: string) => ({
    [by === 'customer' ? 'messages' : 'message_echoes']: [
      {
        ...{ id: 'wamid.file', from: by === 'customer' ? phone : BUSINESS, ...(to ? { to } : {}) },
        ...{ timestamp: String(Math.floor(Date.now() / 1_000) - 3_600), type: 'image' },
        image: { id: 'media-1', mime_type: 'image/jpeg', caption: 'The roof' },
      },
    ],
  });
  const chunkThenFile = [true, false];

  it.each([
    ...chunkThenFile.flatMap((order) => [
      ['customer', order, undefined] as const,
      ['business', order, phone] as const,
      ['business', order, undefined] as const,
    ]),
  ])('of the %s join their message (the chunk comes first: %s; it names %s)', async (by, isChunkFirst, to) => {
    const connection = await aHistoryConnection(db);
    const steps = [aChunk(told(by)), file(by, to)];
    for (const value of isChunkFirst ? steps : steps.reverse()) {
      await hear(db, connection, value);
      await importAll(db, connection);
    }
    const [message, ...others] = await messagesIn(db, connection);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ kind: 'image', text: 'The roof', isHistory: true, state: 'ignored' });
    expect(message?.content ?? {}).not.toHaveProperty('placeholder');
    const [attachment, ...more] = await filesOf(connection);
    expect(more).toEqual([]);
    expect(attachment).toMatchObject({ channelMediaId: 'media-1', state: 'pending', isShown: true });
    for (const event of await eventsOf(connection)) expect(event.reason).toBeNull();
    const before = await stateOf(connection);
    await hear(db, connection, { ...file(by, to), another: 1 }, { time: 1 });
    await importAll(db, connection);
    expect(await stateOf(connection)).toEqual(before);
  });

  it('control: without the file the word for one stays', async () => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(told('customer')));
    await importAll(db, connection);
    const [message] = await messagesIn(db, connection);
    expect(message).toMatchObject({ kind: 'unsupported', content: { placeholder: true } });
    expect(await filesOf(connection)).toEqual([]);
  });
});

it('a history that is declined is known to be', async () => {
  const connection = await aHistoryConnection(db);
  await hear(db, connection, { history: [{ errors: [{ code: 2593109 }] }] });
  expect(await importOf(connection)).toMatchObject({ declinedAt: expect.any(Date), progress: null, dueAt: null });
});

it('progress never goes back', async () => {
  const connection = await aHistoryConnection(db);
  for (const progress of [40, 100, 70]) await hear(db, connection, aChunk([], { progress }));
  expect((await importOf(connection)).progress).toBe(100);
});

describe('a history of a number that', () => {
  const told = manyMessages(2, 2);

  it.each([
    ['unknown', 'no connection has this number'],
    ['disconnected', 'the connection of this number is disconnected'],
    ['failed', 'the connection of this number is failed'],
  ])('is %s is put aside, and counts as new once it is connected', async (state, reason) => {
    const connection = await aHistoryConnection(db);
    const { connectionId } = connection;
    const become = (is: 'failed' | 'connected') =>
      db.updateTable('connection').set({ state: is }).where('id', '=', connectionId).execute();
    if (state === 'failed') await become(state);
    const { runs, wakes } = await hear(db, connection, aChunk(told), { state });
    expect([runs, wakes]).toEqual([[], []]);
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toEqual([]);
    const { rows } = await sql`select reason from inbound_event where raw::text like ${`%${connectionId}%`}`.execute(
      db,
    );
    expect(rows).toEqual([{ reason }, { reason }]);
    await become('connected');
    await hear(db, connection, aChunk(told));
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toHaveLength(4);
  });

  it.each(['paused', 'disconnecting'])('is %s is taken over', async (state) => {
    const connection = await aHistoryConnection(db);
    await hear(db, connection, aChunk(told), { state });
    await importAll(db, connection);
    expect(await messagesIn(db, connection)).toHaveLength(4);
  });
});
