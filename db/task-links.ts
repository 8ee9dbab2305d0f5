import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import { insertCurrentTask } from './conversation-tasks.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { adoptContact, familyOf, personOf } from './person-contacts.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** Why a conversation could not be put into the task that was named. */
export type LinkRefusal = 'no-such-task' | 'used-by-another-conversation';

/** What the lane has to do. */
export type RequestedLink = { id: string; planfixTask: number };
export type TaskLink = RequestedLink & { state: string; reason: string | null };

/** Asks the lane to put the conversation into a task. Undefined: it is being put into another one just now. */
export async function requestTaskLink(
  db: Database,
  conversation: { id: string; planfixAccountId: string },
  { planfixTask, actor }: { planfixTask: number; actor: string },
): Promise<{ link: TaskLink; wake: Wake } | undefined> {
  return inTransaction(db, async (trx) => {
    await trx.selectFrom('conversation').select('id').where('id', '=', conversation.id).forNoKeyUpdate().execute();
    const open = await readRequestedLink(trx, conversation.id);
    if (open && open.planfixTask !== planfixTask) return undefined;
    const link = open ?? { id: uuidv7(), planfixTask, state: 'requested', reason: null };
    if (!open) {
      const { id, planfixAccountId } = conversation;
      await trx
        .insertInto('taskLink')
        .values({ id: link.id, planfixAccountId, conversationId: id, planfixTask, state: 'requested' })
        .execute();
      await recordAudit(trx, { actor, action: 'link-task', subjectKind: 'conversation', subjectId: id });
    }
    return { link, wake: await makeDue(trx, conversation.id, 'to-planfix') };
  });
}

export async function readTaskLink(db: Database, id: string): Promise<TaskLink | undefined> {
  return db
    .selectFrom('taskLink')
    .where('id', '=', id)
    .select(['id', 'planfixTask', 'state', 'reason'])
    .executeTakeFirst();
}

export async function readRequestedLink(
  db: Database | DatabaseTransaction,
  conversationId: string,
): Promise<TaskLink | undefined> {
  return db
    .selectFrom('taskLink')
    .where('conversationId', '=', conversationId)
    .where('state', '=', 'requested')
    .select(['id', 'planfixTask', 'state', 'reason'])
    .executeTakeFirst();
}

export async function refuseTaskLink(
  db: Database,
  attempt: LaneAttempt,
  linkId: string,
  reason: LinkRefusal,
): Promise<void> {
  await whileHoldingLane(db, attempt, (trx) => settleLink(trx, linkId, { state: 'refused', reason }));
}

async function settleLink(
  trx: DatabaseTransaction,
  id: string,
  outcome: { state: 'linked' | 'refused'; reason: LinkRefusal | null },
): Promise<void> {
  await trx
    .updateTable('taskLink')
    .set({ ...outcome, settledAt: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', '=', 'requested')
    .execute();
  await announceRow(trx, id);
}

/**
 * Puts the conversation into the task. Comments that are there now count as decided, so that nothing older than the
 * link is sent to the customer. A task and a customer lead to one conversation only: of two numbers the same person
 * wrote to, the second is refused.
 */
export async function linkTask(
  db: Database,
  attempt: LaneAttempt,
  link: {
    id: string;
    planfixAccountId: string;
    planfixTask: number;
    isActive: boolean;
    comments: { newest: number; newestAt: Date | null; recent: number[] };
  },
): Promise<void> {
  const { conversationId } = attempt;
  await whileHoldingLane(db, attempt, async (trx) => {
    if (await isUsedByAnother(trx, conversationId, link)) {
      return settleLink(trx, link.id, { state: 'refused', reason: 'used-by-another-conversation' });
    }
    await insertCurrentTask(trx, {
      planfixAccountId: link.planfixAccountId,
      conversationId,
      planfixTask: link.planfixTask,
      isActive: link.isActive,
      activeKnownAt: sql<Date>`clock_timestamp()`,
    });
    await decideComments(trx, link);
    return settleLink(trx, link.id, { state: 'linked', reason: null });
  });
}

/**
 * Puts the conversation into a task in which an employee wrote to the customer: that comment and later ones count, all
 * that are older do not. False: it is being put into another task just now.
 */
export async function linkUnseenTask(
  db: Database,
  link: {
    conversationId: string;
    planfixAccountId: string;
    planfixTask: number;
    isActive: boolean;
    contact: number;
    comments: { newest: number; newestAt: Date | null; recent: number[] };
  },
): Promise<boolean> {
  const { conversationId, planfixAccountId, planfixTask, isActive } = link;
  return inTransaction(db, async (trx) => {
    const conversation = await trx
      .selectFrom('conversation')
      .select('customerId')
      .where('id', '=', conversationId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const isMoving = await trx
      .selectFrom('conversationTask')
      .where('conversationId', '=', conversationId)
      .where('isCurrent', '=', true)
      .where('isGone', '=', false)
      .where('planfixTask', 'is', null)
      .select('id')
      .executeTakeFirst();
    if (isMoving || (await readRequestedLink(trx, conversationId))) return false;
    if (await isUsedByAnother(trx, conversationId, link)) return false;
    await insertCurrentTask(trx, {
      ...{ planfixAccountId, conversationId, planfixTask, isActive },
      activeKnownAt: sql<Date>`clock_timestamp()`,
    });
    await adoptContact(trx, planfixAccountId, conversation.customerId, link.contact);
    await decideComments(trx, link);
    return true;
  });
}

async function isUsedByAnother(
  trx: DatabaseTransaction,
  conversationId: string,
  link: { planfixAccountId: string; planfixTask: number },
): Promise<boolean> {
  const ours = await trx
    .selectFrom('conversation')
    .where('id', '=', conversationId)
    .select('customerId')
    .executeTakeFirstOrThrow();
  const row = await trx
    .selectFrom('conversationTask as t')
    .innerJoin('conversation as theirs', 'theirs.id', 't.conversationId')
    .where('theirs.customerId', 'in', await familyOf(trx, await personOf(trx, ours.customerId)))
    .where('theirs.id', '!=', conversationId)
    .where('t.planfixAccountId', '=', link.planfixAccountId)
    .where('t.planfixTask', '=', link.planfixTask)
    .select('t.id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function decideComments(
  trx: DatabaseTransaction,
  link: {
    planfixAccountId: string;
    planfixTask: number;
    comments: { newest: number; newestAt: Date | null; recent: number[] };
  },
): Promise<void> {
  const { newest, newestAt, recent } = link.comments;
  await sql`
    insert into planfix_task_cursor as c
      (planfix_account_id, planfix_task, last_comment, last_comment_at, decided_comments)
    values (${link.planfixAccountId}, ${link.planfixTask}, ${newest}, ${newestAt}, ${recent}::integer[])
    on conflict (planfix_account_id, planfix_task) do update
      set last_comment = greatest(c.last_comment, excluded.last_comment),
          last_comment_at = greatest(c.last_comment_at, excluded.last_comment_at),
          decided_comments = c.decided_comments || excluded.decided_comments`.execute(trx);
}
