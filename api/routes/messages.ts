import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listMessages, readMessage } from '../../db/message-list.ts';
import { MESSAGE_STATES } from '../../workflows/domain/message.ts';
import type { ApiParts } from '../build-server.ts';
import { languageOf, languageQuery } from '../language.ts';
import { notFound } from '../problem-details.ts';
import {
  idParamsSchema,
  pageQuery,
  pageSchema,
  planfixNumberSchema,
  refusal,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';
import { addSending } from './message-sending.ts';
import { DIRECTIONS, messageSchema, showMessage, showMessages } from './message-shapes.ts';

const filterSchema = z.strictObject({
  ...pageQuery,
  ...languageQuery,
  conversationId: uuidSchema.optional(),
  connectionId: uuidSchema.optional(),
  planfixTask: z.coerce.number().pipe(planfixNumberSchema).optional(),
  state: z.enum(MESSAGE_STATES).optional(),
  direction: z.enum(DIRECTIONS).optional(),
});

export function messageRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  return async (app) => {
    addSending(app, parts);
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'List messages of both directions, newest first',
        tags: ['Messages'],
        querystring: filterSchema,
        response: { 200: pageSchema(messageSchema), ...refusal },
      },
      handler: async (request) => {
        const { cursor, limit, language: _asked, ...filter } = request.query;
        const pageRequest = toPageRequest({ cursor, limit });
        const page = await listMessages(db, filter, request.caller.visibility, pageRequest);
        return { items: await showMessages(db, page.items, languageOf(request)), nextCursor: page.nextCursor };
      },
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One message',
        tags: ['Messages'],
        params: idParamsSchema,
        querystring: z.strictObject(languageQuery),
        response: { 200: messageSchema, ...refusal },
      },
      handler: async (request) => {
        const row = await readMessage(db, request.params.id, request.caller.visibility);
        if (!row) throw notFound('message');
        return showMessage(db, row, languageOf(request));
      },
    });
  };
}
