import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  insertOperator,
  listOperators,
  type OperatorChanges,
  type OperatorRow,
  readOperator,
  updateOperator,
} from '../../db/operators.ts';
import { insertLinkFor } from '../../db/sign-in-links.ts';
import { refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import { makeSecret } from '../session-cookie.ts';
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
  type ZodApp,
} from '../shapes.ts';
import { emailSchema, languageSchema, roleSchema } from './session-shapes.ts';

const newOperatorSchema = z
  .strictObject({ name: nameSchema, email: emailSchema, role: roleSchema, language: languageSchema.default('en') })
  .meta({ id: 'NewOperator' });
const changesSchema = z
  .strictObject({ name: nameSchema.optional(), role: roleSchema.optional(), disabled: z.boolean().optional() })
  .meta({ id: 'OperatorChanges' });
const operatorSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    language: languageSchema,
    disabled: z.boolean(),
    hasPassword: z.boolean(),
    hasSingleSignOn: z.boolean().describe('Has signed in by it'),
    createdAt: timeSchema,
    disabledAt: maybeTimeSchema,
    lastSeenAt: maybeTimeSchema.describe('The last call of a session that holds'),
  })
  .meta({ id: 'Operator' });
const linkSchema = z
  .object({
    address: z.string().describe('Lets its holder choose a password, once; shown only here'),
    expiresAt: timeSchema,
  })
  .meta({ id: 'OperatorLink' });
const createdSchema = operatorSchema.extend(linkSchema.shape).meta({ id: 'CreatedOperator' });

const show = (row: OperatorRow) => ({
  ...row,
  disabled: row.disabledAt !== null,
  createdAt: showTime(row.createdAt),
  disabledAt: showMaybeTime(row.disabledAt),
  lastSeenAt: showMaybeTime(row.lastSeenAt),
});

const tags = ['Operators'];

export function operatorRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.addHook('preHandler', async (request) => refuseBoundKey(request.caller));
    addCreation(app, parts);
    addReading(app, parts);
    addChange(app, parts);
    addLink(app, parts);
  };
}

function addCreation(app: ZodApp, parts: ApiParts): void {
  app.post('', {
    config: { scope: 'admin', keepsNothing: true },
    schema: {
      summary: 'Make an operator, and the link by which they choose their password',
      tags,
      body: newOperatorSchema,
      response: { 201: createdSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const made = await insertOperator(parts.db, request.body, request.caller.actor);
      if (!made) throw invalidField('email', 'An operator has this e-mail address', 'Change that operator instead');
      const link = await makeLink(parts, made.id, request.caller.actor);
      return reply
        .code(201)
        .header('location', `/v1/operators/${made.id}`)
        .send({ ...(await read(parts, made.id)), ...link });
    },
  });
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('', {
    config: { scope: 'admin' },
    schema: {
      summary: 'List operators, newest first, disabled ones included',
      tags,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(operatorSchema), ...refusal },
    },
    handler: async (request) => showPage(await listOperators(parts.db, toPageRequest(request.query)), show),
  });
  app.get('/:id', {
    config: { scope: 'admin' },
    schema: {
      summary: 'One operator',
      tags,
      params: idParamsSchema,
      response: { 200: operatorSchema, ...refusal },
    },
    handler: async (request) => read(parts, request.params.id),
  });
}

function addChange(app: ZodApp, parts: ApiParts): void {
  app.patch('/:id', {
    config: { scope: 'admin' },
    schema: {
      summary: 'Change the name or role of an operator, or disable them; another role ends their sessions',
      tags,
      params: idParamsSchema,
      body: changesSchema,
      response: { 200: operatorSchema, ...refusal },
    },
    handler: async (request) => {
      const { name, role, disabled } = request.body;
      const changes: OperatorChanges = {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabled }),
      };
      const outcome = await updateOperator(parts.db, request.params.id, changes, request.caller.actor);
      if (outcome === 'unknown') throw notFound('operator');
      if (outcome === 'last-admin') throw lastAdmin(disabled === true ? 'disabled' : 'role');
      return read(parts, request.params.id);
    },
  });
}

function addLink(app: ZodApp, parts: ApiParts): void {
  app.post('/:id/sign-in-link', {
    config: { scope: 'admin', keepsNothing: true },
    schema: {
      summary: 'Make a link by which an operator chooses a (new) password; former links of theirs end',
      tags,
      params: idParamsSchema,
      response: { 200: linkSchema, ...refusal },
    },
    handler: async (request) => makeLink(parts, request.params.id, request.caller.actor),
  });
}

async function read({ db }: ApiParts, id: string) {
  const row = await readOperator(db, id);
  if (!row) throw notFound('operator');
  return show(row);
}

async function makeLink(parts: ApiParts, operatorId: string, actor: string) {
  const { secret, secretHash } = makeSecret();
  const link = await insertLinkFor(parts.db, { operatorId, secretHash, actor }, parts.waits);
  if (link) return { address: `${parts.publicUrl}/sign-in#${secret}`, expiresAt: showTime(link.expiresAt) };
  // Tells somebody who is not there from somebody who may not come in.
  await read(parts, operatorId);
  throw new Problem('conflict', 'This operator is disabled; enable them first');
}

const lastAdmin = (path: string) =>
  invalidField(path, 'Nobody else is an administrator', 'Make somebody else an administrator first');
