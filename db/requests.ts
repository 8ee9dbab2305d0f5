import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { announceRow } from './announcements.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import type { StartRecipient } from './start-places.ts';

/** Whose request it is, and which: the same key of the same owner is the same request for `repeatMs`. */
export type RequestIdentity = { owner: string; key: string | null; digest: Buffer; repeatMs: number };

/** A request to write to somebody, as it is kept until it is served. */
export type NewRequest = RequestIdentity & {
  planfixAccountId: string;
  connectionId: string;
  requestedBy: string;
  source: 'api' | 'planfix';
  recipient: StartRecipient | null;
  planfixTask: number | null;
  name: string | null;
  kind: string;
  text: string;
  content: MessageContent | null;
  templateId: string | null;
};

/** `repeated`: an earlier request with this key has done it, or is doing it. */
export type Claim = { kind: 'new'; id: string } | { kind: 'repeated'; id: string } | { kind: 'other-request' };

/**
 * Writes the request down in the transaction that serves it, or finds the earlier one with its key. A key is free again
 * after `repeatMs`, and for a person who presses a button also when their message certainly did not arrive.
 */
export async function claimRequest(trx: DatabaseTransaction, request: NewRequest): Promise<Claim> {
  const { planfixAccountId, connectionId, requestedBy, source, planfixTask, name } = request;
  const { owner, key, digest, recipient, kind, text, content, templateId } = request;
  const id = uuidv7();
  const row = {
    ...{ id, planfixAccountId, connectionId, requestedBy, source, planfixTask, name, kind, text, templateId },
    requestOwner: owner,
    requestKey: key,
    requestDigest: digest,
    recipient: recipient === null ? null : JSON.stringify(recipient),
    content: content === null ? null : JSON.stringify(content),
    state: 'looking',
    dueAt: sql<Date>`clock_timestamp()`,
  };
  for (;;) {
    await freeKey(trx, request);
    const inserted = await trx
      .insertInto('conversationStart')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted) return { kind: 'new', id };
    const earlier = await readEarlier(trx, request);
    if (earlier) return earlier.kind === 'other-request' ? earlier : { kind: 'repeated', id: earlier.id };
    // The key has become free since it stood in the way.
  }
}

export type Earlier =
  | { kind: 'repeated'; id: string; messageId: string | null; createdAt: Date }
  | { kind: 'other-request' };

/** The earlier request with this key, if there is one. */
export async function readEarlier(
  db: Database | DatabaseTransaction,
  { owner, key, digest, repeatMs }: RequestIdentity,
): Promise<Earlier | undefined> {
  const row = await db
    .selectFrom('conversationStart')
    .where('requestOwner', '=', owner)
    .where('requestKey', '=', key)
    .where('createdAt', '>=', sql<Date>`clock_timestamp() - ${repeatMs} * interval '1 millisecond'`)
    .select(['id', 'requestDigest', 'messageId', 'createdAt'])
    .executeTakeFirst();
  if (!row) return undefined;
  const { requestDigest, ...earlier } = row;
  return requestDigest.equals(digest) ? { kind: 'repeated', ...earlier } : { kind: 'other-request' };
}

async function freeKey(
  trx: DatabaseTransaction,
  { owner, key, repeatMs, source }: RequestIdentity & Pick<NewRequest, 'source'>,
): Promise<void> {
  if (key === null) return;
  await sql`
    update conversation_start s set request_key = null
     where s.request_owner = ${owner} and s.request_key = ${key}
       and (s.created_at < clock_timestamp() - ${repeatMs} * interval '1 millisecond'
         or (${source === 'planfix'} and exists (select from message m where m.id = s.message_id
              and m.state in ('refused', 'failed'))))`.execute(trx);
}

export type RequestOutcome =
  | { state: 'started'; conversationId: string; messageId: string }
  | { state: 'refused'; reason: string; requestKey: null; dueAt: Date | null };

/** What was said is with the message from now on, or with nobody. */
export async function settleRequest(trx: DatabaseTransaction, id: string, outcome: RequestOutcome): Promise<void> {
  await trx
    .updateTable('conversationStart')
    .set({
      recipient: null,
      name: null,
      text: '',
      content: null,
      dueAt: null,
      settledAt: sql`clock_timestamp()`,
      ...outcome,
    })
    .where('id', '=', id)
    .where('state', '=', 'looking')
    .execute();
  await announceRow(trx, id);
}

/** A request as whoever made it sees it; `planfixTask` is where its message stands. */
export type RequestRow = {
  id: string;
  state: 'looking' | 'started' | 'refused';
  reason: string | null;
  conversationId: string | null;
  messageId: string | null;
  messageState: string | null;
  messageReason: string | null;
  hold: string | null;
  planfixTask: number | null;
  createdAt: Date;
};

export async function readRequestRow(
  db: Database,
  id: string,
  planfixAccountId?: string | undefined,
): Promise<RequestRow | undefined> {
  let query = db
    .selectFrom('conversationStart as s')
    .leftJoin('message as m', 'm.id', 's.messageId')
    .where('s.id', '=', id)
    .select([
      's.id',
      's.state',
      's.reason',
      's.conversationId',
      's.messageId',
      'm.state as messageState',
      'm.reason as messageReason',
      'm.hold',
      'm.planfixTask',
      's.createdAt',
    ]);
  if (planfixAccountId !== undefined) query = query.where('s.planfixAccountId', '=', planfixAccountId);
  return (await query.executeTakeFirst()) as RequestRow | undefined;
}

/**
 * Requests that are settled, and so old that no repeat of them comes. They hold no words any more. What was said about a
 * comment stays: it must not be said again.
 */
export async function deleteOldRequests(db: Database, olderThanMs: number): Promise<void> {
  await sql`
    delete from conversation_start
     where created_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond' and due_at is null
       and state <> 'looking' and request_owner not like 'comment:%'`.execute(db);
}
