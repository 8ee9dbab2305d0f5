import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { expectCanary, noteCanary, readCanary } from '../../db/canary.ts';
import { settleStep } from '../../db/connection-steps.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { beginRegistration, deleteOldRegistrations, forgetLastPin, readLastPin } from '../../db/registrations.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, insertConnectionOf } from '../support/rows.ts';

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

const provider = 'whatsapp-cloud';
const HOUR_MS = 3_600_000;

async function begin(connectionId: string, numberKey: string, pin = 'pin') {
  return beginRegistration(db, { connectionId, provider, numberKey, pin: Buffer.from(pin) });
}

describe('the budget of a number', () => {
  it('is ten calls, however many begin at once and whatever becomes of their connections', async () => {
    const numberKey = randomUUID();
    const { planfixAccountId } = await insertConnection(db);
    const connections = await Promise.all(Array.from({ length: 15 }, () => insertConnectionOf(db, planfixAccountId)));
    const begun = await Promise.all(connections.map(({ connectionId }) => begin(connectionId, numberKey)));
    expect(begun.filter((one) => one === 'begun')).toHaveLength(10);
    expect(begun.filter((one) => one === 'budget-used')).toHaveLength(5);
    await db.deleteFrom('connection').where('planfixAccountId', '=', planfixAccountId).execute();
    const { connectionId } = await insertConnection(db);
    expect(await begin(connectionId, numberKey)).toBe('budget-used');
    // Control: another number has a budget of its own, and this one has it again after three days.
    expect(await begin(connectionId, randomUUID())).toBe('begun');
    await settleStep(db, connectionId, 'register', { state: 'failed' });
    await db
      .updateTable('registrationCall')
      .set({ calledAt: new Date(Date.now() - 73 * HOUR_MS) })
      .where('numberKey', '=', numberKey)
      .execute();
    expect(await begin(connectionId, numberKey)).toBe('begun');
    await deleteOldRegistrations(db);
    const left = await db.selectFrom('registrationCall').where('numberKey', '=', numberKey).select('id').execute();
    expect(left).toHaveLength(1);
  });

  it('is not touched by an attempt that follows one of whose outcome nobody heard', async () => {
    const numberKey = randomUUID();
    const { connectionId } = await insertConnection(db);
    expect(await begin(connectionId, numberKey)).toBe('begun');
    expect(await begin(connectionId, numberKey)).toBe('called-before');
    const calls = await db.selectFrom('registrationCall').where('numberKey', '=', numberKey).select('id').execute();
    expect(calls).toHaveLength(1);
  });
});

describe('a PIN', () => {
  it('outlives its attempt until the network refused it', async () => {
    const numberKey = randomUUID();
    const { connectionId } = await insertConnection(db);
    expect(await readLastPin(db, provider, numberKey)).toBeUndefined();
    await begin(connectionId, numberKey, 'sealed');
    await db.deleteFrom('connection').where('id', '=', connectionId).execute();
    expect(String(await readLastPin(db, provider, numberKey))).toBe('sealed');
    await forgetLastPin(db, provider, numberKey);
    expect(await readLastPin(db, provider, numberKey)).toBeUndefined();
  });
});

describe('the call of the network', () => {
  it('counts for those who wait for it, from when they began to wait', async () => {
    const { connectionId, planfixAccountId } = await insertConnection(db);
    const other = await insertConnectionOf(db, planfixAccountId);
    const { metaAppId } = await db
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .select('metaAppId')
      .executeTakeFirstOrThrow();
    const app = metaAppId as string;
    await noteCanary(db, app);
    expect(await readCanary(db, connectionId)).toEqual({ sentMsAgo: undefined, isSeen: false });
    await expectCanary(db, connectionId);
    await expectCanary(db, other.connectionId);
    expect((await readCanary(db, connectionId)).isSeen).toBe(false);
    await noteCanary(db, app);
    expect((await readCanary(db, connectionId)).isSeen).toBe(true);
    // Control: the number of another app was not called.
    expect((await readCanary(db, other.connectionId)).isSeen).toBe(false);
    await expectCanary(db, connectionId);
    expect((await readCanary(db, connectionId)).isSeen).toBe(false);
    // By the database's clock, which is finer than ours.
    await db
      .updateTable('connection')
      .set({ webhookSeenAt: sql`clock_timestamp()` })
      .where('id', '=', connectionId)
      .execute();
    expect((await readCanary(db, connectionId)).isSeen).toBe(true);
  });
});
