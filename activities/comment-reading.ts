import {
  conversationsOfTask,
  knownComments,
  type LinkedConversation,
  moveContact,
  type TaskCursor,
  takeComments,
} from '../db/comments.ts';
import type { Database } from '../db/database.ts';
import { openProblem } from '../db/problems.ts';
import type { OutgoingComment } from '../db/to-customer.ts';
import type { Wake } from '../db/wakes.ts';
import { contactsToTell } from '../workflows/domain/notified-contacts.ts';
import { splitText } from '../workflows/domain/split-text.ts';
import { formatWhatsAppText } from './channels/whatsapp/format-text.ts';
import { isMergedInto } from './contact-resolution.ts';
import type { Dependencies } from './dependencies.ts';
import { parseCommentHtml } from './planfix/comment-html.ts';
import type { Comment } from './planfix/comments.ts';
import type { PlanfixAccount } from './planfix-account.ts';

/**
 * Reads a task's comments down to where the last read ended and ten minutes below it (a comment can become visible
 * after a later one), drops what was decided before, and takes the rest.
 */
export async function readTaskComments(
  dependencies: Dependencies,
  account: PlanfixAccount,
  planfixTask: number,
  cursor: TaskCursor | undefined,
): Promise<Wake[]> {
  const { db, waits } = dependencies;
  const beganAt = new Date(account.planfixTime(Date.now()));
  const comments: Comment[] = [];
  pages: for await (const page of account.client.listComments({ taskId: planfixTask })) {
    for (const comment of page) {
      if (isBelow(comment, cursor, waits.commentOverlapMs)) break pages;
      comments.push(comment);
    }
  }
  const [newest] = comments;
  const known = await knownComments(
    db,
    account.access.id,
    comments.map((comment) => comment.id),
  );
  const decidedBefore = new Set(cursor?.decidedComments);
  const fresh = comments.filter((comment) => !known.has(comment.id) && !decidedBefore.has(comment.id));
  return takeComments(db, {
    planfixAccountId: account.access.id,
    planfixTask,
    decided: comments.map((comment) => comment.id),
    newest: newest && { id: newest.id, at: newest.createdAtMs === undefined ? null : new Date(newest.createdAtMs) },
    beganAt,
    complete: true,
    outgoing: await outgoingOf(dependencies, account, planfixTask, fresh),
  });
}

/** Newest first: the first comment below the overlap ends the read. Times have whole minutes, so one is added. */
function isBelow(comment: Comment, cursor: TaskCursor | undefined, overlapMs: number): boolean {
  if (!cursor || comment.id > cursor.lastComment) return false;
  if (cursor.lastCommentAt === null || comment.createdAtMs === undefined) return true;
  return comment.createdAtMs + 60_000 < +cursor.lastCommentAt - overlapMs;
}

/** What of these comments goes to customers: one entry for each conversation whose contact is told. */
export async function outgoingOf(
  { db }: Dependencies,
  account: PlanfixAccount,
  planfixTask: number,
  comments: readonly Comment[],
): Promise<OutgoingComment[]> {
  const told = comments.flatMap((comment) => contactsOf(comment).map((contact) => ({ comment, contact })));
  if (told.length === 0) return [];
  const conversations = await conversationsOfTask(db, account.access.id, planfixTask);
  const outgoing: OutgoingComment[] = [];
  for (const { comment, contact } of told) {
    const conversation =
      conversations.find((entry) => entry.contact === contact) ??
      (await findMerged(db, account, conversations, contact));
    if (!conversation) continue;
    const parts = splitText(formatWhatsAppText(parseCommentHtml(comment.html)));
    if (parts.length === 0) await reportNothingToSend(db, account, { planfixTask, comment, conversation });
    outgoing.push({
      planfixAccountId: account.access.id,
      connectionId: conversation.connectionId,
      conversationId: conversation.conversationId,
      planfixTask,
      planfixComment: comment.id,
      planfixAuthor: comment.owner ?? '',
      parts,
    });
  }
  return outgoing;
}

const contactsOf = (comment: Comment) =>
  contactsToTell({
    id: comment.id,
    owner: comment.owner ?? '',
    isDeleted: comment.isDeleted,
    isHidden: comment.isHidden,
    notified: comment.recipients.users,
  });

/** The employee believes that the customer was told something, and nothing will arrive. */
async function reportNothingToSend(
  db: Database,
  account: PlanfixAccount,
  about: { planfixTask: number; comment: Comment; conversation: LinkedConversation },
): Promise<void> {
  const { connectionId, conversationId } = about.conversation;
  const detail = `Comment ${about.comment.id} on task ${about.planfixTask} has no text, and files are not sent yet`;
  await openProblem(db, {
    kind: 'notified-nobody',
    planfixAccountId: account.access.id,
    connectionId,
    conversationId,
    detail,
  });
}

/** A notified contact that no conversation knows: one of ours may have been merged into it in Planfix. */
async function findMerged(
  db: Database,
  account: PlanfixAccount,
  conversations: LinkedConversation[],
  contact: number,
): Promise<LinkedConversation | undefined> {
  for (const conversation of conversations) {
    const { contact: ours, customerId } = conversation;
    if (ours === null || !(await isMergedInto(db, account, { contact: ours, customerId }, contact))) continue;
    await moveContact(db, account.access.id, customerId, contact);
    conversation.contact = contact;
    return conversation;
  }
  return undefined;
}
