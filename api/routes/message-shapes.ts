import { z } from 'zod';
import type { MessageRow } from '../../db/message-list.ts';
import { HOLD_STATES, type HoldState, MESSAGE_STATES } from '../../workflows/domain/message.ts';
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
    text: z.string(),
    content: z.record(z.string(), z.unknown()).nullable().describe('What the message holds beside its words and files'),
    files: z.array(fileSchema),
    origin: z.enum(['planfix', 'api']).nullable(),
    reason: z.string().nullable(),
    reasonCode: z.int().nullable(),
    reasonDetail: z.string().nullable(),
    channelMessageId: z.string().nullable(),
    quotedChannelMessageId: z.string().nullable(),
    aboutMessageId: z.uuid().nullable(),
    planfixAuthor: z.string().nullable(),
    planfixTask: z.int().nullable(),
    planfixComment: z.int().nullable(),
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

/** As the API shows it. */
export const showMessage = ({ planfixPart, ...row }: MessageRow): z.infer<typeof messageSchema> => ({
  ...row,
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
