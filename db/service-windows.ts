import { sql } from 'kysely';
import type { Database, DatabaseTransaction } from './database.ts';
import { type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { addNote } from './notes.ts';
import type { Wake } from './wakes.ts';

/**
 * Milliseconds until the assignee must be told that a window closes over an unanswered customer. Null: the setting is
 * off, the customer was answered, the window has closed, the warning was given, or there is no task to give it on. For
 * queries over `conversation c` and `connection n`.
 */
export const warningInMs = (aheadMs: number) => sql<number | null>`
  case when (n.settings->>'windowWarning')::boolean and n.state in ('connected', 'paused')
        and c.window_expires_at > clock_timestamp()
        and c.last_inbound_at > coalesce(c.last_answer_at, '-infinity')
        and c.window_warned_for is distinct from c.window_expires_at
        and exists (select from conversation_task t where t.conversation_id = c.id and t.is_current and not t.is_gone
          and t.planfix_task is not null)
       then greatest(0, extract(epoch from c.window_expires_at - clock_timestamp()) * 1000 - ${aheadMs})
  end::float8`;

export async function readWarningInMs(
  db: Database,
  conversationId: string,
  aheadMs: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .innerJoin('planfixAccount as a', 'a.id', 'c.planfixAccountId')
    .where('c.id', '=', conversationId)
    // Of a paused account nobody can be told anything; the sweep makes up for it afterwards.
    .where('a.state', '=', 'connected')
    .select(warningInMs(aheadMs).as('ms'))
    .executeTakeFirst();
  return row?.ms ?? undefined;
}

/**
 * Gives the warning, once for each window, on the task where the conversation is. `window`: the one that is meant; if
 * another one is open by now, there is nothing to warn of.
 */
export async function addWindowWarning(
  db: Database,
  attempt: LaneAttempt,
  about: { connectionId: string; planfixAccountId: string; planfixTask: number | null },
  window: Date | null,
): Promise<void> {
  const { conversationId } = attempt;
  await whileHoldingLane(db, attempt, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('conversation')
      .set((eb) => ({ windowWarnedFor: eb.ref('windowExpiresAt') }))
      .where('id', '=', conversationId)
      .where(sql<boolean>`date_trunc('milliseconds', window_expires_at) = ${window}::timestamptz`)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    if (about.planfixTask !== null) await addNote(trx, { id: null, conversationId, ...about }, 'window-closing');
  });
}

/** Whether the warning that this note is to give still is one: nobody has answered since, and the window is open. */
export async function isStillUnanswered(db: Database, noteId: string): Promise<boolean> {
  const row = await db
    .selectFrom('message as m')
    .innerJoin('conversation as c', 'c.id', 'm.conversationId')
    .where('m.id', '=', noteId)
    .where('c.windowExpiresAt', '>', sql<Date>`clock_timestamp()`)
    .where(sql<boolean>`c.last_inbound_at > coalesce(c.last_answer_at, '-infinity')`)
    .select('c.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Windows whose warning is `lateMs` late, so that no run watches them: a conversation was forgotten. */
export async function findUnwarned(
  db: Database,
  { aheadMs, lateMs }: { aheadMs: number; lateMs: number },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from conversation c join connection n on n.id = c.connection_id
      join planfix_account a on a.id = c.planfix_account_id and a.state = 'connected'
     -- A clock that stands still within the statement is one that the index can be used with.
     where c.window_expires_at between statement_timestamp()
           and statement_timestamp() + ${aheadMs - lateMs} * interval '1 millisecond'
       and ${warningInMs(aheadMs)} is not null limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/**
 * The network keeps one window for a person on a number, whichever of their customers' conversations they write in: the
 * others get it, too, and no warning about it. These conversations must be locked.
 */
export async function shareWindows(trx: DatabaseTransaction, conversationIds: readonly string[]): Promise<void> {
  await sql`
    with own as (
      select c.id, c.connection_id, c.window_expires_at, coalesce(u.merged_into, u.id) as person
        from conversation c join customer u on u.id = c.customer_id where c.id = any(${conversationIds}::uuid[])),
    latest as (
      select id, max(window_expires_at) over (partition by connection_id, person) as at from own)
    update conversation c set window_expires_at = l.at, window_warned_for = l.at
      from latest l where c.id = l.id and c.window_expires_at is distinct from l.at`.execute(trx);
}

/** Replies that waited for the window leave when it is open. The conversations must be locked. */
export async function releaseWaiting(trx: DatabaseTransaction, conversationIds: readonly string[]): Promise<Wake[]> {
  const { rows } = await sql<{ id: string }>`
    with freed as (
      update message m set state = 'ready', reason = null, not_before = null from conversation c
       where m.conversation_id = any(${conversationIds}::uuid[]) and m.state = 'waiting'
         and c.id = m.conversation_id and c.window_expires_at > clock_timestamp()
      returning m.conversation_id)
    update conversation set to_customer_due_at = clock_timestamp()
     where id in (select conversation_id from freed) returning id`.execute(trx);
  return rows.map((row) => ({ conversationId: row.id, lane: 'to-customer' as const }));
}

/**
 * Customers have become one person, which must be locked: what waits in the one's conversations leaves if they wrote in
 * the other's.
 */
export async function joinWindows(trx: DatabaseTransaction, personId: string): Promise<Wake[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from customer u join conversation c on c.customer_id = u.id
     where u.id = ${personId} or u.merged_into = ${personId} order by c.id for no key update of c`.execute(trx);
  const ids = rows.map((row) => row.id);
  await shareWindows(trx, ids);
  return releaseWaiting(trx, ids);
}
