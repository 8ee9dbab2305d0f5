import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listRecipients, RECIPIENT_STATES, readMailing } from '../../db/mailing-list.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound } from '../problem-details.ts';
import { idParamsSchema, pageSchema, refusal } from '../shapes.ts';

const recipientSchema = z
  .object({
    line: z.int(),
    state: z.string().describe('unchecked, good, bad, duplicate, opted-out, or queued: it has a message'),
    path: z.string().nullable(),
    message: z.string().nullable().describe('Why the line was set aside'),
    remedy: z.string().nullable(),
    messageId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    messageState: z.string().nullable(),
    reason: z.string().nullable(),
    reasonCode: z.int().nullable(),
    reasonDetail: z.string().nullable(),
  })
  .meta({ id: 'MailingRecipient' });

const querySchema = z.strictObject({
  state: z.enum(RECIPIENT_STATES).optional(),
  cursor: z.coerce.number().int().min(0).default(0).describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** `GET /v1/mailings/:id/recipients`: what became of each line. Phones are the conversations' business. */
export function mailingRecipientRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/:id/recipients', {
      config: { scope: 'read' },
      schema: {
        summary: 'Lines of a mailing by what became of them: set aside, waiting, accepted, failed, unknown',
        tags: ['Mailings'],
        params: idParamsSchema,
        querystring: querySchema,
        response: { 200: pageSchema(recipientSchema), ...refusal },
      },
      handler: async ({ params: { id }, query: { state, cursor: after, limit }, caller }) => {
        if (!(await readMailing(db, id, caller.visibility))) throw notFound('mailing');
        return listRecipients(db, id, state, { after, limit });
      },
    });
  };
}
