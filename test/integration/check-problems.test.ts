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

/** Each with a sentence and a remedy, which is what people read. */
const failing = (...names: string[]): ConnectionCheck[] =>
  ['token', 'number', 'webhook'].map((name) => ({
    name,
    ok: !names.includes(name),
    code: `${name}-code`,
    message: `The ${name} is out of order`,
    remedy: `Mend the ${name}`,
  }));
const saying = (...names: string[]) => names.map((name) => `The ${name} is out of order. Mend the ${name}.`).join('\n');

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

  it('says what fails now and what to do, one line each, and is one problem all the while', async () => {
    const connection = await insertConnection(db);
    await check(connection, 'token');
    const [first, ...others] = await problemsOf(connection);
    expect([first, others]).toEqual([expect.objectContaining({ kind, state: 'open', detail: saying('token') }), []]);
    await check(connection, 'number', 'webhook');
    expect(await problemsOf(connection)).toEqual([{ ...first, detail: saying('number', 'webhook') }]);
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
      `settled: ${saying('token')}`,
      `open: ${saying('number')}`,
    ]);
    expect((await problemsOf(stranger)).map(({ detail }) => detail)).toEqual([saying('token')]);
  });
});

describe('sentences of checks', () => {
  const detailOf = async (...checks: Omit<ConnectionCheck, 'ok'>[]) => {
    const connection = await insertConnection(db);
    const failed = checks.map((check) => ({ ...check, ok: false }));
    await settleConnectionChecks(db, connection.connectionId, failed, NOTHING_KNOWN);
    return (await problemsOf(connection))[0]?.detail;
  };

  it('are said once each, with one full stop, without a remedy where there is none', async () => {
    const one = { name: 'configuredBy', message: 'Planfix knows no employee user:9' };
    expect(await detailOf(one, { ...one, name: 'echoAuthor' })).toBe('Planfix knows no employee user:9.');
    expect(await detailOf({ name: 'address', message: 'Planfix cannot be used: no answer.', remedy: 'Look.' })).toBe(
      'Planfix cannot be used: no answer. Look.',
    );
    // Control: two that differ are two lines.
    expect(await detailOf(one, { ...one, message: 'Another' })).toBe('Planfix knows no employee user:9.\nAnother.');
  });
});

describe('what is known of a token', () => {
  const shown = ({ connectionId }: TestConnection) =>
    db
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .select(['tokenExpiresAt', 'tokenCheckedAt'])
      .executeTakeFirstOrThrow();
  const settle = ({ connectionId }: TestConnection, tokenExpiresAt: Date | null | undefined) =>
    settleConnectionChecks(db, connectionId, failing(), { ...NOTHING_KNOWN, tokenExpiresAt });

  it('is that it never expires, or when it does, once the network has said so', async () => {
    const connection = await insertConnection(db);
    await settle(connection, null);
    expect(await shown(connection)).toEqual({ tokenExpiresAt: null, tokenCheckedAt: expect.any(Date) });
    const end = new Date('2027-01-31T12:00:00Z');
    await settle(connection, end);
    expect(await shown(connection)).toEqual({ tokenExpiresAt: end, tokenCheckedAt: expect.any(Date) });
  });

  it('control: is nothing as long as it has not', async () => {
    const connection = await insertConnection(db);
    await settle(connection, undefined);
    expect(await shown(connection)).toEqual({ tokenExpiresAt: null, tokenCheckedAt: null });
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
      `connection-check-failed ${saying('token')}`,
      `connection-check-failed ${saying('number')}`,
      `account-check-failed ${saying('webhook')}`,
    ]);
  });
});
