import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { type LaneAttempt, takeLane, whileHoldingLane } from '../../db/lanes.ts';
import { addWindowWarning } from '../../db/service-windows.ts';
import { readCustomerTurn, recordWaiting } from '../../db/to-customer.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
/** Pools of one connection each: two processes, and whoever holds the conversation until both have come. */
let lane: Database;
let ingest: Database;
let gate: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  [lane, ingest, gate] = [1, 2, 3].map(() => createDatabase(database.url, 1)) as [Database, Database, Database];
});

afterAll(async () => {
  await Promise.all([lane.destroy(), ingest.destroy(), gate.destroy()]);
  await database.drop();
});

const DAY_MS = 24 * 3_600_000;

type Given = {
  attempt: LaneAttempt;
  connection: TestConnection;
  messageId: string;
  phone: string;
  seen: Date | null;
};

/** A reply that a lane works on, to somebody who wrote so long ago. `seen`: the window as the lane read it. */
async function aReply(state: 'ready' | 'sending', agoMs: number): Promise<Given> {
  const connection = await insertConnection(lane);
  const phone = `4915${randomInt(1e8, 1e9)}`;
  const { wakes } = await storeEvents(ingest, [
    anInboundText(connection, { phone, text: 'long ago', sentAtMs: Date.now() - agoMs }),
  ]);
  const conversationId = wakes[0]?.conversationId as string;
  const messageId = randomUUID();
  await lane
    .insertInto('message')
    .values({
      id: messageId,
      ...connection,
      conversationId,
      direction: 'outbound',
      origin: 'planfix',
      kind: 'text',
      state,
      text: 'Good morning',
      planfixTask: 1,
      planfixComment: randomInt(1e9),
    })
    .execute();
  const attempt: LaneAttempt = { conversationId, lane: 'to-customer', token: randomUUID() };
  await takeLane(lane, attempt, 30_000);
  const turn = await readCustomerTurn(lane, conversationId);
  return { attempt, connection, messageId, phone, seen: turn?.windowExpiresAt ?? null };
}

const writes = ({ connection, phone }: Given) =>
  storeEvents(ingest, [anInboundText(connection, { phone, text: 'now' })]);
const waits = ({ attempt, messageId, seen }: Given) => recordWaiting(lane, attempt, messageId, seen);

/** What waits for the customer although they have written is stuck. */
async function stateOf({ messageId, attempt }: Given) {
  const message = await lane
    .selectFrom('message')
    .where('id', '=', messageId)
    .select('state')
    .executeTakeFirstOrThrow();
  const notes = await lane
    .selectFrom('message')
    .where('conversationId', '=', attempt.conversationId)
    .where('direction', '=', 'note')
    .select('kind')
    .execute();
  return { state: message.state, notes: notes.map((note) => note.kind) };
}

/** Both come while the conversation is held, in this order, and then get it in this order. */
async function meet<A, B>(
  { attempt }: Given,
  first: () => Promise<A>,
  second: () => Promise<B>,
  marks: [string, string],
): Promise<[A, B]> {
  let met: Promise<[A, B]> | undefined;
  await gate.transaction().execute(async (trx) => {
    await sql`select from conversation where id = ${attempt.conversationId} for update`.execute(trx);
    const one = first();
    await untilBlocked(database.url, marks[0]);
    const other = second();
    await untilBlocked(database.url, marks[1]);
    met = Promise.all([one, other]);
  });
  return met as Promise<[A, B]>;
}

const LANE = 'to_customer_lease';
const INGEST = 'last_inbound_at';

describe('the customer writes in the moment in which the lane decides that their answer must wait', () => {
  it('first: the answer does not wait', async () => {
    const given = await aReply('ready', DAY_MS + 1_000);
    const [, waiting] = await meet(
      given,
      () => writes(given),
      () => waits(given),
      [INGEST, LANE],
    );
    expect(waiting).toBeUndefined();
    expect(await stateOf(given)).toEqual({ state: 'ready', notes: [] });
  });

  it('second: the answer is set free, and its lane is woken', async () => {
    const given = await aReply('ready', DAY_MS + 1_000);
    const [waiting, stored] = await meet(
      given,
      () => waits(given),
      () => writes(given),
      [LANE, INGEST],
    );
    expect(waiting).toBeDefined();
    expect(stored.wakes).toContainEqual({ conversationId: given.attempt.conversationId, lane: 'to-customer' });
    expect(await stateOf(given)).toMatchObject({ state: 'ready' });
  });

  it('while the network refuses it inside our own window: it is tried again', async () => {
    const given = await aReply('sending', DAY_MS - 60_000);
    const [, waiting] = await meet(
      given,
      () => writes(given),
      () => waits(given),
      [INGEST, LANE],
    );
    expect(waiting).toBeUndefined();
    expect(await stateOf(given)).toEqual({ state: 'ready', notes: [] });
  });

  it('would be waited for in vain if nobody looked again (control)', async () => {
    const given = await aReply('ready', DAY_MS + 1_000);
    const waitBlindly = () =>
      whileHoldingLane(lane, given.attempt, (trx) =>
        trx.updateTable('message').set({ state: 'waiting' }).where('id', '=', given.messageId).execute(),
      );
    const [stored] = await meet(given, () => writes(given), waitBlindly, [INGEST, LANE]);
    expect(stored.wakes).not.toContainEqual(expect.objectContaining({ lane: 'to-customer' }));
    expect(await stateOf(given)).toMatchObject({ state: 'waiting' });
  });
});

describe('a customer who writes in the second in which they were answered', () => {
  it.each<[string, number, boolean]>([
    ['waits for an answer', 0, true],
    ['does not when the message is of a second before (control)', 1_000, false],
  ])('%s', async (_, agoMs, isUnanswered) => {
    const given = await aReply('sending', 60_000);
    const second = Math.trunc(Date.now() / 1_000) * 1_000;
    const conversations = lane.updateTable('conversation').where('id', '=', given.attempt.conversationId);
    await conversations.set({ lastAnswerAt: new Date(second + 500) }).execute();
    const { connection, phone } = given;
    await storeEvents(ingest, [anInboundText(connection, { phone, text: 'And?', sentAtMs: second - agoMs })]);
    const row = await lane
      .selectFrom('conversation')
      .where('id', '=', given.attempt.conversationId)
      .select(sql<boolean>`last_inbound_at > last_answer_at`.as('isUnanswered'))
      .executeTakeFirstOrThrow();
    expect(row.isUnanswered).toBe(isUnanswered);
  });
});

describe('an answer that must wait', () => {
  it.each<[string, 'ready' | 'sending', number]>([
    ['by our clock', 'ready', DAY_MS + 1_000],
    ['by the clock of the network alone', 'sending', DAY_MS - 60_000],
  ])('%s waits, and its task is told once', async (_, state, agoMs) => {
    const given = await aReply(state, agoMs);
    expect((await waits(given))?.wakes).toHaveLength(1);
    expect(await stateOf(given)).toEqual({ state: 'waiting', notes: ['waiting'] });
    expect(await waits(given)).toBeUndefined();
    expect((await stateOf(given)).notes).toHaveLength(1);
  });

  it('is not set free by a late message that opens no window', async () => {
    const given = await aReply('ready', DAY_MS + 1_000);
    await waits(given);
    const { connection, phone } = given;
    const late = anInboundText(connection, { phone, text: 'late', sentAtMs: Date.now() - 2 * DAY_MS });
    await storeEvents(ingest, [late]);
    expect(await stateOf(given)).toMatchObject({ state: 'waiting' });
    await writes(given);
    expect(await stateOf(given)).toMatchObject({ state: 'ready' });
  });
});

describe('a warning that the window closes', () => {
  const warn = async (given: Given, window: Date | null) => {
    const attempt: LaneAttempt = { ...given.attempt, lane: 'to-planfix', token: randomUUID() };
    await takeLane(lane, attempt, 30_000);
    await addWindowWarning(lane, attempt, { ...given.connection, planfixTask: 1 }, window);
    return (await stateOf(given)).notes;
  };

  it('is not given when the customer has written since the lane looked, and is for the new window later (control)', async () => {
    const given = await aReply('ready', DAY_MS - 60_000);
    await writes(given);
    expect(await warn(given, given.seen)).toEqual([]);
    const turn = await readCustomerTurn(lane, given.attempt.conversationId);
    expect(await warn(given, turn?.windowExpiresAt ?? null)).toEqual(['window-closing']);
  });
});
