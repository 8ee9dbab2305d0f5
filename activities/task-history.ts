import { type Attachment, readAttachments } from '../db/attachments.ts';
import type { Database } from '../db/database.ts';
import { readMention } from '../db/mentions.ts';
import { type HistoryRow, type HistoryTask, readTaskHistory } from '../db/task-history.ts';
import { ABOUT_ANOTHER, type Language } from '../workflows/domain/message.ts';
import { viewMessage } from '../workflows/domain/message-view.ts';
import { remark } from '../workflows/domain/view-parts.ts';
import { escapeHtml } from './planfix/text-to-html.ts';
import { viewToHtml } from './planfix/view-to-html.ts';
import { timeText, toMention, type ViewContext } from './row-view.ts';

/** A reminder of what was said, not the chat itself. */
const BYTES_PER_MESSAGE = 1_500;
const ALL_BYTES = 16 * 1024;
const CUT = '…';

const WORDS = {
  en: {
    title: 'Before, in the WhatsApp Business app:',
    earlier: '… earlier messages are in WhatsApp',
    customer: 'Customer',
    colleague: 'Colleague (phone)',
    placeholder: 'Picture or file',
    undelivered: 'not delivered',
  },
  ru: {
    title: 'Ранее, в приложении WhatsApp Business:',
    earlier: '… более ранние сообщения — в WhatsApp',
    customer: 'Клиент',
    colleague: 'Коллега (телефон)',
    placeholder: 'Изображение или файл',
    undelivered: 'не доставлено',
  },
} as const satisfies Record<Language, unknown>;

/** Of what the business sent: how the network says that it has not arrived. */
const UNDELIVERED: ReadonlySet<string | undefined> = new Set(['error', 'pending']);

/** What a description says before its messages; its files, where they have come. */
export type HistoryView = { html: string; files: Attachment[] };

/** The newest of the imported messages, oldest first, each with its date and who wrote it; it ends with an empty line. */
export async function readHistoryView(
  db: Database,
  context: ViewContext & HistoryTask & { customerName: string | null },
): Promise<HistoryView> {
  const { rows, more } = await readTaskHistory(db, context);
  if (rows.length === 0) return { html: '', files: [] };
  const words = WORDS[context.settings.language];
  const shown: { id: string; html: string }[] = [];
  let room = ALL_BYTES;
  // From the newest backwards, as far as there is room.
  for (const row of rows.toReversed()) {
    const html = await viewHistoryRow(db, context, row);
    room -= Buffer.byteLength(html);
    if (room < 0) break;
    shown.unshift({ id: row.id, html });
  }
  const isCut = more || shown.length < rows.length;
  const lines = [...(isCut ? [`<i>${words.earlier}</i>`] : []), ...shown.map(({ html }) => html)];
  const files = await readAttachments(
    db,
    rows.map(({ id }) => id),
  );
  return { html: `<i>${words.title}</i><blockquote>${lines.join('<br>')}</blockquote><br>`, files };
}

async function viewHistoryRow(
  db: Database,
  context: ViewContext & { customerName: string | null },
  row: HistoryRow,
): Promise<string> {
  const { language } = context.settings;
  const words = WORDS[language];
  const content = row.content ?? {};
  const isAboutAnother = ABOUT_ANOTHER.has(row.kind);
  const named =
    row.quotedChannelMessageId === null
      ? undefined
      : toMention(context, await readMention(db, context.connectionId, row.quotedChannelMessageId));
  const parts = content.placeholder
    ? [remark(`[${words.placeholder}]`)]
    : viewMessage(
        {
          // Who wrote it stands before it.
          direction: isAboutAnother ? row.direction : 'inbound',
          kind: row.kind,
          text: row.text,
          content,
          attachments: [],
          ...(named && isAboutAnother ? { target: named } : {}),
          ...(named && !isAboutAnother ? { quoted: named } : {}),
        },
        language,
      );
  const who = row.direction === 'echo' ? words.colleague : (context.customerName ?? words.customer);
  const state = row.direction === 'echo' && UNDELIVERED.has(content.historyStatus) ? `, ${words.undelivered}` : '';
  const head = `<b>${escapeHtml(who)}</b>, ${escapeHtml(timeText(row.channelAt, context))}${state}:`;
  return `${head} ${viewToHtml(parts, { maxBytes: BYTES_PER_MESSAGE, cutMark: CUT })}`;
}
