import { dropEchoAuthor } from '../db/connections.ts';
import { recordTaskFacts } from '../db/conversation-tasks.ts';
import type { Database } from '../db/database.ts';
import { whileHoldingLane } from '../db/lanes.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { openProblem } from '../db/problems.ts';
import { delayRow, ignoreRow, type PlanfixRow, parkRow, recordOwnerRefused, unplaceNote } from '../db/to-planfix.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import { AUTHOR_REFUSED } from './comment-posts.ts';
import { replaceMerged } from './contact-resolution.ts';
import { backOff } from './not-now.ts';
import type { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

/**
 * Planfix certainly did not take the comment. What there is another way for is done at once; what concerns the account
 * pauses it; what concerns this message alone makes it wait, and parks it in the end.
 */
export async function settleRefusedPost(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  row: PlanfixRow,
  { error, planfixTask }: { error: PlanfixError; planfixTask: number },
): Promise<RowOutcome> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  if (error.refusal === 'task-missing') {
    await recordTaskFacts(db, turn.planfixAccountId, planfixTask, undefined);
    if (row.kind === 'api-message') await unplaceNote(db, attempt, row.id);
    else if (row.direction === 'note') await ignoreRow(db, attempt, row.id, 'task-gone');
    return 'again';
  }
  if (error.refusal === 'owner' && row.direction === 'echo') {
    await delayRow(db, attempt, row.id, { waitMs: 0, reason: AUTHOR_REFUSED, detail: error.detail });
    return 'again';
  }
  if (error.refusal === 'owner' && !turn.isContactRefusedAsOwner) {
    if (await replaceMerged(db, account, turn)) return 'again';
    await recordOwnerRefused(db, attempt.conversationId, true);
    await openProblem(db, { kind: 'contact-refused-as-owner', ...subjectOf(turn), ...error.told });
    return 'again';
  }
  if (error.refusal === 'comment-banned') {
    const { initialStatus } = turn.settings;
    await openProblem(db, { kind: 'comments-forbidden', ...subjectOf(turn), ...error.told });
    if (initialStatus !== undefined && row.attempts === 0) {
      await account.client.setTaskStatus({ taskId: planfixTask, statusId: initialStatus });
      await delayRow(db, attempt, row.id, { waitMs: 0, reason: error.kind, detail: error.detail });
      return 'again';
    }
  }
  if (await account.pauseIfDown(error)) return 'stop';
  if ((row.blockedMs ?? 0) < waits.parkMs || RETRY_CLASS[error.kind] === 'retry') {
    const waitMs = error.retryAfterMs ?? backOff(row.attempts, waits.retryFirstMs, waits.retryLongestMs);
    await delayRow(db, attempt, row.id, { waitMs, reason: error.kind, detail: error.detail });
    return 'stop';
  }
  await whileHoldingLane(db, attempt, async (trx) => {
    await parkRow(trx, row.id, { reason: error.kind, detail: error.detail });
    // It was not the owner: the comment is refused without it too.
    if (turn.isContactRefusedAsOwner) await recordOwnerRefused(trx, attempt.conversationId, false);
    const about = { ...subjectOf(turn), conversationId: attempt.conversationId, messageId: row.id };
    await openProblem(trx, { kind: 'parked', ...about, reason: error.kind, ...error.told });
  });
  return 'again';
}

/**
 * An echo was taken without its author, so it was the author that Planfix refused. Said once; from now on the token's
 * employee writes what colleagues wrote on the phone.
 */
export async function giveUpEchoAuthor(db: Database, turn: PlanfixTurn): Promise<void> {
  const told = tell(['echo-author-refused', { author: turn.settings.echoAuthor ?? '' }]);
  await openProblem(db, { kind: 'fields-refused', ...subjectOf(turn), ...told });
  await dropEchoAuthor(db, turn.connectionId);
}

const subjectOf = (turn: PlanfixTurn) => ({
  planfixAccountId: turn.planfixAccountId,
  connectionId: turn.connectionId,
});
