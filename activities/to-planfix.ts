import { v7 as uuidv7 } from 'uuid';
import { markShown } from '../db/attachments.ts';
import { FencedOut, type LaneAttempt, moveDueTime, releaseLane, takeLane, whileHoldingLane } from '../db/lanes.ts';
import { type PlanfixTurn, readPlanfixTurn } from '../db/planfix-turn.ts';
import { addWindowWarning, readWarningInMs } from '../db/service-windows.ts';
import {
  dropIntent,
  ignoreRow,
  openIntent,
  type PlanfixRow,
  planfixLaneWaitMs,
  readPlanfixRows,
  recordPosted,
} from '../db/to-planfix.ts';
import type { TurnResult } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import { lookForComment } from './comment-look.ts';
import { AUTHOR_REFUSED, buildComment } from './comment-posts.ts';
import { giveUpEchoAuthor, settleRefusedPost } from './comment-refusals.ts';
import { addHiddenPhone } from './contact-phone.ts';
import { showDeliveryState } from './delivery-state.ts';
import type { Dependencies } from './dependencies.ts';
import { settleIdentityLinks } from './identity-links.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { tellRead } from './read-receipts.ts';
import { fileWait, firstFileWait, type RowFiles, readRowFiles, showLateFiles } from './row-files.ts';
import { findTask, isTaskBeingCreated } from './row-task.ts';
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
        const attempt: LaneAttempt = { conversationId, lane: 'to-planfix', token: uuidv7() };
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
  const canTell = turn?.connectionState !== 'disconnected' && turn?.settings.readReceipts === 'when-posted';
  if (turn && canTell && turn.task?.planfixTask != null) {
    await tellRead(db, await work.openConnection(turn.connectionId), attempt.conversationId, 'posted');
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
    // Rows first: nobody wakes the lane again for what came with a row that this turn posts.
    const rows = await readPlanfixRows(db, conversationId, ROWS_PER_LOOK);
    await work.dependencies.wake(await settleIdentityLinks(db, conversationId));
    const turn = await readPlanfixTurn(db, conversationId, waits.windowWarningMs);
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
    ...(turn.hasUnshown ? [(account: PlanfixAccount) => showLateFiles(work, account, turn)] : []),
    ...(turn.warningInMs !== null && turn.warningInMs <= 0 ? [() => warnOfWindow(work, turn)] : []),
    ...rows.map((row) => (account: PlanfixAccount) => handleRow(work, account, { turn, rows, files }, row)),
    // What is not about a message comes last: its failure must not keep any message back.
    ...(turn.phoneToAdd === null ? [] : [(account: PlanfixAccount) => addHiddenPhone(work, account, turn)]),
    ...(turn.staleDeliveryState === null ? [] : [(account: PlanfixAccount) => showDeliveryState(work, account, turn)]),
  ];
}

async function warnOfWindow({ dependencies, attempt }: PlanfixAttempt, turn: PlanfixTurn): Promise<RowOutcome> {
  const { planfixAccountId, connectionId, windowExpiresAt } = turn;
  const planfixTask = turn.task?.planfixTask ?? null;
  await addWindowWarning(dependencies.db, attempt, { planfixAccountId, connectionId, planfixTask }, windowExpiresAt);
  return 'again';
}

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
export type Look = { turn: PlanfixTurn; rows: PlanfixRow[]; files: RowFiles };

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
    if (row.reason === AUTHOR_REFUSED) await giveUpEchoAuthor(db, turn);
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
