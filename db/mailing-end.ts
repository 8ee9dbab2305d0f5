import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import { announceRow } from './announcements.ts';
import { PARLEY, recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { hasUnsent } from './mailing-queue.ts';
import type { MailingLease } from './mailings.ts';
import { addNote, type NoteSubjectRow } from './notes.ts';
import { inTransaction } from './transaction.ts';
import type { Wake } from './wakes.ts';

/**
 * What a cancelled mailing had ready will not leave any more; what was kept out of tasks for an answer goes, since there is
 * nothing to answer. Those that are being sent just now stay: their outcome counts.
 */
export async function dropUnsent(db: Database, { id, lease }: MailingLease): Promise<Wake[]> {
  return inTransaction(db, async (trx) => {
    const { rows: ready } = await sql<{ id: string; conversationId: string }>`
      select m.id, m.conversation_id as "conversationId" from message m, mailing g
       where g.id = ${id} and g.lease = ${lease} and g.state = 'cancelled' and m.mailing_id = g.id and m.state = 'ready'
    `.execute(trx);
    if (ready.length === 0) return [];
    const conversations = ready.map((row) => row.conversationId);
    await trx
      .selectFrom('conversation')
      .where('id', 'in', conversations)
      .select('id')
      .orderBy('id')
      .forNoKeyUpdate()
      .execute();
    const { rows: dropped } = await sql<NoteSubjectRow>`
      update message
         set state = 'refused', reason = 'cancelled', failed_at = clock_timestamp(),
             hold = case when hold = 'held' then 'expired' else hold end,
             text = case when hold = 'held' then '' else text end,
             content = case when hold = 'held' then null else content end
       where id = any(${ready.map((row) => row.id)}::uuid[]) and state = 'ready'
      returning id, conversation_id as "conversationId", connection_id as "connectionId",
                planfix_account_id as "planfixAccountId", planfix_task as "planfixTask"`.execute(trx);
    const wakes: Wake[] = [];
    // The customer has written meanwhile, so that the task shows it.
    for (const row of dropped) if (row.planfixTask !== null) wakes.push(await addNote(trx, row, 'outcome'));
    return wakes;
  });
}

/**
 * All have left, or never will. Looked at under the lock that whoever wants one of them sent again takes, too: theirs is
 * seen here, or they find the mailing done and run it once more.
 */
export async function finishSent(db: Database, { id, lease }: MailingLease): Promise<void> {
  await inTransaction(db, async (trx) => {
    const held = await trx
      .selectFrom('mailing')
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('state', '=', 'running')
      .select('id')
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!held || (await hasUnsent(trx, id))) return;
    await trx
      .updateTable('mailing')
      .set({ state: 'done', reason: null, finishedAt: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
    await announceRow(trx, id);
  });
}

/** The mailing is over: nobody has to look at it any more but those who keep what is held. */
export async function finishCancelled(db: Database, { id, lease }: MailingLease): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('mailing')
      .set({ finishedAt: sql`coalesce(finished_at, clock_timestamp())` })
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('state', '=', 'cancelled')
      .execute();
    await announceRow(trx, id);
  });
}

/**
 * Paused and stopped mailings that nobody decides about: each gets a month from when it is first found so, and is
 * cancelled after that. Their runs, which are to be told, forget the recipients.
 */
export async function cancelUndecided(db: Database, now: Date, limit: number): Promise<Run[]> {
  return inTransaction(db, async (trx) => {
    await sql`
      update mailing set expires_at = ${oneMonthLater(now)}
       where origin = 'declared' and state in ('paused', 'stopped') and expires_at is null`.execute(trx);
    const { rows } = await sql<{ id: string }>`
      update mailing set state = 'cancelled', reason = 'expired', due_at = clock_timestamp() where id in (
        select id from mailing where state in ('paused', 'stopped') and expires_at <= ${now}
         order by expires_at limit ${limit} for update skip locked)
      returning id`.execute(trx);
    for (const { id: subjectId } of rows) {
      const detail = { reason: 'expired' };
      await recordAudit(trx, { actor: PARLEY, action: 'cancel', subjectKind: 'mailing', subjectId, detail });
      await announceRow(trx, subjectId);
    }
    return rows.map(({ id }) => ({ kind: 'mailing', id }));
  });
}

export type Reopened = { kind: 'open'; run: Run } | { kind: 'closed'; state: string };

/**
 * A person wants a message of a mailing sent again: its mailing runs once more, for this one. Undefined: the message is
 * of none.
 */
export async function reopenMailing(trx: DatabaseTransaction, messageId: string): Promise<Reopened | undefined> {
  const mailing = await trx
    .selectFrom('mailing as g')
    .innerJoin('message as m', 'm.mailingId', 'g.id')
    .where('m.id', '=', messageId)
    .select(['g.id', 'g.origin', 'g.state', 'm.hold'])
    .forNoKeyUpdate('g')
    .executeTakeFirst();
  if (!mailing) return undefined;
  const { id, origin, state, hold } = mailing;
  // Its words are gone after a month.
  if (hold === 'expired') return { kind: 'closed', state: 'too old' };
  if (state !== 'done' && state !== 'running') return { kind: 'closed', state };
  await trx
    .updateTable('mailing')
    .set({ state: 'running', finishedAt: null, dueAt: sql`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
  return { kind: 'open', run: { kind: origin === 'declared' ? 'mailing' : 'bulk-hold', id } };
}
