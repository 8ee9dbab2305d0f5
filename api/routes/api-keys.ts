import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ApiKeyRow, insertApiKey, listApiKeys, readApiKey, revokeApiKey } from '../../db/api-keys.ts';
import { readAccount } from '../../db/planfix-accounts.ts';
import { type Caller, hasScope, makeApiKey, SCOPES } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  nameSchema,
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

const newKeySchema = z
  .strictObject({
    name: nameSchema,
    scopes: z.array(z.enum(SCOPES)).min(1),
    planfixAccountId: uuidSchema.nullable().default(null).describe('Binds the key: it sees only rows of this account'),
  })
  .meta({ id: 'NewApiKey' });
const keySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
    planfixAccountId: z.uuid().nullable(),
    createdAt: timeSchema,
    revokedAt: maybeTimeSchema,
  })
  .meta({ id: 'ApiKey' });
const createdSchema = keySchema
  .extend({ secret: z.string().describe('The key itself; shown only here') })
  .meta({ id: 'CreatedApiKey' });

const show = (row: ApiKeyRow) => ({
  ...row,
  createdAt: showTime(row.createdAt),
  revokedAt: showMaybeTime(row.revokedAt),
});

export function apiKeyRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addCreation(app, parts);
    addReading(app, parts);
    addRevocation(app, parts);
  };
}

function addCreation(app: ZodApp, parts: ApiParts): void {
  app.post('', {
    config: { scope: 'write:api-keys' },
    schema: {
      summary: 'Make an API key; it can do at most what the key that makes it can',
      tags: ['API keys'],
      body: newKeySchema,
      response: { 201: createdSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { name, scopes } = request.body;
      refuseMoreScopes(request.caller, scopes);
      const planfixAccountId = await chooseBinding(parts, request.caller, request.body.planfixAccountId);
      const { secret, secretHash } = makeApiKey();
      const key = { name, scopes: [...new Set(scopes)], planfixAccountId, secretHash };
      const row = await insertApiKey(parts.db, key, request.caller.actor);
      return reply
        .code(201)
        .header('location', `/v1/api-keys/${row.id}`)
        .send({ ...show(row), secret });
    },
  });
}

function addReading(app: ZodApp, { db }: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List API keys, newest first, revoked ones included',
      tags: ['API keys'],
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(keySchema), ...refusal },
    },
    handler: async (request) =>
      showPage(await listApiKeys(db, request.caller.visibility, toPageRequest(request.query)), show),
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One API key, without its secret',
      tags: ['API keys'],
      params: idParamsSchema,
      response: { 200: keySchema, ...refusal },
    },
    handler: async (request) => {
      const row = await readApiKey(db, request.params.id, request.caller.visibility);
      if (!row) throw notFound('API key');
      return show(row);
    },
  });
}

function addRevocation(app: ZodApp, { db }: ApiParts): void {
  app.delete('/:id', {
    config: { scope: 'write:api-keys' },
    schema: {
      summary: 'Revoke an API key, at once and for good',
      tags: ['API keys'],
      params: idParamsSchema,
      response: { 204: z.null().describe('Revoked'), ...refusal },
    },
    handler: async (request, reply) => {
      const { visibility, actor } = request.caller;
      if (!(await revokeApiKey(db, request.params.id, visibility, actor))) throw notFound('API key');
      return reply.code(204).send(null);
    },
  });
}

function refuseMoreScopes(caller: Caller, scopes: readonly string[]): void {
  const beyond = scopes.filter((scope) => !hasScope(caller, scope));
  if (beyond.length === 0) return;
  throw new Problem('forbidden', `This key lacks what it wants to grant: ${beyond.join(', ')}`);
}

/** A bound key makes keys of its own account only. */
async function chooseBinding({ db }: ApiParts, caller: Caller, wanted: string | null): Promise<string | null> {
  const own = caller.visibility.planfixAccountId;
  const chosen = wanted ?? own ?? null;
  if (chosen !== null && !(await readAccount(db, chosen, caller.visibility))) {
    const remedy = 'Use an id from GET /v1/planfix-accounts';
    throw invalidField('planfixAccountId', 'There is no Planfix account with this id', remedy);
  }
  return chosen;
}
