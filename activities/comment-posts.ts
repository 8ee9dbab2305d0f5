import { type Attachment, readAttachments } from '../db/attachments.ts';
import type { Database } from '../db/database.ts';
import { readNoteSubject } from '../db/notes.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { isStillUnanswered } from '../db/service-windows.ts';
import { type PlanfixRow, readChatRows } from '../db/to-planfix.ts';
import { inboundRule } from '../workflows/domain/inbound-rules.ts';
import { cutMark } from '../workflows/domain/message-view.ts';
import { apiMessageHtml } from './api-message-view.ts';
import { noteHtml, sentCommentHtml, waitingHtml, windowClosingHtml } from './note-html.ts';
import type { NewComment } from './planfix/comments.ts';
import type { PersonRef } from './planfix/schema.ts';
import { escapeHtml, MAX_COMMENT_BYTES } from './planfix/text-to-html.ts';
import { viewToHtml } from './planfix/view-to-html.ts';
import { viewRow } from './row-view.ts';

/** A comment, and the files whose fate it tells for good. */
export type CommentToPost = { comment: NewComment; shown: string[] };

/** The reason of an echo that Planfix did not take by its author: it is tried without one. */
export const AUTHOR_REFUSED = 'author-refused';

/**
 * The comment that shows this row on its task. A customer's message is owned by their contact and tells the assignees;
 * a colleague's is owned by the echo author and tells nobody; a note is the token's employee's. The contact is never
 * among the recipients of what Parley writes, which is how its own comments are told from answers. Undefined: there is
 * nothing to say any more.
 */
export async function buildComment(
  db: Database,
  turn: PlanfixTurn,
  row: PlanfixRow,
  planfixTask: number,
  files: readonly Attachment[],
): Promise<CommentToPost | undefined> {
  const common = { taskId: planfixTask, sourceObjectId: row.id };
  if (row.direction === 'note') return buildNote(db, turn, row, common);
  const hasOwner = row.direction === 'echo' || (turn.contact !== null && !turn.isContactRefusedAsOwner);
  const name = hasOwner ? '' : `<b>${escapeHtml(turn.customerName ?? 'WhatsApp')}:</b><br>`;
  const limits = {
    maxBytes: MAX_COMMENT_BYTES - Buffer.byteLength(name),
    cutMark: cutMark(turn.settings.language),
  };
  const html = name + viewToHtml(await viewRow(db, turn, row, files), limits);
  const shown = settledOf(files);
  const comment = { ...common, ...filesOf(files) };
  if (row.direction === 'echo') {
    const author = row.reason === AUTHOR_REFUSED ? undefined : (turn.settings.echoAuthor as PersonRef | undefined);
    return { comment: { ...comment, html, ...(author === undefined ? {} : { owner: author }) }, shown };
  }
  const recipients = inboundRule(row.kind).notifiesAssignee ? { recipients: { roles: ['assignee'] as const } } : {};
  const owner = hasOwner ? { owner: `contact:${turn.contact}` as const } : {};
  return { comment: { ...comment, ...recipients, html, ...owner }, shown };
}

export const settledOf = (files: readonly Attachment[]) =>
  files.filter((file) => file.state !== 'pending').map((file) => file.id);

export function filesOf(files: readonly Attachment[]): { files?: number[] } {
  const numbers = files.flatMap(({ state, planfixFile }) =>
    state === 'moved' && planfixFile !== null ? [planfixFile] : [],
  );
  return numbers.length === 0 ? {} : { files: numbers };
}

const STATES_TO_TELL: ReadonlySet<string> = new Set(['failed', 'refused', 'unknown']);

async function buildNote(
  db: Database,
  turn: PlanfixTurn,
  row: PlanfixRow,
  common: { taskId: number; sourceObjectId: string },
): Promise<CommentToPost | undefined> {
  const { language } = turn.settings;
  const toAssignees = { ...common, recipients: { roles: ['assignee'] as const } };
  if (row.kind === 'window-closing') {
    return (await isStillUnanswered(db, row.id))
      ? { comment: { ...toAssignees, html: windowClosingHtml(turn) }, shown: [] }
      : undefined;
  }
  if (row.aboutMessageId === null) return undefined;
  if (row.kind === 'late-files') return buildLateFiles(db, turn, row.aboutMessageId, { common, toAssignees });
  if (row.kind === 'api-message') {
    // It tells nobody, as nobody here has to do anything.
    const limits = { maxBytes: MAX_COMMENT_BYTES, cutMark: cutMark(language) };
    const html = await apiMessageHtml(db, turn, row.aboutMessageId, limits);
    return html === undefined ? undefined : { comment: { ...common, html }, shown: [] };
  }
  const subject = await readNoteSubject(db, row.aboutMessageId);
  if (!subject) return undefined;
  const author = subject.planfixAuthor as PersonRef | null;
  const toAuthor = author ? { ...common, recipients: { users: [author] } } : toAssignees;
  if (row.kind === 'sent-comment')
    return { comment: { ...toAuthor, html: sentCommentHtml(subject, language) }, shown: [] };
  if (row.kind === 'waiting') {
    return subject.state === 'waiting'
      ? { comment: { ...toAuthor, html: waitingHtml(subject, language) }, shown: [] }
      : undefined;
  }
  return STATES_TO_TELL.has(subject.state)
    ? { comment: { ...toAuthor, html: noteHtml(subject, language) }, shown: [] }
    : undefined;
}

async function buildLateFiles(
  db: Database,
  turn: PlanfixTurn,
  messageId: string,
  { common, toAssignees }: Record<'common' | 'toAssignees', Omit<NewComment, 'html'>>,
): Promise<CommentToPost | undefined> {
  const [about] = await readChatRows(db, [messageId]);
  if (!about) return undefined;
  // Imported messages notify nobody, and neither do their files.
  const comment = about.isHistory ? common : toAssignees;
  const files = await readAttachments(db, [messageId]);
  const html = viewToHtml(
    await viewRow(db, { ...turn, postedThrough: null }, { ...about, text: '', quotedChannelMessageId: null }, files),
  );
  return { comment: { ...comment, ...filesOf(files), html }, shown: settledOf(files) };
}
