import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { addNote } from './notes.ts';

/**
 * Milliseconds until the assignee must be told that a window closes over an unanswered customer. Null: the setting is
 * off, the customer was answered, the window has closed, or the warning was given. For queries over `conversation c`
 * and `connection n`.
 */
export const warningInMs = (aheadMs: number) => sql<number | null>`
  case when (n.settings->>'windowWarning')::boolean and c.window_expires_at > clock_timestamp()
        and c.last_inbound_at > coalesce(c.last_answer_at, '-infinity')
        and c.window_warned_for is distinct from c.window_expires_at
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
    .where('c.id', '=', conversationId)
    .select(warningInMs(aheadMs).as('ms'))
    .executeTakeFirst();
  return row?.ms ?? undefined;
}

/** Gives the warning, once for each window, on the task where the conversation is. */
export async function addWindowWarning(
  db: Database,
  attempt: LaneAttempt,
  about: { connectionId: string; planfixAccountId: string; planfixTask: number | null },
): Promise<void> {
  const { conversationId } = attempt;
  await whileHoldingLane(db, attempt, async (trx) => {
    await trx
      .updateTable('conversation')
      .set((eb) => ({ windowWarnedFor: eb.ref('windowExpiresAt') }))
      .where('id', '=', conversationId)
      .execute();
    if (about.planfixTask !== null) await addNote(trx, { id: null, conversationId, ...about }, 'window-closing');
  });
}

/** Windows that are about to close and that no run watches: a conversation was forgotten. */
export async function findUnwarned(db: Database, aheadMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from conversation c join connection n on n.id = c.connection_id
      join planfix_account a on a.id = c.planfix_account_id and a.state = 'connected'
     where c.window_expires_at between clock_timestamp()
           and clock_timestamp() + (${aheadMs} - 60000) * interval '1 millisecond'
       and ${warningInMs(aheadMs)} is not null limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}
