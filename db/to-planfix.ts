import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { MessageKind, NoteKind } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import { msAgo } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds, type LaneAttempt, lockLane, whileHoldingLane } from './lanes.ts';
import { readRequestedLink } from './task-links.ts';
import { inTransaction } from './transaction.ts';

/** A row that is a message of the chat. */
export type ChatRow = RowFacts & { direction: 'inbound' | 'echo'; kind: MessageKind };

/** A message or note that waits to be posted, in channel-time order. */
export type PlanfixRow = ChatRow | (RowFacts & { direction: 'note'; kind: NoteKind });

type RowFacts = {
  id: string;
  text: string;
  content: MessageContent | null;
  reason: string | null;
  channelAt: Date | null;
  hold: string | null;
  isHistory: boolean;
  quotedChannelMessageId: string | null;
  aboutMessageId: string | null;
  /** The task that an open intent is about; of a note, the task of the message that it is about. */
  planfixTask: number | null;
  intentToken: string | null;
  intentMsAgo: number | null;
  cleanLooks: number;
  attempts: number;
  waitMs: number;
  blockedMs: number | null;
};

/** What customers wrote since their connection began to end waits until that is certain, or is cancelled. */
export const IS_KEPT_BACK = sql<boolean>`(direction <> 'note' and exists (
  select from connection n where n.id = message.connection_id and message.received_at >= n.inbound_held_since))`;

/** Held rows are not workable; released ones are. */
export async function readPlanfixRows(
  db: Database | DatabaseTransaction,
  conversationId: string,
  limit: number,
): Promise<PlanfixRow[]> {
  const rows = await selectRows(db)
    .where('conversationId', '=', conversationId)
    .where('direction', 'in', ['inbound', 'note', 'echo'])
    .where('state', '=', 'received')
    .where((eb) => eb.or([eb('hold', 'is', null), eb('hold', '=', 'releasing')]))
    .where((eb) => eb.not(IS_KEPT_BACK))
    .orderBy('channelAt')
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows as PlanfixRow[];
}

/** Messages as they were, whatever has become of them, in channel-time order. */
export async function readChatRows(db: Database, ids: readonly string[]): Promise<ChatRow[]> {
  if (ids.length === 0) return [];
  const rows = await selectRows(db).where('id', 'in', ids).orderBy('channelAt').orderBy('position').execute();
  return rows as ChatRow[];
}

/** What a new task begins with: messages, and notes about what we wrote. */
export async function readOpeningRows(db: Database, ids: readonly string[]): Promise<PlanfixRow[]> {
  return readChatRows(db, ids) as Promise<PlanfixRow[]>;
}

function selectRows(db: Database | DatabaseTransaction) {
  return db
    .selectFrom('message')
    .select([
      'id',
      'direction',
      'kind',
      'text',
      'content',
      'reason',
      'channelAt',
      'hold',
      'isHistory',
      'quotedChannelMessageId',
      'aboutMessageId',
      'planfixTask',
      'intentToken',
      msAgo('intent_at').as('intentMsAgo'),
      'cleanLooks',
      'attempts',
      sql<number>`greatest(0, coalesce(extract(epoch from not_before - clock_timestamp()) * 1000, 0))::float8`.as(
        'waitMs',
      ),
      msAgo('blocked_since').as('blockedMs'),
    ]);
}

/** A request that its turn could not serve, for want of a token, is tried again after this long. */
const LINK_LOOK_MS = 1_000;

/**
 * When the lane's next row is workable: undefined if there is none, or if the account is paused, because then its
 * return wakes the lane.
 */
export async function planfixLaneWaitMs(trx: DatabaseTransaction, conversationId: string): Promise<number | undefined> {
  const [row] = await readPlanfixRows(trx, conversationId, 1);
  if (!row && !(await readRequestedLink(trx, conversationId))) return undefined;
  const account = await trx
    .selectFrom('planfixAccount as a')
    .innerJoin('conversation as c', 'c.planfixAccountId', 'a.id')
    .where('c.id', '=', conversationId)
    .select('a.state')
    .executeTakeFirstOrThrow();
  return account.state === 'connected' ? (row?.waitMs ?? LINK_LOOK_MS) : undefined;
}

/**
 * Writes down that the next call will post this row. True: the call is ours to make. False: the row has an open intent
 * or is done. Throws FencedOut. The lease moves ahead with it.
 */
export async function openIntent(
  db: Database,
  attempt: LaneAttempt,
  messageId: string,
  intent: { planfixTask: number; leaseMs: number },
): Promise<boolean> {
  const { rows } = await sql<{ held: boolean; opened: boolean }>`
    with held as (
      update conversation set to_planfix_due_at = clock_timestamp() + ${intent.leaseMs} * interval '1 millisecond'
       where id = ${attempt.conversationId} and to_planfix_lease = ${attempt.token} returning id),
    opened as (
      update message m set intent_token = ${attempt.token}, intent_at = clock_timestamp(), clean_looks = 0,
             planfix_task = ${intent.planfixTask}
        from held where m.id = ${messageId} and m.state = 'received' and m.intent_token is null returning m.id)
    select exists (select from held) as held, exists (select from opened) as opened`.execute(db);
  const [row] = rows;
  if (!row?.held) await inTransaction(db, (trx) => lockLane(trx, attempt));
  return row?.opened === true;
}

/**
 * Records what a call did. Not fenced: the effect is there, whoever hears of it first writes it down. A note about what
 * we wrote puts that message onto the task with it: whoever waits for the number hears of it, and if the message has
 * failed or must wait, which there was no place to tell until now, a note about that follows.
 */
export async function recordPosted(
  db: Database | DatabaseTransaction,
  messageId: string,
  place: { planfixTask: number; planfixComment: number | null },
): Promise<void> {
  await sql`
    with held as (
      select id from conversation where id = (select conversation_id from message where id = ${messageId})
         for no key update),
    posted as (
      update message m set planfix_task = ${place.planfixTask}, planfix_comment = ${place.planfixComment},
             state = 'posted', posted_at = clock_timestamp(), intent_token = null, blocked_since = null, reason = null,
             hold = case when hold = 'releasing' then 'released' else hold end
        from held where m.id = ${messageId} and m.conversation_id = held.id and m.state = 'received'
      returning m.conversation_id, m.direction, m.kind, m.channel_at, m.about_message_id),
    about as (
      update message a set planfix_task = ${place.planfixTask},
             hold = case when a.hold = 'releasing' then 'released' else a.hold end
        from posted p, message before
       where p.direction = 'note' and p.kind = 'api-message' and a.id = p.about_message_id and before.id = a.id
      returning a.id, a.state, a.claim_token, a.planfix_account_id, a.connection_id, p.conversation_id,
                before.planfix_task as former_task),
    told as (
      insert into message (id, planfix_account_id, connection_id, conversation_id, direction, kind, state, text,
        channel_at, about_message_id, planfix_task)
      select ${uuidv7()}, planfix_account_id, connection_id, conversation_id, 'note',
             case state when 'waiting' then 'waiting' else 'outcome' end, 'received', '', clock_timestamp(), id, ${place.planfixTask}
        from about
       where former_task is null
         and (state in ('failed', 'refused', 'waiting') or (state = 'unknown' and claim_token is null))),
    moved as (
      update conversation c set posted_through = greatest(c.posted_through, p.channel_at)
        from posted p where c.id = p.conversation_id and p.direction <> 'note')
    select pg_notify('parley_row', id::text) from about`.execute(db);
}

/** The task that a note was meant for is gone: it goes where the conversation goes on. */
export async function unplaceNote(db: Database, attempt: LaneAttempt, messageId: string): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) =>
    trx
      .updateTable('message')
      .set({ planfixTask: null })
      .where('id', '=', messageId)
      .where('state', '=', 'received')
      .execute(),
  );
}

/** The call certainly had no effect (or two clean looks found none): the row may be tried again. */
export async function dropIntent(db: Database, attempt: LaneAttempt, messageId: string): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) =>
    trx
      .updateTable('message')
      .set({ intentToken: null, intentAt: null, cleanLooks: 0 })
      .where('id', '=', messageId)
      .where('state', '=', 'received')
      .execute(),
  );
}

/** A completed look that did not find the effect. */
export async function countCleanLook(db: Database, attempt: LaneAttempt, messageId: string): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) =>
    trx
      .updateTable('message')
      .set((eb) => ({ cleanLooks: eb('cleanLooks', '+', 1) }))
      .where('id', '=', messageId)
      .execute(),
  );
}

/** The row cannot be posted for a reason of its own: it waits, and blocks its conversation meanwhile. */
export async function delayRow(
  db: Database,
  attempt: LaneAttempt,
  messageId: string,
  delay: { waitMs: number; reason: string; detail: string },
): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) =>
    trx
      .updateTable('message')
      .set((eb) => ({
        notBefore: inMilliseconds(delay.waitMs),
        attempts: eb('attempts', '+', 1),
        blockedSince: eb.fn.coalesce('blockedSince', sql<Date>`clock_timestamp()`),
        reason: delay.reason,
        reasonDetail: delay.detail,
      }))
      .where('id', '=', messageId)
      .where('state', '=', 'received')
      .execute(),
  );
}

/** Puts the row aside with its reason, so that what follows can go on; a person retries it. */
export async function parkRow(
  trx: DatabaseTransaction,
  messageId: string,
  reason: { reason: string; detail: string },
): Promise<void> {
  await trx
    .updateTable('message')
    .set({ state: 'parked', reason: reason.reason, reasonDetail: reason.detail, blockedSince: null, notBefore: null })
    .where('id', '=', messageId)
    .where('state', '=', 'received')
    .execute();
}

/** There is nothing to post any more, or no place for it: the row stays in the list with its reason. */
export async function ignoreRow(db: Database, attempt: LaneAttempt, messageId: string, reason: string): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) =>
    trx
      .updateTable('message')
      .set({ state: 'ignored', reason, blockedSince: null, notBefore: null })
      .where('id', '=', messageId)
      .where('state', '=', 'received')
      .execute(),
  );
}

/** A colleague's message opens no task: it waits for the customer's answer. False: they wrote later than it. */
export async function holdEcho(
  db: Database,
  attempt: LaneAttempt,
  { id, channelAt }: { id: string; channelAt: Date },
): Promise<boolean> {
  return whileHoldingLane(db, attempt, async (trx) => {
    const { rows } = await sql`
      update message m set hold = 'held', reason = 'no-task', expires_at = ${oneMonthLater(channelAt)}
        from conversation c
       where m.id = ${id} and m.state = 'received' and m.hold is null and c.id = m.conversation_id
         and (c.last_inbound_at is null or c.last_inbound_at <= m.channel_at)
      returning m.id`.execute(trx);
    return rows.length > 0;
  });
}

/** Whether Planfix refuses this contact as the owner of comments: then the token's employee writes for it. */
export async function recordOwnerRefused(
  db: Database | DatabaseTransaction,
  conversationId: string,
  isRefused: boolean,
): Promise<void> {
  await sql`
    update planfix_contact p set is_refused_as_owner = ${isRefused} from conversation c
     where c.id = ${conversationId} and p.customer_id = c.customer_id
       and p.planfix_account_id = c.planfix_account_id`.execute(db);
}
