import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Work that nobody waits for; each run that came to its end leaves a mark. */
export type MarkedWork = 'sweep';

export async function markDone(db: Database, name: MarkedWork): Promise<void> {
  await sql`
    insert into work_mark (name, done_at) values (${name}, clock_timestamp())
    on conflict (name) do update set done_at = excluded.done_at`.execute(db);
}

/** More than this is not counted: the numbers are for a glance, and cost the same however bad things are. */
export const MOST_COUNTED = 10_000;

export type StatusFacts = {
  /** Since the last sweep that came to its end; null: there was none. */
  sweepSeconds: number | null;
  /** By so much the reading of a Planfix account is late; null: none is. */
  pollLateSeconds: number | null;
  accounts: Record<string, number>;
  connections: Record<string, number>;
  waiting: { toPlanfix: number; toCustomer: number; outbox: number; oldestSeconds: number | null };
};

/** How the installation fares, by indexes only: no table of messages or conversations is read through. */
export async function readStatus(db: Database): Promise<StatusFacts> {
  const [accounts, connections, waiting, seconds] = await Promise.all([
    countByState(db, 'planfixAccount'),
    countByState(db, 'connection'),
    readWaiting(db),
    readSeconds(db),
  ]);
  return { accounts, connections, waiting, ...seconds };
}

async function countByState(db: Database, table: 'planfixAccount' | 'connection'): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom(table)
    .groupBy('state')
    .select((eb) => ['state', eb.fn.countAll<number>().as('rows')])
    .execute();
  return Object.fromEntries(rows.map(({ state, rows: count }) => [state, Number(count)]));
}

/** Lanes that are due, and messages to customers that have not left or of which it is not known. */
async function readWaiting(db: Database): Promise<StatusFacts['waiting']> {
  const { rows } = await sql<StatusFacts['waiting']>`
    select (select count(*)::integer from (select from conversation where to_planfix_due_at <= clock_timestamp()
             limit ${MOST_COUNTED}) d) as "toPlanfix",
           (select count(*)::integer from (select from conversation where to_customer_due_at <= clock_timestamp()
             limit ${MOST_COUNTED}) d) as "toCustomer",
           (select count(*)::integer from (select from message
             where direction = 'outbound' and state in ('ready', 'sending', 'unknown') limit ${MOST_COUNTED}) d) as "outbox",
           extract(epoch from clock_timestamp() - least(
             (select min(to_planfix_due_at) from conversation where to_planfix_due_at <= clock_timestamp()),
             (select min(to_customer_due_at) from conversation where to_customer_due_at <= clock_timestamp())))::float8
             as "oldestSeconds"`.execute(db);
  return rows[0] as StatusFacts['waiting'];
}

async function readSeconds(db: Database): Promise<Pick<StatusFacts, 'sweepSeconds' | 'pollLateSeconds'>> {
  const { rows } = await sql<Pick<StatusFacts, 'sweepSeconds' | 'pollLateSeconds'>>`
    select (select extract(epoch from clock_timestamp() - done_at)::float8 from work_mark where name = 'sweep')
             as "sweepSeconds",
           (select extract(epoch from clock_timestamp() - min(poll_due_at))::float8 from planfix_account
             where state = 'connected' and poll_due_at < clock_timestamp()) as "pollLateSeconds"`.execute(db);
  return rows[0] as Pick<StatusFacts, 'sweepSeconds' | 'pollLateSeconds'>;
}
