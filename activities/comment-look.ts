import { countCleanLook, dropIntent, type PlanfixRow, recordPosted } from '../db/to-planfix.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import { CLEAN_LOOKS_NEEDED, nextReadBackStep } from './read-back.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

/** Looks for the comment of an open intent among the task's comments, by our id that it carries. */
export async function lookForComment(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  row: PlanfixRow,
): Promise<RowOutcome> {
  const { db, waits } = dependencies;
  const step = nextReadBackStep(row, waits);
  if (step.kind === 'wait') return { waitMs: step.waitMs };
  if (step.kind === 'look' && row.planfixTask !== null) {
    const sinceMs = account.planfixTime(Date.now() - (row.intentMsAgo ?? 0)) - waits.readBackOverlapMs;
    const found = await findComment(account, row.planfixTask, row.id, sinceMs);
    if (found !== undefined) {
      await recordPosted(db, row.id, { planfixTask: row.planfixTask, planfixComment: found });
      return 'again';
    }
    await countCleanLook(db, attempt, row.id);
    if (row.cleanLooks + 1 < CLEAN_LOOKS_NEEDED) return { waitMs: waits.readBackSecondMs };
  }
  await dropIntent(db, attempt, row.id);
  return 'again';
}

/** All pages down to `sinceMs` (Planfix's time, whole minutes). A task that is gone holds no comment. */
export async function findComment(
  account: PlanfixAccount,
  taskId: number,
  sourceObjectId: string,
  sinceMs: number,
): Promise<number | undefined> {
  try {
    for await (const page of account.client.listComments({ taskId })) {
      const found = page.find((comment) => comment.sourceObjectId === sourceObjectId);
      if (found) return found.id;
      if (page.some((comment) => comment.createdAtMs !== undefined && comment.createdAtMs < sinceMs)) return undefined;
    }
    return undefined;
  } catch (error) {
    if (error instanceof PlanfixError && error.refusal === 'task-missing') return undefined;
    throw error;
  }
}
