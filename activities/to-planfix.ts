import { randomUUIDv7 } from 'node:crypto';
import { markShown } from '../db/attachments.ts';
import { openConversationTask, recordTaskFacts } from '../db/conversation-tasks.ts';
import type { Database } from '../db/database.ts';
import { FencedOut, type LaneAttempt, moveDueTime, releaseLane, takeLane, whileHoldingLane } from '../db/lanes.ts';
import { readMention } from '../db/mentions.ts';
import { type PlanfixTurn, readPlanfixTurn } from '../db/planfix-turn.ts';
import { addWindowWarning, readWarningInMs } from '../db/service-windows.ts';
import {
  dropIntent,
  holdEcho,
  ignoreRow,
  openIntent,
  type PlanfixRow,
  planfixLaneWaitMs,
  readPlanfixRows,
  recordPosted,
} from '../db/to-planfix.ts';
import { inboundRule } from '../workflows/domain/inbound-rules.ts';
import { routeToTask } from '../workflows/domain/task-routing.ts';
import type { TurnResult } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import { lookForComment } from './comment-look.ts';
import { buildComment } from './comment-posts.ts';
import { settleRefusedPost } from './comment-refusals.ts';
import { addHiddenPhone } from './contact-phone.ts';
import { showDeliveryState } from './delivery-state.ts';
import type { Dependencies } from './dependencies.ts';
import { settleIdentityLinks } from './identity-links.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { tellRead } from './read-receipts.ts';
import { fileWait, firstFileWait, type RowFiles, readRowFiles, showLateFiles } from './row-files.ts';
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
  openConnection: OpenConnection,
): ToPlanfixActivities {
  const { db, waits } = dependencies;
  return {
    postToPlanfix: ({ conversationId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const attempt: LaneAttempt = { conversationId, lane: 'to-planfix', token: randomUUIDv7() };
        if (!(await takeLane(db, attempt, waits.leaseMs))) return { kind: 'done' };
        try {
          const endsAtMs = Date.now() + waits.turnMs;
          return await takeTurn({ dependencies, openAccount, openConnection, attempt, endsAtMs, files: new Set() });
        } catch (error) {
          if (error instanceof FencedOut) return { kind: 'done' };
          throw error;
        }
      }),
  };
}

/** One attempt at the lane. */
export type PlanfixAttempt = {
  dependencies: Dependencies;
  openAccount: OpenPlanfixAccount;
  openConnection: OpenConnection;
  attempt: LaneAttempt;
  endsAtMs: number;
  /** Files that rows wait for, found so far. */
  files: Set<string>;
};

/** What became of one row: go on with the next, look at everything anew, or stop here. */
export type RowOutcome =
  | 'next'
  | 'again'
  | 'stop'
  | { waitMs: number }
  /** The end of a transfer wakes the lane; if it takes too long, the row goes without its file. */
  | { fileWaitMs: number }
  /** `isBegun`: its creation was begun by an earlier turn. */
  | { conversationTaskId: string; isBegun: boolean };

async function takeTurn(work: PlanfixAttempt): Promise<TurnResult> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  const seen: { turn?: PlanfixTurn } = {};
  await settleIdentityLinks(db, attempt.conversationId);
  const end = await takeLooks(work, seen);
  const files = work.files.size === 0 ? {} : { files: [...work.files] };
  if (typeof end === 'object' && 'conversationTaskId' in end) {
    const { conversationTaskId, isBegun } = end;
    // A creation that stops in this very moment, without a task, is still found running: it is looked for again soon.
    const dueInMs = isBegun ? waits.leaseMs : waits.taskCreationMs;
    await whileHoldingLane(db, attempt, (trx) => moveDueTime(trx, attempt, dueInMs));
    return { kind: 'needs-task', conversationTaskId, ...files };
  }
  const rest = await releaseLane(db, attempt, async (trx) => {
    const waitMs = await planfixLaneWaitMs(trx, attempt.conversationId);
    // A step that is not about a row (late files, the delivery state) was put off, or the time was up before it.
    if (waitMs === undefined) return typeof end === 'object' && 'waitMs' in end ? { dueInMs: end.waitMs } : undefined;
    if (typeof end === 'object' && 'fileWaitMs' in end) {
      // Looked at once more under the lock: the file may have come since, and then nobody would bring it again.
      const lookInMs = await firstFileWait(trx, attempt.conversationId, ROWS_PER_LOOK, waits);
      return lookInMs > 0 ? { lookInMs } : { dueInMs: 0 };
    }
    return { dueInMs: Math.max(waitMs, typeof end === 'object' ? end.waitMs : 0) };
  });
  const { turn } = seen;
  if (turn?.settings.readReceipts === 'when-posted' && turn.task?.planfixTask != null) {
    await tellRead(db, await work.openConnection(turn.connectionId), attempt.conversationId);
  }
  const warningInMs = await readWarningInMs(db, attempt.conversationId, waits.windowWarningMs);
  const task = turn?.task?.planfixTask == null ? {} : { planfixTask: turn.task.planfixTask };
  // A warning that could not be given in this turn is no reason to take the next one at once.
  const deadline = warningInMs === undefined ? {} : { deadlineInMs: Math.max(warningInMs, waits.retryFirstMs) };
  return { ...rest, ...task, ...files, ...deadline };
}

/** Looks at the rows until there are none, the time is up, or one of them cannot be posted now. */
async function takeLooks(
  work: PlanfixAttempt,
  seen: { turn?: PlanfixTurn },
): Promise<Exclude<RowOutcome, 'next' | 'again'>> {
  const { db, waits } = work.dependencies;
  const { conversationId } = work.attempt;
  looks: while (Date.now() < work.endsAtMs && !isCancelled()) {
    const [turn, rows] = await Promise.all([
      readPlanfixTurn(db, conversationId, waits.windowWarningMs),
      readPlanfixRows(db, conversationId, ROWS_PER_LOOK),
    ]);
    if (turn?.account.state !== 'connected') return 'stop';
    seen.turn = turn;
    const files = await readRowFiles(work, rows);
    const steps = stepsOf(work, turn, rows, files);
    if (steps.length === 0) return 'stop';
    const account = await work.openAccount(turn.account);
    for (const step of steps) {
      if (Date.now() >= work.endsAtMs || isCancelled()) return { waitMs: 0 };
      const outcome = await takeStep(work, account, step);
      if (outcome === 'again') continue looks;
      if (outcome !== 'next') return outcome;
    }
    if (rows.length < ROWS_PER_LOOK) return 'stop';
  }
  return { waitMs: 0 };
}

type Step = (account: PlanfixAccount) => Promise<RowOutcome>;

function stepsOf(work: PlanfixAttempt, turn: PlanfixTurn, rows: PlanfixRow[], files: RowFiles): Step[] {
  const { link } = turn;
  if (link && !isTaskBeingCreated(turn)) return [(account) => linkRequestedTask(work, account, turn, link)];
  return [
    ...(turn.phoneToAdd === null ? [] : [(account: PlanfixAccount) => addHiddenPhone(work, account, turn)]),
    ...(turn.hasUnshown ? [(account: PlanfixAccount) => showLateFiles(work, account, turn)] : []),
    ...(turn.warningInMs !== null && turn.warningInMs <= 0 ? [() => warnOfWindow(work, turn)] : []),
    ...rows.map((row) => (account: PlanfixAccount) => handleRow(work, account, { turn, rows, files }, row)),
    ...(turn.staleDeliveryState === null ? [] : [(account: PlanfixAccount) => showDeliveryState(work, account, turn)]),
  ];
}

async function warnOfWindow({ dependencies, attempt }: PlanfixAttempt, turn: PlanfixTurn): Promise<RowOutcome> {
  const { planfixAccountId, connectionId } = turn;
  const planfixTask = turn.task?.planfixTask ?? null;
  await addWindowWarning(dependencies.db, attempt, { planfixAccountId, connectionId, planfixTask });
  return 'again';
}

const isTaskBeingCreated = ({ task }: PlanfixTurn) => task !== null && task.planfixTask === null && !task.isGone;

async function takeStep(work: PlanfixAttempt, account: PlanfixAccount, step: Step): Promise<RowOutcome> {
  try {
    return await step(account);
  } catch (error) {
    if (error instanceof NotNow) return { waitMs: error.waitMs };
    if (!(error instanceof PlanfixError)) throw error;
    // A read failed (writes are settled where they are made): the account may be down, else it is tried again.
    if (await account.pauseIfDown(error)) return 'stop';
    return { waitMs: error.retryAfterMs ?? work.dependencies.waits.retryFirstMs };
  }
}

/** Everything that one look found. */
type Look = { turn: PlanfixTurn; rows: PlanfixRow[]; files: RowFiles };

async function handleRow(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  look: Look,
  row: PlanfixRow,
): Promise<RowOutcome> {
  if (row.waitMs > 0) return 'stop';
  if (row.intentToken !== null) return lookForComment(work, account, row);
  const fileWaitMs = fileWait(look.files.get(row.id), work.dependencies.waits);
  if (fileWaitMs > 0) return { fileWaitMs };
  const route = await findTask(work, account, look, row);
  return typeof route === 'number' ? postRow(work, account, look, row, route) : route;
}

/** The task that this row belongs into, or what must happen before there is one. */
async function findTask(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  { turn, rows }: Look,
  row: PlanfixRow,
): Promise<number | RowOutcome> {
  const { db, waits } = dependencies;
  // A note belongs to the message that it is about: it follows no newer task and never opens one.
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
  const conversationTaskId = await openConversationTask(db, attempt, {
    planfixAccountId: turn.planfixAccountId,
    openingMessages: openingOf(rows, row),
    previousPlanfixTask: route.previousPlanfixTask,
  });
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
  const begun = rows.slice(rows.indexOf(first));
  const end = begun.findIndex((row) => row.direction === 'inbound');
  return begun.slice(0, end + 1 || 1).map((row) => row.id);
}

/** A sign about an earlier message belongs where that stands; else it follows the conversation, but opens no task. */
async function taskOfSign(db: Database, turn: PlanfixTurn, row: PlanfixRow): Promise<number | undefined> {
  const { quotedChannelMessageId } = row;
  const mention =
    quotedChannelMessageId === null ? undefined : await readMention(db, turn.connectionId, quotedChannelMessageId);
  const current = turn.task?.isGone ? undefined : turn.task?.planfixTask;
  return mention?.planfixTask ?? current ?? undefined;
}

/** Intent, call, record. */
async function postRow(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  { turn, files }: Look,
  row: PlanfixRow,
  planfixTask: number,
): Promise<RowOutcome> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  const built = await buildComment(db, turn, row, planfixTask, files.get(row.id) ?? []);
  if (!built) {
    await ignoreRow(db, attempt, row.id, 'settled-otherwise');
    return 'again';
  }
  await account.enterGate();
  await markShown(db, built.shown);
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  if (!(await openIntent(db, attempt, row.id, { planfixTask, leaseMs: waits.leaseMs }))) return 'again';
  try {
    const deadlineMs = Math.max(1, notAfterMs - Date.now());
    const created = await account.client.createComment(built.comment, { notAfterMs, deadlineMs });
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
