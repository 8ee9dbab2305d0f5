import {
  type Attachment,
  markShown,
  markWanted,
  readAttachments,
  readPendingOfPosted,
  readUnshown,
  type UnshownMessage,
} from '../db/attachments.ts';
import type { DatabaseTransaction } from '../db/database.ts';
import { whileHoldingLane } from '../db/lanes.ts';
import { addNote } from '../db/notes.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { type PlanfixRow, readChatRows, readPlanfixRows } from '../db/to-planfix.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import type { Waits } from '../workflows/domain/waits.ts';
import { buildComment, filesOf, settledOf } from './comment-posts.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

/** The files of each row that has any, in order. */
export type RowFiles = ReadonlyMap<string, Attachment[]>;

/**
 * Reads the rows' files. All that are still to be moved are wanted from now on, those of later rows too: they move at
 * the same time, and only the comments keep their order.
 */
export async function readRowFiles(work: PlanfixAttempt, rows: readonly PlanfixRow[]): Promise<RowFiles> {
  const { db } = work.dependencies;
  const files = await readAttachments(
    db,
    rows.filter(canHaveFiles).map(({ id }) => id),
  );
  const pending = files.filter((file) => file.state === 'pending').map((file) => file.id);
  for (const id of pending) work.files.add(id);
  await markWanted(db, pending);
  return Map.groupBy(files, (file) => file.messageId);
}

const canHaveFiles = ({ kind, direction }: PlanfixRow) => kind !== 'text' && direction !== 'note';

/** How long the row still waits for its files; 0: it goes with what there is. */
export function fileWait(files: readonly Attachment[] = [], waits: Waits): number {
  const pending = files.filter((file) => file.state === 'pending');
  return Math.max(0, ...pending.map((file) => waits.fileWaitMs - (file.wantedMsAgo ?? 0)));
}

/**
 * How long the lane's first row still waits for its files, as it is now. Not at all if messages came meanwhile whose
 * files nobody wants yet: those move from now on, too.
 */
export async function firstFileWait(
  trx: DatabaseTransaction,
  conversationId: string,
  limit: number,
  waits: Waits,
): Promise<number> {
  const rows = await readPlanfixRows(trx, conversationId, limit);
  const files = await readAttachments(
    trx,
    rows.filter(canHaveFiles).map(({ id }) => id),
  );
  if (files.some((file) => file.state === 'pending' && file.wantedMsAgo === null)) return 0;
  return fileWait(
    files.filter((file) => file.messageId === rows[0]?.id),
    waits,
  );
}

/**
 * Files that came, or failed, after their message was posted. The comment is written anew with all its files, which
 * may be repeated; what stands in a description, or may not be changed any more, gets a comment of its own.
 */
export async function showLateFiles(
  work: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
): Promise<RowOutcome> {
  const { db } = work.dependencies;
  const { conversationId } = work.attempt;
  for (const id of await readPendingOfPosted(db, conversationId)) work.files.add(id);
  const [late] = await readUnshown(db, conversationId);
  if (!late) return 'next';
  const files = await readAttachments(db, [late.messageId]);
  const isRewritten = late.planfixComment !== null && (await rewriteComment(work, account, turn, late, files));
  await whileHoldingLane(db, work.attempt, async (trx) => {
    await markShown(trx, settledOf(files));
    // Of an imported message without its file the word stays.
    if (isRewritten || (late.isHistory && filesOf(files).files === undefined)) return;
    const { planfixAccountId, connectionId } = turn;
    const about = { id: late.messageId, planfixTask: late.planfixTask, planfixAccountId, connectionId, conversationId };
    await addNote(trx, about, 'late-files');
  });
  return 'again';
}

/** False: Planfix does not let this comment be changed, or could not do it for so long that nothing may wait for it. */
async function rewriteComment(
  { dependencies }: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  { messageId, planfixTask, planfixComment, settledMsAgo }: UnshownMessage,
  files: readonly Attachment[],
): Promise<boolean> {
  const { db, waits } = dependencies;
  const [row] = await readChatRows(db, [messageId]);
  const built = row && (await buildComment(db, { ...turn, postedThrough: null }, row, planfixTask, files));
  if (!built || planfixComment === null) return false;
  try {
    await account.client.updateComment({
      taskId: planfixTask,
      commentId: planfixComment,
      html: built.comment.html,
      ...filesOf(files),
    });
    return true;
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    if (error.scope === 'message' && RETRY_CLASS[error.kind] === 'give-up') return false;
    if (settledMsAgo >= waits.parkMs && !(await account.pauseIfDown(error))) return false;
    throw error;
  }
}
