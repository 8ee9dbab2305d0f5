import { randomUUIDv7 } from 'node:crypto';
import { openConversationTask, recordTaskFacts } from '../db/conversation-tasks.ts';
import { FencedOut, type LaneAttempt, moveDueTime, releaseLane, takeLane, whileHoldingLane } from '../db/lanes.ts';
import {
  dropIntent,
  ignoreRow,
  openIntent,
  type PlanfixRow,
  type PlanfixTurn,
  planfixLaneWaitMs,
  readPlanfixRows,
  readPlanfixTurn,
  recordPosted,
} from '../db/to-planfix.ts';
import { routeToTask } from '../workflows/domain/task-routing.ts';
import type { TurnResult } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import { lookForComment } from './comment-look.ts';
import { buildComment } from './comment-posts.ts';
import { settleRefusedPost } from './comment-refusals.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { linkRequestedTask } from './task-linking.ts';

/** Rows that one look takes; a longer queue is simply looked at again. */
const ROWS_PER_LOOK = 20;

export type ToPlanfixActivities = {
  /** One turn of the to-Planfix lane: posts every workable row, in channel-time order, and stops at the first it cannot. */
  postToPlanfix: (input: { conversationId: string }) => Promise<TurnResult>;
};

export function createToPlanfixActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): ToPlanfixActivities {
  const { db, waits } = dependencies;
  return {
    postToPlanfix: ({ conversationId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const attempt: LaneAttempt = { conversationId, lane: 'to-planfix', token: randomUUIDv7() };
        if (!(await takeLane(db, attempt, waits.leaseMs))) return { kind: 'done' };
        try {
          return await takeTurn({ dependencies, openAccount, attempt, endsAtMs: Date.now() + waits.turnMs });
        } catch (error) {
          if (error instanceof FencedOut) return { kind: 'done' };
          throw error;
        }
      }),
  };
}

/** One attempt at the lane. `account` is opened by the first row that needs it. */
export type PlanfixAttempt = {
  dependencies: Dependencies;
  openAccount: OpenPlanfixAccount;
  attempt: LaneAttempt;
  endsAtMs: number;
};

/** What became of one row: go on with the next, look at everything anew, or stop here. */
export type RowOutcome = 'next' | 'again' | 'stop' | { waitMs: number } | { conversationTaskId: string };

async function takeTurn(work: PlanfixAttempt): Promise<TurnResult> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  let atLeastMs = 0;
  let planfixTask: number | undefined;
  looks: while (Date.now() < work.endsAtMs && !isCancelled()) {
    const [turn, rows] = await Promise.all([
      readPlanfixTurn(db, attempt.conversationId),
      readPlanfixRows(db, attempt.conversationId, ROWS_PER_LOOK),
    ]);
    if (turn?.account.state !== 'connected') break;
    planfixTask = turn.task?.planfixTask ?? planfixTask;
    const { link } = turn;
    if (rows.length === 0 && !link) break;
    const account = await work.openAccount(turn.account);
    const steps =
      link && !isTaskBeingCreated(turn)
        ? [() => linkRequestedTask(work, account, turn, link)]
        : rows.map((row) => () => handleRow(work, account, turn, row));
    for (const step of steps) {
      if (Date.now() >= work.endsAtMs || isCancelled()) break looks;
      const outcome = await takeStep(work, account, step);
      if (outcome === 'next') continue;
      if (outcome === 'again') continue looks;
      if (outcome === 'stop') break looks;
      if ('conversationTaskId' in outcome) {
        await whileHoldingLane(db, attempt, (trx) => moveDueTime(trx, attempt, waits.taskCreationMs));
        return { kind: 'needs-task', ...outcome };
      }
      atLeastMs = outcome.waitMs;
      break looks;
    }
    if (rows.length < ROWS_PER_LOOK) break;
  }
  const rest = await releaseLane(db, attempt, async (trx) => {
    const waitMs = await planfixLaneWaitMs(trx, attempt.conversationId);
    return waitMs === undefined ? undefined : Math.max(waitMs, atLeastMs);
  });
  return planfixTask === undefined ? rest : { ...rest, planfixTask };
}

const isTaskBeingCreated = ({ task }: PlanfixTurn) => task !== null && task.planfixTask === null && !task.isGone;

async function takeStep(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  step: () => Promise<RowOutcome>,
): Promise<RowOutcome> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof NotNow) return { waitMs: error.waitMs };
    if (!(error instanceof PlanfixError)) throw error;
    // A read failed (writes are settled where they are made): the account may be down, else it is tried again.
    if (await account.pauseIfDown(error)) return 'stop';
    return { waitMs: error.retryAfterMs ?? work.dependencies.waits.retryFirstMs };
  }
}

async function handleRow(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  row: PlanfixRow,
): Promise<RowOutcome> {
  if (row.waitMs > 0) return 'stop';
  if (row.intentToken !== null) return lookForComment(work, account, row);
  const route = await findTask(work, account, turn, row);
  return typeof route === 'number' ? postRow(work, account, turn, row, route) : route;
}

/** The task that this row belongs into, or what must happen before there is one. */
async function findTask(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  row: PlanfixRow,
): Promise<number | RowOutcome> {
  const { db, waits } = dependencies;
  // A note belongs to the message that it is about: it follows no newer task and never opens one.
  if (row.direction === 'note' && row.planfixTask !== null) return row.planfixTask;
  const { task } = turn;
  if (task && isTaskBeingCreated(turn)) return { conversationTaskId: task.id };
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
  const conversationTaskId = await openConversationTask(db, attempt, {
    planfixAccountId: turn.planfixAccountId,
    firstMessageId: row.id,
    previousPlanfixTask: route.previousPlanfixTask,
  });
  return { conversationTaskId };
}

/** Intent, call, record. */
async function postRow(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  row: PlanfixRow,
  planfixTask: number,
): Promise<RowOutcome> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  const comment = await buildComment(db, turn, row, planfixTask);
  if (!comment) {
    await ignoreRow(db, attempt, row.id, 'settled-otherwise');
    return 'again';
  }
  await account.enterGate();
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  if (!(await openIntent(db, attempt, row.id, { planfixTask, leaseMs: waits.leaseMs }))) return 'again';
  try {
    const deadlineMs = Math.max(1, notAfterMs - Date.now());
    const created = await account.client.createComment(comment, { notAfterMs, deadlineMs });
    await recordPosted(db, row.id, { planfixTask, planfixComment: created.id });
    return 'next';
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    if (error.kind === 'outcome-unknown') {
      await account.pauseIfDown(error);
      return { waitMs: waits.callDeadlineMs + waits.readBackFirstMs };
    }
    await dropIntent(db, attempt, row.id);
    return settleRefusedPost(work, account, turn, row, { error, planfixTask });
  }
}
