import { readDirectory } from '../db/choices.ts';
import {
  conversationsOfTask,
  knownComments,
  type LinkedConversation,
  moveContact,
  type TaskCursor,
  takeComments,
} from '../db/comments.ts';
import type { Database } from '../db/database.ts';
import { readByComment, readQuotable } from '../db/mentions.ts';
import type { OutgoingComment } from '../db/outgoing.ts';
import { settleTwoContacts } from '../db/person-contacts.ts';
import { openProblem } from '../db/problems.ts';
import type { Wake } from '../db/wakes.ts';
import { matchQuote, type SplitAnswer, splitAnswer } from '../workflows/domain/comment-answers.ts';
import { contactsToTell, isWrittenByEmployee } from '../workflows/domain/notified-contacts.ts';
import { type OutgoingPart, planParts, reactionOf } from '../workflows/domain/outgoing-parts.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import { plainText } from '../workflows/domain/rich-text.ts';
import { splitText } from '../workflows/domain/split-text.ts';
import { formatWhatsAppText } from './channels/whatsapp/format-text.ts';
import { isMergedInto } from './contact-resolution.ts';
import type { Dependencies } from './dependencies.ts';
import { parseCommentHtml } from './planfix/comment-html.ts';
import type { Comment } from './planfix/comments.ts';
import { type Employee, isRobot } from './planfix/directory.ts';
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

/**
 * What of these comments goes to customers: one entry for each conversation whose contact is told. `sendTo` is a
 * conversation that a person chose for them, whomever they notify.
 */
export async function outgoingOf(
  { db }: Dependencies,
  account: PlanfixAccount,
  planfixTask: number,
  comments: readonly Comment[],
  sendTo?: string | null,
): Promise<OutgoingComment[]> {
  const written = comments.filter((comment) => isWrittenByEmployee(factsOf(comment)));
  if (written.length === 0) return [];
  const conversations = await conversationsOfTask(db, account.access.id, planfixTask);
  const chosen = conversations.filter((conversation) => conversation.conversationId === sendTo);
  const outgoing: OutgoingComment[] = [];
  const untold: Comment[] = [];
  for (const comment of written) {
    const told = chosen.length > 0 ? chosen : await toldBy(db, account, conversations, comment);
    if (told.length === 0) untold.push(comment);
    for (const conversation of told) {
      const { conversationId, connectionId } = conversation;
      const parts = await partsOf(db, account, conversation, comment);
      const about = { planfixAccountId: account.access.id, connectionId, conversationId, planfixTask };
      const planfixComment = comment.id;
      if (parts.length === 0) await openProblem(db, { kind: 'nothing-to-send', ...about, planfixComment });
      else
        outgoing.push({
          ...about,
          planfixComment,
          planfixAuthor: comment.owner ?? '',
          parts,
          isChosen: sendTo != null,
        });
    }
  }
  await hintUnnotified(db, account, planfixTask, untold, conversations);
  return outgoing;
}

export const factsOf = (comment: Comment) => ({
  id: comment.id,
  owner: comment.owner ?? '',
  isDeleted: comment.isDeleted,
  isHidden: comment.isHidden,
  notified: comment.recipients.users,
});

async function toldBy(
  db: Database,
  account: PlanfixAccount,
  conversations: LinkedConversation[],
  comment: Comment,
): Promise<LinkedConversation[]> {
  const told: LinkedConversation[] = [];
  for (const contact of contactsToTell(factsOf(comment))) {
    const conversation =
      conversations.find((entry) => entry.contact === contact) ??
      (await findMerged(db, account, conversations, contact));
    if (conversation) told.push(conversation);
  }
  return told;
}

/**
 * A comment that notifies nobody outside, written after a message that still waits for its answer, or as an answer to
 * what Parley itself noted, whose author Planfix then proposes to notify: perhaps its author believes that the customer
 * reads it.
 */
async function hintUnnotified(
  db: Database,
  account: PlanfixAccount,
  planfixTask: number,
  comments: readonly Comment[],
  conversations: readonly LinkedConversation[],
): Promise<void> {
  // Ours carry our id, also in the moment before their own number is recorded.
  const inside = comments.filter(
    (comment) => comment.sourceObjectId === undefined && contactsToTell(factsOf(comment)).length === 0,
  );
  const robots = inside.length === 0 ? new Set<string>() : await readRobots(db, account);
  for (const { id, owner = '', recipients } of inside) {
    // Robots answer nobody: what they note on a task is of scenarios and integrations.
    if (robots.has(owner)) continue;
    const { users, groups, roles } = recipients;
    const isToRobots =
      users.length > 0 && groups.length + roles.length === 0 && users.every((user) => robots.has(user));
    for (const { settings, unansweredComment, connectionId, conversationId } of conversations) {
      const isAwaited = unansweredComment !== null && id > unansweredComment;
      if (!settings.unnotifiedHints || !(isAwaited || isToRobots)) continue;
      const about = { planfixAccountId: account.access.id, connectionId, conversationId, planfixTask };
      const told = tell(['nobody-notified', { comment: id, task: planfixTask }]);
      await openProblem(db, { kind: 'notified-nobody', ...about, planfixComment: id, ...told });
    }
  }
}

export async function readRobots(db: Database, account: PlanfixAccount): Promise<ReadonlySet<string>> {
  const employees = (await readDirectory(db, account.access.id, 'employees'))?.items as Employee[] | undefined;
  return new Set(employees?.filter(isRobot).map(({ ref }) => ref));
}

/** As many messages back are looked at for what a comment quotes without a link. */
const QUOTABLE = 200;

/** What of the comment goes out, in order. A quote that leads to a message of this conversation becomes a quote there. */
async function partsOf(
  db: Database,
  account: PlanfixAccount,
  { conversationId, provider, settings }: Pick<LinkedConversation, 'conversationId' | 'provider' | 'settings'>,
  comment: Comment,
): Promise<OutgoingPart[]> {
  const { maxTextLength, maxCaptionLength, hasReactions } = traitsOf(provider);
  const blocks = parseCommentHtml(comment.html);
  const site = new URL(account.access.url).host;
  const answer = splitAnswer(blocks, { site, hasFiles: comment.files.length > 0 });
  const quoted = await quotedMessage(db, conversationId, answer);
  // A quote that leads to a comment which is no message of theirs may be internal: it is not theirs to read.
  const isForInside = quoted === undefined && answer.answersComment !== undefined;
  const rest = quoted !== undefined || isForInside ? answer.rest : blocks;
  const words = formatWhatsAppText(rest);
  return planParts({
    text: splitText(words, maxTextLength),
    files: comment.files.map(({ id, name, size }) => ({ planfixFile: id, name: name ?? '', sizeKb: size })),
    quoted,
    reaction: hasReactions && settings.reactionsFromComments ? reactionOf(plainText(rest)) : undefined,
    maxCaptionLength,
  });
}

async function quotedMessage(
  db: Database,
  conversationId: string,
  { answersComment, quotedText }: SplitAnswer,
): Promise<string | undefined> {
  if (answersComment !== undefined) {
    const known = await readByComment(db, conversationId, answersComment);
    if (known?.channelMessageId != null) return known.channelMessageId;
  }
  if (quotedText === undefined) return undefined;
  return matchQuote(quotedText, await readQuotable(db, conversationId, QUOTABLE));
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
    await settleTwoContacts(db, customerId);
    conversation.contact = contact;
    return conversation;
  }
  return undefined;
}
