import { sql } from 'kysely';
import type { Lane } from '../workflows/domain/ids.ts';
import { deleteOldConnectionDrafts } from './connection-drafts.ts';
import type { Database } from './database.ts';
import type { Wake } from './wakes.ts';

const LONGEST_BACK_OFF_MS = 10 * 60_000;

/**
 * Lanes whose due time has passed without anybody looking: a lost signal, a terminated run, a dead worker. Bounded; a
 * conversation that was swept before is left alone for longer each time, so that one that cannot be helped costs little.
 */
export async function findOverdue(db: Database, overdueMs: number, limit: number): Promise<Wake[]> {
  const { rows } = await sql<{ id: string; planfix: boolean; customer: boolean }>`
    with late as (
      select id from conversation
       where (to_planfix_due_at < clock_timestamp() - ${overdueMs} * interval '1 millisecond'
           or to_customer_due_at < clock_timestamp() - ${overdueMs} * interval '1 millisecond')
         and (swept_at is null or swept_at < clock_timestamp()
           - least(${overdueMs} * power(2, least(sweeps, 20)), ${LONGEST_BACK_OFF_MS}) * interval '1 millisecond')
       order by least(to_planfix_due_at, to_customer_due_at)
       limit ${limit} for update skip locked)
    update conversation c set swept_at = clock_timestamp(), sweeps = c.sweeps + 1 from late where c.id = late.id
    returning c.id,
      coalesce(c.to_planfix_due_at < clock_timestamp() - ${overdueMs} * interval '1 millisecond', false) as planfix,
      coalesce(c.to_customer_due_at < clock_timestamp() - ${overdueMs} * interval '1 millisecond', false) as customer
  `.execute(db);
  return rows.flatMap((row) => [
    ...(row.planfix ? [{ conversationId: row.id, lane: 'to-planfix' as const }] : []),
    ...(row.customer ? [{ conversationId: row.id, lane: 'to-customer' as const }] : []),
  ]);
}

/**
 * Workable rows whose lane has no due time, so that nobody would ever look: should not happen, and is repaired when it
 * does. Rows of paused accounts and connections, and rows with a time of their own, are not workable.
 */
export async function findForgotten(db: Database, lane: Lane, limit: number, fileWaitMs: number): Promise<Wake[]> {
  const { rows } =
    lane === 'to-planfix'
      ? await sql<{ id: string }>`
          update conversation set to_planfix_due_at = clock_timestamp() where id in (
            select distinct m.conversation_id from message m
              join conversation c on c.id = m.conversation_id
              join planfix_account a on a.id = c.planfix_account_id
             where m.direction in ('inbound', 'note', 'echo') and m.state = 'received' and c.to_planfix_due_at is null
               and (m.hold is null or m.hold = 'releasing') and a.state = 'connected'
               and (m.direction = 'note' or not exists (select from connection n
                     where n.id = m.connection_id and m.received_at >= n.inbound_held_since))
               and not exists (select from attachment f where f.message_id = m.id and f.state = 'pending'
                 and f.wanted_at > clock_timestamp() - ${fileWaitMs} * interval '1 millisecond')
            union
            -- Files that are still to be shown; a run that moves them knows, one that was lost does not.
            select f.conversation_id from attachment f
              join message m on m.id = f.message_id and m.state = 'posted' and m.direction in ('inbound', 'echo')
              join conversation c on c.id = f.conversation_id
              join planfix_account a on a.id = c.planfix_account_id
             where not f.is_shown and c.to_planfix_due_at is null and a.state = 'connected'
               and coalesce(f.moved_at, f.wanted_at, f.created_at) < clock_timestamp() - interval '1 minute'
            union
            select l.conversation_id from task_link l
              join conversation c on c.id = l.conversation_id
              join planfix_account a on a.id = c.planfix_account_id
             where l.state = 'requested' and c.to_planfix_due_at is null and a.state = 'connected'
            union
            -- Who may be one person, found out by what makes no lane due.
            select c.id from customer_link l
              join planfix_account a on a.id = l.planfix_account_id and a.state = 'connected'
              join customer u on u.id in (l.customer_id, l.other_customer_id)
              join customer f on f.id = coalesce(u.merged_into, u.id) or f.merged_into = coalesce(u.merged_into, u.id)
              join conversation c on c.customer_id = f.id
             where l.state = 'suspected' and c.to_planfix_due_at is null limit ${limit})
          returning id`.execute(db)
      : await sql<{ id: string }>`
          update conversation set to_customer_due_at = clock_timestamp() where id in (
            select distinct m.conversation_id from message m
              join conversation c on c.id = m.conversation_id
              join connection n on n.id = c.connection_id
             where m.direction = 'outbound' and m.state in ('ready', 'sending') and m.mailing_id is null
               and c.to_customer_due_at is null
               and (n.state in ('connected', 'disconnected') or (n.state = 'disconnecting' and m.leaves_last)) limit ${limit})
          returning id`.execute(db);
  return rows.map((row) => ({ conversationId: row.id, lane }));
}

/** Accounts with hints that nobody reads: their workflow was lost. */
export async function findUnreadHints(db: Database, olderThanMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct h.planfix_account_id as id from planfix_hint h
      join planfix_account a on a.id = h.planfix_account_id and a.state = 'connected'
     where h.received_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond' limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Answers that are kept for a repeat of the same call; nobody repeats one that late. */
export async function deleteOldAnswers(db: Database, olderThanMs: number): Promise<void> {
  const old = sql<boolean>`created_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`;
  await db.deleteFrom('idempotencyKey').where(old).execute();
}

/** What was never settled; sealed credentials go with it. */
export async function deleteOldDrafts(db: Database, olderThanMs: number): Promise<void> {
  const old = sql<boolean>`created_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`;
  await deleteOldConnectionDrafts(db, olderThanMs);
  await db.deleteFrom('planfixAccount').where('state', 'in', ['draft', 'failed']).where(old).execute();
  await db.deleteFrom('credentialCheck').where(old).execute();
}

/** Ways in that lead nowhere any more: used and expired addresses, sessions and attempts that are over. */
export async function deleteOldSignIns(
  db: Database,
  { sessionIdleMs, singleSignOnMs }: { sessionIdleMs: number; singleSignOnMs: number },
): Promise<void> {
  await sql`
    delete from sign_in_link where used_at is not null or expires_at < clock_timestamp()`.execute(db);
  await sql`
    delete from session where expires_at < clock_timestamp()
       or last_seen_at < clock_timestamp() - ${sessionIdleMs} * interval '1 millisecond'`.execute(db);
  await sql`
    delete from sso_attempt
     where created_at < clock_timestamp() - ${singleSignOnMs} * interval '1 millisecond'`.execute(db);
  await sql`delete from sign_in_attempt where until < clock_timestamp()`.execute(db);
}

/** Sign-ups, used or not, with the tokens that they brought. */
export async function deleteOldSignups(db: Database, olderThanMs: number): Promise<void> {
  const old = sql<boolean>`created_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`;
  await db.deleteFrom('embeddedSignup').where(old).execute();
}
