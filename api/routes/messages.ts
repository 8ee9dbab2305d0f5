import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listMessages, type MessageRow, readMessage } from '../../db/message-list.ts';
import { HOLD_STATES, type HoldState, MESSAGE_STATES } from '../../workflows/domain/message.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  pageQuery,
  pageSchema,
  planfixNumberSchema,
  refusal,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';

const DIRECTIONS = ['inbound', 'outbound', 'note'] as const;

const messageSchema = z
  .object({
    id: z.uuid(),
    planfixAccountId: z.uuid(),
    connectionId: z.uuid(),
    conversationId: z.uuid(),
    direction: z.enum(DIRECTIONS).describe('A note is a comment of Parley itself, for employees'),
    kind: z.string(),
    state: z.enum(MESSAGE_STATES),
    hold: z.enum(HOLD_STATES).nullable(),
    text: z.string(),
    reason: z.string().nullable(),
    reasonCode: z.int().nullable(),
    reasonDetail: z.string().nullable(),
    channelMessageId: z.string().nullable(),
    quotedChannelMessageId: z.string().nullable(),
    aboutMessageId: z.uuid().nullable(),
    planfixAuthor: z.string().nullable(),
    planfixTask: z.int().nullable(),
    planfixComment: z.int().nullable(),
    receivedAt: timeSchema,
    channelAt: maybeTimeSchema.describe("The channel's own time"),
    postedAt: maybeTimeSchema,
    sentAt: maybeTimeSchema,
    deliveredAt: maybeTimeSchema,
    readAt: maybeTimeSchema,
    failedAt: maybeTimeSchema,
  })
  .meta({ id: 'Message' });

const filterSchema = z.strictObject({
  ...pageQuery,
  conversationId: uuidSchema.optional(),
  connectionId: uuidSchema.optional(),
  planfixTask: z.coerce.number().pipe(planfixNumberSchema).optional(),
  state: z.enum(MESSAGE_STATES).optional(),
  direction: z.enum(DIRECTIONS).optional(),
});

const show = (row: MessageRow): z.infer<typeof messageSchema> => ({
  ...row,
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

export function messageRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'List messages of both directions, newest first',
        tags: ['Messages'],
        querystring: filterSchema,
        response: { 200: pageSchema(messageSchema), ...refusal },
      },
      handler: async (request) => {
        const { cursor, limit, ...filter } = request.query;
        const page = toPageRequest({ cursor, limit });
        return showPage(await listMessages(db, filter, request.caller.visibility, page), show);
      },
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One message',
        tags: ['Messages'],
        params: idParamsSchema,
        response: { 200: messageSchema, ...refusal },
      },
      handler: async (request) => {
        const row = await readMessage(db, request.params.id, request.caller.visibility);
        if (!row) throw notFound('message');
        return show(row);
      },
    });
  };
}
