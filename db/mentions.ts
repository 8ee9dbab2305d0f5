import { sql } from 'kysely';
import type { MessageKind } from '../workflows/domain/message.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** An earlier message of either direction, and where it stands in Planfix; a task that is gone is no place. */
export type Mention = {
  id: string;
  kind: MessageKind;
  text: string;
  planfixTask: number | null;
  planfixComment: number | null;
};

const TASK_IF_THERE = sql<number | null>`
  case when not exists (
    select from conversation_task t
     where t.planfix_account_id = message.planfix_account_id and t.planfix_task = message.planfix_task and t.is_gone)
  then message.planfix_task end`;

/** By the channel's id; undefined: it is not one that is stored. */
export async function readMention(
  db: Database | DatabaseTransaction,
  connectionId: string,
  channelMessageId: string,
): Promise<Mention | undefined> {
  const row = await db
    .selectFrom('message')
    .where('connectionId', '=', connectionId)
    .where('channelMessageId', '=', channelMessageId)
    .select(['id', 'kind', 'text', TASK_IF_THERE.as('planfixTask'), 'planfixComment'])
    .executeTakeFirst();
  return row as Mention | undefined;
}

/** The message that a comment shows or became; of several parts the first. */
export async function readByComment(
  db: Database,
  conversationId: string,
  planfixComment: number,
): Promise<{ channelMessageId: string | null; direction: string } | undefined> {
  return db
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('planfixComment', '=', planfixComment)
    .orderBy('planfixPart')
    .select(['channelMessageId', 'direction'])
    .executeTakeFirst();
}

/** The newest messages with words that the network knows, for finding what an answer quotes. */
export async function readQuotable(
  db: Database,
  conversationId: string,
  limit: number,
): Promise<{ id: string; text: string }[]> {
  const rows = await db
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('channelMessageId', 'is not', null)
    .where('text', '!=', '')
    .orderBy('receivedAt', 'desc')
    .limit(limit)
    .select(['channelMessageId', 'text'])
    .execute();
  return rows.map((row) => ({ id: row.channelMessageId as string, text: row.text }));
}
