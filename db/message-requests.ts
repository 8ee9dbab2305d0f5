import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { addNote } from './notes.ts';
import { type ApiMessage, insertCountedMessage } from './outgoing.ts';
import { settleUnnotified } from './problems.ts';
import { type Claim, claimRequest, type RequestIdentity, settleRequest } from './requests.ts';
import { isUnwanted } from './start-messages.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What a caller may send into a conversation depends on this. */
export type SendingConversation = {
  id: string;
  planfixAccountId: string;
  connectionId: string;
  provider: string;
  wabaId: string;
  connectionState: string;
  isWindowOpen: boolean;
  defaultCountry: string | null;
};

export async function readSendingConversation(
  db: Database,
  id: string,
  planfixAccountId: string | undefined,
): Promise<SendingConversation | undefined> {
  let query = db
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .where('c.id', '=', id)
    .select([
      'c.id',
      'c.planfixAccountId',
      'c.connectionId',
      'n.provider',
      'n.wabaId',
      'n.state as connectionState',
      sql<boolean>`coalesce(c.window_expires_at > clock_timestamp(), false)`.as('isWindowOpen'),
      sql<string | null>`n.settings->>'defaultCountry'`.as('defaultCountry'),
    ]);
  if (planfixAccountId !== undefined) query = query.where('c.planfixAccountId', '=', planfixAccountId);
  return query.executeTakeFirst();
}

/** A message of this conversation, for quoting or reacting: the channel's id of it. */
export async function readChannelId(db: Database, conversationId: string, messageId: string): Promise<string | null> {
  const row = await db
    .selectFrom('message')
    .where('id', '=', messageId)
    .where('conversationId', '=', conversationId)
    .select('channelMessageId')
    .executeTakeFirst();
  return row?.channelMessageId ?? null;
}

export type MessageRequest = {
  actor: string;
  message: Omit<ApiMessage, 'planfixTask'>;
  /** Undefined: made without a key, so that a repeat is another message. */
  identity: (RequestIdentity & { key: string }) | undefined;
};

export type MessageAnswer =
  | { kind: 'sent'; id: string; wakes: Wake[]; runs: Run[] }
  | { kind: 'other-request' }
  | { kind: 'opted-out' };

/**
 * Stores the message for the lane, and a note of it for the conversation's task, in one transaction with the request: a
 * repeat finds neither or both. What is held (design, "Bulk, exactly") stands on no task, and is sent by its mailing.
 */
export async function requestMessage(db: Database, request: MessageRequest): Promise<MessageAnswer> {
  return inTransaction(db, async (trx) => {
    const claim = await claimMessage(trx, request);
    if (claim && claim.kind !== 'new') return claim.kind === 'repeated' ? readSent(trx, claim.id) : claim;
    const { message, actor } = request;
    const { conversationId } = message;
    const conversation = await lockSending(trx, conversationId);
    if (await isUnwanted(trx, message.templateId, conversation.customerId)) {
      if (claim) await trx.deleteFrom('conversationStart').where('id', '=', claim.id).execute();
      return { kind: 'opted-out' };
    }
    const planfixTask = await activeTask(trx, conversationId);
    const { id, isHeld, runs } = await insertCountedMessage(trx, { ...message, planfixTask }, conversation.settings);
    if (claim) await settleRequest(trx, claim.id, { state: 'started', conversationId, messageId: id });
    await recordAudit(trx, { actor, action: 'send', subjectKind: 'message', subjectId: id });
    if (isHeld) return { kind: 'sent', id, wakes: [], runs };
    await settleUnnotified(trx, [conversationId]);
    const wakes = [
      await makeDue(trx, conversationId, 'to-customer'),
      await addNote(trx, { ...message, id, planfixTask }, 'api-message'),
    ];
    return { kind: 'sent', id, wakes, runs: [] };
  });
}

async function claimMessage(
  trx: DatabaseTransaction,
  { actor, message, identity }: MessageRequest,
): Promise<Claim | undefined> {
  if (!identity) return undefined;
  const { planfixAccountId, connectionId, kind, templateId } = message;
  const place = { planfixAccountId, connectionId, recipient: null, planfixTask: null, name: null };
  const said = { kind, text: '', content: null, templateId };
  return claimRequest(trx, { ...identity, ...place, ...said, requestedBy: actor, source: 'api' });
}

async function readSent(trx: DatabaseTransaction, requestId: string): Promise<MessageAnswer> {
  const { messageId } = await trx
    .selectFrom('conversationStart')
    .where('id', '=', requestId)
    .select('messageId')
    .executeTakeFirstOrThrow();
  return { kind: 'sent', id: messageId as string, wakes: [], runs: [] };
}

function lockSending(trx: DatabaseTransaction, conversationId: string) {
  return trx
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .where('c.id', '=', conversationId)
    .select(['c.customerId', 'n.settings'])
    .forNoKeyUpdate('c')
    .executeTakeFirstOrThrow();
}

/** The task that is believed to be open; without one the message is routed as a customer's is. */
async function activeTask(trx: DatabaseTransaction, conversationId: string): Promise<number | null> {
  const task = await trx
    .selectFrom('conversationTask')
    .where('conversationId', '=', conversationId)
    .where('isCurrent', '=', true)
    .where('isGone', '=', false)
    .where('isActive', '=', true)
    .select('planfixTask')
    .executeTakeFirst();
  return task?.planfixTask ?? null;
}
