import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readTemplateSync, requestTemplateReading, type TemplateSyncState } from '../../db/channel-accounts.ts';
import { readConnection } from '../../db/connections.ts';
import { findTemplate, listTemplates } from '../../db/templates.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  pageQuery,
  pageSchema,
  refusal,
  showMaybeTime,
  showPage,
  toPageRequest,
  uuidSchema,
  type ZodApp,
} from '../shapes.ts';
import { showTemplate, templateRowSchema } from './template-shapes.ts';

const word = z.string().min(1).max(512);
const filterSchema = z.strictObject({
  ...pageQuery,
  connectionId: uuidSchema.optional().describe('Those that this connection can send'),
  name: word.optional(),
  language: word.optional(),
  status: word.toLowerCase().optional().describe('For example approved or paused'),
  category: word.toLowerCase().optional().describe('marketing, utility or authentication'),
});

const syncSchema = z
  .object({
    connectionId: z.uuid(),
    syncedAt: maybeTimeSchema.describe('When what is known was read from the network'),
    failures: z.int().describe('Readings in a row that failed since then'),
    reason: z.string().nullable().describe('Why the last one failed'),
  })
  .meta({ id: 'TemplateSync' });

/** Templates as they were last read from the network. */
export function templateRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addReading(app, parts);
    addSync(app, parts);
  };
}

function addReading(app: ZodApp, { db }: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List the templates that can be sent, or could not be just now, by name and language',
      description:
        'Read from the network when a number is connected, when the network tells of a change, and daily. `needs` ' +
        'tells what has to be filled in, `example` is a `template` ready for POST /v1/messages.',
      tags: ['Templates'],
      querystring: filterSchema,
      response: { 200: pageSchema(templateRowSchema), ...refusal },
    },
    handler: async ({ query, caller }) => {
      const { cursor: _, limit: __, ...filter } = query;
      return showPage(await listTemplates(db, caller.visibility, filter, toPageRequest(query)), showTemplate);
    },
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One version of a template, also one that was replaced',
      tags: ['Templates'],
      params: idParamsSchema,
      response: { 200: templateRowSchema, ...refusal },
    },
    handler: async ({ params, caller }) => {
      const row = await findTemplate(db, params.id, caller.visibility);
      if (!row) throw notFound('template');
      return showTemplate(row);
    },
  });
}

function addSync(app: ZodApp, parts: ApiParts): void {
  app.post('/sync', {
    config: { scope: 'write:messages' },
    schema: {
      summary: 'Read the templates of a connection from the network now',
      description: '202: not done within five seconds; GET /v1/templates shows the outcome in a moment.',
      tags: ['Templates'],
      body: z
        .strictObject({ connectionId: uuidSchema })
        .meta({ examples: [{ connectionId: '0192f0c4-1111-7cc2-9b1e-5d1f2a3b4c5d' }] }),
      response: { 200: syncSchema, 202: syncSchema, ...refusal },
    },
    handler: async ({ body, caller }, reply) => {
      const { sync, isDone } = await readNow(parts, body.connectionId, caller);
      const { syncedAt, failures, reason } = sync;
      reply.code(isDone ? 200 : 202);
      return { connectionId: body.connectionId, syncedAt: showMaybeTime(syncedAt), failures, reason };
    },
  });
}

async function readNow(parts: ApiParts, connectionId: string, { visibility }: Caller) {
  const { db, wakeups, rowEvents, waits } = parts;
  const connection = await readConnection(db, connectionId, visibility);
  if (!connection) {
    const message = 'There is no connection with this id';
    throw invalidField('connectionId', message, 'Use an id from GET /v1/connections');
  }
  if (connection.state !== 'connected') {
    throw new Problem('conflict', `This connection is ${connection.state}: its templates cannot be read now`);
  }
  const account = { provider: connection.provider, accountKey: connection.wabaId };
  const { id, askedAt, failures } = await requestTemplateReading(db, account);
  wakeups.runs([{ kind: 'template-sync', id }]);
  const isDone = (sync: TemplateSyncState | undefined) =>
    sync !== undefined && (sync.failures > failures || (sync.syncedAt !== null && sync.syncedAt >= askedAt));
  const read = await waitForRow(rowEvents, {
    id,
    forMs: waits.templatesAnswerMs,
    read: () => readTemplateSync(db, account),
    isSettled: isDone,
  });
  return { sync: read ?? { id, syncedAt: null, failures: 0, reason: null }, isDone: isDone(read) };
}
