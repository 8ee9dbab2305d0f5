import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { changeConnection, clearConnectionChecks, undoConnectionChange } from '../../db/connection-changes.ts';
import { type ConnectionRow, listConnections, readConnection } from '../../db/connections.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { checkNow, settleChange } from '../live-checks.ts';
import { notFound, Problem } from '../problem-details.ts';
import { idParamsSchema, pageQuery, pageSchema, refusal, showPage, toPageRequest, type ZodApp } from '../shapes.ts';
import { createConnection } from './connection-creation.ts';
import { addDisconnecting } from './connection-disconnect.ts';
import { changesSchema, checksAbout, LASTING_CHECKS } from './connection-settings.ts';
import { connectionFilter, connectionSchema, newConnectionSchema, pathOf, show } from './connection-shapes.ts';
import { addQueuedMessages } from './queued-messages.ts';

export function connectionRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addCreation(app, parts);
    addReading(app, parts);
    addChange(app, parts);
    addCheck(app, parts);
    addDisconnecting(app, parts);
    addQueuedMessages(app, parts);
  };
}

async function find({ db }: ApiParts, id: string, caller: Caller): Promise<ConnectionRow> {
  const row = await readConnection(db, id, caller.visibility);
  if (!row) throw notFound('connection');
  return row;
}

function addCreation(app: ZodApp, parts: ApiParts): void {
  app.post('', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Connect a number with a Planfix account; both sides are checked live, and the number is set up',
      description:
        'The number is registered where needed, and Meta has to reach our address. What fails is a 422 and is not ' +
        'stored. A 202 means that the outcome is not known within 25 s. A number that was disconnected from the same ' +
        'Planfix account becomes the connection that it was, and its conversations go on.',
      tags: ['Connections'],
      body: newConnectionSchema,
      response: { 201: connectionSchema, 202: connectionSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { row, status } = await createConnection(parts, reply, request.body, request.caller);
      return reply.code(status).send(show(row));
    },
  });
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List connections, newest first',
      tags: ['Connections'],
      querystring: z.strictObject({ ...pageQuery, ...connectionFilter }),
      response: { 200: pageSchema(connectionSchema), ...refusal },
    },
    handler: async ({ caller, query }) =>
      showPage(await listConnections(parts.db, caller.visibility, toPageRequest(query), query), show),
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One connection with its settings, state and last checks',
      tags: ['Connections'],
      params: idParamsSchema,
      response: { 200: connectionSchema, ...refusal },
    },
    handler: async (request) => show(await find(parts, request.params.id, request.caller)),
  });
}

function addChange(app: ZodApp, parts: ApiParts): void {
  app.patch('/:id', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Change settings, token or who configured the connection; the change is checked live',
      description:
        'What fails because of the change is a 422, and the connection stays as it was. A 202 means that the outcome ' +
        'is not known within 25 s. A paused connection with a token that works goes on by itself within seconds.',
      tags: ['Connections'],
      params: idParamsSchema,
      body: changesSchema,
      response: { 200: connectionSchema, 202: connectionSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { id } = await find(parts, request.params.id, request.caller);
      const status = await change(parts, id, request.body, request.caller);
      return reply.code(status).send(show(await find(parts, id, request.caller)));
    },
  });
}

function addCheck(app: ZodApp, parts: ApiParts): void {
  const { db, signals } = parts;
  app.post('/:id/check', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Check the connection live; 202 when the outcome is not known within 25 s',
      tags: ['Connections'],
      params: idParamsSchema,
      response: { 200: connectionSchema, 202: connectionSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { id, state } = await find(parts, request.params.id, request.caller);
      if (state === 'disconnecting' || state === 'disconnected')
        throw new Problem('conflict', `The connection is ${state}: there is nothing left to check`);
      await clearConnectionChecks(db, id);
      const read = () => readConnection(db, id, request.caller.visibility);
      const checked = await checkNow(parts, { id, requestCheck: signals.requestConnectionCheck, read });
      return reply.code(checked ? 200 : 202).send(show(checked ?? (await find(parts, id, request.caller))));
    },
  });
}

async function change(
  parts: ApiParts,
  id: string,
  wanted: z.infer<typeof changesSchema>,
  { actor, visibility }: Caller,
): Promise<200 | 202> {
  const { db, secrets, signals } = parts;
  const { settings = {}, configuredBy, accessToken } = wanted;
  const about = checksAbout(wanted);
  const changes = {
    settings,
    ...(configuredBy === undefined ? {} : { configuredBy }),
    ...(accessToken === undefined ? {} : { accessToken: secrets.seal(accessToken) }),
  };
  const changed = await changeConnection(db, id, changes, { clearChecks: about.size > 0, actor });
  if (!changed) throw new Problem('conflict', 'The connection is not connected (yet); connect it anew');
  if (about.size === 0) return 200;
  const failedBefore = new Set(changed.before.checks.filter((check) => !check.ok).map((check) => check.name));
  return settleChange(parts, {
    id,
    requestCheck: signals.requestConnectionCheck,
    read: () => readConnection(db, id, visibility),
    // What a new token cannot mend, such as a number that Meta blocked, is no reason to refuse the token.
    isFault: ({ name }) => about.has(name) && !(LASTING_CHECKS.has(name) && failedBefore.has(name)),
    undo: async () => {
      const undone = await undoConnectionChange(db, id, changed, actor);
      // Nobody waits for it; without Temporal the next self-check or change finds out.
      if (undone === 'check-again') await signals.requestConnectionCheck(id).catch(() => undefined);
    },
    pathOf,
  });
}
