import type { Database } from '../db/database.ts';
import { type NoteSubject, type PlanfixRow, type PlanfixTurn, readNoteSubject } from '../db/to-planfix.ts';
import { isFailureKind } from '../workflows/domain/failure-kinds.ts';
import { failureSentence } from '../workflows/domain/failure-sentences.ts';
import type { Language } from '../workflows/domain/message.ts';
import type { NewComment } from './planfix/comments.ts';
import type { PersonRef } from './planfix/schema.ts';
import { escapeHtml, textToHtml } from './planfix/text-to-html.ts';

const WORDS = {
  en: {
    cut: '[The message is longer than Planfix takes; the rest is left out here.]',
    notDelivered: 'Not delivered to the customer:',
    doubtful: 'It is not known whether this reached the customer:',
  },
  ru: {
    cut: '[Сообщение длиннее, чем принимает Планфикс; остаток здесь не показан.]',
    notDelivered: 'Не доставлено клиенту:',
    doubtful: 'Неизвестно, дошло ли это до клиента:',
  },
} as const;

const STATES_TO_TELL: ReadonlySet<string> = new Set(['failed', 'refused', 'unknown']);

/**
 * The comment that shows this row on its task. A customer's message is owned by their contact and tells the assignees;
 * a note is the token's employee's, and tells the author of the message that it is about. The contact is never among
 * the recipients of what Parley writes, which is how its own comments are told from answers. Undefined: a note about a
 * message that has arrived after all, or is on its way again.
 */
export async function buildComment(
  db: Database,
  turn: PlanfixTurn,
  row: PlanfixRow,
  planfixTask: number,
): Promise<NewComment | undefined> {
  const { language } = turn.settings;
  if (row.direction === 'note') {
    const subject = row.aboutMessageId === null ? undefined : await readNoteSubject(db, row.aboutMessageId);
    if (subject && !STATES_TO_TELL.has(subject.state)) return undefined;
    const author = subject?.planfixAuthor as PersonRef | null | undefined;
    return {
      taskId: planfixTask,
      html: subject ? noteHtml(subject, language) : textToHtml(row.text),
      sourceObjectId: row.id,
      recipients: author ? { users: [author] } : { roles: ['assignee'] },
    };
  }
  const html = textToHtml(row.text, { cutMark: WORDS[language].cut });
  const comment = { taskId: planfixTask, sourceObjectId: row.id, recipients: { roles: ['assignee'] as const } };
  if (turn.contact === null || turn.isContactRefusedAsOwner) {
    return { ...comment, html: `<b>${escapeHtml(turn.customerName ?? 'WhatsApp')}:</b><br>${html}` };
  }
  return { ...comment, html, owner: `contact:${turn.contact}` };
}

const EXCERPT_LENGTH = 80;

function noteHtml(subject: NoteSubject, language: Language): string {
  const isDoubtful = subject.state === 'unknown';
  const kind = isFailureKind(subject.reason) ? subject.reason : 'unexpected-response';
  const { sentence, remedy } = failureSentence(
    isDoubtful ? 'outcome-unknown' : kind,
    subject.reasonCode ?? undefined,
    language,
  );
  const head = isDoubtful ? WORDS[language].doubtful : WORDS[language].notDelivered;
  const excerpt = [...subject.text].slice(0, EXCERPT_LENGTH).join('');
  const dots = excerpt.length < subject.text.length ? '…' : '';
  return `<b>${head}</b> «${escapeHtml(excerpt)}${dots}»<br>${escapeHtml(sentence)} ${escapeHtml(remedy)}`;
}
