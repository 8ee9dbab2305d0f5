import { sql } from 'kysely';
import { recordAudit } from './audit.ts';
import type { Database } from './database.ts';
import { addNote } from './notes.ts';
import { type ApiMessage, insertApiMessage } from './outgoing.ts';
import { settleUnnotified } from './problems.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What a caller may send into a conversation depends on this. */
export type SendingConversation = {
  id: string;
  planfixAccountId: string;
  connectionId: string;
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

type Request = Omit<ApiMessage, 'planfixTask'> & { actor: string };

/** Stores the message for the lane, and a copy of it for the task that the conversation has. */
export async function requestMessage(
  db: Database,
  { actor, ...message }: Request,
): Promise<{ id: string; wakes: Wake[] }> {
  return inTransaction(db, async (trx) => {
    const { conversationId } = message;
    await trx.selectFrom('conversation').select('id').where('id', '=', conversationId).forNoKeyUpdate().execute();
    const task = await trx
      .selectFrom('conversationTask')
      .where('conversationId', '=', conversationId)
      .where('isCurrent', '=', true)
      .where('isGone', '=', false)
      .select('planfixTask')
      .executeTakeFirst();
    const planfixTask = task?.planfixTask ?? null;
    const id = await insertApiMessage(trx, { ...message, planfixTask });
    await settleUnnotified(trx, conversationId);
    const wakes = [await makeDue(trx, conversationId, 'to-customer')];
    if (planfixTask !== null) wakes.push(await addNote(trx, { ...message, id, planfixTask }, 'api-message'));
    await recordAudit(trx, { actor, action: 'send', subjectKind: 'message', subjectId: id });
    return { id, wakes };
  });
}
