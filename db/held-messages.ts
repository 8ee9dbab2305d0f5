import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { ABOUT_ANOTHER } from '../workflows/domain/message.ts';
import { MEMBER_GRAIN_MS } from './bulk.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';

/**
 * Forgets what was held until `now`: words, contents, files and the network's own text of it; the rows stay. What had
 * not left by then is not sent any more. Returns how many it was, at most `limit`, what is about them not counted.
 */
export async function expireHeld(
  db: Database,
  { now, limit, mailingId }: { now: Date; limit: number; mailingId?: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with old as (
      select id from message
       where hold = 'held' and expires_at <= ${now} and (${mailingId ?? null}::uuid is null or mailing_id = ${mailingId ?? null})
       limit ${limit} for update skip locked),
    about as (
      -- Changes of a message that is gone say nothing, and would be words of it.
      select f.id from old o join message m on m.id = o.id
        join message f on f.conversation_id = m.conversation_id and f.hold = 'held'
         and f.quoted_channel_message_id = m.channel_message_id and f.kind = any(${[...ABOUT_ANOTHER]}::text[])),
    expired as (
      update message m set hold = 'expired', text = '', content = null,
             -- What was sent stays what it is for the counts.
             state = case when m.direction = 'outbound' and m.state <> 'ready' then m.state else 'ignored' end,
             reason = case when m.direction = 'outbound' and m.state <> 'ready' then m.reason else 'expired' end
       where m.id in (select id from old union select id from about)
      returning m.connection_id, m.channel_message_id, m.id),
    files as (delete from attachment f using expired x where f.message_id = x.id),
    -- By the key that the channels give the event of a message: there is no index on what events are about.
    slices as (
      update inbound_event e set raw = null from expired x
       where e.source_id = x.connection_id and e.event_key = 'message:' || x.channel_message_id)
    select count(*)::integer as count from old`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * What is left to do for a mailing. `toSend`: rows wait to be sent, or for their outcome. `nextAt`: somebody must look
 * then; undefined: nothing is left, unless `toSend`.
 */
export type HeldState = { toSend: boolean; nextAt: Date | undefined };

type MailingRow = { origin: string; state: string; lastMemberAt: Date | null; closedAt: Date | null };

/** States in which a declared mailing has a run of its own. */
const WITH_OWN_RUN: ReadonlySet<string> = new Set(['checking', 'scheduled', 'running', 'paused']);

/**
 * Closes the window of a detected mailing that was quiet long enough, ends it once all is sent, and forgets what all of
 * it shared once nothing is held. The due time is what `nextAt` says. Whatever has expired by `now` is to be gone.
 */
export async function settleMailing(db: Database, id: string, now: Date, windowMs: number): Promise<HeldState> {
  const quietFrom = new Date(+now - windowMs - MEMBER_GRAIN_MS);
  await closeWindow(db, id, quietFrom, now);
  return inTransaction(db, async (trx) => {
    const mailing = await trx
      .selectFrom('mailing')
      .where('id', '=', id)
      .select(['origin', 'state', 'lastMemberAt', 'closedAt'])
      // Waits for those who are joining: their messages are seen here, or they see the new due time.
      .forUpdate()
      .executeTakeFirst();
    if (!mailing) return { toSend: false, nextAt: undefined };
    const isDetected = mailing.origin === 'detected';
    if (!isDetected && WITH_OWN_RUN.has(mailing.state)) return { toSend: false, nextAt: undefined };
    const { rows } = await sql<{ toSend: boolean; held: Date | null }>`
      select (select id from message where mailing_id = ${id} and direction = 'outbound'
                 and state in ('ready', 'sending', 'unknown') and (state <> 'unknown' or claim_token is not null)
               -- By its index, which "exists" is free to leave: where nothing is left, that looks through all messages.
               order by position limit 1) is not null as "toSend",
             (select min(expires_at) from message where mailing_id = ${id} and hold = 'held') as held`.execute(trx);
    const { toSend, held } = rows[0] as { toSend: boolean; held: Date | null };
    const nextAt = nextLook(mailing, held, windowMs);
    const isOver = isDetected && mailing.state === 'running' && mailing.closedAt !== null && !toSend;
    const canSend = toSend && isDetected && mailing.state === 'running';
    // A stopped one may be resumed: until it is cancelled, it needs what all share.
    const isGone = nextAt === undefined && !toSend && mailing.state !== 'stopped';
    await trx
      .updateTable('mailing')
      .set((eb) => ({
        dueAt: canSend ? now : (nextAt ?? null),
        ...(isOver ? { state: 'done', finishedAt: eb.fn.coalesce('finishedAt', eb.val(now)) } : {}),
        ...(isGone
          ? { text: '', content: null, parameters: null, erasedAt: eb.fn.coalesce('erasedAt', eb.val(now)) }
          : {}),
      }))
      .where('id', '=', id)
      .execute();
    return { toSend: canSend, nextAt };
  });
}

/** When something becomes of what is held although nothing leaves: its window closes, or it expires. */
export async function readNextLook(db: Database, id: string, windowMs: number): Promise<Date | undefined> {
  const row = await db
    .selectFrom('mailing as g')
    .where('g.id', '=', id)
    .select((eb) => [
      'g.origin',
      'g.state',
      'g.lastMemberAt',
      'g.closedAt',
      eb
        .selectFrom('message as m')
        .whereRef('m.mailingId', '=', 'g.id')
        .where('m.hold', '=', 'held')
        .select((of) => of.fn.min('m.expiresAt').as('held'))
        .as('held'),
    ])
    .executeTakeFirst();
  return row && nextLook(row, row.held, windowMs);
}

function nextLook(mailing: MailingRow, held: Date | null, windowMs: number): Date | undefined {
  const isOpen = mailing.origin === 'detected' && mailing.closedAt === null && mailing.lastMemberAt !== null;
  const closesMs = isOpen ? +(mailing.lastMemberAt as Date) + windowMs + MEMBER_GRAIN_MS : Number.MAX_VALUE;
  const nextMs = Math.min(closesMs, held === null ? Number.MAX_VALUE : +held);
  return nextMs === Number.MAX_VALUE ? undefined : new Date(nextMs);
}

/**
 * Waits for those who are joining: who comes later finds it closed, and opens another one. The stronger lock, because
 * theirs is the one that a reference takes.
 */
async function closeWindow(db: Database, id: string, quietFrom: Date, now: Date): Promise<void> {
  await inTransaction(db, async (trx) => {
    const mailing = await trx
      .selectFrom('mailing')
      .where('id', '=', id)
      .where('origin', '=', 'detected')
      .where('closedAt', 'is', null)
      .where('lastMemberAt', '<=', quietFrom)
      .select('id')
      .forUpdate()
      .executeTakeFirst();
    if (mailing) await trx.updateTable('mailing').set({ closedAt: now }).where('id', '=', id).execute();
  });
}

/**
 * Mailings that have something to do and no due time, so that nobody would ever look: should not happen, and is repaired
 * when it does.
 */
export async function findForgottenMailings(db: Database, limit: number): Promise<Run[]> {
  const { rows } = await sql<Run>`
    update mailing set due_at = clock_timestamp() where id in (
      select id from mailing where due_at is null and state in ('checking', 'scheduled', 'running')
       limit ${limit} for update skip locked)
    returning id, case origin when 'declared' then 'mailing' else 'bulk-hold' end as kind`.execute(db);
  return rows;
}

/** The connection can send again. */
export async function makeMailingsDue(db: Database | DatabaseTransaction, connectionId: string): Promise<Run[]> {
  const { rows } = await sql<Run>`
    update mailing set due_at = clock_timestamp() where connection_id = ${connectionId} and state = 'running'
    returning id, case origin when 'declared' then 'mailing' else 'bulk-hold' end as kind`.execute(db);
  return rows;
}
