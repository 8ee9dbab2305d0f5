import type { Database } from '../db/database.ts';
import { readApiMessage } from '../db/notes.ts';
import type { Language } from '../workflows/domain/message.ts';
import { viewToHtml } from './planfix/view-to-html.ts';
import { timeText, type ViewContext, viewRow } from './row-view.ts';

/** The heading, the date and the state take their share of what Planfix takes. */
const HEADING_BYTES = 1_000;

const WORDS = {
  en: {
    api: 'To the customer, through the API:',
    button: 'To the customer, by a button or scenario:',
    reactionRemoved: 'Reaction taken back',
    states: {
      ready: 'Not sent yet',
      sending: 'Not sent yet',
      waiting: 'Not sent yet',
      sent: 'Not delivered yet',
      refused: 'Not delivered',
      failed: 'Not delivered',
      ignored: 'Not sent',
      unknown: 'It is not known whether this reached the customer',
    },
  },
  ru: {
    api: 'Клиенту, через API:',
    button: 'Клиенту, кнопкой или сценарием:',
    reactionRemoved: 'Реакция снята',
    states: {
      ready: 'Ещё не отправлено',
      sending: 'Ещё не отправлено',
      waiting: 'Ещё не отправлено',
      sent: 'Ещё не доставлено',
      refused: 'Не доставлено',
      failed: 'Не доставлено',
      ignored: 'Не отправлено',
      unknown: 'Неизвестно, дошло ли это до клиента',
    },
  },
} as const satisfies Record<Language, unknown>;

/**
 * What somebody wrote to the customer from outside the task, under a heading that says so. One that was held comes long
 * after it was written: it bears its date, and how it fared if it did not arrive. Undefined: there is no such message.
 */
export async function apiMessageHtml(
  db: Database,
  context: ViewContext,
  messageId: string,
  limits: { maxBytes: number; cutMark: string },
): Promise<string | undefined> {
  const about = await readApiMessage(db, messageId);
  if (!about) return undefined;
  const words = WORDS[context.settings.language];
  const wasHeld = about.hold === 'releasing' || about.hold === 'released';
  const row = {
    ...about,
    direction: 'inbound' as const,
    // Shown as late only where that means something: "sent" of what never left would be wrong.
    channelAt: about.sentAt,
    // A reaction is shown as what it is on, and the emoji; "the customer reacted" would be wrong.
    ...(about.kind === 'reaction' ? { kind: 'text' as const, text: about.text || words.reactionRemoved } : {}),
  };
  const heading = `<i>${about.isFromButton ? words.button : words.api}</i>`;
  const states: Readonly<Record<string, string>> = words.states;
  const state = wasHeld ? states[about.state] : undefined;
  const when = about.sentAt === null ? ` (${timeText(about.receivedAt, context)})` : '';
  const lines = [heading, ...(state === undefined ? [] : [`<i>${state}${when}.</i>`])];
  const view = await viewRow(db, { ...context, postedThrough: null }, row, []);
  const room = { ...limits, maxBytes: limits.maxBytes - HEADING_BYTES };
  return [...lines, viewToHtml(view, room)].join('<br>');
}
