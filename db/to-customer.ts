import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { MessageState } from '../workflows/domain/message.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds, type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { openProblem } from './problems.ts';
import { addNote, applyEarlyStatuses, lockChannelIds } from './statuses.ts';
import { inTransaction } from './transaction.ts';
import type { Wake } from './wakes.ts';

/** What a turn of the to-customer lane must know about its conversation. */
export type CustomerTurn = {
  planfixAccountId: string;
  connectionId: string;
  connectionState: string;
  phoneNumberId: string;
  windowExpiresAt: Date | null;
  identities: { kind: string; value: string }[];
};

export async function readCustomerTurn(
  db: Database | DatabaseTransaction,
  conversationId: string,
): Promise<CustomerTurn | undefined> {
  const turn = await db
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .where('c.id', '=', conversationId)
    .select((eb) => [
      'c.planfixAccountId',
      'c.connectionId',
      'c.customerId',
      'n.state as connectionState',
      'n.phoneNumberId',
      'c.windowExpiresAt',
      eb
        .selectFrom('customerIdentity as i')
        .whereRef('i.customerId', '=', 'c.customerId')
        .where('i.validTo', 'is', null)
        .select(
          sql<{ kind: string; value: string }[]>`coalesce(json_agg(json_build_object('kind', i.kind, 'value',
          i.address) order by i.valid_from desc), '[]')`.as('list'),
        )
        .as('identities'),
    ])
    .executeTakeFirst();
  return turn && { ...turn, identities: turn.identities ?? [] };
}

/** A message on its way to the customer. Ages in milliseconds. */
export type CustomerRow = {
  id: string;
  state: 'ready' | 'sending' | 'unknown';
  text: string;
  quotedChannelMessageId: string | null;
  claimToken: string | null;
  claimedMsAgo: number | null;
  attempts: number;
  waitMs: number;
};

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
    .where('state', 'in', ['ready', 'sending', 'unknown'])
    .where((eb) => eb.or([eb('state', '!=', 'unknown'), eb('claimToken', 'is not', null)]))
    .orderBy('position')
    .limit(limit)
    .select([
      'id',
      'state',
      'text',
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
 * `ready → sending` under the lane's lease: after this the one HTTP call may be made. False: the row is no longer
 * ready. Throws FencedOut.
 */
export async function claimSend(db: Database, attempt: LaneAttempt, messageId: string): Promise<boolean> {
  return whileHoldingLane(db, attempt, async (trx) => {
    const result = await trx
      .updateTable('message')
      .set({ state: 'sending', claimToken: attempt.token, claimedAt: sql`clock_timestamp()` })
      .where('id', '=', messageId)
      .where('state', '=', 'ready')
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  });
}

/**
 * The channel accepted it: fills the id and raises the rank, whatever a faster status has already said. Not fenced,
 * because the message is on its way whoever holds the lane now.
 */
export async function recordSent(
  db: Database,
  message: { id: string; conversationId: string; connectionId: string },
  channelMessageId: string,
): Promise<Wake[]> {
  return inTransaction(db, async (trx) => {
    await lockMessage(trx, message);
    await lockChannelIds(trx, [{ connectionId: message.connectionId, channelMessageId }]);
    await trx
      .updateTable('message')
      .set((eb) => ({
        channelMessageId,
        state: sql<MessageState>`case when state in ('sending', 'unknown') then 'sent' else state end`,
        reason: sql<string | null>`case when state in ('sending', 'unknown') then null else reason end`,
        sentAt: eb.fn.coalesce('sentAt', sql<Date>`clock_timestamp()`),
      }))
      .where('id', '=', message.id)
      .execute();
    return applyEarlyStatuses(trx, { connectionId: message.connectionId, channelMessageId });
  });
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
      .select(['id', 'conversationId', 'connectionId', 'planfixAccountId', 'planfixTask'])
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
      .executeTakeFirst();
    return result.numUpdatedRows > 0n && message.planfixTask !== null ? addNote(trx, message) : undefined;
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
      .executeTakeFirst();
    if (raised.numUpdatedRows === 0n) return undefined;
    const { id, planfixTask, ...subject } = message;
    await openProblem(trx, { kind: 'unknown-send', ...subject, messageId: id, reason: 'outcome-unknown' });
    return planfixTask === null ? undefined : addNote(trx, message);
  });
}

/** One comment of an employee becomes these messages, a part each, for one conversation. */
export type OutgoingComment = {
  planfixAccountId: string;
  connectionId: string;
  conversationId: string;
  planfixTask: number;
  planfixComment: number;
  planfixAuthor: string;
  parts: string[];
};

/** Inserts what is not there yet; the conversation must be locked. Returns how many parts were new. */
export async function insertOutgoing(trx: DatabaseTransaction, comment: OutgoingComment): Promise<number> {
  const { parts, ...common } = comment;
  if (parts.length === 0) return 0;
  const inserted = await trx
    .insertInto('message')
    .values(
      parts.map((text, planfixPart) => ({
        id: randomUUIDv7(),
        direction: 'outbound',
        kind: 'text',
        state: 'ready' as const,
        text,
        planfixPart,
        ...common,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return inserted.length;
}
