import { v7 as uuidv7 } from 'uuid';
import {
  countCleanNoteLook,
  dropNoteIntent,
  giveUpNote,
  type OpenStart,
  openNoteIntent,
  recordNote,
} from '../db/start-notes.ts';
import { listTemplates, type TemplateRow } from '../db/templates.ts';
import type { Language } from '../workflows/domain/message.ts';
import { isStartRefusal, startRefusalSentence } from '../workflows/domain/start-refusals.ts';
import { formFields } from '../workflows/domain/template-needs.ts';
import { findComment } from './comment-look.ts';
import type { Dependencies } from './dependencies.ts';
import { PlanfixError } from './planfix/errors.ts';
import { isPersonRef, type PersonRef } from './planfix/schema.ts';
import { escapeHtml } from './planfix/text-to-html.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import { CLEAN_LOOKS_NEEDED, nextReadBackStep } from './read-back.ts';
import { commentLink } from './row-view.ts';

/** As many templates are named; whoever has more knows them. */
const TEMPLATES_NAMED = 20;
const BODY_LENGTH = 120;

const WORDS = {
  en: {
    notSent: 'Not sent to the customer',
    comment: 'the comment',
    templates: 'Approved templates:',
    fields: 'fields',
    none: 'This number has no approved templates yet.',
    how: (task: number) =>
      `A button or scenario sends one. Its fields: task=${task}, template with the name, language with the code, and those that are listed with the template.`,
  },
  ru: {
    notSent: 'Не отправлено клиенту',
    comment: 'комментарий',
    templates: 'Одобренные шаблоны:',
    fields: 'поля',
    none: 'У этого номера пока нет одобренных шаблонов.',
    how: (task: number) =>
      `Шаблон отправляет кнопка или сценарий. Поля: task=${task}, template – имя, language – код языка и те, что указаны у шаблона.`,
  },
} as const satisfies Record<Language, unknown>;

/**
 * Says on the task, to employees only and once, why nothing was sent. Undefined: that is done. A number: look again
 * after so many milliseconds.
 */
export async function noteOnTask(
  dependencies: Dependencies,
  account: PlanfixAccount,
  start: OpenStart,
): Promise<number | undefined> {
  const { db, waits } = dependencies;
  const { id, planfixTask, requestedBy } = start;
  if (planfixTask === null) {
    await giveUpNote(db, id);
    return undefined;
  }
  if (start.intentToken !== null) return lookForNote(dependencies, account, start, start.intentToken, planfixTask);
  const html = await noteHtml(dependencies, account, start, planfixTask);
  await account.enterGate();
  const token = uuidv7();
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  if (!(await openNoteIntent(db, id, token))) return waits.callDeadlineMs;
  // Whoever wrote the comment is told; a button was pressed by somebody whom Planfix does not name.
  const recipients = isPersonRef(requestedBy)
    ? { users: [requestedBy as PersonRef] }
    : { roles: ['assignee' as const] };
  try {
    const deadlineMs = Math.max(1, notAfterMs - Date.now());
    const comment = { taskId: planfixTask, html, recipients, sourceObjectId: id };
    const created = await account.client.createComment(comment, { notAfterMs, deadlineMs });
    await recordNote(db, id, created.id);
    return undefined;
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    if (error.kind === 'outcome-unknown') {
      await account.pauseIfDown(error);
      return waits.callDeadlineMs + waits.readBackFirstMs;
    }
    await dropNoteIntent(db, id, token);
    if (error.refusal !== 'task-missing') throw error;
    await giveUpNote(db, id);
    return undefined;
  }
}

async function lookForNote(
  { db, waits }: Dependencies,
  account: PlanfixAccount,
  start: OpenStart,
  seen: string,
  planfixTask: number,
): Promise<number | undefined> {
  const step = nextReadBackStep(start, waits);
  if (step.kind === 'wait') return step.waitMs;
  if (step.kind === 'look') {
    const sinceMs = account.planfixTime(Date.now() - (start.intentMsAgo ?? 0)) - waits.readBackOverlapMs;
    const found = await findComment(account, planfixTask, start.id, sinceMs);
    if (found !== undefined) {
      await recordNote(db, start.id, found);
      return undefined;
    }
    await countCleanNoteLook(db, start.id, seen);
    if (start.cleanLooks + 1 < CLEAN_LOOKS_NEEDED) return waits.readBackSecondMs;
  }
  await dropNoteIntent(db, start.id, seen);
  return undefined;
}

async function noteHtml(
  { db }: Dependencies,
  account: PlanfixAccount,
  { reason, settings, planfixComment, planfixAccountId, connectionId }: OpenStart,
  planfixTask: number,
): Promise<string> {
  const { language } = settings;
  const words = WORDS[language];
  const link =
    planfixComment === null
      ? ''
      : ` (<a href="${escapeHtml(commentLink(account.access.url, planfixTask, planfixComment))}">${words.comment}</a>)`;
  const sentences = reason !== null && isStartRefusal(reason) ? startRefusalSentence(reason, language) : [];
  const lines = [`<b>${words.notSent}${link}</b>`, ...sentences.map((sentence) => `${escapeHtml(sentence)}.`)];
  if (reason === 'window-closed') {
    const filter = { connectionId, status: 'approved' };
    const page = { after: undefined, limit: TEMPLATES_NAMED };
    const { items } = await listTemplates(db, { planfixAccountId }, filter, page);
    lines.push(...templateLines(items, language, planfixTask));
  }
  return lines.join('<br>');
}

function templateLines(templates: readonly TemplateRow[], language: Language, planfixTask: number): string[] {
  const words = WORDS[language];
  if (templates.length === 0) return [words.none];
  const named = templates.map((template) => {
    const { name, language: code, components } = template;
    const fields = formFields(template).join(', ');
    const text = [...components.body.text.replace(/\s+/g, ' ')];
    const short = text.length > BODY_LENGTH ? `${text.slice(0, BODY_LENGTH).join('')}…` : text.join('');
    const how = fields === '' ? '' : ` <i>(${words.fields}: ${escapeHtml(fields)})</i>`;
    return `• <b>${escapeHtml(name)}</b> (${escapeHtml(code)}): ${escapeHtml(short)}${how}`;
  });
  return [words.templates, ...named, escapeHtml(words.how(planfixTask))];
}
