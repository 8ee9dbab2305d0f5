import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';
import { applyStatuses, type StatusInput } from '../../db/statuses.ts';
import { recordSent } from '../../db/to-customer.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection, insertSending, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
/** Two pools of one connection each, as of two processes. */
let one: Database;
let other: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  one = createDatabase(database.url, 1);
  other = createDatabase(database.url, 1);
});

afterAll(async () => {
  await Promise.all([one.destroy(), other.destroy()]);
  await database.drop();
});

const CUSTOMERS = 1_000;

const aBody = (connection: TestConnection, prefix: string): EventInput[] =>
  Array.from({ length: CUSTOMERS }, (_, index) =>
    anInboundText(connection, { phone: `4915${prefix}${String(index).padStart(6, '0')}`, text: `message ${index}` }),
  );

const countOf = async (table: 'customer' | 'conversation' | 'message', connection: TestConnection) => {
  const { count } = await one
    .selectFrom(table)
    .where('planfixAccountId', '=', connection.planfixAccountId)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** How often Postgres has had to end a transaction of this database because two waited for each other. */
async function deadlocks(): Promise<number> {
  // Each session reports its own counts, at its leisure unless it is told to.
  for (const db of [one, other]) await sql`select pg_stat_force_next_flush()`.execute(db);
  for (const db of [one, other]) await sql`select 1`.execute(db);
  const { rows } = await sql<{ count: number }>`
    select deadlocks::int as count from pg_stat_database where datname = current_database()`.execute(one);
  return rows[0]?.count ?? 0;
}

describe('two bodies of a thousand messages with the same customers in opposite order', () => {
  it('are both stored whole, with one customer each, and never wait for each other', async () => {
    const before = await deadlocks();
    const connection = await insertConnection(one);
    for (const prefix of ['1', '2', '3']) {
      const [first, second] = [aBody(connection, prefix), aBody(connection, prefix).reverse()];
      const stored = await Promise.all([storeEvents(one, first), storeEvents(other, second)]);
      expect(stored.map((result) => result.stored)).toEqual([CUSTOMERS, CUSTOMERS]);
      // Each lane is woken by exactly one of the two.
      expect(stored.flatMap((result) => result.wakes)).toHaveLength(CUSTOMERS);
    }
    expect(await countOf('customer', connection)).toBe(3 * CUSTOMERS);
    expect(await countOf('conversation', connection)).toBe(3 * CUSTOMERS);
    expect(await countOf('message', connection)).toBe(6 * CUSTOMERS);
    expect((await deadlocks()) - before).toBe(0);
  });

  it('end in a deadlock when rows are locked in the order of the body (control)', async () => {
    const before = await deadlocks();
    const connection = await insertConnection(one);
    const { wakes } = await storeEvents(one, aBody(connection, '4').slice(0, 2));
    const ids = wakes.map((wake) => wake.conversationId);
    const lock = (db: Database, order: string[]) => (meet: Promise<void>, arrived: () => void) =>
      db.transaction().execute(async (trx) => {
        const hold = (id: string) =>
          trx.selectFrom('conversation').select('id').where('id', '=', id).forNoKeyUpdate().execute();
        await hold(order[0] as string);
        arrived();
        await meet;
        await hold(order[1] as string);
      });
    const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const outcomes = await Promise.allSettled([
      lock(one, ids)(b.promise, a.resolve),
      lock(other, [...ids].reverse())(a.promise, b.resolve),
    ]);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(failures).toEqual(['40P01']);
    expect((await deadlocks()) - before).toBe(1);
  });
});

describe('a status that comes before the response', () => {
  const aStatus = (connection: TestConnection, channelMessageId: string): StatusInput => ({
    connectionId: connection.connectionId,
    eventKey: `${channelMessageId}:delivered`,
    channelMessageId,
    messageId: undefined,
    status: 'delivered',
    atMs: Date.now(),
    failure: undefined,
    recipient: {},
    pricing: undefined,
  });
  const eventOf = (status: StatusInput): EventInput => ({
    sourceId: status.connectionId,
    connectionId: status.connectionId,
    eventKey: status.eventKey,
    kind: 'status',
    subject: status.channelMessageId,
    raw: {},
    reason: undefined,
    status,
  });
  const stateOf = async (id: string) =>
    (await one.selectFrom('message').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state;

  it('is applied as soon as the response fills in the id', async () => {
    const connection = await insertConnection(one);
    const message = await insertSending(one, connection);
    const channelMessageId = `wamid.${randomUUID()}`;
    await storeEvents(other, [eventOf(aStatus(connection, channelMessageId))]);
    expect(await stateOf(message.id)).toBe('sending');
    await recordSent(one, message, { channelMessageId, recipient: {} });
    expect(await stateOf(message.id)).toBe('delivered');
  });

  it('is not lost when both are in the middle of their transactions', async () => {
    const connection = await insertConnection(one);
    const message = await insertSending(one, connection);
    const channelMessageId = `wamid.${randomUUID()}`;
    const status = aStatus(connection, channelMessageId);
    let recorded: Promise<unknown> | undefined;
    await one.transaction().execute(async (trx) => {
      // The status has looked for its message and found none; it is not committed yet when the response comes.
      await applyStatuses(trx, [status]);
      await insertStatusEvent(trx, status);
      recorded = recordSent(other, message, { channelMessageId, recipient: {} });
      await untilBlocked(database.url, 'pg_advisory_xact_lock');
    });
    await recorded;
    expect(await stateOf(message.id)).toBe('delivered');
  });

  it('would be lost if the two did not wait for each other (control)', async () => {
    const connection = await insertConnection(one);
    const message = await insertSending(one, connection);
    const channelMessageId = `wamid.${randomUUID()}`;
    const status = aStatus(connection, channelMessageId);
    await one.transaction().execute(async (trx) => {
      const found = await trx
        .selectFrom('message')
        .select('id')
        .where('channelMessageId', '=', channelMessageId)
        .execute();
      expect(found).toEqual([]);
      await insertStatusEvent(trx, status);
      await recordSent(other, message, { channelMessageId, recipient: {} });
    });
    expect(await stateOf(message.id)).toBe('sent');
  });

  const insertStatusEvent = (trx: Pick<Database, 'insertInto'>, status: StatusInput) =>
    trx
      .insertInto('inboundEvent')
      .values({
        id: randomUUID(),
        sourceId: status.connectionId,
        connectionId: status.connectionId,
        eventKey: status.eventKey,
        kind: 'status',
        subject: status.channelMessageId,
        detail: JSON.stringify(status),
        raw: '{}',
      })
      .execute();
});
