import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createFileHttp } from '../../activities/file-http.ts';
import { createHttp } from '../../activities/http.ts';
import { createPlanfixAccounts } from '../../activities/planfix-account.ts';
import { createPlanfixPollActivities } from '../../activities/planfix-poll.ts';
import { createTaskCreationActivities } from '../../activities/task-creation.ts';
import { openConversationTask, recordTaskFacts } from '../../db/conversation-tasks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { takeLane } from '../../db/lanes.ts';
import { createSecretBox } from '../../db/secrets.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection } from '../support/rows.ts';
import { type Acme, type PlanfixServer, startPlanfixServer } from './sandbox-planfix-server.ts';

const WAITS = { ...DEFAULT_WAITS, planfixIntervalMs: 1 };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Planfix's time while its account is away: far enough below a poll's position not to be listed by the next one. */
const AWAY_MS = 10 * MINUTE_MS;
/** One more than are asked for by number. */
const OTHER_TASKS = 100;

const secrets = createSecretBox(new Map([['test', Buffer.alloc(32, 7)]]));
let database: TestDatabase;
let db: Database;
let server: PlanfixServer;
let http: ReturnType<typeof createHttp>;
let files: ReturnType<typeof createFileHttp>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
  server = await startPlanfixServer();
  server.core.clock.unfreeze();
  const allowedHosts = [new URL(server.origin).host];
  http = createHttp({ allowedHosts });
  files = createFileHttp({ allowedHosts });
});

afterAll(async () => {
  await Promise.all([http.close(), files.close()]);
  await server.close();
  await db.destroy();
  await database.drop();
});

function activities() {
  const nothing = async () => undefined;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const parts = { db, secrets, send: http.send, files, waits: WAITS, wake: nothing, lookAt: nothing, log };
  const dependencies = parts as unknown as Dependencies;
  const openAccount = createPlanfixAccounts(dependencies);
  return {
    ...createPlanfixPollActivities(dependencies, openAccount),
    ...createTaskCreationActivities(dependencies, openAccount),
  };
}

type Given = { acme: Acme; planfixAccountId: string; conversationId: string; contact: number };

/** Somebody who wrote to a company with more tasks than are asked for by number; Planfix lags behind by `AWAY_MS`. */
async function aCustomer(): Promise<Given> {
  const token = `token-${randomUUID()}`;
  const acme = await server.account({ token });
  const connection = await insertConnection(db);
  const { planfixAccountId } = connection;
  server.core.clock.set(Date.now() - AWAY_MS);
  const address = { url: `${server.origin}/planfix/${acme.name}/rest/`, token: secrets.seal(token), timeZone: 'UTC' };
  const times = { clockOffsetMs: -AWAY_MS, polledThrough: new Date(Date.now() - HOUR_MS) };
  await db
    .updateTable('planfixAccount')
    .set({ ...address, ...times })
    .where('id', '=', planfixAccountId)
    .execute();
  const phone = `4915${randomInt(1e9)}`;
  const { wakes } = await storeEvents(db, [anInboundText(connection, { phone, text: 'Hello' })]);
  const conversationId = wakes[0]?.conversationId as string;
  const contact = (await acme.contact('Jane Roe', `+${phone}`)).id;
  const { customerId } = await conversationOf(conversationId);
  await db.insertInto('planfixContact').values({ id: randomUUID(), planfixAccountId, customerId, contact }).execute();
  const others = Array.from({ length: OTHER_TASKS }, (_, index) => {
    return { id: randomUUID(), planfixAccountId, conversationId, planfixTask: 900_001 + index, isCurrent: false };
  });
  await db.insertInto('conversationTask').values(others).execute();
  return { acme, planfixAccountId, conversationId, contact };
}

const conversationOf = (id: string) =>
  db.selectFrom('conversation').where('id', '=', id).select('customerId').executeTakeFirstOrThrow();

/** Their task is made, and an employee answers in it; but we hear nothing of either. */
async function answerUnheard(given: Given): Promise<{ conversationTaskId: string; task: number }> {
  const { acme, planfixAccountId, conversationId, contact } = given;
  const attempt = { conversationId, lane: 'to-planfix' as const, token: randomUUID() };
  await takeLane(db, attempt, HOUR_MS);
  const rows = await db.selectFrom('message').where('conversationId', '=', conversationId).select('id').execute();
  const opened = { planfixAccountId, openingMessages: rows.map(({ id }) => id), previousPlanfixTask: undefined };
  const { id: conversationTaskId } = await openConversationTask(db, attempt, opened);
  acme.fault({ kind: 'drop-after', method: 'POST', path: '^/task/$' });
  await createTask(conversationTaskId);
  const [made] = (await acme.dump()).tasks;
  const task = made?.id as number;
  await acme.control('POST', '/comments', {
    ...{ task, author: 'user:3', html: 'We are open' },
    notify: [`contact:${contact}`],
  });
  return { conversationTaskId, task };
}

const createTask = (conversationTaskId: string) =>
  new MockActivityEnvironment().run(activities().createTask, { conversationTaskId, attempt: 0 });

/** Planfix's clock is ours again; the poll lists the task, whose number nobody knows; then it is found. */
async function findLater(given: Given, conversationTaskId: string): Promise<void> {
  server.core.clock.set(Date.now());
  await db.updateTable('planfixAccount').set({ clockOffsetMs: 0 }).where('id', '=', given.planfixAccountId).execute();
  await poll(given);
  await db
    .updateTable('conversationTask')
    .set({ intentAt: new Date(Date.now() - AWAY_MS) })
    .where('id', '=', conversationTaskId)
    .execute();
  expect(await createTask(conversationTaskId)).toEqual({ kind: 'done' });
  expect(await answersIn(given)).toEqual([]);
}

/** Polls the company once; the calls that it took, as Planfix saw them. */
async function poll({ acme, planfixAccountId }: Given): Promise<string[]> {
  await db.updateTable('planfixAccount').set({ state: 'draft' }).where('id', '!=', planfixAccountId).execute();
  await db
    .updateTable('planfixAccount')
    .set({ pollDueAt: new Date(), state: 'connected' })
    .where('id', '=', planfixAccountId)
    .execute();
  const sinceSeq = server.core.requests.count();
  expect(await new MockActivityEnvironment().run(activities().pollPlanfixAccounts)).toEqual({ polled: 1 });
  const calls = server.core.requests.find({ target: 'planfix', account: acme.name, sinceSeq });
  return calls.map(({ path }) => path).filter((path) => path.startsWith('/task'));
}

const answersIn = async ({ conversationId }: Given) =>
  (
    await db
      .selectFrom('message')
      .where('conversationId', '=', conversationId)
      .where('direction', '=', 'outbound')
      .select('text')
      .execute()
  ).map(({ text }) => text);

const LONG_AGO = { receivedAt: new Date(Date.now() - 3 * HOUR_MS) };
const LIST = '/task/list';

type Change = (given: Given, task: number) => Promise<unknown>;
const nothing: Change = async () => undefined;

describe('an answer in a task of many, given before the task was known to be made', () => {
  it.each<{ when: string; before: Change; after: Change; later: string[] }>([
    { when: 'the customer wrote just now', before: nothing, after: nothing, later: [LIST, LIST] },
    {
      when: 'they wrote long ago',
      before: nothing,
      after: ({ conversationId }) =>
        db.updateTable('message').set(LONG_AGO).where('conversationId', '=', conversationId).execute(),
      // They were answered just now.
      later: [LIST, LIST],
    },
    {
      when: 'the task was closed since, and is known to be',
      before: ({ acme }, task) => acme.control('POST', `/tasks/${task}`, { status: 3 }),
      after: ({ planfixAccountId }, task) =>
        recordTaskFacts(db, planfixAccountId, task, { isActive: false, isDeleted: false }),
      later: [LIST],
    },
  ])('is sent when $when, and read once', async ({ before, after, later }) => {
    const given = await aCustomer();
    const { conversationTaskId, task } = await answerUnheard(given);
    await before(given, task);
    await findLater(given, conversationTaskId);
    await after(given, task);
    expect(await poll(given)).toEqual([LIST, LIST, `/task/${task}/comments/list`]);
    expect(await answersIn(given)).toEqual(['We are open']);
    // Control: a task that was read costs no calls of its own.
    expect(await poll(given)).toEqual(later);
    expect(await answersIn(given)).toEqual(['We are open']);
  });

  it('is sent once the task is taken out of the bin, and nothing is asked about it until then', async () => {
    const given = await aCustomer();
    const { conversationTaskId, task } = await answerUnheard(given);
    await findLater(given, conversationTaskId);
    await given.acme.control('POST', `/tasks/${task}`, { isDeleted: true });
    expect(await poll(given)).toEqual([LIST, LIST, `/task/${task}`]);
    expect(await poll(given)).toEqual([LIST]);
    expect(await answersIn(given)).toEqual([]);
    await given.acme.control('POST', `/tasks/${task}`, { restore: true });
    await poll(given);
    expect(await answersIn(given)).toEqual(['We are open']);
  });
});
