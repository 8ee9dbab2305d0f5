import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { fingerprintOf } from '../../db/bulk.ts';
import type { DB } from '../../db/schema.generated.ts';
import { type Person, tasksOf } from './chat-world.ts';
import { withDatabase } from './inbound-faults.ts';
import type { HeldRows } from './inbound-locks.ts';
import { NOTICE } from './mailing-world.ts';
import { type Company, eventually, type Parley } from './parley.ts';
import { type StartAnswer, startConversation } from './starts.ts';

/** What these tests say to many: the words of a template, so that it is identical however it is sent. */
export const NOTICE_TEXT = NOTICE.body;

/** What is stored of what one number has sent: messages, people, how many are bulk, how often it was decided. */
export type Sent = { messages: number; people: number; bulk: number; decided: number; mailings: number };

export const sentOf = (parley: Parley, { connectionId }: Company): Promise<Sent> =>
  withDatabase(parley, async (db) => {
    const { rows } = await sql<Sent>`
      select count(*)::int as messages, count(distinct conversation_id)::int as people,
             count(mailing_id)::int as bulk,
             (select coalesce(sum(messages), 0)::int from outgoing_fingerprint
               where connection_id = ${connectionId}) as decided,
             (select count(*)::int from mailing where connection_id = ${connectionId}) as mailings
        from message where connection_id = ${connectionId} and direction in ('echo', 'outbound')`.execute(db);
    return rows[0] as Sent;
  });

/** What is stored, once it is so many messages. */
export const sentOnce = (parley: Parley, company: Company, messages: number): Promise<Sent> =>
  eventually(`${messages} messages as stored`, async () => {
    const sent = await sentOf(parley, company);
    return sent.messages >= messages ? sent : undefined;
  });

/** How many messages there are, by any of these columns of theirs. */
export const countBy = (parley: Parley, { connectionId }: Company, column: 'state' | 'hold') =>
  withDatabase(parley, async (db) => {
    const { rows } = await sql<{ value: string; count: number }>`
      select coalesce(${sql.ref(column)}, '') as value, count(*)::int as count from message
       where connection_id = ${connectionId} and direction in ('echo', 'outbound') group by 1`.execute(db);
    return Object.fromEntries(rows.map(({ value, count }) => [value, count]));
  });

/** Until nothing of this company is on its way any more, neither to Planfix nor to a customer. */
export const untilQuiet = (parley: Parley, company: Company, withinMs?: number): Promise<true> =>
  withDatabase(parley, (db) =>
    eventually('nothing is left to do', async () => (await isQuiet(db, company)) || undefined, withinMs),
  );

async function isQuiet(db: Kysely<DB>, { connectionId }: Company): Promise<true | undefined> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from message
     where connection_id = ${connectionId}
       and (state in ('ready', 'sending') or hold = 'releasing' or (state = 'received' and hold is null))`.execute(db);
  return rows[0]?.open === 0 || undefined;
}

/** The decision about this text: whoever comes to it waits there, inside the transaction. */
export async function holdDecision(parley: Parley, { connectionId }: Company, text: string): Promise<HeldRows> {
  const key = `bulk|${connectionId}|${fingerprintOf({ text, digests: [], templateName: undefined }).toString('hex')}`;
  const client = new pg.Client({ connectionString: parley.world.databaseUrl });
  await client.connect();
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [key]);
  return { release: () => client.end() };
}

/** Until so many transactions of the product wait for a lock in a statement with these words. */
export const untilWaiting = (parley: Parley, words: string, count: number): Promise<number> =>
  withDatabase(parley, (db) =>
    eventually(`${count} transactions waiting in "${words}"`, async () => {
      const { rows } = await sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
           and query ilike ${`%${words}%`}`.execute(db);
      return rows.length >= count ? rows.length : undefined;
    }),
  );

/** So long after a request without an answer, its key may be taken over; this says that it is so long ago. */
const ABANDONED_S = 61;

export const ageKeys = (parley: Parley): Promise<unknown> =>
  withDatabase(parley, (db) =>
    sql`update idempotency_key set created_at = created_at - ${ABANDONED_S} * interval '1 second'
         where response_status is null`.execute(db),
  );

/** A program sends the notice to each of these at once, if need be under a key of each. Undefined: no answer came. */
export const startAll = (
  parley: Parley,
  { connectionId }: Company,
  to: readonly string[],
  keyOf: (phone: string) => string | undefined = (phone) => `${connectionId}/${phone}`,
): Promise<(StartAnswer | undefined)[]> =>
  Promise.all(
    to.map((phone) => {
      const body = { connectionId, to: phone, template: { name: NOTICE.name, language: NOTICE.language } };
      return startConversation(parley, body, keyOf(phone)).catch(() => undefined);
    }),
  );

/** A colleague writes it to each of these in the phone app; the network tells of several in each body. */
export async function echoTo(
  { sandbox }: Parley,
  { phoneNumberId }: Company,
  to: readonly string[],
  content: { text: string; perBody?: number },
): Promise<void> {
  const { text, perBody = 1 } = content;
  await sandbox.control('PUT', 'graph/settings', { batchSize: perBody });
  for (const phone of to) await sandbox.control('POST', 'graph/echoes', { phoneNumberId, to: phone.slice(1), text });
  await sandbox.control('PUT', 'graph/settings', { batchSize: 1 });
}

export async function killApi(parley: Parley): Promise<void> {
  await parley.api.stop('SIGKILL', 5_000);
}

export async function killWorker(parley: Parley): Promise<void> {
  await parley.worker.stop('SIGKILL', 5_000);
}

/** Starts it again after it was killed; the network delivers at once what the api has not taken. */
export async function startAgain(parley: Parley, ...names: ('api' | 'worker')[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      parley[name] = await parley[name].startAgain();
    }),
  );
  await parley.sandbox.control('POST', 'graph/deliveries/retry');
}

/** Each task of theirs as it is read, by number of the comments: the words of this kind that stand there. */
export async function wordsOf(person: Person, words: RegExp): Promise<string[][]> {
  const tasks = await tasksOf(person);
  return tasks.map(({ description, comments }) => {
    const shown = comments.toSorted((one, other) => one.id - other.id).map((comment) => comment.description);
    return [description, ...shown].flatMap((text) => text.match(words) ?? []);
  });
}
