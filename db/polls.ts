import { sql } from 'kysely';
import type { Database } from './database.ts';
import { inMilliseconds } from './lanes.ts';

/** An account whose poll (or, while it is paused, whose probe) is due. Times are Planfix's. */
export type DueAccount = { id: string; state: string; polledThrough: Date | null; probeAttempts: number };

/** Takes accounts that are due, the most overdue first; each is given to one caller, for `leaseMs`. */
export async function takeDueAccounts(db: Database, limit: number, leaseMs: number): Promise<DueAccount[]> {
  return db
    .updateTable('planfixAccount')
    .set({ pollDueAt: inMilliseconds(leaseMs) })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('planfixAccount')
        .select('id')
        .where('state', 'in', ['connected', 'paused'])
        .where('pollDueAt', '<=', sql<Date>`clock_timestamp()`)
        .orderBy('pollDueAt')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'state', 'polledThrough', 'probeAttempts'])
    .execute();
}

export async function countDueAccounts(db: Database): Promise<number> {
  const row = await db
    .selectFrom('planfixAccount')
    .where('state', 'in', ['connected', 'paused'])
    .where('pollDueAt', '<=', sql<Date>`clock_timestamp()`)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/**
 * Everything that changed before `polledThrough` (Planfix's time) has been read. An account that was paused meanwhile is
 * probed when it was to be.
 */
export async function recordPoll(
  db: Database,
  planfixAccountId: string,
  polledThrough: Date,
  nextInMs: number,
): Promise<void> {
  await db
    .updateTable('planfixAccount')
    .set({
      polledThrough,
      pollDueAt: sql`case when state = 'connected' then ${inMilliseconds(nextInMs)} else poll_due_at end`,
    })
    .where('id', '=', planfixAccountId)
    .execute();
}

/** The poll could not be completed: again later, from the same position. */
export async function postponePoll(db: Database, planfixAccountId: string, nextInMs: number): Promise<void> {
  await db
    .updateTable('planfixAccount')
    .set({ pollDueAt: inMilliseconds(nextInMs) })
    .where('id', '=', planfixAccountId)
    .execute();
}

/** What is stored of a task that conversations use; where they differ, as if it were gone, so that it is written anew. */
export type LinkedTask = { planfixTask: number; isActive: boolean; isGone: boolean };

/** Of these task numbers, the ones that a conversation uses. */
export async function linkedTasks(
  db: Database,
  planfixAccountId: string,
  planfixTasks: number[],
): Promise<Map<number, LinkedTask>> {
  if (planfixTasks.length === 0) return new Map();
  const rows = await selectLinked(db, planfixAccountId).where('planfixTask', 'in', planfixTasks).execute();
  return new Map(rows.map((row) => [row.planfixTask as number, row as LinkedTask]));
}

/** Tasks that conversations use and that are not known to be gone; at most `limit`, the newest. */
export async function watchedTasks(db: Database, planfixAccountId: string, limit: number): Promise<LinkedTask[]> {
  const rows = await selectLinked(db, planfixAccountId)
    .where('planfixTask', 'is not', null)
    .where('isGone', '=', false)
    .orderBy('planfixTask', 'desc')
    .limit(limit)
    .execute();
  return rows as LinkedTask[];
}

const selectLinked = (db: Database, planfixAccountId: string) =>
  db
    .selectFrom('conversationTask')
    .where('planfixAccountId', '=', planfixAccountId)
    .groupBy('planfixTask')
    .select([
      'planfixTask',
      sql<boolean>`bool_and(is_active)`.as('isActive'),
      sql<boolean>`bool_or(is_gone) or bool_and(is_active) <> bool_or(is_active)`.as('isGone'),
    ]);

/** What Planfix's clock is ahead of ours, kept because read-backs compare in Planfix's time. */
export async function recordClockOffset(db: Database, planfixAccountId: string, offsetMs: number): Promise<void> {
  await db.updateTable('planfixAccount').set({ clockOffsetMs: offsetMs }).where('id', '=', planfixAccountId).execute();
}

/** Current tasks that count as active and in whose conversation somebody wrote within that time. */
export async function livelyTasks(
  db: Database,
  planfixAccountId: string,
  withinMs: number,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('conversationTask as t')
    .where('t.planfixAccountId', '=', planfixAccountId)
    .where('t.isCurrent', '=', true)
    .where('t.isActive', '=', true)
    .where('t.isGone', '=', false)
    .where('t.planfixTask', 'is not', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('message as m')
          .select('m.id')
          .whereRef('m.conversationId', '=', 't.conversationId')
          .where('m.receivedAt', '>', sql<Date>`clock_timestamp() - ${withinMs} * interval '1 millisecond'`),
      ),
    )
    .select('t.planfixTask')
    .limit(limit)
    .execute();
  return rows.map((row) => row.planfixTask as number);
}

/**
 * Tasks that were never read since their numbers were stored, the oldest first. What was written in one before that was
 * passed over by polls that did not know it to be ours, and is listed by no later one.
 */
export async function unreadTasks(db: Database, planfixAccountId: string, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('planfixTaskCursor as c')
    .where('c.planfixAccountId', '=', planfixAccountId)
    .where('c.readBeganAt', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('conversationTask as t')
          .select('t.id')
          .whereRef('t.planfixAccountId', '=', 'c.planfixAccountId')
          .whereRef('t.planfixTask', '=', 'c.planfixTask')
          .where('t.isGone', '=', false),
      ),
    )
    .orderBy('c.planfixTask')
    .limit(limit)
    .select('c.planfixTask')
    .execute();
  return rows.map((row) => row.planfixTask);
}

/**
 * The task is in the bin: it counts as read before anything was written in it, so that it is not asked for again, and is
 * read to its end once it is taken out, which is a change.
 */
export async function leaveUnread(db: Database, planfixAccountId: string, planfixTask: number): Promise<void> {
  await db
    .updateTable('planfixTaskCursor')
    .set({ readBeganAt: new Date(0) })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('planfixTask', '=', planfixTask)
    .where('readBeganAt', 'is', null)
    .execute();
}
