import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hasOperators, updateOwnAccount } from '../../db/operators.ts';
import { endSession } from '../../db/sessions.ts';
import { sessionOf } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { openRoute } from '../open-route.ts';
import { newPasswordSchema, passwordSchema } from '../passwords.ts';
import { sessionCookie } from '../session-cookie.ts';
import { nameSchema, refusal, type ZodApp } from '../shapes.ts';
import { languageSchema, sessionSchema, showSession } from './session-shapes.ts';

const signInSchema = z
  .strictObject({ email: z.string().trim().min(1).max(254), password: passwordSchema })
  .meta({ id: 'SignIn' });
const changesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    language: languageSchema.optional(),
    password: z
      .strictObject({ current: passwordSchema, next: newPasswordSchema })
      .optional()
      .describe('Ends every other session of yours'),
  })
  .meta({ id: 'OwnChanges' });
const optionsSchema = z
  .object({
    needsFirstOperator: z.boolean().describe('Nobody can sign in yet: the api has printed a link for the first one'),
    password: z.literal(true),
    singleSignOn: z.object({ name: z.string() }).nullable(),
  })
  .meta({ id: 'SignInOptions' });

const tags = ['Sign-in'];

export function signInOptionRoutes({ db, singleSignOn, openRatePerMinute }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('', {
      config: openRoute(openRatePerMinute),
      schema: {
        summary: 'How somebody can sign in here',
        tags,
        security: [],
        response: { 200: optionsSchema, ...refusal },
      },
      handler: async () => ({
        needsFirstOperator: !(await hasOperators(db)),
        password: true as const,
        singleSignOn: singleSignOn ? { name: singleSignOn.name } : null,
      }),
    });
  };
}

export function sessionRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addReading(app);
    addSignIn(app, parts);
    addSignOut(app, parts);
    addChange(app, parts);
  };
}

function addReading(app: ZodApp): void {
  app.get('', {
    config: { scope: 'any' },
    schema: {
      summary: 'Who is signed in, and what a page needs to write for them',
      tags,
      response: { 200: sessionSchema, ...refusal },
    },
    handler: async (request) => showSession(sessionOf(request.caller)),
  });
}

function addSignIn(app: ZodApp, { signIn, openRatePerMinute }: ApiParts): void {
  app.post('', {
    config: openRoute(openRatePerMinute),
    schema: {
      summary: 'Sign in with e-mail address and password; sets the cookie of a new session',
      tags,
      security: [],
      body: signInSchema,
      response: { 200: sessionSchema, ...refusal },
    },
    handler: async (request, reply) => showSession(await signIn.byPassword(request, reply, request.body)),
  });
}

function addSignOut(app: ZodApp, { db, publicUrl }: ApiParts): void {
  app.delete('', {
    config: { scope: 'any', keepsNothing: true },
    schema: {
      summary: 'Sign out',
      tags,
      response: { 204: z.null().describe('Signed out'), ...refusal },
    },
    handler: async (request, reply) => {
      await endSession(db, sessionOf(request.caller));
      sessionCookie(publicUrl).clear(reply);
      return reply.code(204).send(null);
    },
  });
}

function addChange(app: ZodApp, { db, signIn }: ApiParts): void {
  app.patch('', {
    config: { scope: 'any', keepsNothing: true },
    schema: {
      summary: 'Change your own name, language or password',
      tags,
      body: changesSchema,
      response: { 200: sessionSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const session = sessionOf(request.caller);
      const { password, name, language } = request.body;
      const changed = password ? await signIn.changePassword(reply, session, password) : session;
      const own = { ...(name === undefined ? {} : { name }), ...(language === undefined ? {} : { language }) };
      await updateOwnAccount(db, session.operatorId, own);
      return showSession({ ...changed, ...own });
    },
  });
}
