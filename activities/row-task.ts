import { openConversationTask, recordTaskFacts } from '../db/conversation-tasks.ts';
import type { Database } from '../db/database.ts';
import { readMention } from '../db/mentions.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { holdEcho, ignoreRow, type PlanfixRow } from '../db/to-planfix.ts';
import { inboundRule } from '../workflows/domain/inbound-rules.ts';
import { routeToTask } from '../workflows/domain/task-routing.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { Look, PlanfixAttempt, RowOutcome } from './to-planfix.ts';

export const isTaskBeingCreated = ({ task }: PlanfixTurn) => task !== null && task.planfixTask === null && !task.isGone;

/** The task that this row belongs into, or what must happen before there is one. */
export async function findTask(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  { turn, rows }: Look,
  row: PlanfixRow,
): Promise<number | RowOutcome> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  // A note belongs to the message that it is about: it follows no newer task. What was written to the customer from
  // outside a task has no place yet: it is routed as a message of theirs.
  if (row.direction === 'note' && row.planfixTask !== null) return row.planfixTask;
  const { task } = turn;
  if (task && isTaskBeingCreated(turn)) return { conversationTaskId: task.id, isBegun: true };
  if (row.direction !== 'note' && !inboundRule(row.kind).startsTask) {
    const planfixTask = await taskOfSign(db, turn, row);
    if (planfixTask !== undefined) return planfixTask;
    // What was held opens the task together with the answer that released it.
    if (row.hold !== 'releasing') {
      await ignoreRow(db, attempt, row.id, 'no-task');
      return 'again';
    }
  }
  const known = task?.planfixTask == null ? undefined : { ...task, planfixTask: task.planfixTask };
  const route = routeToTask(
    known && {
      planfixTask: known.planfixTask,
      isActive: known.isActive,
      isDeleted: false,
      isPurged: known.isGone,
      knownForMs: Math.min(known.activeKnownMsAgo ?? Number.MAX_VALUE, turn.polledMsAgo ?? Number.MAX_VALUE),
    },
    { newTaskWhenNoneActive: turn.settings.newTaskWhenNoneActive, trustFlagForMs: waits.activeFlagMs },
  );
  if (route.kind === 'append') return route.planfixTask;
  if (route.kind === 'read-first') {
    const facts = await account.client.getTask(route.planfixTask);
    await recordTaskFacts(
      db,
      turn.planfixAccountId,
      route.planfixTask,
      facts && { isActive: facts.status?.isActive ?? true, isDeleted: facts.isDeleted },
    );
    return 'again';
  }
  if (mayBeHeld(turn, rows, row) && (await holdEcho(db, attempt, row))) return 'again';
  const { id: conversationTaskId, files } = await openConversationTask(db, attempt, {
    planfixAccountId: turn.planfixAccountId,
    openingMessages: openingOf(rows, row),
    previousPlanfixTask: route.previousPlanfixTask,
  });
  for (const file of files) work.files.add(file);
  return { conversationTaskId, isBegun: false };
}

/** An echo of whose task it was believed, when it came, that it is there and active; and no answer is there either. */
function mayBeHeld(
  { settings }: PlanfixTurn,
  rows: readonly PlanfixRow[],
  row: PlanfixRow,
): row is PlanfixRow & { channelAt: Date } {
  const isAnswered = rows.some(({ direction, kind }) => direction === 'inbound' && inboundRule(kind).startsTask);
  return (
    row.direction === 'echo' &&
    row.hold === null &&
    row.channelAt !== null &&
    !settings.openTaskForEchoes &&
    !isAnswered
  );
}

/** What the description holds: released messages, then the customer's answer to them; most often the one row. */
function openingOf(rows: readonly PlanfixRow[], first: PlanfixRow): string[] {
  const begun = rows.slice(rows.indexOf(first)).filter(isOfOpening);
  const end = begun.findIndex((row) => row.direction === 'inbound' && inboundRule(row.kind).startsTask);
  return begun.slice(0, end + 1 || 1).map((row) => row.id);
}

/** Other notes have a task of their own, or are about one. */
const isOfOpening = ({ direction, kind, planfixTask }: PlanfixRow) =>
  direction !== 'note' || (kind === 'api-message' && planfixTask === null);

/** A sign about an earlier message belongs where that stands; else it follows the conversation, but opens no task. */
async function taskOfSign(db: Database, turn: PlanfixTurn, row: PlanfixRow): Promise<number | undefined> {
  const { quotedChannelMessageId } = row;
  const mention =
    quotedChannelMessageId === null ? undefined : await readMention(db, turn.connectionId, quotedChannelMessageId);
  const current = turn.task?.isGone ? undefined : turn.task?.planfixTask;
  return mention?.planfixTask ?? current ?? undefined;
}
