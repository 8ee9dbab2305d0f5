import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { listMailings, readMailing } from '../../db/mailing-list.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, type TestConnection } from '../support/rows.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

let database: TestDatabase;
let db: Database;
let connection: TestConnection;
let conversationId: string;
let mailingId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
  connection = await insertConnection(db);
  const customerId = randomUUID();
  const { planfixAccountId, connectionId } = connection;
  await db.insertInto('customer').values({ id: customerId, planfixAccountId }).execute();
  conversationId = randomUUID();
  await db
    .insertInto('conversation')
    .values({ id: conversationId, planfixAccountId, connectionId, customerId })
    .execute();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  await db.updateTable('message').set({ mailingId: null }).execute();
  await db.deleteFrom('mailing').execute();
  mailingId = randomUUID();
});

/** A mailing with two messages that were sent; `overMs`: for how long it is over, undefined: it runs. */
async function aMailing(overMs?: number): Promise<void> {
  const { connectionId, planfixAccountId } = connection;
  const over = overMs === undefined ? {} : { finishedAt: new Date(Date.now() - overMs) };
  const state = overMs === undefined ? 'running' : 'done';
  const mailing = { id: mailingId, origin: 'declared', state, kind: 'text', text: 'words', lines: 2, queuedLines: 2 };
  await db
    .insertInto('mailing')
    .values({ ...mailing, connectionId, planfixAccountId, ...over })
    .execute();
  const message = { connectionId, planfixAccountId, conversationId, mailingId, direction: 'outbound', kind: 'text' };
  const rows = [1, 2].map(() => ({ id: randomUUID(), ...message, text: '', state: 'sent' as const }));
  await db.insertInto('message').values(rows).execute();
}

const everybody = { planfixAccountId: undefined };
const listed = async () => {
  const { items } = await listMailings(db, {}, everybody, { after: undefined, limit: 10 });
  const { accepted, read } = items.find(({ id }) => id === mailingId)?.counts ?? {};
  return { accepted, read };
};
const readAll = () => db.updateTable('message').set({ state: 'read' }).where('mailingId', '=', mailingId).execute();

describe('the counts in the list of mailings', () => {
  it('are those of now while it runs', async () => {
    await aMailing();
    expect(await listed()).toEqual({ accepted: 2, read: 0 });
    await readAll();
    expect(await listed()).toEqual({ accepted: 2, read: 2 });
  });

  it('are counted once in a while when it is over, the more rarely the longer', async () => {
    await aMailing(10 * DAY_MS);
    expect(await listed()).toEqual({ accepted: 2, read: 0 });
    await readAll();
    expect(await listed()).toEqual({ accepted: 2, read: 0 });
    await db
      .updateTable('mailing')
      .set({ countedAt: new Date(Date.now() - HOUR_MS - 1_000) })
      .execute();
    expect(await listed()).toEqual({ accepted: 2, read: 2 });
  });

  it('are those of now when it has just ended, and when one mailing is looked at', async () => {
    await aMailing(10);
    expect(await listed()).toEqual({ accepted: 2, read: 0 });
    await readAll();
    expect(await listed()).toEqual({ accepted: 2, read: 2 });
    await db
      .updateTable('mailing')
      .set({ finishedAt: new Date(Date.now() - DAY_MS) })
      .execute();
    await db.updateTable('message').set({ state: 'delivered' }).where('mailingId', '=', mailingId).execute();
    expect(await listed()).toEqual({ accepted: 2, read: 2 });
    expect((await readMailing(db, mailingId, everybody))?.counts).toMatchObject({ accepted: 2, read: 0, delivered: 2 });
  });

  it('stay when nothing can change any more, and are counted anew when it was reopened', async () => {
    await aMailing(60 * DAY_MS);
    await listed();
    await readAll();
    await db
      .updateTable('mailing')
      .set({ countedAt: new Date(Date.now() - 5 * DAY_MS) })
      .execute();
    expect(await listed()).toEqual({ accepted: 2, read: 0 });
    await db.updateTable('mailing').set({ finishedAt: new Date() }).execute();
    expect(await listed()).toEqual({ accepted: 2, read: 2 });
  });
});
