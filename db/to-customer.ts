import { sql } from 'kysely';
import type { Sender } from '../workflows/domain/identity.ts';
import { MARKETING_STOPPED_CODE } from '../workflows/domain/mailing-brake.ts';
import type { MessageKind, MessageState } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import { announceRow } from './announcements.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type Address, learnAliases, readAddresses } from './identities.ts';
import { inMilliseconds, type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { addNote, addWaitingNote } from './notes.ts';
import { recordRefusedMarketing } from './opt-outs.ts';
import { openProblem } from './problems.ts';
import { liveGateKey, msUntil, type SlowNumber } from './rate-gate.ts';
import { applyEarlyStatuses, lockChannelIds } from './statuses.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What a turn of the to-customer lane must know about its conversation. */
export type CustomerTurn = {
  planfixAccountId: string;
  customerId: string;
  connectionId: string;
  connectionState: string;
  phoneNumberId: string;
  settings: ConnectionSettings;
  windowExpiresAt: Date | null;
  /** What the network lets the number send; null: not asked yet. */
  messagesPerSecond: number | null;
} & SlowNumber;

export async function readCustomerTurn(
  db: Database | DatabaseTransaction,
  conversationId: string,
): Promise<CustomerTurn | undefined> {
  return db
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .leftJoin('rateGate as g', (join) => join.on('g.key', '=', sql<string>`${liveGateKey('')}::text || n.id::text`))
    .where('c.id', '=', conversationId)
    .select([msUntil('g.slow_until').as('slowForMs'), msUntil('g.held_until').as('heldForMs')])
    .select([
      'c.planfixAccountId',
      'c.customerId',
      'c.connectionId',
      'n.state as connectionState',
      'n.phoneNumberId',
      'n.settings',
      'c.windowExpiresAt',
      'n.messagesPerSecond',
    ])
    .executeTakeFirst();
}

/** A message on its way to the customer. Ages in milliseconds. */
export type CustomerRow = {
  id: string;
  state: 'ready' | 'sending' | 'unknown';
  kind: MessageKind;
  text: string;
  content: MessageContent | null;
  /** A template that is marketing, as far as the network told last. */
  isMarketing: boolean;
  /** Its file is not with the network yet: its transfer wakes the lane. */
  isFilePending: boolean;
  quotedChannelMessageId: string | null;
  claimToken: string | null;
  claimedMsAgo: number | null;
  attempts: number;
  waitMs: number;
};

/** While a connection ends, only those leave that a person wants to; the others wait for a decision about them. */
const MAY_LEAVE = sql<boolean>`(state <> 'ready' or leaves_last or not exists (
  select from connection n where n.id = message.connection_id and n.state = 'disconnecting'))`;

/**
 * What the lane has to look at, in order. Unknown ones that a person was told of wait for that person alone: however
 * many there are, they never keep later replies out of the look.
 */
export async function readCustomerRows(
  db: Database | DatabaseTransaction,
  conversationId: string,
  limit: number,
): Promise<CustomerRow[]> {
  const rows = await db
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('direction', '=', 'outbound')
    // Those of a mailing are sent by its own run.
    .where('mailingId', 'is', null)
    .where('state', 'in', ['ready', 'sending', 'unknown'])
    .where((eb) => eb.or([eb('state', '!=', 'unknown'), eb('claimToken', 'is not', null)]))
    .where(MAY_LEAVE)
    .orderBy('position')
    .limit(limit)
    .select([
      'id',
      'state',
      'kind',
      'text',
      'content',
      sql<boolean>`template_id is not null and exists (select from message_template t where t.id = message.template_id
        and t.category = 'marketing')`.as('isMarketing'),
      sql<boolean>`kind <> 'text' and exists (select from attachment f where f.message_id = message.id
        and f.state = 'pending')`.as('isFilePending'),
      'quotedChannelMessageId',
      'claimToken',
      sql<number | null>`(extract(epoch from clock_timestamp() - claimed_at) * 1000)::float8`.as('claimedMsAgo'),
      'attempts',
      sql<number>`greatest(0, coalesce(extract(epoch from not_before - clock_timestamp()) * 1000, 0))::float8`.as(
        'waitMs',
      ),
    ])
    .execute();
  return rows as CustomerRow[];
}

/**
 * `ready → sending` under the lane's lease: after this the one HTTP call may be made, to these addresses, which are read
 * now because a phone may have a new owner since the turn began. Undefined: the row is no longer ready, or its connection
 * has begun to end since then. Throws FencedOut.
 */
export async function claimSend(db: Database, attempt: LaneAttempt, messageId: string): Promise<Address[] | undefined> {
  return whileHoldingLane(db, attempt, async (trx) => {
    const result = await trx
      .updateTable('message')
      .set({ state: 'sending', claimToken: attempt.token, claimedAt: sql`clock_timestamp()` })
      .where('id', '=', messageId)
      .where('state', '=', 'ready')
      .where(MAY_LEAVE)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n ? readAddresses(trx, attempt.conversationId) : undefined;
  });
}

/**
 * The channel accepted it: fills the id and raises the rank, whatever a faster status has already said. Not fenced,
 * because the message is on its way whoever holds the lane now.
 */
export async function recordSent(
  db: Database,
  message: { id: string; conversationId: string; connectionId: string },
  receipt: { channelMessageId: string; recipient: Pick<Sender, 'phone' | 'bsuid'> },
): Promise<Wake[]> {
  const { channelMessageId, recipient } = receipt;
  return inTransaction(db, async (trx) => {
    const { connectionId, id: messageId } = message;
    const suspected = await learnAliases(trx, [{ connectionId, messageId, recipient, seenAtMs: Date.now() }]);
    await lockMessage(trx, message);
    const learned: Wake[] = [];
    for (const id of suspected) learned.push(await makeDue(trx, id, 'to-planfix'));
    await lockChannelIds(trx, [{ connectionId: message.connectionId, channelMessageId }]);
    const sent = await trx
      .updateTable('message')
      .set((eb) => ({
        channelMessageId,
        state: sql<MessageState>`case when state in ('sending', 'unknown') then 'sent' else state end`,
        reason: sql<string | null>`case when state in ('sending', 'unknown') then null else reason end`,
        sentAt: eb.fn.coalesce('sentAt', sql<Date>`clock_timestamp()`),
      }))
      .where('id', '=', message.id)
      .returning('origin')
      .executeTakeFirst();
    if (sent?.origin === 'api') await announceRow(trx, message.id);
    await trx
      .updateTable('conversation')
      .set({ lastAnswerAt: sql`clock_timestamp()` })
      .where('id', '=', message.conversationId)
      .execute();
    const shown = await wakeForShownState(trx, message);
    return [...learned, ...shown, ...(await applyEarlyStatuses(trx, [{ connectionId, channelMessageId }]))];
  });
}

/** The task shows in a field of its own how the message fares. */
async function wakeForShownState(
  trx: DatabaseTransaction,
  { conversationId, connectionId }: { conversationId: string; connectionId: string },
): Promise<Wake[]> {
  const shows = await trx
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .where(sql<boolean>`settings ? 'deliveryStateField'`)
    .select('id')
    .executeTakeFirst();
  return shows ? [await makeDue(trx, conversationId, 'to-planfix')] : [];
}

async function lockMessage(trx: DatabaseTransaction, message: { id: string; conversationId: string }): Promise<void> {
  await trx.selectFrom('conversation').select('id').where('id', '=', message.conversationId).forNoKeyUpdate().execute();
  await trx.selectFrom('message').select('id').where('id', '=', message.id).forNoKeyUpdate().execute();
}

/** Certainly not accepted, for a reason that passes: back to `ready`, not before `waitMs` from now. */
export async function recordRetry(db: Database, messageId: string, waitMs: number, reason: string): Promise<void> {
  await db
    .updateTable('message')
    .set((eb) => ({
      state: 'ready',
      claimToken: null,
      claimedAt: null,
      notBefore: inMilliseconds(waitMs),
      attempts: eb('attempts', '+', 1),
      reason,
    }))
    .where('id', '=', messageId)
    .where('state', '=', 'sending')
    .execute();
}

/** The pace allows it only later; whoever looks before that need not ask again. */
export async function delaySend(db: Database, messageId: string, waitMs: number): Promise<void> {
  await db
    .updateTable('message')
    .set({ notBefore: inMilliseconds(waitMs) })
    .where('id', '=', messageId)
    .where('state', '=', 'ready')
    .execute();
}

/** Definitely refused: final for this message, and said on its task. */
export async function recordRefused(
  db: Database,
  messageId: string,
  failure: { kind: string; code: number | undefined; detail: string },
): Promise<Wake | undefined> {
  return inTransaction(db, async (trx) => {
    const message = await trx
      .selectFrom('message')
      .select(['id', 'conversationId', 'connectionId', 'planfixAccountId', 'planfixTask', 'origin'])
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    await lockMessage(trx, message);
    const result = await trx
      .updateTable('message')
      .set({
        state: 'refused',
        reason: failure.kind,
        reasonCode: failure.code ?? null,
        reasonDetail: failure.detail,
        failedAt: sql`clock_timestamp()`,
      })
      .where('id', '=', messageId)
      .where('state', 'in', ['ready', 'sending'])
      // As it is under the lock: the message may have been put onto a task since it was read.
      .returning('planfixTask')
      .executeTakeFirst();
    if (failure.code === MARKETING_STOPPED_CODE) await recordRefusedMarketing(trx, [messageId]);
    if (message.origin === 'api') await announceRow(trx, messageId);
    return result && result.planfixTask !== null ? addNote(trx, { ...message, ...result }, 'outcome') : undefined;
  });
}

/** The answer was lost, or the attempt died: from here on only a status or a person settles it. */
export async function recordUnknown(db: Database, messageId: string): Promise<void> {
  await db
    .updateTable('message')
    .set({ state: 'unknown', reason: 'outcome-unknown' })
    .where('id', '=', messageId)
    .where('state', '=', 'sending')
    .execute();
}

/** Nothing settled it in time: a problem for a person, and a word on the task. Once per claim. */
export async function raiseUnknown(db: Database, messageId: string): Promise<Wake | undefined> {
  return inTransaction(db, async (trx) => {
    const message = await trx
      .selectFrom('message')
      .select(['id', 'conversationId', 'connectionId', 'planfixAccountId', 'planfixTask'])
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    await lockMessage(trx, message);
    const raised = await trx
      .updateTable('message')
      .set({ claimToken: null })
      .where('id', '=', messageId)
      .where('state', '=', 'unknown')
      .where('claimToken', 'is not', null)
      .returning('planfixTask')
      .executeTakeFirst();
    if (!raised) return undefined;
    const { planfixTask } = raised;
    const { id, planfixTask: _, ...subject } = message;
    await openProblem(trx, { kind: 'unknown-send', ...subject, messageId: id, reason: 'outcome-unknown' });
    return planfixTask === null ? undefined : addNote(trx, { ...message, planfixTask }, 'outcome');
  });
}

/**
 * The window is closed, as our clock or the network says: the message waits for the customer, who sets it free by
 * writing. `seen`: the end of the window when that was found out. It is looked at once more under the lock, because the
 * customer may have written since: then the message is ready (again), and the answer is undefined. Its author is told
 * once for each comment.
 */
export async function recordWaiting(
  db: Database,
  attempt: LaneAttempt,
  messageId: string,
  seen: Date | null,
): Promise<{ wakes: Wake[] } | undefined> {
  return whileHoldingLane(db, attempt, async (trx) => {
    const reopened = await trx
      .selectFrom('conversation')
      .where('id', '=', attempt.conversationId)
      .where('windowExpiresAt', '>', sql<Date>`clock_timestamp()`)
      .where(sql<boolean>`date_trunc('milliseconds', window_expires_at) is distinct from ${seen}::timestamptz`)
      .select('id')
      .executeTakeFirst();
    const state = reopened
      ? ({ state: 'ready' } as const)
      : ({ state: 'waiting', reason: 'template-required' } as const);
    const row = await trx
      .updateTable('message')
      .set({ ...state, claimToken: null, claimedAt: null, notBefore: null })
      .where('id', '=', messageId)
      .where('state', 'in', ['ready', 'sending'])
      .returning(['id', 'conversationId', 'connectionId', 'planfixAccountId', 'planfixTask', 'planfixComment'])
      .executeTakeFirst();
    if (!row || reopened) return undefined;
    return { wakes: await addWaitingNote(trx, row) };
  });
}

/** The newest message of the customer, of those in `states`, if they do not know it to be read; it counts as told now. */
export async function takeUnread(
  db: Database,
  conversationId: string,
  states: readonly MessageState[],
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; channel: string }>`
    update message set read_at = clock_timestamp() where id = (
      select id from message
       where conversation_id = ${conversationId} and direction = 'inbound' and channel_message_id is not null
         and state = any(${states}::text[]) and not is_history
         and received_at > clock_timestamp() - interval '30 days'
       order by received_at desc, position desc limit 1)
      and read_at is null returning id, channel_message_id as channel`.execute(db);
  return rows[0]?.channel;
}
