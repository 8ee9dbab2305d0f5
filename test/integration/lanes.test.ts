import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { FencedOut, type LaneAttempt, releaseLane, takeLane } from '../../db/lanes.ts';
import { openIntent, planfixLaneWaitMs, readPlanfixRows, recordPosted } from '../../db/to-planfix.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection } from '../support/rows.ts';

let database: TestDatabase;
/** Two pools of one connection each: two processes that meet at the critical point. */
let lane: Database;
let ingest: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  lane = createDatabase(database.url, 1);
  ingest = createDatabase(database.url, 1);
});

afterAll(async () => {
  await Promise.all([lane.destroy(), ingest.destroy()]);
  await database.drop();
});

const anAttempt = (conversationId: string): LaneAttempt => ({
  conversationId,
  lane: 'to-planfix',
  token: randomUUID(),
});

async function aConversationWithOneMessage() {
  const connection = await insertConnection(lane);
  const event = anInboundText(connection, { phone: '491511234567', text: 'first' });
  const { wakes } = await storeEvents(ingest, [event]);
  const conversationId = wakes[0]?.conversationId as string;
  return { connection, conversationId };
}

async function postAll(conversationId: string): Promise<void> {
  for (const row of await readPlanfixRows(lane, conversationId, 10)) {
    await recordPosted(lane, row.id, { planfixTask: 1, planfixComment: null });
  }
}

const dueAt = async (db: Database, id: string) =>
  (await db.selectFrom('conversation').select('toPlanfixDueAt').where('id', '=', id).executeTakeFirstOrThrow())
    .toPlanfixDueAt;

describe('the due time of a lane', () => {
  it('is set by the first message only, and one wake goes with it', async () => {
    const { connection, conversationId } = await aConversationWithOneMessage();
    const second = await storeEvents(ingest, [anInboundText(connection, { phone: '491511234567', text: 'second' })]);
    expect(second.wakes).toEqual([]);
    expect(await dueAt(lane, conversationId)).not.toBeNull();
  });

  it('survives a message that arrives while the lane is about to empty it', async () => {
    const { connection, conversationId } = await aConversationWithOneMessage();
    const attempt = anAttempt(conversationId);
    await takeLane(lane, attempt, 30_000);
    await postAll(conversationId);
    let stored: ReturnType<typeof storeEvents> | undefined;
    const rest = await releaseLane(lane, attempt, async (trx) => {
      const waitMs = await planfixLaneWaitMs(trx, conversationId);
      // The lane has looked and found nothing; the message comes now, and waits for the conversation's lock.
      stored = storeEvents(ingest, [anInboundText(connection, { phone: '491511234567', text: 'late' })]);
      await untilBlocked(database.url);
      return waitMs === undefined ? undefined : { dueInMs: waitMs };
    });
    expect(rest).toEqual({ kind: 'done' });
    expect((await stored)?.wakes).toEqual([{ conversationId, lane: 'to-planfix' }]);
    expect(await dueAt(lane, conversationId)).not.toBeNull();
  });

  it('would be lost by emptying it in one statement (control)', async () => {
    const { connection, conversationId } = await aConversationWithOneMessage();
    await postAll(conversationId);
    const emptied = await lane.transaction().execute(async (trx) => {
      const waitMs = await planfixLaneWaitMs(trx, conversationId);
      const { wakes } = await storeEvents(ingest, [anInboundText(connection, { phone: '491511234567', text: 'lost' })]);
      expect(wakes).toEqual([]);
      if (waitMs !== undefined) return false;
      await trx.updateTable('conversation').set({ toPlanfixDueAt: null }).where('id', '=', conversationId).execute();
      return true;
    });
    expect(emptied).toBe(true);
    expect(await readPlanfixRows(lane, conversationId, 10)).toHaveLength(1);
    expect(await dueAt(lane, conversationId)).toBeNull();
  });
});

describe('a frozen attempt that wakes beside its successor', () => {
  it('may open no intent, and ends', async () => {
    const { conversationId } = await aConversationWithOneMessage();
    const [row] = await readPlanfixRows(lane, conversationId, 1);
    const frozen = anAttempt(conversationId);
    const successor = anAttempt(conversationId);
    await takeLane(lane, frozen, 30_000);
    await takeLane(ingest, successor, 30_000);
    const intent = { planfixTask: 1, leaseMs: 30_000 };
    await expect(openIntent(lane, frozen, row?.id as string, intent)).rejects.toThrow(FencedOut);
    await expect(openIntent(ingest, successor, row?.id as string, intent)).resolves.toBe(true);
  });

  it('leaves an intent that the successor sees and does not call again', async () => {
    const { conversationId } = await aConversationWithOneMessage();
    const [row] = await readPlanfixRows(lane, conversationId, 1);
    const frozen = anAttempt(conversationId);
    const successor = anAttempt(conversationId);
    const intent = { planfixTask: 1, leaseMs: 30_000 };
    await takeLane(lane, frozen, 30_000);
    await expect(openIntent(lane, frozen, row?.id as string, intent)).resolves.toBe(true);
    await takeLane(ingest, successor, 30_000);
    await expect(openIntent(ingest, successor, row?.id as string, intent)).resolves.toBe(false);
    const [seen] = await readPlanfixRows(ingest, conversationId, 1);
    expect(seen?.intentToken).toBe(frozen.token);
  });

  it('holds the lane again only by taking it (control)', async () => {
    const { conversationId } = await aConversationWithOneMessage();
    const [row] = await readPlanfixRows(lane, conversationId, 1);
    const attempt = anAttempt(conversationId);
    await takeLane(lane, anAttempt(conversationId), 30_000);
    await takeLane(lane, attempt, 30_000);
    const intent = { planfixTask: 1, leaseMs: 30_000 };
    await expect(openIntent(lane, attempt, row?.id as string, intent)).resolves.toBe(true);
  });

  it('cannot empty the due time of its successor', async () => {
    const { conversationId } = await aConversationWithOneMessage();
    const frozen = anAttempt(conversationId);
    await takeLane(lane, frozen, 30_000);
    await takeLane(ingest, anAttempt(conversationId), 30_000);
    await expect(releaseLane(lane, frozen, async () => undefined)).rejects.toThrow(FencedOut);
    expect(await dueAt(lane, conversationId)).not.toBeNull();
  });
});
