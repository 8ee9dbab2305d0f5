import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type ConnectionRow,
  deleteConnectionDraft,
  insertConnectionDraft,
  listConnections,
  readConnection,
  updateConnection,
} from '../../db/connections.ts';
import { readMetaApp } from '../../db/meta-apps.ts';
import { readAccount } from '../../db/planfix-accounts.ts';
import { PROVIDER_KINDS } from '../../workflows/domain/message.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { checkNow, requestLook, settleDraft } from '../live-checks.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import {
  assigneeSchema,
  checkSchema,
  employeeSchema,
  idParamsSchema,
  maybeTimeSchema,
  metaIdSchema,
  pageQuery,
  pageSchema,
  planfixNumberSchema,
  refusal,
  secretSchema,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';

const LANGUAGES = ['en', 'ru'] as const;
const assigneesSchema = z.array(assigneeSchema).max(50);

const settingsSchema = z.strictObject({
  taskTemplate: planfixNumberSchema.describe('Template of new tasks'),
  contactTemplate: planfixNumberSchema.optional().describe('Template of new contacts'),
  correlationField: planfixNumberSchema.optional().describe('A text field of the task template that carries our id'),
  initialStatus: planfixNumberSchema.optional().describe('For templates whose first status forbids comments'),
  additionalAssignees: assigneesSchema.default([]),
  newTaskWhenNoneActive: z.boolean().default(true),
  language: z.enum(LANGUAGES).default('en').describe('Of what Parley itself writes to employees'),
});

const newConnectionSchema = z
  .strictObject({
    provider: z.enum(PROVIDER_KINDS),
    planfixAccountId: uuidSchema,
    metaAppId: uuidSchema,
    phoneNumberId: metaIdSchema,
    wabaId: metaIdSchema,
    accessToken: secretSchema,
    configuredBy: employeeSchema,
    settings: settingsSchema,
  })
  .meta({ id: 'NewConnection' });

const changesSchema = z
  .strictObject({
    accessToken: secretSchema.optional(),
    configuredBy: employeeSchema.optional(),
    settings: z
      .strictObject({
        taskTemplate: planfixNumberSchema,
        contactTemplate: planfixNumberSchema.nullable(),
        correlationField: planfixNumberSchema.nullable(),
        initialStatus: planfixNumberSchema.nullable(),
        additionalAssignees: assigneesSchema,
        newTaskWhenNoneActive: z.boolean(),
        language: z.enum(LANGUAGES),
      })
      .partial()
      .optional()
      .describe('Only what changes; null takes an optional setting away'),
  })
  .meta({ id: 'ConnectionChanges' });

const connectionSchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    planfixAccountId: z.uuid(),
    metaAppId: z.uuid(),
    phoneNumberId: z.string(),
    wabaId: z.string(),
    displayPhoneNumber: z.string().nullable(),
    verifiedName: z.string().nullable(),
    configuredBy: z.string(),
    settings: z.object(settingsSchema.shape),
    state: z.enum(['draft', 'checking', 'connected', 'paused', 'failed', 'disconnecting', 'disconnected']),
    checks: z.array(checkSchema),
    pausedReason: z.string().nullable(),
    pausedAt: maybeTimeSchema,
    createdAt: timeSchema,
  })
  .meta({ id: 'Connection' });

/** The field of the request that a check of the worker is about. */
const PATHS: Readonly<Record<string, string>> = {
  credentials: 'accessToken',
  account: 'wabaId',
  number: 'phoneNumberId',
  'number-in-account': 'phoneNumberId',
  subscription: 'accessToken',
  address: 'planfixAccountId',
  'planfix-credentials': 'planfixAccountId',
  configuredBy: 'configuredBy',
};
const pathOf = ({ name }: ConnectionCheck) =>
  PATHS[name] ?? (Object.hasOwn(settingsSchema.shape, name) ? `settings.${name}` : name);

const show = (row: ConnectionRow) => ({
  ...row,
  state: row.state as z.infer<typeof connectionSchema>['state'],
  pausedAt: showMaybeTime(row.pausedAt),
  createdAt: showTime(row.createdAt),
});

export function connectionRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db, secrets, rowEvents, signals } = parts;
  const find = async (id: string, caller: Caller) => {
    const row = await readConnection(db, id, caller.visibility);
    if (!row) throw notFound('connection');
    return row;
  };

  return async (app) => {
    app.post('/', {
      config: { scope: 'write:connections' },
      schema: {
        summary: 'Connect a number with a Planfix account; both sides are checked live',
        description: 'A 202 means that the outcome is not known within 15 s; a failed draft is deleted.',
        tags: ['Connections'],
        body: newConnectionSchema,
        response: { 201: connectionSchema, 202: connectionSchema, ...refusal },
      },
      handler: async (request, reply) => {
        const { row, status } = await create(parts, reply, request.body, request.caller);
        return reply.code(status).send(show(row));
      },
    });
    app.get('/', {
      config: { scope: 'read' },
      schema: {
        summary: 'List connections, newest first',
        tags: ['Connections'],
        querystring: z.strictObject(pageQuery),
        response: { 200: pageSchema(connectionSchema), ...refusal },
      },
      handler: async (request) =>
        showPage(await listConnections(db, request.caller.visibility, toPageRequest(request.query)), show),
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One connection with its settings, state and last checks',
        tags: ['Connections'],
        params: idParamsSchema,
        response: { 200: connectionSchema, ...refusal },
      },
      handler: async (request) => show(await find(request.params.id, request.caller)),
    });
    app.patch('/:id', {
      config: { scope: 'write:connections' },
      schema: {
        summary: 'Change settings, token or who configured the connection; a check is requested',
        tags: ['Connections'],
        params: idParamsSchema,
        body: changesSchema,
        response: { 200: connectionSchema, ...refusal },
      },
      handler: async (request) => {
        const { id } = await find(request.params.id, request.caller);
        const { settings = {}, configuredBy, accessToken } = request.body;
        const changes = {
          settings,
          ...(configuredBy === undefined ? {} : { configuredBy }),
          ...(accessToken === undefined ? {} : { accessToken: secrets.seal(accessToken) }),
        };
        await updateConnection(db, id, changes, request.caller.actor);
        await requestLook(request.log, () => signals.requestConnectionCheck(id));
        return show(await find(id, request.caller));
      },
    });
    app.post('/:id/check', {
      config: { scope: 'write:connections' },
      schema: {
        summary: 'Check the connection live; 202 when the outcome is not known within 15 s',
        tags: ['Connections'],
        params: idParamsSchema,
        response: { 200: connectionSchema, 202: connectionSchema, ...refusal },
      },
      handler: async (request, reply) => {
        const { id } = await find(request.params.id, request.caller);
        const heard = await checkNow(rowEvents, id, () => signals.requestConnectionCheck(id));
        return reply.code(heard ? 200 : 202).send(show(await find(id, request.caller)));
      },
    });
  };
}

async function create(
  { db, secrets, rowEvents, signals }: ApiParts,
  reply: FastifyReply,
  { accessToken, ...connection }: z.infer<typeof newConnectionSchema>,
  { actor, visibility }: Caller,
) {
  const [account, metaApp] = await Promise.all([
    readAccount(db, connection.planfixAccountId, visibility),
    readMetaApp(db, connection.metaAppId, visibility),
  ]);
  if (!account || account.state === 'draft' || account.state === 'failed') {
    const message = 'There is no connected Planfix account with this id';
    throw invalidField('planfixAccountId', message, 'Use an id from GET /v1/planfix-accounts');
  }
  if (!metaApp) {
    throw invalidField('metaAppId', 'There is no Meta app with this id', 'Use an id from GET /v1/meta-apps');
  }
  const draft = { ...connection, accessToken: secrets.seal(accessToken) };
  const id = await insertConnectionDraft(db, draft, actor);
  if (id === undefined) throw new Problem('conflict', 'This number is connected already, or is being connected');
  return settleDraft(reply, rowEvents, {
    id,
    location: `/v1/connections/${id}`,
    requestCheck: signals.requestConnectionCheck,
    read: () => readConnection(db, id, visibility),
    remove: (draftId) => deleteConnectionDraft(db, draftId),
    pathOf,
  });
}
