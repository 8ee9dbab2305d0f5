import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseTypedPhone } from '../../activities/channels/phone-number.ts';
import {
  listOptOuts,
  type OptOutRow,
  type OptOutSubject,
  optOutByOperator,
  readOptOut,
  revokeByOperator,
} from '../../db/opt-out-list.ts';
import { OPT_OUT_SOURCES } from '../../db/opt-outs.ts';
import { startRefusalSentence } from '../../workflows/domain/start-refusals.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { invalidField, notFound } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  pageQuery,
  pageSchema,
  refusal,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
  type ZodApp,
} from '../shapes.ts';

const sourceSchema = z.enum(OPT_OUT_SOURCES);

const optOutSchema = z
  .object({
    id: z.uuid(),
    planfixAccountId: z.uuid(),
    customerId: z.uuid(),
    connectionId: z.uuid().nullable().describe('The number that it was said to'),
    source: sourceSchema.describe(
      'A stop word, the setting in WhatsApp, the network that refused a message for it, or an operator',
    ),
    messageId: z.uuid().nullable(),
    createdBy: z.string().nullable(),
    createdAt: timeSchema,
    revokedAt: maybeTimeSchema,
    revokedBy: z.string().nullable(),
    revokedSource: sourceSchema.nullable(),
  })
  .meta({ id: 'OptOut' });

const filterSchema = z.strictObject({
  ...pageQuery,
  planfixAccountId: uuidSchema.optional(),
  customerId: uuidSchema.optional(),
  source: sourceSchema.optional(),
  state: z.enum(['current', 'revoked', 'all']).default('current'),
});

const newOptOutSchema = z
  .strictObject({
    planfixAccountId: uuidSchema.optional(),
    to: z.string().max(100).optional().describe('A phone with "+" and country code'),
    conversationId: uuidSchema.optional(),
  })
  .refine(
    ({ conversationId, to, planfixAccountId }) =>
      conversationId === undefined ? to !== undefined && planfixAccountId !== undefined : to === undefined,
    {
      error: 'Give planfixAccountId and to, or conversationId',
    },
  )
  .meta({ id: 'NewOptOut' });

const show = (row: OptOutRow): z.infer<typeof optOutSchema> => ({
  ...row,
  source: row.source as z.infer<typeof sourceSchema>,
  revokedSource: row.revokedSource as z.infer<typeof sourceSchema> | null,
  createdAt: showTime(row.createdAt),
  revokedAt: showMaybeTime(row.revokedAt),
});

/** `/v1/opt-outs`: who wants no marketing, who said so, and who took it back. Nothing is ever taken out of the list. */
export function optOutRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addReading(app, parts);
    addChanges(app, parts);
  };
}

async function find({ db }: ApiParts, id: string, { visibility }: Caller): Promise<OptOutRow> {
  const row = await readOptOut(db, id, visibility);
  if (!row) throw notFound('opt-out');
  return row;
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List who wants no marketing, newest first',
      tags: ['Opt-outs'],
      querystring: filterSchema,
      response: { 200: pageSchema(optOutSchema), ...refusal },
    },
    handler: async ({ query: { cursor, limit, state, ...filter }, caller }) => {
      const isCurrent = state === 'all' ? undefined : state === 'current';
      const page = toPageRequest({ cursor, limit });
      return showPage(await listOptOuts(parts.db, { ...filter, isCurrent }, caller.visibility, page), show);
    },
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One opt-out, current or revoked',
      tags: ['Opt-outs'],
      params: idParamsSchema,
      response: { 200: optOutSchema, ...refusal },
    },
    handler: async ({ params: { id }, caller }) => show(await find(parts, id, caller)),
  });
}

function addChanges(app: ZodApp, parts: ApiParts): void {
  const { db } = parts;
  app.post('', {
    config: { scope: 'write:messages' },
    schema: {
      summary: 'Put down that a customer wants no marketing',
      description: '201: from now on; 200: it was put down before.',
      tags: ['Opt-outs'],
      body: newOptOutSchema,
      response: { 200: optOutSchema, 201: optOutSchema, ...refusal },
    },
    handler: async ({ body, caller }, reply) => {
      const recorded = await optOutByOperator(db, subjectOf(body), caller);
      if (!recorded) throw notFound(body.conversationId === undefined ? 'Planfix account' : 'conversation');
      reply.code(recorded.isNew ? 201 : 200);
      return show(await find(parts, recorded.id, caller));
    },
  });
  app.delete('/:id', {
    config: { scope: 'write:messages' },
    schema: {
      summary: 'Revoke an opt-out: the customer wants marketing after all',
      tags: ['Opt-outs'],
      params: idParamsSchema,
      response: { 200: optOutSchema, ...refusal },
    },
    handler: async ({ params: { id }, caller }) => {
      if (!(await revokeByOperator(db, id, caller))) throw notFound('opt-out');
      return show(await find(parts, id, caller));
    },
  });
}

function subjectOf({ conversationId, to = '', planfixAccountId = '' }: z.infer<typeof newOptOutSchema>): OptOutSubject {
  if (conversationId !== undefined) return { conversationId };
  const phone = parseTypedPhone(to);
  if (phone.kind === 'phone') return { planfixAccountId, phone: phone.digits };
  const [message, remedy] = startRefusalSentence(phone.reason, 'en');
  throw invalidField('to', message, remedy);
}
