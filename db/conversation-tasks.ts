import { type InsertObject, sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { AssigneeChoice } from '../workflows/domain/assignee.ts';
import type { Told } from '../workflows/domain/problem-findings.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type LaneAttempt, whileHoldingLane } from './lanes.ts';
import { openProblem } from './problems.ts';
import type { DB } from './schema.generated.ts';
import { readHistoryPosition, recordHistoryTold, wantHistoryFiles } from './task-history.ts';
import { parkRow, recordPosted } from './to-planfix.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/**
 * Opens the place of a new task: the current one steps back, and the new row is what its creation works for. Called by
 * the lane that needs the task; a row that is already open is returned as it is. `files`: of imported messages that the
 * task will tell of, still to be moved.
 */
export async function openConversationTask(
  db: Database,
  attempt: LaneAttempt,
  input: { planfixAccountId: string; openingMessages: string[]; previousPlanfixTask: number | undefined },
): Promise<{ id: string; files: string[] }> {
  const { conversationId } = attempt;
  return whileHoldingLane(db, attempt, async (trx) => {
    const historyPosition = await readHistoryPosition(trx, conversationId);
    const id = await insertCurrentTask(trx, {
      planfixAccountId: input.planfixAccountId,
      conversationId,
      historyPosition,
      // The customer's own, which stands behind what was held for it; only that one can be refused for itself.
      firstMessageId: input.openingMessages.at(-1) ?? null,
      openingMessages: input.openingMessages,
      previousPlanfixTask: input.previousPlanfixTask ?? null,
    });
    return { id, files: await wantHistoryFiles(trx, { conversationId, historyPosition }) };
  });
}

/** The one that was current steps back. The conversation must be locked. */
export async function insertCurrentTask(
  trx: DatabaseTransaction,
  task: Omit<InsertObject<DB, 'conversationTask'>, 'id' | 'isCurrent'>,
): Promise<string> {
  await trx
    .updateTable('conversationTask')
    .set({ isCurrent: false })
    .where('conversationId', '=', task.conversationId)
    .where('isCurrent', '=', true)
    .execute();
  const id = uuidv7();
  await trx
    .insertInto('conversationTask')
    .values({ id, ...task, isCurrent: true })
    .execute();
  return id;
}

/** What the creation of one task must know. */
export type TaskCreation = {
  conversationTaskId: string;
  conversationId: string;
  planfixAccountId: string;
  accountState: string;
  primaryAdmin: string;
  connectionId: string;
  settings: ConnectionSettings;
  configuredBy: string;
  businessNumber: string;
  /** A task of this connection was read back since its settings changed. */
  fieldsVerified: boolean;
  customerId: string;
  customerName: string | null;
  contact: number | null;
  planfixTask: number | null;
  previousPlanfixTask: number | null;
  firstMessageId: string;
  /** All that the description holds, in order. */
  openingMessages: string[];
  /** Up to which imported messages stand before them; null: none do. */
  historyPosition: number | null;
  intentToken: string | null;
  intentMsAgo: number | null;
  cleanLooks: number;
};

export async function readTaskCreation(db: Database, conversationTaskId: string): Promise<TaskCreation | undefined> {
  const row = await db
    .selectFrom('conversationTask as t')
    .innerJoin('conversation as c', 'c.id', 't.conversationId')
    .innerJoin('planfixAccount as a', 'a.id', 't.planfixAccountId')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .leftJoin('planfixContact as p', (join) =>
      join.onRef('p.customerId', '=', 'c.customerId').onRef('p.planfixAccountId', '=', 'c.planfixAccountId'),
    )
    .where('t.id', '=', conversationTaskId)
    .select([
      't.id as conversationTaskId',
      't.conversationId',
      't.planfixAccountId',
      'a.state as accountState',
      'a.primaryAdmin',
      'c.connectionId',
      'n.settings',
      'n.configuredBy',
      'n.displayPhoneNumber as businessNumber',
      'n.fieldsVerifiedAt',
      'c.customerId',
      'u.name as customerName',
      'p.contact',
      't.planfixTask',
      't.previousPlanfixTask',
      't.firstMessageId',
      't.openingMessages',
      't.historyPosition',
      't.intentToken',
      sql<number | null>`(extract(epoch from clock_timestamp() - t.intent_at) * 1000)::float8`.as('intentMsAgo'),
      't.cleanLooks',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { businessNumber, fieldsVerifiedAt, firstMessageId, openingMessages, ...rest } = row;
  return {
    ...rest,
    businessNumber: businessNumber ?? '',
    fieldsVerified: fieldsVerifiedAt !== null,
    firstMessageId: firstMessageId ?? '',
    openingMessages: openingMessages ?? (firstMessageId === null ? [] : [firstMessageId]),
  };
}

/** True: the call is ours. False: an intent is open, or the task exists. */
export async function openTaskIntent(db: Database, conversationTaskId: string, token: string): Promise<boolean> {
  const result = await db
    .updateTable('conversationTask')
    .set({ intentToken: token, intentAt: sql`clock_timestamp()`, cleanLooks: 0 })
    .where('id', '=', conversationTaskId)
    .where('intentToken', 'is', null)
    .where('planfixTask', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** `seen` is the intent that the caller looked for: a newer one stays untouched. */
export async function dropTaskIntent(db: Database, conversationTaskId: string, seen: string): Promise<void> {
  await db
    .updateTable('conversationTask')
    .set({ intentToken: null, intentAt: null, cleanLooks: 0 })
    .where('id', '=', conversationTaskId)
    .where('intentToken', '=', seen)
    .execute();
}

export async function countCleanTaskLook(db: Database, conversationTaskId: string, seen: string): Promise<void> {
  await db
    .updateTable('conversationTask')
    .set((eb) => ({ cleanLooks: eb('cleanLooks', '+', 1) }))
    .where('id', '=', conversationTaskId)
    .where('intentToken', '=', seen)
    .execute();
}

/**
 * Records the created task, and with it that its first messages are posted (they are the description). Comments of a task
 * that Parley made all count, so its cursor begins at zero; `emptyAt` (Planfix's time) is when it had none for sure.
 * Returns the wake of the lane that waits for it.
 */
export async function recordTask(
  db: Database,
  task: TaskCreation,
  created: { planfixTask: number; choice: AssigneeChoice | undefined; emptyAt: Date | null },
): Promise<Wake> {
  return inTransaction(db, async (trx) => {
    await trx.selectFrom('conversation').select('id').where('id', '=', task.conversationId).forNoKeyUpdate().execute();
    for (const messageId of task.openingMessages) {
      await recordPosted(trx, messageId, { planfixTask: created.planfixTask, planfixComment: null });
    }
    await recordHistoryTold(trx, task, created.planfixTask);
    await trx
      .updateTable('conversationTask')
      .set({
        planfixTask: created.planfixTask,
        isActive: true,
        activeKnownAt: sql`clock_timestamp()`,
        intentToken: null,
        ...(created.choice
          ? { assignees: JSON.stringify(created.choice.assignees), assigneeReason: created.choice.reason }
          : {}),
      })
      .where('id', '=', task.conversationTaskId)
      .where('planfixTask', 'is', null)
      .execute();
    await trx
      .insertInto('planfixTaskCursor')
      .values({
        planfixAccountId: task.planfixAccountId,
        planfixTask: created.planfixTask,
        lastComment: 0,
        readBeganAt: created.emptyAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return makeDue(trx, task.conversationId, 'to-planfix');
  });
}

export async function recordFieldsVerified(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connection')
    .set({ fieldsVerifiedAt: sql`clock_timestamp()` })
    .where('id', '=', connectionId)
    .execute();
}

/** Stores the chosen assignees and why, before the call, so that they are known even if its answer is lost. */
export async function recordAssignees(db: Database, conversationTaskId: string, choice: AssigneeChoice): Promise<void> {
  await db
    .updateTable('conversationTask')
    .set({ assignees: JSON.stringify(choice.assignees), assigneeReason: choice.reason })
    .where('id', '=', conversationTaskId)
    .execute();
}

/** What Planfix says about a task now; `undefined`: it was purged. Applies to every conversation that uses it. */
export async function recordTaskFacts(
  db: Database,
  planfixAccountId: string,
  planfixTask: number,
  facts: { isActive: boolean; isDeleted: boolean } | undefined,
): Promise<void> {
  await db
    .updateTable('conversationTask')
    .set({
      isActive: facts?.isActive === true && !facts.isDeleted,
      isGone: facts === undefined,
      activeKnownAt: sql`clock_timestamp()`,
    })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('planfixTask', '=', planfixTask)
    .execute();
}

/**
 * Planfix goes on refusing the task for a reason of this message alone: after `afterMs` its first message is parked and
 * the place closed, so that the next message gets a task of its own. Undefined: not that long yet.
 */
export async function giveUpTask(
  db: Database,
  task: TaskCreation,
  { afterMs, ...refusal }: Told & { reason: string; afterMs: number },
): Promise<Wake | undefined> {
  return inTransaction(db, async (trx) => {
    await trx.selectFrom('conversation').select('id').where('id', '=', task.conversationId).forNoKeyUpdate().execute();
    const row = await trx
      .updateTable('message')
      .set((eb) => ({
        blockedSince: eb.fn.coalesce('blockedSince', sql<Date>`clock_timestamp()`),
        reason: refusal.reason,
        reasonDetail: refusal.detail,
      }))
      .where('id', '=', task.firstMessageId)
      .where('state', '=', 'received')
      .returning(sql<number>`extract(epoch from clock_timestamp() - blocked_since) * 1000`.as('blockedMs'))
      .executeTakeFirst();
    if (row && row.blockedMs < afterMs) return undefined;
    if (row) await parkRow(trx, task.firstMessageId, refusal);
    const { planfixAccountId, connectionId, conversationId } = task;
    const about = { planfixAccountId, connectionId, conversationId, messageId: task.firstMessageId };
    if (row) await openProblem(trx, { kind: 'parked', ...about, ...refusal });
    await trx.deleteFrom('conversationTask').where('id', '=', task.conversationTaskId).execute();
    return makeDue(trx, conversationId, 'to-planfix');
  });
}
