import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleConnectionChecks } from '../../db/checks.ts';
import { deleteConnectionDraft } from '../../db/connection-drafts.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { connectAgain, insertEndedConnection } from '../support/former-connections.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import type { TestConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 2);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const UNKNOWN = {
  ...{ displayPhoneNumber: undefined, verifiedName: undefined },
  ...{ messagesPerSecond: undefined, portfolioId: undefined },
};
const settle = ({ connectionId }: TestConnection, ok: boolean) =>
  settleConnectionChecks(db, connectionId, [{ name: 'number', ok, message: 'looked at' }], UNKNOWN);

describe('what the phone app handed over before', () => {
  it('is told from its beginning once the number is connected again, and kept where that fails (control)', async () => {
    const number = await insertEndedConnection(db);
    const { connectionId } = number;
    await db.insertInto('historyImport').values({ id: randomUUID(), connectionId, progress: 100 }).execute();
    const handed = () => db.selectFrom('historyImport').where('connectionId', '=', connectionId).select('id').execute();
    const draft = await connectAgain(db, number);
    await settle(number, false);
    await deleteConnectionDraft(db, draft);
    expect(await handed()).toHaveLength(1);
    await connectAgain(db, number);
    await settle(number, true);
    expect(await handed()).toEqual([]);
  });
});

describe('two who enter the same number, one after the other', () => {
  it('have an attempt each: clearing away the failed one leaves the other alone', async () => {
    const number = await insertEndedConnection(db);
    const { connectionId } = number;
    const stateOf = async () =>
      (await db.selectFrom('connection').where('id', '=', connectionId).select('state').executeTakeFirstOrThrow())
        .state;
    const failed = await connectAgain(db, number);
    await settle(number, false);
    const next = await connectAgain(db, number);
    expect(next.id).toBe(failed.id);
    await deleteConnectionDraft(db, failed);
    expect(await stateOf()).toBe('draft');
    // Control: its own clearing ends it.
    await deleteConnectionDraft(db, next);
    expect(await stateOf()).toBe('paused');
  });
});
