import { sql } from 'kysely';
import type { MessageKind } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** So many of the newest imported messages stand in the description of a task. */
const SHOWN_IN_TASK = 30;

/** An imported message, as a description shows it. */
export type HistoryRow = {
  id: string;
  direction: 'inbound' | 'echo';
  kind: MessageKind;
  text: string;
  content: MessageContent | null;
  quotedChannelMessageId: string | null;
  channelAt: Date;
};

/** The task that tells of imported messages, and how far: `historyPosition` is that of the last one. */
export type HistoryTask = { conversationId: string; historyPosition: number | null };

/**
 * How far the imported messages go that no task has told of; null: there are none. What is imported later is told by a
 * later task, so that a creation which is repeated tells the same. The conversation is locked, as it is by an import.
 */
export async function readHistoryPosition(trx: DatabaseTransaction, conversationId: string): Promise<number | null> {
  const { position } = await trx
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('isHistory', '=', true)
    .where('planfixTask', 'is', null)
    .select((eb) => eb.fn.max('position').as('position'))
    .executeTakeFirstOrThrow();
  return position;
}

const untold = ({ conversationId, historyPosition }: HistoryTask) => sql<boolean>`
  conversation_id = ${conversationId} and is_history and planfix_task is null and position <= ${historyPosition}`;

const shownIds = (task: HistoryTask) => sql`
  select id from message where ${untold(task)} order by channel_at desc, position desc limit ${SHOWN_IN_TASK}`;

/** Oldest first; `more`: there are earlier ones. */
export async function readTaskHistory(db: Database, task: HistoryTask): Promise<{ rows: HistoryRow[]; more: boolean }> {
  if (task.historyPosition === null) return { rows: [], more: false };
  const rows = await db
    .selectFrom('message')
    .where(untold(task))
    .orderBy('channelAt', 'desc')
    .orderBy('position', 'desc')
    .limit(SHOWN_IN_TASK + 1)
    .select(['id', 'direction', 'kind', 'text', 'content', 'quotedChannelMessageId', 'channelAt'])
    .execute();
  const shown = rows.slice(0, SHOWN_IN_TASK).reverse() as HistoryRow[];
  return { rows: shown, more: rows.length > SHOWN_IN_TASK };
}

/** Files of what the task will show are to be shown, too; those that are still to be moved. */
export async function wantHistoryFiles(trx: DatabaseTransaction, task: HistoryTask): Promise<string[]> {
  if (task.historyPosition === null) return [];
  const { rows } = await sql<{ id: string; state: string }>`
    update attachment set is_shown = false, wanted_at = coalesce(wanted_at, clock_timestamp())
     where message_id in (${shownIds(task)}) returning id, state`.execute(trx);
  return rows.filter(({ state }) => state === 'pending').map(({ id }) => id);
}

/** The task is there: what it tells of stands in it, and what it only mentions is told, too. */
export async function recordHistoryTold(
  trx: DatabaseTransaction,
  task: HistoryTask,
  planfixTask: number,
): Promise<void> {
  if (task.historyPosition === null) return;
  await sql`
    with shown as (${shownIds(task)})
    update message m set planfix_task = ${planfixTask},
           state = case when s.id is null then m.state else 'posted' end,
           posted_at = case when s.id is null then m.posted_at else clock_timestamp() end
      from message h left join shown s on s.id = h.id
     where m.id = h.id and h.id in (select id from message where ${untold(task)})`.execute(trx);
}
