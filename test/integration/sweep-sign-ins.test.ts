import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { deleteOldSignIns } from '../../db/sweep.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

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

const MINUTE_MS = 60_000;
const fromNow = (ms: number) => new Date(Date.now() + ms);
const secret = () => randomBytes(8);

const TABLES = ['signInLink', 'session', 'ssoAttempt', 'signInAttempt'] as const;
const counts = async () => {
  const found: Record<string, number> = {};
  for (const table of TABLES) found[table] = (await db.selectFrom(table).selectAll().execute()).length;
  return found;
};

async function anOperator(): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('operator')
    .values({ id, name: 'Ann', email: `${id}@example.com`, role: 'agent' })
    .execute();
  return id;
}

const link = (expiresAt: Date, usedAt: Date | null = null) =>
  db
    .insertInto('signInLink')
    .values({ id: randomUUID(), secretHash: secret(), purpose: 'first-operator', expiresAt, usedAt })
    .execute();
const session = (operatorId: string, expiresAt: Date, lastSeenAt: Date) =>
  db
    .insertInto('session')
    .values({ id: randomUUID(), secretHash: secret(), operatorId, expiresAt, lastSeenAt })
    .execute();
const ssoAttempt = (createdAt: Date) =>
  db
    .insertInto('ssoAttempt')
    .values({ stateHash: secret(), nonce: 'n', codeVerifier: secret(), returnTo: '/', createdAt })
    .execute();
const attempt = (until: Date) =>
  db.insertInto('signInAttempt').values({ emailHash: secret(), attempts: 1, until }).execute();

describe('ways in that are over', () => {
  it('are deleted by the sweep, and those that lead somewhere stay (control)', async () => {
    const { sessionIdleMs, singleSignOnMs } = DEFAULT_WAITS;
    const operatorId = await anOperator();
    const now = fromNow(0);
    await link(fromNow(MINUTE_MS));
    await session(operatorId, fromNow(MINUTE_MS), fromNow(MINUTE_MS - sessionIdleMs));
    await ssoAttempt(fromNow(MINUTE_MS - singleSignOnMs));
    await attempt(fromNow(MINUTE_MS));
    const open = { signInLink: 1, session: 1, ssoAttempt: 1, signInAttempt: 1 };
    await deleteOldSignIns(db, DEFAULT_WAITS);
    expect(await counts()).toEqual(open);

    await link(fromNow(-1_000));
    await link(fromNow(MINUTE_MS), now);
    await session(operatorId, fromNow(-1_000), now);
    await session(operatorId, fromNow(MINUTE_MS), fromNow(-1_000 - sessionIdleMs));
    await ssoAttempt(fromNow(-1_000 - singleSignOnMs));
    await attempt(fromNow(-1_000));
    expect(await counts()).toEqual({ signInLink: 3, session: 3, ssoAttempt: 2, signInAttempt: 2 });
    await deleteOldSignIns(db, DEFAULT_WAITS);
    expect(await counts()).toEqual(open);
  });
});
