import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleConnectionChecks } from '../../db/checks.ts';
import { type ConnectionChanges, changeConnection, undoConnectionChange } from '../../db/connection-changes.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const [GOOD, WRONG, NEWER] = ['good', 'wrong', 'newer'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
const FOUND = { name: 'credentials', ok: true, message: 'accepted', code: 'token-accepted' } as const;
const NOTHING_KNOWN = {
  displayPhoneNumber: undefined,
  verifiedName: undefined,
  portfolioId: undefined,
  messagesPerSecond: undefined,
};

async function connect(): Promise<string> {
  const { connectionId } = await insertConnection(db);
  const known = { accessToken: GOOD, checks: JSON.stringify([FOUND]) };
  await db.updateTable('connection').set(known).where('id', '=', connectionId).execute();
  return connectionId;
}

async function change(id: string, changes: Partial<ConnectionChanges>) {
  const changed = await changeConnection(db, id, { settings: {}, ...changes }, { clearChecks: true, actor: 'tester' });
  if (!changed) throw new Error('the connection is not in use');
  return changed;
}

const undo = (id: string, changed: Awaited<ReturnType<typeof change>>) =>
  undoConnectionChange(db, id, changed, 'tester');

const rowOf = (id: string) => db.selectFrom('connection').where('id', '=', id).selectAll().executeTakeFirstOrThrow();

describe('a change that does not pass its checks', () => {
  it('is taken back although something else was changed meanwhile, which stays and is checked again', async () => {
    const id = await connect();
    const wrong = await change(id, { accessToken: WRONG, settings: { taskTemplate: 11, correlationField: 5 } });
    await change(id, { configuredBy: 'user:7', settings: { language: 'ru', correlationField: 6 } });
    expect(await undo(id, wrong)).toBe('check-again');
    expect(await rowOf(id)).toMatchObject({
      accessToken: GOOD,
      configuredBy: 'user:7',
      settings: { ...wrong.before.settings, language: 'ru', correlationField: 6 },
      checks: [],
    });
  });

  it('is taken back as a whole where nothing else was (control)', async () => {
    const id = await connect();
    const wrong = await change(id, { accessToken: WRONG, settings: { correlationField: 5 } });
    expect(await rowOf(id)).toMatchObject({ accessToken: WRONG, checks: [] });
    expect(await undo(id, wrong)).toBe('undone');
    const { accessToken, settings, checks } = await rowOf(id);
    expect({ accessToken, settings, checks }).toEqual({
      accessToken: GOOD,
      settings: wrong.before.settings,
      checks: [FOUND],
    });
  });

  it('leaves a token that has taken its place, and has a pause that it brought about probed at once', async () => {
    const id = await connect();
    const wrong = await change(id, { accessToken: WRONG });
    await change(id, { accessToken: NEWER });
    await undo(id, wrong);
    expect((await rowOf(id)).accessToken).toEqual(NEWER);

    const again = await change(id, { accessToken: WRONG });
    const pause = { state: 'paused', pausedReason: 'credentials-rejected', probeDueAt: new Date(Date.now() + 60_000) };
    await db.updateTable('connection').set(pause).where('id', '=', id).execute();
    await undo(id, again);
    const { accessToken, probeDueAt } = await rowOf(id);
    expect(accessToken).toEqual(NEWER);
    expect(probeDueAt?.getTime()).toBeLessThan(Date.now() + 1_000);
  });
});

describe('a check that was under way while something was changed', () => {
  it('says nothing of what is there now', async () => {
    const id = await connect();
    const { configuredBy, settings } = await rowOf(id);
    const looked = { accessToken: GOOD, configuredBy, settings };
    const settle = () => settleConnectionChecks(db, id, [FOUND], NOTHING_KNOWN, undefined, looked);
    const wrong = await change(id, { accessToken: WRONG });
    expect(await settle()).toBeUndefined();
    expect((await rowOf(id)).checks).toEqual([]);
    // Control: of what it looked at it does.
    await undo(id, wrong);
    await db.updateTable('connection').set({ checks: '[]' }).where('id', '=', id).execute();
    expect(await settle()).toBeDefined();
    expect((await rowOf(id)).checks).toEqual([FOUND]);
  });
});
