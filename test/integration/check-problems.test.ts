import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleAccountChecks, settleConnectionChecks } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, insertConnectionOf, type TestConnection } from '../support/rows.ts';

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

const NOTHING_KNOWN = {
  displayPhoneNumber: undefined,
  verifiedName: undefined,
  portfolioId: undefined,
  messagesPerSecond: undefined,
};

const failing = (...names: string[]): ConnectionCheck[] =>
  ['token', 'number', 'webhook'].map((name) => ({
    name,
    ok: !names.includes(name),
    message: name,
    checkedAt: new Date().toISOString(),
  }));

const checkConnection = ({ connectionId }: TestConnection, ...names: string[]) =>
  settleConnectionChecks(db, connectionId, failing(...names), NOTHING_KNOWN);
const checkAccount = ({ planfixAccountId }: TestConnection, ...names: string[]) =>
  settleAccountChecks(db, planfixAccountId, failing(...names));

const problemsOf = ({ planfixAccountId }: TestConnection) =>
  db
    .selectFrom('problem')
    .where('planfixAccountId', '=', planfixAccountId)
    .orderBy('id')
    .select(['id', 'kind', 'state', 'detail'])
    .execute();

describe.each([
  ['connection', checkConnection],
  ['account', checkAccount],
] as const)('the problem of checks that fail, of a %s', (what, check) => {
  const kind = `${what}-check-failed`;

  it('names those that fail now, and is one problem all the while', async () => {
    const connection = await insertConnection(db);
    await check(connection, 'token');
    const [first, ...others] = await problemsOf(connection);
    expect([first, others]).toEqual([
      expect.objectContaining({ kind, state: 'open', detail: 'Checks that fail: token' }),
      [],
    ]);
    await check(connection, 'number', 'webhook');
    expect(await problemsOf(connection)).toEqual([{ ...first, detail: 'Checks that fail: number, webhook' }]);
    await check(connection);
    expect(await problemsOf(connection)).toEqual([expect.objectContaining({ id: first?.id, state: 'settled' })]);
  });

  it('control: what was settled, and what is of somebody else, stays as it was', async () => {
    const connection = await insertConnection(db);
    await check(connection, 'token');
    await check(connection);
    const stranger = await insertConnection(db);
    await check(stranger, 'token');
    await check(connection, 'number');
    expect((await problemsOf(connection)).map(({ state, detail }) => `${state}: ${detail}`)).toEqual([
      'settled: Checks that fail: token',
      'open: Checks that fail: number',
    ]);
    expect((await problemsOf(stranger)).map(({ detail }) => detail)).toEqual(['Checks that fail: token']);
  });
});

describe('two numbers of one account', () => {
  it('have a problem each', async () => {
    const first = await insertConnection(db);
    const { connectionId } = await insertConnectionOf(db, first.planfixAccountId);
    await checkConnection(first, 'token');
    await checkConnection({ ...first, connectionId }, 'number');
    await checkAccount(first, 'webhook');
    expect((await problemsOf(first)).map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
      'connection-check-failed Checks that fail: token',
      'connection-check-failed Checks that fail: number',
      'account-check-failed Checks that fail: webhook',
    ]);
  });
});
