import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { linkTask, type RequestedLink, refuseTaskLink } from '../db/task-links.ts';
import { resolveContactOf } from './contact-resolution.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

/**
 * Puts the conversation into a task that a person named. The comments that are there by now are read as far down as
 * any later read will look, and count as decided: none of them is sent.
 */
export async function linkRequestedTask(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  { id, planfixTask }: RequestedLink,
): Promise<RowOutcome> {
  const { db, waits } = dependencies;
  if (turn.contact === null) {
    // The task needs nobody, but comments on it reach the customer by their contact only.
    const step = await resolveContactOf(dependencies, account, turn);
    return step.kind === 'not-before' ? { waitMs: step.waitMs } : 'again';
  }
  const task = await account.client.getTask(planfixTask);
  if (!task || task.isDeleted) {
    await refuseTaskLink(db, attempt, id, 'no-such-task');
    return 'again';
  }
  const comments = await readRecent(account, planfixTask, waits.commentOverlapMs);
  const { planfixAccountId } = turn;
  const isActive = task.status?.isActive ?? true;
  await linkTask(db, attempt, { id, planfixAccountId, planfixTask, isActive, comments });
  return 'again';
}

const MINUTE_MS = 60_000;

/**
 * A later read reaches so far below the newest comment, whenever that was written, or below the one that was written at
 * `fromMs`.
 */
export async function readRecent(account: PlanfixAccount, planfixTask: number, overlapMs: number, fromMs?: number) {
  // Planfix tells whole minutes, and a read rounds down: one more on either side.
  const nowMs = account.planfixTime(Date.now());
  let sinceMs = Math.min(nowMs, fromMs ?? nowMs) - overlapMs - 2 * MINUTE_MS;
  const recent: number[] = [];
  let newest = { id: 0, at: null as Date | null };
  pages: for await (const page of account.client.listComments({ taskId: planfixTask })) {
    for (const { id, createdAtMs } of page) {
      if (id > newest.id) {
        newest = { id, at: createdAtMs === undefined ? null : new Date(createdAtMs) };
        sinceMs = Math.min(sinceMs, (createdAtMs ?? sinceMs) - overlapMs - 2 * MINUTE_MS);
      }
      if (createdAtMs !== undefined && createdAtMs < sinceMs) break pages;
      recent.push(id);
    }
  }
  return { newest: newest.id, newestAt: newest.at, recent };
}
