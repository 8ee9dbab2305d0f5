import {
  conversationsOfTask,
  deleteHint,
  hasOpenIntent,
  knownComments,
  type OpenHint,
  readCursors,
  readHints,
  takeComments,
} from '../db/comments.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import { outgoingOf } from './comment-reading.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { takeUnseen } from './unseen-tasks.ts';

const HINTS_PER_LOOK = 50;
/** A hint about a task into which we are writing is most often about that very comment: its id is known in a moment. */
const OWN_COMMENT_WAIT_MS = 300;

export type PlanfixHintActivities = {
  /** Reads the comments that scenarios named, whatever the cursors say. */
  readHintedComments: (input: { planfixAccountId: string }) => Promise<StepResult>;
};

export function createPlanfixHintActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): PlanfixHintActivities {
  const { db, waits } = dependencies;
  return {
    readHintedComments: ({ planfixAccountId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const hints = await readHints(db, planfixAccountId, HINTS_PER_LOOK);
        if (hints.length === 0) return { kind: 'done' };
        const account = await openAccount(planfixAccountId);
        // The poll begins where it stopped, so nothing of a paused account is lost without its hints.
        if (account.access.state !== 'connected') return { kind: 'stopped' };
        // Together with a hint, all later ones of its task: replies leave in the order in which they were written.
        const postponed = new Set<number>();
        for (const hint of hints) {
          const known = await knownComments(db, planfixAccountId, [hint.planfixComment]);
          const mustWait =
            postponed.has(hint.planfixTask) ||
            (await hasOpenIntent(db, planfixAccountId, hint.planfixTask, waits.callDeadlineMs));
          if (known.size === 0 && mustWait) {
            postponed.add(hint.planfixTask);
            continue;
          }
          try {
            // What went to one customer of the task can be sent to another one, too.
            if (known.size === 0 || hint.sendTo !== null) await readHint(dependencies, account, hint);
          } catch (error) {
            if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
            if (!(error instanceof PlanfixError)) throw error;
            if (await account.pauseIfDown(error)) return { kind: 'stopped' };
            return { kind: 'not-before', waitMs: error.retryAfterMs ?? waits.retryFirstMs };
          }
          await deleteHint(db, hint);
        }
        return { kind: 'not-before', waitMs: postponed.size > 0 ? OWN_COMMENT_WAIT_MS : 0 };
      }),
  };
}

/**
 * One hint, one call, and none where the comment was decided before: it may have been edited since, which sends nothing.
 * A comment that cannot be seen yet is left to the poll, which looks back far enough.
 */
async function readHint(dependencies: Dependencies, account: PlanfixAccount, hint: OpenHint): Promise<void> {
  const { db } = dependencies;
  const planfixAccountId = account.access.id;
  const linked = await conversationsOfTask(db, planfixAccountId, hint.planfixTask);
  if (linked.length === 0) {
    const isTaken = await takeUnseen(dependencies, account, hint);
    if (!isTaken) throw new NotNow(OWN_COMMENT_WAIT_MS, 'the conversation is being put into another task');
    return;
  }
  const [cursor] = await readCursors(db, planfixAccountId, [hint.planfixTask]);
  if (hint.sendTo === null && cursor?.decidedComments.includes(hint.planfixComment)) return;
  const beganAt = new Date(account.planfixTime(Date.now()));
  const comment = await account.client.getComment(hint.planfixComment);
  if (!comment || (comment.taskId !== undefined && comment.taskId !== hint.planfixTask)) return;
  const wakes = await takeComments(db, {
    planfixAccountId,
    planfixTask: hint.planfixTask,
    decided: [comment.id],
    newest: undefined,
    beganAt,
    complete: false,
    outgoing: await outgoingOf(dependencies, account, hint.planfixTask, [comment], hint.sendTo),
  });
  await dependencies.wake(wakes);
}
