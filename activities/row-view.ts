import type { Attachment } from '../db/attachments.ts';
import type { Database } from '../db/database.ts';
import { type Mention, readMention } from '../db/mentions.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import type { ChatRow } from '../db/to-planfix.ts';
import { ABOUT_ANOTHER } from '../workflows/domain/message.ts';
import { type MessageMention, type ViewedMessage, viewMessage } from '../workflows/domain/message-view.ts';
import type { ViewPart } from '../workflows/domain/view-parts.ts';

export type ViewContext = Pick<PlanfixTurn, 'account' | 'connectionId' | 'settings'> & { postedThrough?: Date | null };

/** What of a row is shown. */
export type ShownRow = Pick<
  ChatRow,
  'direction' | 'kind' | 'text' | 'content' | 'quotedChannelMessageId' | 'channelAt' | 'hold'
> & { isHistory?: boolean };

/** What Planfix shows of this message, in the language of its connection. */
export async function viewRow(
  db: Database,
  turn: ViewContext,
  row: ShownRow,
  files: readonly Attachment[],
): Promise<ViewPart[]> {
  const named =
    row.quotedChannelMessageId === null
      ? undefined
      : toMention(turn, await readMention(db, turn.connectionId, row.quotedChannelMessageId));
  const isAboutAnother = ABOUT_ANOTHER.has(row.kind);
  const { postedThrough, settings } = turn;
  const isLate = postedThrough != null && row.channelAt !== null && row.channelAt < postedThrough;
  const isMarked = isLate || row.isHistory || row.hold === 'releasing' || row.hold === 'released';
  const message: ViewedMessage = {
    direction: row.direction,
    kind: row.kind,
    text: row.text,
    content: row.content ?? {},
    attachments: files.map(toViewed),
    ...(named && isAboutAnother ? { target: named } : {}),
    ...(named && !isAboutAnother ? { quoted: named } : {}),
    ...(isMarked && row.channelAt ? { sentAtText: timeText(row.channelAt, turn) } : {}),
  };
  return viewMessage(message, settings.language);
}

/** A message that is named, and where it stands. */
export function toMention({ account }: ViewContext, mention: Mention | undefined): MessageMention {
  if (!mention) return { known: false };
  const { kind, text, planfixTask, planfixComment } = mention;
  const link = planfixTask === null ? undefined : commentLink(account.url, planfixTask, planfixComment);
  return { known: true, kind, text, ...(link === undefined ? {} : { link }) };
}

/** The page of a task, at a comment where there is one. */
export function commentLink(accountUrl: string, planfixTask: number, planfixComment: number | null): string {
  const url = new URL(`/task/${planfixTask}`, accountUrl);
  if (planfixComment !== null) url.searchParams.set('comment', String(planfixComment));
  return url.href;
}

const toViewed = ({ name, state, reason, size, isVoice }: Attachment): ViewedMessage['attachments'][number] => ({
  name: name ?? undefined,
  state,
  reason: reason ?? undefined,
  sizeBytes: size ?? undefined,
  isVoice,
});

/** As the clocks of the account show it; without a known zone in UTC, and it says so. */
export function timeText(at: Date, { account, settings }: ViewContext): string {
  const timeZone = account.timeZone ?? 'UTC';
  const text = new Intl.DateTimeFormat(settings.language === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone,
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(at);
  return account.timeZone === null ? `${text} (UTC)` : text;
}
