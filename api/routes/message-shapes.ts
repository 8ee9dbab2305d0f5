import { z } from 'zod';
import { type Author, readAuthors } from '../../db/author-names.ts';
import type { Database } from '../../db/database.ts';
import type { MessageRow } from '../../db/message-list.ts';
import { isFailureKind, isOwnRefusal } from '../../workflows/domain/failure-kinds.ts';
import { failureSentence } from '../../workflows/domain/failure-sentences.ts';
import { HOLD_STATES, type HoldState, type Language, MESSAGE_STATES } from '../../workflows/domain/message.ts';
import { planfixTaskUrl } from '../planfix-links.ts';
import { maybeTimeSchema, showMaybeTime, showTime, timeSchema } from '../shapes.ts';

export const DIRECTIONS = ['inbound', 'outbound', 'echo', 'note'] as const;

const fileSchema = z.object({
  name: z.string().nullable(),
  mime: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  state: z.enum(['pending', 'moved', 'failed']),
  reason: z.string().nullable(),
  planfixFile: z.int().nullable(),
});

const quotedSchema = z.object({
  id: z.uuid(),
  direction: z.enum(DIRECTIONS),
  kind: z.string(),
  text: z.string().describe('Its first words'),
});

export const messageSchema = z
  .object({
    id: z.uuid(),
    planfixAccountId: z.uuid(),
    connectionId: z.uuid(),
    conversationId: z.uuid(),
    direction: z
      .enum(DIRECTIONS)
      .describe(
        'An echo was written by a colleague in the WhatsApp Business app; a note is a comment of Parley itself',
      ),
    kind: z.string(),
    state: z.enum(MESSAGE_STATES),
    hold: z.enum(HOLD_STATES).nullable(),
    isHistory: z
      .boolean()
      .describe(
        'Taken over from the WhatsApp Business app when the number was connected: shown, and otherwise left alone',
      ),
    text: z.string(),
    content: z.record(z.string(), z.unknown()).nullable().describe('What the message holds beside its words and files'),
    files: z.array(fileSchema),
    origin: z.enum(['planfix', 'api']).nullable(),
    reason: z.string().nullable(),
    reasonCode: z.int().nullable(),
    reasonDetail: z.string().nullable(),
    channelMessageId: z.string().nullable(),
    reasonWords: z
      .object({ sentence: z.string(), remedy: z.string() })
      .nullable()
      .describe('Why it did not arrive, or waits, and what to do about it'),
    quotedChannelMessageId: z.string().nullable(),
    quoted: quotedSchema.nullable().describe('The message that it answers, if that is known here'),
    aboutMessageId: z.uuid().nullable(),
    mailingId: z.uuid().nullable(),
    planfixAuthor: z.string().nullable(),
    sentBy: z
      .object({ id: z.string(), name: z.string().nullable() })
      .nullable()
      .describe('Of outgoing ones: the employee who wrote the comment, or who called the API'),
    planfixTask: z.int().nullable(),
    planfixComment: z.int().nullable(),
    planfixTaskUrl: z.string().nullable(),
    part: z.int().describe('Of the messages that one comment became, counted from 0'),
    pricing: z.record(z.string(), z.unknown()).nullable().describe("In the network's own words"),
    expiresAt: maybeTimeSchema.describe('Until when a held message can be released'),
    receivedAt: timeSchema,
    channelAt: maybeTimeSchema.describe("The channel's own time"),
    postedAt: maybeTimeSchema,
    sentAt: maybeTimeSchema,
    deliveredAt: maybeTimeSchema,
    readAt: maybeTimeSchema,
    failedAt: maybeTimeSchema,
  })
  .meta({ id: 'Message' });

type Shown = z.infer<typeof messageSchema>;

/** As the API shows them, with their words in that language. */
export async function showMessages(db: Database, rows: readonly MessageRow[], language: Language): Promise<Shown[]> {
  const authors = await readAuthors(db, rows);
  return rows.map((row, index) => show(row, authors[index] ?? null, language));
}

export async function showMessage(db: Database, row: MessageRow, language: Language): Promise<Shown> {
  const [author] = await readAuthors(db, [row]);
  return show(row, author ?? null, language);
}

const show = (
  { planfixPart, accountUrl, requestedBy: _caller, ...row }: MessageRow,
  sentBy: Author | null,
  language: Language,
): Shown => ({
  ...row,
  sentBy,
  reasonWords: reasonWords(row, language),
  quoted: row.quoted as Shown['quoted'],
  planfixTaskUrl: planfixTaskUrl(accountUrl, row.planfixTask, row.planfixComment),
  part: planfixPart,
  content: row.content as Record<string, unknown> | null,
  pricing: row.pricing as Record<string, unknown> | null,
  origin: row.origin as 'planfix' | 'api' | null,
  expiresAt: showMaybeTime(row.expiresAt),
  direction: row.direction as (typeof DIRECTIONS)[number],
  hold: row.hold as HoldState | null,
  receivedAt: showTime(row.receivedAt),
  channelAt: showMaybeTime(row.channelAt),
  postedAt: showMaybeTime(row.postedAt),
  sentAt: showMaybeTime(row.sentAt),
  deliveredAt: showMaybeTime(row.deliveredAt),
  readAt: showMaybeTime(row.readAt),
  failedAt: showMaybeTime(row.failedAt),
});

/** What the network says of messages to customers; towards Planfix the failures have other causes, and a detail. */
function reasonWords(
  { direction, reason, reasonCode }: Pick<MessageRow, 'direction' | 'reason' | 'reasonCode'>,
  language: Language,
): Shown['reasonWords'] {
  if (direction !== 'outbound' || reason === null) return null;
  if (!isFailureKind(reason) && !isOwnRefusal(reason)) return null;
  const { sentence, remedy } = failureSentence(reason, reasonCode ?? undefined, language);
  return { sentence, remedy };
}
