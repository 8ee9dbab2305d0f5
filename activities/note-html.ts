import type { NoteSubject } from '../db/notes.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { type FailureKind, isFailureKind, isOwnRefusal, type OwnRefusal } from '../workflows/domain/failure-kinds.ts';
import { failureSentence } from '../workflows/domain/failure-sentences.ts';
import type { Language, MessageKind } from '../workflows/domain/message.ts';
import { kindWord } from '../workflows/domain/message-view.ts';
import { escapeHtml } from './planfix/text-to-html.ts';

const WORDS = {
  en: {
    notDelivered: 'Not delivered to the customer:',
    doubtful: 'It is not known whether this reached the customer:',
    progress: (sent: number, total: number) => `${sent} of ${total} parts of this comment were sent.`,
    waiting: 'Waits for the customer:',
    sentComment: 'Sent to the customer, although it notified nobody outside:',
    closing: (time: string) =>
      `The customer waits for an answer. WhatsApp lets you write freely until ${time}; after that only approved templates reach them.`,
  },
  ru: {
    notDelivered: 'Не доставлено клиенту:',
    doubtful: 'Неизвестно, дошло ли это до клиента:',
    progress: (sent: number, total: number) => `Отправлено частей этого комментария: ${sent} из ${total}.`,
    waiting: 'Ожидает клиента:',
    sentComment: 'Отправлено клиенту, хотя никто снаружи не был уведомлён:',
    closing: (time: string) =>
      `Клиент ждёт ответа. Свободно писать ему в WhatsApp можно до ${time}; после этого дойдут только одобренные шаблоны.`,
  },
} as const;

const EXCERPT_LENGTH = 80;

function excerpt(text: string): string {
  const short = [...text].slice(0, EXCERPT_LENGTH).join('');
  return `«${escapeHtml(short)}${short.length < text.length ? '…' : ''}»`;
}

type ClosingWindow = {
  account: Pick<PlanfixTurn['account'], 'timeZone'>;
  settings: Pick<PlanfixTurn['settings'], 'language'>;
  windowExpiresAt: Date | null;
};

/** What stands for the message: its words, its file, else what it is. */
function nameOf({ text, fileName, kind, templateName }: NoteSubject, language: Language): string {
  const word = kindWord(kind as MessageKind, language);
  return text || fileName || (templateName === null ? word : `${word} ${templateName}`);
}

/** What did not arrive, why, what to do, and how much of the comment did arrive. */
export function noteHtml(subject: NoteSubject, language: Language): string {
  const isDoubtful = subject.state === 'unknown';
  const { sentence, remedy } = failureSentence(
    isDoubtful ? 'outcome-unknown' : wordOf(subject),
    subject.reasonCode ?? undefined,
    language,
  );
  const words = WORDS[language];
  const head = isDoubtful ? words.doubtful : words.notDelivered;
  const { parts, partsSent } = subject;
  const progress = parts > 1 ? `<br>${escapeHtml(words.progress(partsSent, parts))}` : '';
  const what = excerpt(nameOf(subject, language));
  return `<b>${head}</b> ${what}<br>${escapeHtml(sentence)} ${escapeHtml(remedy)}${progress}`;
}

/** What is known of a file that was not sent says more than the kind. */
function wordOf({ reason, fileReason }: NoteSubject): FailureKind | OwnRefusal {
  const refusal = `file-${fileReason}`;
  if (isOwnRefusal(refusal)) return refusal;
  return isFailureKind(reason) || isOwnRefusal(reason) ? reason : 'unexpected-response';
}

export function waitingHtml(subject: NoteSubject, language: Language): string {
  const { sentence, remedy } = failureSentence('window-waiting', undefined, language);
  const what = excerpt(nameOf(subject, language));
  return `<b>${WORDS[language].waiting}</b> ${what}<br>${escapeHtml(sentence)} ${escapeHtml(remedy)}`;
}

/** A person chose to send a comment whose author had not. */
export function sentCommentHtml(subject: NoteSubject, language: Language): string {
  return `${WORDS[language].sentComment} ${excerpt(nameOf(subject, language))}`;
}

/** Until when the customer can be written to freely, as the clocks of the account show it. */
export function windowClosingHtml({ account, settings, windowExpiresAt }: ClosingWindow): string {
  const timeZone = account.timeZone ?? 'UTC';
  const locale = settings.language === 'ru' ? 'ru-RU' : 'en-GB';
  // Not `timeStyle`, which cannot be had together with the name of the zone.
  const style = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const format = new Intl.DateTimeFormat(locale, { timeZone, ...style });
  return escapeHtml(WORDS[settings.language].closing(format.format(windowExpiresAt ?? undefined)));
}
