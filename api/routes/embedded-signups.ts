import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  insertSignup,
  readSignup,
  type SignupRow,
  storeSignupCode,
  storeSignupFinish,
} from '../../db/embedded-signups.ts';
import { readMetaApp } from '../../db/meta-apps.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import { idParamsSchema, refusal, secretSchema, uuidSchema, type ZodApp } from '../shapes.ts';
import { listedNumberSchema, showNumber } from './number-shapes.ts';

const ROADS = ['new-number', 'business-app'] as const;
/** The pop-up's messages are short; whatever else comes there is refused. */
const MAX_FINISH_CHARACTERS = 10_000;

const newSignupSchema = z
  .strictObject({
    metaAppId: uuidSchema,
    road: z.enum(ROADS).describe('A new number, or one that is in the WhatsApp Business app and stays there'),
  })
  .meta({ id: 'NewEmbeddedSignup' });

const startedSchema = z
  .object({
    id: z.uuid(),
    appId: z.string(),
    configurationId: z.string(),
    extras: z.record(z.string(), z.unknown()).describe('For `FB.login`, as they are'),
    graphVersion: z.string(),
  })
  .meta({ id: 'StartedEmbeddedSignup' });

const signupSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(['waiting', 'exchanging', 'ready', 'failed', 'used']),
    road: z.enum(ROADS),
    accounts: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
    numbers: z.array(listedNumberSchema),
    wabaId: z.string().nullable().describe('The account that was signed up; null: it is to be chosen'),
    phoneNumberId: z.string().nullable(),
    problem: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  })
  .meta({ id: 'EmbeddedSignup' });

const codeSchema = z.strictObject({ code: secretSchema.describe('Of `FB.login`; good for 30 seconds and one use') });
const finishSchema = z.strictObject({
  event: z.string().min(1).max(100).describe('`event` of the message `WA_EMBEDDED_SIGNUP`'),
  data: z
    .record(z.string(), z.unknown())
    .refine((data) => JSON.stringify(data).length <= MAX_FINISH_CHARACTERS, 'is too long')
    .describe('`data` of that message, as it came'),
});

/** `/v1/embedded-signups`: what Meta's pop-up tells the browser, in either order, becomes a token and numbers. */
export function embeddedSignupRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addStart(app, parts);
    addCode(app, parts);
    addFinish(app, parts);
    addReading(app, parts);
  };
}

const show = ({ id, state, road, result }: SignupRow) => ({
  id,
  state,
  road,
  accounts: (result?.accounts ?? []).map(({ id: accountId, name = null }) => ({ id: accountId, name })),
  numbers: (result?.numbers ?? []).map(showNumber),
  wabaId: result?.wabaId ?? null,
  phoneNumberId: result?.phoneNumberId ?? null,
  problem: result?.problem ?? null,
});

/** Whoever may see the app may see its sign-ups. */
async function find({ db }: ApiParts, id: string, { visibility }: Caller): Promise<SignupRow> {
  const row = await readSignup(db, id);
  if (!row || !(await readMetaApp(db, row.metaAppId, visibility))) throw notFound('sign-up');
  return row;
}

function addStart(app: ZodApp, parts: ApiParts): void {
  app.post('', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Begin an Embedded Signup: what the pop-up is to be opened with',
      tags: ['Connections'],
      body: newSignupSchema,
      response: { 201: startedSchema, ...refusal },
    },
    handler: async ({ body, caller }, reply) => {
      const metaApp = await readMetaApp(parts.db, body.metaAppId, caller.visibility);
      if (!metaApp) {
        throw invalidField('metaAppId', 'There is no Meta app with this id', 'Use an id from GET /v1/meta-apps');
      }
      const settings = metaApp.embeddedSignup;
      if (!settings) {
        const message = 'Embedded Signup is not set up for this Meta app';
        const remedy = 'Set embeddedSignup of the Meta app, or connect the number with an access token';
        throw invalidField('metaAppId', message, remedy);
      }
      const id = await insertSignup(parts.db, body, caller.actor);
      const { configurationId, extras, businessAppExtras } = settings;
      return reply
        .code(201)
        .header('location', `/v1/embedded-signups/${id}`)
        .send({
          id,
          appId: metaApp.appId,
          configurationId,
          extras: body.road === 'business-app' ? businessAppExtras : extras,
          graphVersion: parts.console.graphVersion,
        });
    },
  });
}

function addCode(app: ZodApp, parts: ApiParts): void {
  const { db, secrets } = parts;
  app.post('/:id/code', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'The code of the pop-up: it is exchanged for a token at once',
      tags: ['Connections'],
      params: idParamsSchema,
      body: codeSchema,
      response: { 200: signupSchema, 202: signupSchema, ...refusal },
    },
    handler: async ({ params, body, caller }, reply) => {
      const { id } = await find(parts, params.id, caller);
      if (!(await storeSignupCode(db, id, secrets.seal(body.code), caller.actor))) {
        throw new Problem('conflict', 'This sign-up has had its code; start it again for another one');
      }
      return settle(parts, id, caller, (status, row) => reply.code(status).send(show(row)));
    },
  });
}

function addFinish(app: ZodApp, parts: ApiParts): void {
  app.post('/:id/finish', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'The last message of the pop-up: how it ended, and which ids it names',
      tags: ['Connections'],
      params: idParamsSchema,
      body: finishSchema,
      response: { 200: signupSchema, 202: signupSchema, ...refusal },
    },
    handler: async ({ params, body, caller }, reply) => {
      const { id } = await find(parts, params.id, caller);
      await storeSignupFinish(parts.db, id, body);
      return settle(parts, id, caller, (status, row) => reply.code(status).send(show(row)));
    },
  });
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'How far an Embedded Signup has come, and which accounts and numbers it found',
      tags: ['Connections'],
      params: idParamsSchema,
      response: { 200: signupSchema, ...refusal },
    },
    handler: async ({ params, caller }) => show(await find(parts, params.id, caller)),
  });
}

/** Has the worker look at the sign-up: 200 once it has, 202 when that is not known in time. */
async function settle<Reply>(
  parts: ApiParts,
  id: string,
  caller: Caller,
  answer: (status: 200 | 202, row: SignupRow) => Reply,
): Promise<Reply> {
  // A signal that fails is made up for by the sweep; the code may be too old by then, and that is said.
  await parts.signals.lookAt({ kind: 'embedded-signup', id }).catch(() => undefined);
  const read = () => find(parts, id, caller);
  const row = await waitForRow(parts.rowEvents, {
    id,
    forMs: parts.waits.liveCheckMs,
    read,
    isSettled: ({ isDue }) => !isDue,
  });
  return answer(row.isDue ? 202 : 200, row);
}
