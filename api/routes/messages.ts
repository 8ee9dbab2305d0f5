import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listMessages, readMessage } from '../../db/message-list.ts';
import { MESSAGE_STATES } from '../../workflows/domain/message.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound } from '../problem-details.ts';
import {
  idParamsSchema,
  pageQuery,
  pageSchema,
  planfixNumberSchema,
  refusal,
  showPage,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';
import { addSending } from './message-sending.ts';
import { DIRECTIONS, messageSchema, showMessage } from './message-shapes.ts';

const filterSchema = z.strictObject({
  ...pageQuery,
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
        const { cursor, limit, ...filter } = request.query;
        const page = toPageRequest({ cursor, limit });
        return showPage(await listMessages(db, filter, request.caller.visibility, page), showMessage);
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
        return showMessage(row);
      },
    });
  };
}
