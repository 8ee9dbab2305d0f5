import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  changeAccount,
  clearAccountChecks,
  deleteAccountDraft,
  insertAccountDraft,
  listAccounts,
  type PlanfixAccountRow,
  readAccount,
  undoAccountChange,
} from '../../db/planfix-accounts.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { type Caller, refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { checkNow, settleChange, settleDraft } from '../live-checks.ts';
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
  showCheck,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  type ZodApp,
} from '../shapes.ts';
import { addChoices } from './choices.ts';
import { addHintSecret, hintSecretSchema, makeHintSecret } from './hint-secret.ts';

/** Stored with one slash at its end, so that one account has one spelling. */
const restUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(500)
  .refine((url) => /\/rest\/*$/.test(URL.parse(url)?.pathname ?? ''), 'must end with /rest/')
  .refine((url) => /^[^?#@]*$/.test(url), 'must have no user, query or fragment')
  .transform((url) => new URL(url).href.replace(/\/*$/, '/'));

const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'must be the name of a time zone, as "Europe/Moscow"')
  .describe("Time zone of the token's employee; without it each poll reads a day more than it must");

const newAccountSchema = z
  .strictObject({
    name: nameSchema.describe('For people; anything'),
    url: restUrlSchema.describe('Address of the REST API: https://<account>.planfix.com/rest/'),
    token: secretSchema.describe('Token of the REST API, best bound to a robot'),
    primaryAdmin: employeeSchema.describe('Gets tasks that nobody else is there for, as "user:<number>"'),
    timeZone: timeZoneSchema.optional(),
  })
  .meta({ id: 'NewPlanfixAccount' });

const changesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    token: secretSchema.optional(),
    primaryAdmin: employeeSchema.optional(),
    timeZone: timeZoneSchema.nullable().optional(),
  })
  .meta({ id: 'PlanfixAccountChanges' });

const accountSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    url: z.string(),
    primaryAdmin: z.string(),
    timeZone: z.string().nullable(),
    state: z.enum(['draft', 'connected', 'paused', 'failed']),
    checks: z.array(checkSchema).describe('What the last live check found; empty while one is under way'),
    pausedReason: z.string().nullable().describe('Why nothing is sent to Planfix just now: a kind of failure'),
    pausedAt: maybeTimeSchema,
    hintUrl: z.string().describe('Where a scenario posts task number and comment id'),
    createdAt: timeSchema,
  })
  .meta({ id: 'PlanfixAccount' });

const createdSchema = accountSchema.extend({ hintSecret: hintSecretSchema }).meta({ id: 'CreatedPlanfixAccount' });

/** Planfix names zones as the runtime does. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The field of the request that a check of the worker is about. */
const PATHS: Readonly<Record<string, string>> = { credentials: 'token', address: 'url', primaryAdmin: 'primaryAdmin' };
const pathOf = (check: ConnectionCheck) => PATHS[check.name] ?? check.name;

export function planfixAccountRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addCreation(app, parts);
    addReading(app, parts);
    addChange(app, parts);
    addCheck(app, parts);
    addHintSecret(app, parts);
    addChoices(app, parts);
  };
}

const show = (row: PlanfixAccountRow, { publicUrl }: ApiParts) => ({
  ...row,
  state: row.state as z.infer<typeof accountSchema>['state'],
  checks: row.checks.map(showCheck),
  hintUrl: `${publicUrl}/webhooks/planfix/${row.id}`,
  pausedAt: showMaybeTime(row.pausedAt),
  createdAt: showTime(row.createdAt),
});

async function find({ db }: ApiParts, id: string, caller: Caller): Promise<PlanfixAccountRow> {
  const row = await readAccount(db, id, caller.visibility);
  if (!row) throw notFound('Planfix account');
  return row;
}

function addCreation(app: ZodApp, parts: ApiParts): void {
  app.post('', {
    config: { scope: 'write:planfix-accounts' },
    schema: {
      summary: 'Connect a Planfix account; address, token and primary admin are checked live',
      description: 'What fails is a 422 and is not stored. A 202 means that the outcome is not known within 25 s.',
      tags: ['Planfix accounts'],
      body: newAccountSchema,
      response: { 201: createdSchema, 202: createdSchema, ...refusal },
    },
    handler: async (request, reply) => {
      refuseBoundKey(request.caller);
      const { row, status, hintSecret } = await create(parts, reply, request.body, request.caller);
      return reply.code(status).send({ ...show(row, parts), hintSecret });
    },
  });
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List Planfix accounts, newest first',
      tags: ['Planfix accounts'],
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(accountSchema), ...refusal },
    },
    handler: async (request) => {
      const page = await listAccounts(parts.db, request.caller.visibility, toPageRequest(request.query));
      return showPage(page, (row) => show(row, parts));
    },
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One Planfix account with its state and its last checks',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      response: { 200: accountSchema, ...refusal },
    },
    handler: async (request) => show(await find(parts, request.params.id, request.caller), parts),
  });
}

function addChange(app: ZodApp, parts: ApiParts): void {
  app.patch('/:id', {
    config: { scope: 'write:planfix-accounts' },
    schema: {
      summary: 'Change name, time zone, token or primary admin; token and admin are checked live',
      description:
        'What fails is a 422, and the account stays as it was. A 202 means that the outcome is not known within 25 s. ' +
        'A paused account with a token that works goes on by itself within seconds.',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      body: changesSchema,
      response: { 200: accountSchema, 202: accountSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { id } = await find(parts, request.params.id, request.caller);
      const status = await change(parts, id, request.body, request.caller);
      return reply.code(status).send(show(await find(parts, id, request.caller), parts));
    },
  });
}

function addCheck(app: ZodApp, parts: ApiParts): void {
  const { db, signals } = parts;
  app.post('/:id/check', {
    config: { scope: 'write:planfix-accounts' },
    schema: {
      summary: 'Check the account live; 202 when the outcome is not known within 25 s',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      response: { 200: accountSchema, 202: accountSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { id } = await find(parts, request.params.id, request.caller);
      await clearAccountChecks(db, id);
      const read = () => readAccount(db, id, request.caller.visibility);
      const checked = await checkNow(parts, { id, requestCheck: signals.requestAccountCheck, read });
      const row = checked ?? (await find(parts, id, request.caller));
      return reply.code(checked ? 200 : 202).send(show(row, parts));
    },
  });
}

async function create(
  parts: ApiParts,
  reply: FastifyReply,
  { token, ...account }: z.infer<typeof newAccountSchema>,
  { actor, visibility }: Caller,
) {
  const { db, secrets, signals } = parts;
  const hintSecret = makeHintSecret();
  const sealed = { token: secrets.seal(token), hintSecret: secrets.seal(hintSecret) };
  const id = await insertAccountDraft(db, { ...account, ...sealed }, actor);
  if (id === undefined) throw new Problem('conflict', 'A Planfix account with this address exists already');
  const settled = await settleDraft(reply, parts, {
    id,
    location: `/v1/planfix-accounts/${id}`,
    requestCheck: signals.requestAccountCheck,
    read: () => readAccount(db, id, visibility),
    remove: (draft) => deleteAccountDraft(db, draft),
    pathOf,
  });
  return { ...settled, hintSecret };
}

async function change(
  parts: ApiParts,
  id: string,
  { name, primaryAdmin, timeZone, token }: z.infer<typeof changesSchema>,
  { actor, visibility }: Caller,
): Promise<200 | 202> {
  const { db, secrets, signals } = parts;
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(primaryAdmin === undefined ? {} : { primaryAdmin }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(token === undefined ? {} : { token: secrets.seal(token) }),
  };
  const before = await changeAccount(db, id, changes, actor);
  if (!before) throw new Problem('conflict', 'The account is not connected (yet); connect it anew');
  const faults = new Set([
    ...(token === undefined ? [] : ['credentials']),
    ...(primaryAdmin === undefined ? [] : ['primaryAdmin']),
  ]);
  if (faults.size === 0) return 200;
  return settleChange(parts, {
    id,
    requestCheck: signals.requestAccountCheck,
    read: () => readAccount(db, id, visibility),
    isFault: (failed) => faults.has(failed.name),
    undo: async () => {
      const undone = await undoAccountChange(db, id, { before, changes, actor });
      // Nobody waits for it; without Temporal the next change or check finds out.
      if (undone === 'check-again') await signals.requestAccountCheck(id).catch(() => undefined);
    },
    pathOf,
  });
}
