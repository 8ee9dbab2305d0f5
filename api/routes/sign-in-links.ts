import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiParts } from '../build-server.ts';
import { openRoute } from '../open-route.ts';
import { newPasswordSchema } from '../passwords.ts';
import { nameSchema, refusal } from '../shapes.ts';
import { emailSchema, languageSchema, linkSecretSchema, sessionSchema, showSession } from './session-shapes.ts';

const lookSchema = z.strictObject({ secret: linkSecretSchema }).meta({ id: 'SignInLinkSecret' });
const linkSchema = z
  .object({
    purpose: z.enum(['first-operator', 'invitation', 'new-password']),
    name: z.string().nullable(),
    email: z.string().nullable(),
  })
  .meta({ id: 'SignInLink' });
const useSchema = z
  .strictObject({
    secret: linkSecretSchema,
    name: nameSchema.optional().describe('Needed of the first operator'),
    email: emailSchema.optional().describe('Needed of the first operator; everybody else has one'),
    language: languageSchema.default('en').describe('Of the first operator'),
    password: newPasswordSchema,
  })
  .meta({ id: 'SignInLinkUse' });

/** Secrets come in bodies: in an address they would stand in logs and histories. */
export function signInLinkRoutes({ signIn, openRatePerMinute }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/look', {
      config: openRoute(openRatePerMinute),
      schema: {
        summary: 'What a link is good for; it stays good',
        tags: ['Sign-in'],
        security: [],
        body: lookSchema,
        response: { 200: linkSchema, ...refusal },
      },
      handler: async (request) => signIn.lookAtLink(request.body.secret),
    });
    app.post('/use', {
      config: openRoute(openRatePerMinute),
      schema: {
        summary: 'Choose a password by a link, which is good for one use, and sign in',
        tags: ['Sign-in'],
        security: [],
        body: useSchema,
        response: { 200: sessionSchema, ...refusal },
      },
      handler: async (request, reply) => {
        const { name, email, ...given } = request.body;
        return showSession(await signIn.byLink(request, reply, { ...given, name, email }));
      },
    });
  };
}
