import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type EventRow, listEvents } from '../../db/event-list.ts';
import type { ApiParts } from '../build-server.ts';
import {
  pageQuery,
  pageSchema,
  refusal,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';

const eventSchema = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    connectionId: z.uuid().nullable(),
    subject: z.string().nullable().describe("The channel's id of the message that it is about"),
    reason: z.string().nullable().describe('Why nothing was done for it'),
    receivedAt: timeSchema,
  })
  .meta({ id: 'InboundEvent' });

const filterSchema = z.strictObject({
  ...pageQuery,
  kind: z.string().max(100).optional(),
  connectionId: uuidSchema.optional(),
  putAside: z.stringbool().optional().describe('Only what nothing was done for'),
});

const show = (row: EventRow) => ({ ...row, receivedAt: showTime(row.receivedAt) });

export function eventRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'List what webhooks brought, newest first, and why some of it was put aside',
        tags: ['Events'],
        querystring: filterSchema,
        response: { 200: pageSchema(eventSchema), ...refusal },
      },
      handler: async (request) => {
        const { cursor, limit, ...filter } = request.query;
        const page = toPageRequest({ cursor, limit });
        return showPage(await listEvents(db, filter, request.caller.visibility, page), show);
      },
    });
  };
}
