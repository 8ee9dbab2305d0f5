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
    await connectAgain(db, number);
    await settle(number, false);
    await deleteConnectionDraft(db, connectionId);
    expect(await handed()).toHaveLength(1);
    await connectAgain(db, number);
    await settle(number, true);
    expect(await handed()).toEqual([]);
  });
});
