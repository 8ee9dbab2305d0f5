import { type Attachment, readAttachments } from '../db/attachments.ts';
import type { TaskCreation } from '../db/conversation-tasks.ts';
import type { Database } from '../db/database.ts';
import { type PlanfixRow, readOpeningRows } from '../db/to-planfix.ts';
import { cutMark } from '../workflows/domain/message-view.ts';
import { apiMessageHtml } from './api-message-view.ts';
import { filesOf, settledOf } from './comment-posts.ts';
import { MAX_COMMENT_BYTES } from './planfix/text-to-html.ts';
import { viewToHtml } from './planfix/view-to-html.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import { commentLink, type ViewContext, viewRow } from './row-view.ts';
import { readHistoryView } from './task-history.ts';

/** What a new task begins with: its description, and the files that have come by now. */
export type Opening = { html: string; files: number[]; shown: string[] };

const PREVIOUS = { en: 'Previous conversation: task', ru: 'Предыдущий диалог: задача' } as const;
const BETWEEN = '<br><br>';

/**
 * What was said in the business's own app before, then the messages that the task opens with, one after the other; each
 * may take its share of what Planfix takes.
 */
export async function readOpening(db: Database, account: PlanfixAccount, creation: TaskCreation): Promise<Opening> {
  const rows = await readOpeningRows(db, creation.openingMessages);
  const files = await readAttachments(db, creation.openingMessages);
  const history = await readHistoryView(db, { ...creation, account: account.access });
  const previous = previousTaskHtml(account, creation) + history.html;
  const room = MAX_COMMENT_BYTES - Buffer.byteLength(previous) - rows.length * BETWEEN.length;
  const limits = {
    maxBytes: Math.floor(room / Math.max(1, rows.length)),
    cutMark: cutMark(creation.settings.language),
  };
  const views: string[] = [];
  for (const row of rows) {
    const own = files.filter((file) => file.messageId === row.id);
    const html = await viewOpening(db, { ...creation, account: account.access }, row, own, limits);
    if (html !== undefined) views.push(html);
  }
  const shown = [...history.files, ...files];
  return { html: previous + views.join(BETWEEN), files: filesOf(shown).files ?? [], shown: settledOf(shown) };
}

/** A note stands for the message that it is about: what we wrote first. */
async function viewOpening(
  db: Database,
  context: ViewContext,
  row: PlanfixRow,
  files: Attachment[],
  limits: { maxBytes: number; cutMark: string },
): Promise<string | undefined> {
  if (row.direction !== 'note') return viewToHtml(await viewRow(db, context, row, files), limits);
  return row.aboutMessageId === null ? undefined : apiMessageHtml(db, context, row.aboutMessageId, limits);
}

function previousTaskHtml(account: PlanfixAccount, { previousPlanfixTask, settings }: TaskCreation): string {
  if (previousPlanfixTask === null) return '';
  const href = commentLink(account.access.url, previousPlanfixTask, null);
  return `<a href="${href}">${PREVIOUS[settings.language]} ${previousPlanfixTask}</a>${BETWEEN}`;
}
