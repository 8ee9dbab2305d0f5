import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type AccountChanges,
  deleteAccountDraft,
  insertAccountDraft,
  listAccounts,
  type PlanfixAccountRow,
  readAccount,
  updateAccount,
} from '../../db/planfix-accounts.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { type Caller, refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { checkNow, requestLook, settleDraft } from '../live-checks.ts';
import { notFound, Problem } from '../problem-details.ts';
import {
  checkSchema,
  employeeSchema,
  idParamsSchema,
  maybeTimeSchema,
  nameSchema,
  pageQuery,
  pageSchema,
  refusal,
  secretSchema,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
} from '../shapes.ts';

/** Stored with one slash at its end, so that one account has one spelling. */
const restUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(500)
  .refine((url) => /\/rest\/*$/.test(new URL(url).pathname), 'must end with /rest/')
  .refine((url) => /^[^?#@]*$/.test(url), 'must have no user, query or fragment')
  .transform((url) => new URL(url).href.replace(/\/*$/, '/'));

const newAccountSchema = z
  .strictObject({ name: nameSchema, url: restUrlSchema, token: secretSchema, primaryAdmin: employeeSchema })
  .meta({ id: 'NewPlanfixAccount' });

const changesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    token: secretSchema.optional(),
    primaryAdmin: employeeSchema.optional(),
  })
  .meta({ id: 'PlanfixAccountChanges' });

const accountSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    url: z.string(),
    primaryAdmin: z.string(),
    state: z.enum(['draft', 'connected', 'paused', 'failed']),
    checks: z.array(checkSchema),
    pausedReason: z.string().nullable(),
    pausedAt: maybeTimeSchema,
    hintUrl: z.string().describe('Where a scenario posts task number and comment id'),
    createdAt: timeSchema,
  })
  .meta({ id: 'PlanfixAccount' });

const createdSchema = accountSchema
  .extend({ hintSecret: z.string().describe('For the header X-Parley-Secret; shown only here') })
  .meta({ id: 'CreatedPlanfixAccount' });

/** The field of the request that a check of the worker is about. */
const PATHS: Readonly<Record<string, string>> = { credentials: 'token', address: 'url', primaryAdmin: 'primaryAdmin' };
const pathOf = (check: ConnectionCheck) => PATHS[check.name] ?? check.name;

export function planfixAccountRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db, publicUrl, signals } = parts;
  const show = (row: PlanfixAccountRow) => ({
    ...row,
    state: row.state as z.infer<typeof accountSchema>['state'],
    hintUrl: `${publicUrl}/webhooks/planfix/${row.id}`,
    pausedAt: showMaybeTime(row.pausedAt),
    createdAt: showTime(row.createdAt),
  });
  const find = async (id: string, caller: Caller) => {
    const row = await readAccount(db, id, caller.visibility);
    if (!row) throw notFound('Planfix account');
    return row;
  };

  return async (app) => {
    app.post('/', {
      config: { scope: 'write:planfix-accounts' },
      schema: {
        summary: 'Connect a Planfix account; address, token and primary admin are checked live',
        tags: ['Planfix accounts'],
        body: newAccountSchema,
        response: { 201: createdSchema, 202: createdSchema, ...refusal },
      },
      handler: async (request, reply) => {
        refuseBoundKey(request.caller);
        const { row, status, hintSecret } = await create(parts, reply, request.body, request.caller);
        return reply.code(status).send({ ...show(row), hintSecret });
      },
    });
    app.get('/', {
      config: { scope: 'read' },
      schema: {
        summary: 'List Planfix accounts, newest first',
        tags: ['Planfix accounts'],
        querystring: z.strictObject(pageQuery),
        response: { 200: pageSchema(accountSchema), ...refusal },
      },
      handler: async (request) =>
        showPage(await listAccounts(db, request.caller.visibility, toPageRequest(request.query)), show),
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One Planfix account with its state and its last checks',
        tags: ['Planfix accounts'],
        params: idParamsSchema,
        response: { 200: accountSchema, ...refusal },
      },
      handler: async (request) => show(await find(request.params.id, request.caller)),
    });
    app.patch('/:id', {
      config: { scope: 'write:planfix-accounts' },
      schema: {
        summary: 'Change name, token or primary admin; a check is requested, and a paused account is probed at once',
        tags: ['Planfix accounts'],
        params: idParamsSchema,
        body: changesSchema,
        response: { 200: accountSchema, ...refusal },
      },
      handler: async (request) => {
        const { id } = await find(request.params.id, request.caller);
        await updateAccount(db, id, sealChanges(parts, request.body), request.caller.actor);
        await requestLook(request.log, () => signals.requestAccountCheck(id));
        return show(await find(id, request.caller));
      },
    });
    app.post('/:id/check', {
      config: { scope: 'write:planfix-accounts' },
      schema: {
        summary: 'Check the account live; 202 when the outcome is not known within 15 s',
        tags: ['Planfix accounts'],
        params: idParamsSchema,
        response: { 200: accountSchema, 202: accountSchema, ...refusal },
      },
      handler: async (request, reply) => {
        const { id } = await find(request.params.id, request.caller);
        const heard = await checkNow(parts.rowEvents, id, () => signals.requestAccountCheck(id));
        return reply.code(heard ? 200 : 202).send(show(await find(id, request.caller)));
      },
    });
  };
}

async function create(
  { db, secrets, rowEvents, signals }: ApiParts,
  reply: FastifyReply,
  { token, ...account }: z.infer<typeof newAccountSchema>,
  { actor, visibility }: Caller,
) {
  const hintSecret = randomBytes(32).toString('base64url');
  const sealed = { token: secrets.seal(token), hintSecret: secrets.seal(hintSecret) };
  const id = await insertAccountDraft(db, { ...account, ...sealed }, actor);
  if (id === undefined) throw new Problem('conflict', 'A Planfix account with this address exists already');
  const settled = await settleDraft(reply, rowEvents, {
    id,
    location: `/v1/planfix-accounts/${id}`,
    requestCheck: signals.requestAccountCheck,
    read: () => readAccount(db, id, visibility),
    remove: (draft) => deleteAccountDraft(db, draft),
    pathOf,
  });
  return { ...settled, hintSecret };
}

function sealChanges({ secrets }: ApiParts, body: z.infer<typeof changesSchema>): AccountChanges {
  const { name, primaryAdmin, token } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(primaryAdmin === undefined ? {} : { primaryAdmin }),
    ...(token === undefined ? {} : { token: secrets.seal(token) }),
  };
}
