import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findWebhookConnections } from '../../db/connections.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { readEnding } from '../../db/disconnect-end.ts';
import { unreadTasks } from '../../db/polls.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await withSetting('enable_seqscan', 'off');
  // One session: it tells its own counts.
  db = createDatabase(database.url, 1);
});

afterAll(async () => {
  await db?.destroy();
  await database.drop();
});

/** Tables of tests are small, and read as a whole wherever that is allowed. */
async function withSetting(name: string, value: string): Promise<void> {
  const once = createDatabase(database.url, 1);
  const { pathname } = new URL(database.url);
  await sql`alter database ${sql.id(pathname.slice(1))} set ${sql.raw(`${name} = ${value}`)}`.execute(once);
  await once.destroy();
}

async function scansOf(index: string): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ scans: number }>`
    select idx_scan::integer as scans from pg_stat_user_indexes where indexrelname = ${index}`.execute(db);
  if (!rows[0]) throw new Error(`there is no index ${index}`);
  return rows[0].scans;
}

describe('what is looked for often', () => {
  it.each<[string, string, (connectionId: string) => Promise<unknown>]>([
    ['the connections of a webhook', 'connection_of_app', () => findWebhookConnections(db, randomUUID(), ['1', '2'])],
    ['tasks that were never read', 'planfix_task_unread', () => unreadTasks(db, randomUUID(), 1)],
    [
      'files that are to be fetched before a connection ends',
      'attachment_pending',
      async (connectionId) => {
        const ending = { state: 'disconnecting', disconnectingAt: new Date() };
        await db.updateTable('connection').set(ending).where('id', '=', connectionId).execute();
        expect(await readEnding(db, connectionId)).toMatchObject({ leaving: 0 });
      },
    ],
  ])('%s: by an index of its own', async (_what, index, look) => {
    const { connectionId } = await insertConnection(db);
    // Control: nothing else uses it.
    const before = await scansOf(index);
    await db.selectFrom('connection').where('id', '=', connectionId).select('id').execute();
    expect(await scansOf(index)).toBe(before);
    await look(connectionId);
    expect(await scansOf(index)).toBeGreaterThan(before);
  });
});
