import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleAccountChecks } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { changeAccount, undoAccountChange } from '../../db/planfix-accounts.ts';
import { recordPoll } from '../../db/polls.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';

const ACTOR = 'somebody';

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

const anAccount = async () => (await insertConnection(db)).planfixAccountId;

describe('a change of an account that is taken back', () => {
  const change = async (id: string, token: string) => {
    const changes = { token: Buffer.from(token) };
    const before = await changeAccount(db, id, changes, ACTOR);
    if (!before) throw new Error('there is no such account');
    return { before, changes, actor: ACTOR };
  };

  it('has what is put back checked again, if it was changed while it was being checked', async () => {
    const id = await anAccount();
    await change(id, 'first');
    expect(await undoAccountChange(db, id, await change(id, 'second'))).toBe('check-again');
  });

  it('puts its checks back with it otherwise (control)', async () => {
    const id = await anAccount();
    await change(id, 'first');
    await settleAccountChecks(db, id, [{ name: 'credentials', ok: true, message: 'looked at' }]);
    expect(await undoAccountChange(db, id, await change(id, 'second'))).toBe('undone');
  });
});

describe('the end of a poll', () => {
  /** When the account is due once a poll has ended that takes it to be due in an hour. */
  const dueAfter = async (state: string) => {
    const id = await anAccount();
    const probeAt = new Date(Date.now() + 5_000);
    await db.updateTable('planfixAccount').set({ state, pollDueAt: probeAt }).where('id', '=', id).execute();
    await recordPoll(db, id, new Date(), 3_600_000);
    const row = db.selectFrom('planfixAccount').where('id', '=', id).select('pollDueAt');
    return { probeAt, dueAt: (await row.executeTakeFirstOrThrow()).pollDueAt };
  };

  it('leaves the probe of an account that was paused meanwhile where it is', async () => {
    const { probeAt, dueAt } = await dueAfter('paused');
    expect(dueAt).toEqual(probeAt);
  });

  it('tells when the next one is otherwise (control)', async () => {
    const { probeAt, dueAt } = await dueAfter('connected');
    expect(+(dueAt ?? 0)).toBeGreaterThan(+probeAt);
  });
});
