import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findUntended, noteWebhooks, releaseConnection, takeConnection } from '../../db/connection-care.ts';
import { clearConnectionChecks } from '../../db/connection-changes.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { findAilingConnections, readHealthFacts, storeSelfCheck } from '../../db/self-check.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, insertSending, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const LATE_MS = DEFAULT_WAITS.statusLateMs;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** The network took a message so long ago, and has told nothing of it. */
async function sendAt(connection: TestConnection, sentAt: Date): Promise<void> {
  const { id } = await insertSending(db, connection);
  await db.updateTable('message').set({ state: 'sent', sentAt }).where('id', '=', id).execute();
}

const change = ({ connectionId }: TestConnection, row: { webhookSeenAt?: Date; dueAt?: Date | null; state?: string }) =>
  db.updateTable('connection').set(row).where('id', '=', connectionId).execute();

const lacks = async ({ connectionId }: TestConnection) =>
  (await readHealthFacts(db, connectionId, LATE_MS))?.lacksStatuses;

const isAiling = async ({ connectionId }: TestConnection) =>
  (await findAilingConnections(db, LATE_MS, 100)).some(({ id }) => id === connectionId);

describe('a check that somebody asks for', () => {
  it('has the self-check look, too, and leaves what is known of the token, which it asks for itself', async () => {
    const connection = await insertConnection(db);
    const lookedAt = { checkedAt: minutesAgo(1), tokenCheckedAt: minutesAgo(1) };
    await db.updateTable('connection').set(lookedAt).where('id', '=', connection.connectionId).execute();
    const facts = () => readHealthFacts(db, connection.connectionId, LATE_MS);
    // Control: a minute ago is not long ago.
    expect(await facts()).toMatchObject({ checkedMsAgo: expect.any(Number), tokenCheckedMsAgo: expect.any(Number) });
    await clearConnectionChecks(db, connection.connectionId);
    expect(await facts()).toMatchObject({ checkedMsAgo: null, tokenCheckedMsAgo: expect.any(Number) });
  });
});

describe('a network that tells nothing', () => {
  it('is noticed by what it took and by nothing else', async () => {
    const connection = await insertConnection(db);
    expect(await lacks(connection)).toBe(false);
    await sendAt(connection, minutesAgo(1));
    expect(await lacks(connection)).toBe(false);
    await sendAt(connection, minutesAgo(4));
    expect(await lacks(connection)).toBe(true);
    // It has told something since, if not of this message.
    await change(connection, { webhookSeenAt: minutesAgo(3) });
    expect(await lacks(connection)).toBe(false);
    // Control: what it told before says nothing of what was sent after it.
    await change(connection, { webhookSeenAt: minutesAgo(6) });
    expect(await lacks(connection)).toBe(true);
    await noteWebhooks(db, [connection.connectionId]);
    expect(await lacks(connection)).toBe(false);
  });

  it('has its connection checked at once, until the check has found it', async () => {
    const connection = await insertConnection(db);
    // Control: nothing was sent yet.
    expect(await isAiling(connection)).toBe(false);
    await sendAt(connection, minutesAgo(4));
    expect(await isAiling(connection)).toBe(true);
    await storeSelfCheck(db, connection.connectionId, { found: [{ name: 'statuses', code: 'statuses-missing' }] });
    expect(await isAiling(connection)).toBe(false);
  });

  it('is told of in less than five minutes, like everything else', () => {
    const { selfCheckMs, canaryMs, statusLateMs, sweepUndueMs } = DEFAULT_WAITS;
    expect(selfCheckMs + canaryMs).toBeLessThan(5 * 60_000);
    expect(statusLateMs * 1.25 + sweepUndueMs).toBeLessThan(5 * 60_000);
  });
});

describe('a self-check', () => {
  it('writes nothing of a connection that ends, and opens one problem however often it finds it', async () => {
    const connection = await insertConnection(db);
    const { connectionId } = connection;
    const check = { found: [{ name: 'quality', code: 'quality-low' }] } as const;
    const problems = async () =>
      (await db.selectFrom('problem').where('connectionId', '=', connectionId).select(['kind', 'state']).execute()).map(
        ({ kind, state }) => `${kind}: ${state}`,
      );
    await Promise.all([1, 2, 3].map(() => storeSelfCheck(db, connectionId, check)));
    expect(await problems()).toEqual(['quality-low: open']);
    await storeSelfCheck(db, connectionId, { found: [{ name: 'quality', code: 'quality-good' }] });
    expect(await problems()).toEqual(['quality-low: settled']);
    await change(connection, { state: 'disconnecting' });
    await storeSelfCheck(db, connectionId, check);
    expect(await problems()).toEqual(['quality-low: settled']);
  });
});

describe('the due time of a connection', () => {
  it('is kept by whoever sets it while somebody looks, and found where it is missing', async () => {
    const connection = await insertConnection(db);
    const { connectionId } = connection;
    await takeConnection(db, connectionId, 60_000);
    expect(await releaseConnection(db, connectionId, 5_000)).toBe(5_000);
    await takeConnection(db, connectionId, 60_000);
    await change(connection, { dueAt: minutesAgo(0) });
    expect(await releaseConnection(db, connectionId, 5_000)).toBe(0);
    await change(connection, { dueAt: null });
    const found = async () => (await findUntended(db, 100)).map(({ id }) => id);
    expect(await found()).toContain(connectionId);
    await change(connection, { dueAt: null, state: 'disconnected' });
    expect(await found()).not.toContain(connectionId);
  });
});
