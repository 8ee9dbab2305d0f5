import { sql } from 'kysely';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { AccountAccess } from './account-access.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds, type LaneAttempt, lockLane, whileHoldingLane } from './lanes.ts';
import { type RequestedLink, readRequestedLink } from './task-links.ts';
import { inTransaction } from './transaction.ts';

/** What a turn of the to-Planfix lane must know about its conversation. Times are ages, so that one clock counts. */
export type PlanfixTurn = {
  planfixAccountId: string;
  account: AccountAccess;
  connectionId: string;
  settings: ConnectionSettings;
  polledMsAgo: number | null;
  customerId: string;
  customerName: string | null;
  contact: number | null;
  isContactRefusedAsOwner: boolean;
  task: {
    id: string;
    planfixTask: number | null;
    isActive: boolean;
    isGone: boolean;
    activeKnownMsAgo: number | null;
  } | null;
  /** A task that a person wants the conversation to go on in. */
  link: RequestedLink | null;
};

export async function readPlanfixTurn(db: Database, conversationId: string): Promise<PlanfixTurn | undefined> {
  const row = await db
    .selectFrom('conversation as c')
    .innerJoin('planfixAccount as a', 'a.id', 'c.planfixAccountId')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .leftJoin('planfixContact as p', (join) =>
      join.onRef('p.customerId', '=', 'c.customerId').onRef('p.planfixAccountId', '=', 'c.planfixAccountId'),
    )
    .leftJoin('conversationTask as t', (join) =>
      join.onRef('t.conversationId', '=', 'c.id').on('t.isCurrent', '=', true),
    )
    .leftJoin('taskLink as l', (join) => join.onRef('l.conversationId', '=', 'c.id').on('l.state', '=', 'requested'))
    .where('c.id', '=', conversationId)
    .select([
      'c.planfixAccountId',
      'a.url',
      'a.token',
      'a.state',
      'a.primaryAdmin',
      'a.clockOffsetMs',
      'a.timeZone',
      'a.createdAt',
      'c.connectionId',
      'n.settings',
      POLLED_MS_AGO.as('polledMsAgo'),
      'c.customerId',
      'u.name as customerName',
      'p.contact',
      'p.isRefusedAsOwner',
      't.id as taskId',
      't.planfixTask',
      't.isActive',
      't.isGone',
      msAgo('t.active_known_at').as('activeKnownMsAgo'),
      'l.id as linkId',
      'l.planfixTask as linkPlanfixTask',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { planfixAccountId, connectionId, settings, polledMsAgo, customerId, customerName } = row;
  const { url, token, state, primaryAdmin, clockOffsetMs, timeZone, createdAt } = row;
  const { contact, taskId, planfixTask, isActive, isGone, activeKnownMsAgo, linkId, linkPlanfixTask } = row;
  return {
    planfixAccountId,
    account: { id: planfixAccountId, url, token, state, primaryAdmin, clockOffsetMs, timeZone, createdAt },
    connectionId,
    settings,
    polledMsAgo,
    customerId,
    customerName,
    contact,
    isContactRefusedAsOwner: row.isRefusedAsOwner === true,
    task:
      taskId === null
        ? null
        : { id: taskId, planfixTask, isActive: isActive === true, isGone: isGone === true, activeKnownMsAgo },
    link: linkId === null ? null : { id: linkId, planfixTask: linkPlanfixTask as number },
  };
}

/** Polls are recorded in Planfix's time. */
const POLLED_MS_AGO = sql<number | null>`(extract(epoch from clock_timestamp() - a.polled_through) * 1000
  + a.clock_offset_ms)::float8`;

const msAgo = (column: string) =>
  sql<number | null>`(extract(epoch from clock_timestamp() - ${sql.ref(column)}) * 1000)::float8`;

/** A message or note that waits to be posted, in channel-time order. */
export type PlanfixRow = {
  id: string;
  direction: string;
  kind: string;
  text: string;
  channelAt: Date | null;
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

export async function readPlanfixRows(
  db: Database | DatabaseTransaction,
  conversationId: string,
  limit: number,
): Promise<PlanfixRow[]> {
  const rows = await db
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('direction', 'in', ['inbound', 'note'])
    .where('state', '=', 'received')
    .orderBy('channelAt')
    .orderBy('position')
    .limit(limit)
    .select([
      'id',
      'direction',
      'kind',
      'text',
      'channelAt',
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
    ])
    .execute();
  return rows;
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

/** Records what a call did. Not fenced: the effect is there, whoever hears of it first writes it down. */
export async function recordPosted(
  db: Database | DatabaseTransaction,
  messageId: string,
  place: { planfixTask: number; planfixComment: number | null },
): Promise<void> {
  await db
    .updateTable('message')
    .set({
      ...place,
      state: 'posted',
      postedAt: sql`clock_timestamp()`,
      intentToken: null,
      blockedSince: null,
      reason: null,
    })
    .where('id', '=', messageId)
    .where('state', '=', 'received')
    .execute();
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

/** What a note on a task must say about the employee's message that did not arrive. */
export type NoteSubject = {
  state: string;
  reason: string | null;
  reasonCode: number | null;
  text: string;
  planfixAuthor: string | null;
};

export async function readNoteSubject(db: Database, messageId: string): Promise<NoteSubject | undefined> {
  return db
    .selectFrom('message')
    .where('id', '=', messageId)
    .select(['state', 'reason', 'reasonCode', 'text', 'planfixAuthor'])
    .executeTakeFirst();
}
