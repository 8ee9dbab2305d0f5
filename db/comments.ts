import { sql } from 'kysely';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { addNote } from './notes.ts';
import { insertOutgoing, type OutgoingComment } from './outgoing.ts';
import { settleUnnotified } from './problems.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** A conversation that uses this task, with the contact that its customer is in Planfix. */
export type LinkedConversation = {
  conversationId: string;
  connectionId: string;
  provider: string;
  customerId: string;
  contact: number | null;
  settings: ConnectionSettings;
  /**
   * The comment on this task that shows what the customer wrote last, 0 for its description; null: they were answered,
   * are being answered, or wrote nothing that stands on this task.
   */
  unansweredComment: number | null;
};

/** Every conversation that has, or had, this task. */
export async function conversationsOfTask(
  db: Database,
  planfixAccountId: string,
  planfixTask: number,
): Promise<LinkedConversation[]> {
  return db
    .selectFrom('conversationTask as t')
    .innerJoin('conversation as c', 'c.id', 't.conversationId')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .leftJoin('planfixContact as p', (join) =>
      join.onRef('p.customerId', '=', 'c.customerId').onRef('p.planfixAccountId', '=', 'c.planfixAccountId'),
    )
    .where('t.planfixAccountId', '=', planfixAccountId)
    .where('t.planfixTask', '=', planfixTask)
    .select([
      'c.id as conversationId',
      'c.connectionId',
      'n.provider',
      'c.customerId',
      'p.contact',
      'n.settings',
      UNANSWERED_COMMENT.as('unansweredComment'),
    ])
    .distinctOn('c.id')
    .execute();
}

const UNANSWERED_COMMENT = sql<number | null>`
  case when c.last_inbound_at > coalesce(c.last_answer_at, '-infinity')
        -- What goes to many answers nobody.
        and not exists (select from message o where o.conversation_id = c.id and o.direction = 'outbound'
          and o.state in ('ready', 'sending', 'unknown', 'waiting') and o.mailing_id is null)
       then (select coalesce(max(m.planfix_comment), 0) from message m
         where m.conversation_id = c.id and m.direction = 'inbound' and m.state = 'posted'
           and m.planfix_task = t.planfix_task and m.channel_at = c.last_inbound_at
        having count(*) > 0) end`;

/** How far the comments of a task were read. Comment times have minute precision. */
export type TaskCursor = {
  planfixTask: number;
  lastComment: number;
  lastCommentAt: Date | null;
  /** Ids near the cursor that were decided upon: read again within the overlap, they are dropped. */
  decidedComments: number[];
  readBeganAt: Date | null;
};

export async function readCursors(
  db: Database,
  planfixAccountId: string,
  planfixTasks: number[],
): Promise<TaskCursor[]> {
  if (planfixTasks.length === 0) return [];
  return db
    .selectFrom('planfixTaskCursor')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('planfixTask', 'in', planfixTasks)
    .select(['planfixTask', 'lastComment', 'lastCommentAt', 'decidedComments', 'readBeganAt'])
    .execute();
}

/** Which of these comments are already messages: ours that we wrote, and theirs that were taken. */
export async function knownComments(db: Database, planfixAccountId: string, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('message')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('planfixComment', 'in', ids)
    .select('planfixComment')
    .execute();
  return new Set(rows.map((row) => row.planfixComment as number));
}

/** A completed read: `decided` are all ids from the overlap on; `complete` moves the cursor, a single hint does not. */
export type CommentRead = {
  planfixAccountId: string;
  planfixTask: number;
  decided: number[];
  newest: { id: number; at: Date | null } | undefined;
  /** In Planfix's time. */
  beganAt: Date;
  complete: boolean;
  outgoing: OutgoingComment[];
};

/**
 * Takes what a read found: the messages and the cursor in one transaction, so that neither is ever ahead of the
 * other. Unique keys make it harmless that a hint and the poll read the same comments at the same time.
 */
export async function takeComments(db: Database, read: CommentRead): Promise<Wake[]> {
  return inTransaction(db, async (trx) => {
    const conversationIds = [...new Set(read.outgoing.map((comment) => comment.conversationId))].sort();
    const wakes: Wake[] = [];
    if (conversationIds.length > 0) {
      await trx
        .selectFrom('conversation')
        .select('id')
        .where('id', 'in', conversationIds)
        .orderBy('id')
        .forNoKeyUpdate()
        .execute();
    }
    const fresh = new Set<string>();
    for (const comment of [...read.outgoing].sort((a, b) => a.planfixComment - b.planfixComment)) {
      const [id] = await insertOutgoing(trx, comment);
      if (id === undefined) continue;
      fresh.add(comment.conversationId);
      if (comment.isChosen) wakes.push(await addNote(trx, { ...comment, id }, 'sent-comment'));
    }
    for (const conversationId of conversationIds) {
      if (!fresh.has(conversationId)) continue;
      await settleUnnotified(trx, [conversationId]);
      wakes.push(await makeDue(trx, conversationId, 'to-customer'));
    }
    await moveCursor(trx, read);
    return wakes;
  });
}

/** At most this many decided ids are kept per task; comments within the overlap are far fewer. */
const DECIDED_KEPT = 500;

async function moveCursor(trx: DatabaseTransaction, read: CommentRead): Promise<void> {
  const decided = read.decided.toSorted((a, b) => b - a).slice(0, DECIDED_KEPT);
  if (!read.complete) {
    await sql`
      update planfix_task_cursor set decided_comments = decided_comments || ${decided}::integer[]
       where planfix_account_id = ${read.planfixAccountId} and planfix_task = ${read.planfixTask}`.execute(trx);
    return;
  }
  const { id = 0, at = null } = read.newest ?? {};
  await sql`
    insert into planfix_task_cursor as c
      (planfix_account_id, planfix_task, last_comment, last_comment_at, decided_comments, read_began_at)
    values (${read.planfixAccountId}, ${read.planfixTask}, ${id}, ${at}, ${decided}::integer[], ${read.beganAt})
    on conflict (planfix_account_id, planfix_task) do update
      set last_comment = greatest(c.last_comment, excluded.last_comment),
          last_comment_at = greatest(c.last_comment_at, excluded.last_comment_at),
          decided_comments = excluded.decided_comments,
          read_began_at = greatest(c.read_began_at, excluded.read_began_at)`.execute(trx);
}

/** `sendTo`: a person decided that the comment is for this conversation's customer. */
export type OpenHint = { id: string; planfixTask: number; planfixComment: number; sendTo: string | null };

export async function readHints(db: Database, planfixAccountId: string, limit: number): Promise<OpenHint[]> {
  return db
    .selectFrom('planfixHint')
    .where('planfixAccountId', '=', planfixAccountId)
    .orderBy('receivedAt')
    .orderBy('planfixComment')
    .limit(limit)
    .select(['id', 'planfixTask', 'planfixComment', 'sendTo'])
    .execute();
}

/** It was read; unless a person has decided about its comment since, which is to be done yet. */
export async function deleteHint(db: Database, { id, sendTo }: OpenHint): Promise<void> {
  await db
    .deleteFrom('planfixHint')
    .where('id', '=', id)
    .where(sql<boolean>`send_to is not distinct from ${sendTo}::uuid`)
    .execute();
}

/** A contact was merged in Planfix: the customer is now this one, whom nothing is known to be refused for. */
export async function moveContact(
  db: Database,
  planfixAccountId: string,
  customerId: string,
  contact: number,
): Promise<void> {
  await db
    .updateTable('planfixContact')
    .set({ contact, isRefusedAsOwner: false })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('customerId', '=', customerId)
    .execute();
}

/** Whether a comment of ours is on its way into this task right now. */
export async function hasOpenIntent(
  db: Database,
  planfixAccountId: string,
  planfixTask: number,
  youngerThanMs: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('message as m')
    .innerJoin('conversationTask as t', 't.conversationId', 'm.conversationId')
    .where('t.planfixAccountId', '=', planfixAccountId)
    .where('t.planfixTask', '=', planfixTask)
    .where('m.direction', 'in', ['inbound', 'note', 'echo'])
    .where('m.state', '=', 'received')
    .where('m.intentToken', 'is not', null)
    .where('m.intentAt', '>', sql<Date>`clock_timestamp() - ${youngerThanMs} * interval '1 millisecond'`)
    .select('m.id')
    .executeTakeFirst();
  return row !== undefined;
}
