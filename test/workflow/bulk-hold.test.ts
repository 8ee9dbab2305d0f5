import { randomInt, randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { sql } from 'kysely';
import { createBulkHoldActivities } from '../../activities/bulk-hold.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';
import { insertCountedMessage } from '../../db/outgoing.ts';
import { readPlanfixRows } from '../../db/to-planfix.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE } from '../../workflows/domain/ids.ts';
import { oneMonthLater } from '../../workflows/domain/retention.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { runStart } from '../../workflows/starts.ts';
import { eventually } from '../support/parley.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anEcho, anInboundText, insertConnection, type TestConnection } from '../support/rows.ts';
import { startTimeSkipping } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WORDS = 'We open earlier on Sunday';

let environment: TestWorkflowEnvironment;
let database: TestDatabase;
let db: Database;
let connection: TestConnection;

beforeAll(() => void Runtime.install({ logger: new DefaultLogger('ERROR') }));
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
  connection = await insertConnection(db);
  environment = await startTimeSkipping();
});
afterEach(async () => {
  await environment?.teardown();
  await db?.destroy();
  await database?.drop();
});

const now = async () => new Date(await environment.currentTimeMs());

/** Nothing is sent here, so nobody is called: of what activities need, rows and times are enough. */
async function withWorkers<T>(test: () => Promise<T>): Promise<T> {
  const dependencies = { db, waits: DEFAULT_WAITS } as Dependencies;
  const activities = createBulkHoldActivities(dependencies, () => Promise.reject(new Error('nothing is to be sent')));
  const shared = { connection: environment.nativeConnection, workflowBundle: await testWorkflowBundle() };
  const workflows = await Worker.create({ ...shared, taskQueue: CONVERSATIONS_QUEUE });
  const bulk = await Worker.create({ ...shared, activities, taskQueue: BULK_QUEUE });
  return workflows.runUntil(() => bulk.runUntil(test));
}

const aPhone = () => `4915${randomInt(1e9, 9e9)}`;

/** One more of the same words to somebody; starts its mailing's run where it is the first. */
async function say(phone = aPhone()) {
  const id = `wamid.${randomUUID()}`;
  const at = await now();
  const echo = anEcho(connection, { phone, text: WORDS, id, sentAtMs: +at });
  const event: EventInput = { ...echo, eventKey: `message:${id}`, raw: { text: { body: WORDS } } };
  const { runs } = await storeEvents(db, [event], at);
  const handles = [];
  for (const run of runs) {
    const { workflowType, options } = runStart(run, {});
    handles.push(await environment.client.workflow.signalWithStart(workflowType, options));
  }
  return handles[0];
}

/** Four of them: the first three are let through to whatever holds what has no task, the fourth begins a mailing. */
async function begin(phone?: string) {
  for (let first = 1; first <= 3; first += 1) await say();
  const handle = await say(phone);
  if (!handle) throw new Error('the fourth began no mailing');
  return handle;
}

/** The mailing once its window is closed and it has ended. */
const untilClosed = () =>
  eventually('the window is closed', async () => {
    const mailing = await readMailing();
    return mailing.closedAt !== null && mailing.state === 'done' ? mailing : undefined;
  });

const readMailing = () => db.selectFrom('mailing').selectAll().executeTakeFirstOrThrow();

/** What a lane would post now, in its order. */
async function toPost(phone: string): Promise<string[]> {
  const { conversationId } = await db
    .selectFrom('conversation as c')
    .innerJoin('customerIdentity as i', 'i.customerId', 'c.customerId')
    .where('i.value', '=', phone)
    .select('c.id as conversationId')
    .executeTakeFirstOrThrow();
  const rows = await readPlanfixRows(db, conversationId, 10);
  return rows.map((row) => row.text || row.kind);
}

async function answer(phone: string) {
  await storeEvents(
    db,
    [anInboundText(connection, { phone, text: 'And on Monday?', sentAtMs: +(await now()) })],
    await now(),
  );
}

/** Every column of every table that can hold words, and in how many of its rows these stand. */
async function findWords(words: string): Promise<string[]> {
  const { rows: columns } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'jsonb', 'ARRAY', 'bytea')`.execute(db);
  const found: string[] = [];
  for (const { table, column } of columns) {
    const { rows } = await sql`
      select 1 from ${sql.table(table)} where ${sql.ref(column)}::text like ${`%${words}%`} limit 1`.execute(db);
    if (rows.length > 0) found.push(`${table}.${column}`);
  }
  return found.sort();
}

describe('the window of a mailing', () => {
  it('is renewed while more arrive, and closed after five quiet minutes', async () => {
    await withWorkers(async () => {
      await begin();
      for (let more = 1; more <= 3; more += 1) {
        await environment.sleep(4 * MINUTE_MS);
        // Four of them within five minutes of each other: else it would be none of a mailing.
        for (let same = 1; same <= 4; same += 1) await say();
        expect((await readMailing()).closedAt).toBeNull();
      }
      const last = await now();
      await environment.sleep(5 * MINUTE_MS - 30_000);
      expect((await readMailing()).closedAt).toBeNull();
      await environment.sleep(34_000);
      const closed = await untilClosed();
      expect(+(closed.closedAt as Date) - +last).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    });
  });

  it('is closed after the first five minutes when none arrive (control)', async () => {
    await withWorkers(async () => {
      await begin();
      await environment.sleep(5 * MINUTE_MS + 4_000);
      await untilClosed();
    });
  });
});

describe('what is held', () => {
  it('comes before an answer on day 29, and still does when Planfix is away until day 32', async () => {
    const phone = aPhone();
    await withWorkers(async () => {
      const handle = await begin(phone);
      await environment.sleep(28 * DAY_MS - MINUTE_MS);
      await answer(phone);
      expect(await toPost(phone)).toEqual([WORDS, 'And on Monday?']);
      await handle.result();
      await environment.sleep(4 * DAY_MS);
      expect(await toPost(phone)).toEqual([WORDS, 'And on Monday?']);
      // What all others of it shared is gone; what was answered has its own words by then.
      expect(await readMailing()).toMatchObject({ text: '', content: null, dueAt: null });
    });
  });

  it('does not come on the day after its month, and nothing of it is left anywhere', async () => {
    const phone = aPhone();
    await withWorkers(async () => {
      const handle = await begin(phone);
      await forgetTheFirstThree();
      expect(await findWords(WORDS)).toEqual(['inbound_event.raw', 'mailing.text']);
      await handle.result();
      const expired = await now();
      expect(expired >= oneMonthLater((await readMailing()).createdAt)).toBe(true);
      expect(await findWords(WORDS)).toEqual([]);
      await answer(phone);
      expect(await toPost(phone)).toEqual(['And on Monday?']);
    });
  });

  it('is there to be found on its last day (control)', async () => {
    const phone = aPhone();
    await withWorkers(async () => {
      await begin(phone);
      const expiresAt = oneMonthLater(await now());
      await environment.sleep(+expiresAt - +(await now()) - MINUTE_MS);
      expect(await findWords(WORDS)).toContain('mailing.text');
      await answer(phone);
      expect(await toPost(phone)).toEqual([WORDS, 'And on Monday?']);
    });
  });

  it('is not sent any more when it expires unsent', async () => {
    await withWorkers(async () => {
      const handle = await begin();
      const { id, createdAt } = await readMailing();
      const messageId = await holdUnsent(createdAt);
      // Nobody resumes it within the month.
      await db.updateTable('mailing').set({ state: 'paused' }).where('id', '=', id).execute();
      await handle.result();
      const row = await db.selectFrom('message').where('id', '=', messageId).selectAll().executeTakeFirstOrThrow();
      expect(row).toMatchObject({ state: 'ignored', hold: 'expired', reason: 'expired', text: '' });
    });
  });
});

/** They are held without a task: what is left of the words afterwards is what the mailing holds. */
async function forgetTheFirstThree(): Promise<void> {
  await sql`
    with first as (delete from message where mailing_id is null returning channel_message_id)
    delete from inbound_event where subject in (select channel_message_id from first)`.execute(db);
}

/** One of the same words that was sent through the API, and did not leave yet. */
async function holdUnsent(at: Date): Promise<string> {
  const { id: conversationId } = await db.selectFrom('conversation').select('id').limit(1).executeTakeFirstOrThrow();
  return db.transaction().execute(async (trx) => {
    const { id, isHeld } = await insertCountedMessage(
      trx,
      {
        ...connection,
        conversationId,
        planfixTask: null,
        kind: 'text',
        text: WORDS,
        content: null,
        templateId: null,
        quotedChannelMessageId: null,
      },
      { bulkByTemplate: false },
      at,
    );
    expect(isHeld).toBe(true);
    return id;
  });
}
