import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { insertAttempt, type SsoOutcome, signInBySso, takeAttempt } from '../../db/sso-attempts.ts';
import type { ApiParts } from '../build-server.ts';
import { openRoute } from '../open-route.ts';
import { Problem } from '../problem-details.ts';
import { createSecretCookie, digestOf, makeSecret } from '../session-cookie.ts';
import { refusal, type ZodApp } from '../shapes.ts';
import { createSingleSignOn } from '../single-sign-on.ts';

/** A page of ours and nothing that a browser would take for another host or another header. */
const LOCAL_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const returnToSchema = z
  .string()
  .max(1_000)
  .regex(LOCAL_PATH, 'must be a path of this address')
  .default('/')
  .describe('The page to show afterwards');

const redirect = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });

export type SingleSignOnSettings = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** On the button. */
  name: string;
  /** Undefined: only operators that are there already may come in. */
  defaultRole: 'admin' | 'agent' | 'viewer' | undefined;
};

export function singleSignOnRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    const { singleSignOn: settings, publicUrl } = parts;
    const callbackUrl = `${publicUrl}/v1/single-sign-on/callback`;
    const use = settings && { settings, provider: createSingleSignOn({ ...settings, callbackUrl }) };
    const cookie = createSecretCookie('parley_sso', publicUrl);
    addBeginning(app, parts, { use, cookie });
    addCallback(app, parts, { use, cookie });
  };
}

type Use = { settings: SingleSignOnSettings; provider: ReturnType<typeof createSingleSignOn> };
type Door = { use: Use | undefined; cookie: ReturnType<typeof createSecretCookie> };

function addBeginning(app: ZodApp, { db, secrets, waits, openRatePerMinute }: ApiParts, { use, cookie }: Door): void {
  app.get('', {
    config: openRoute(openRatePerMinute),
    schema: {
      summary: 'Sign in by single sign-on: sends the browser to the identity provider',
      tags: ['Sign-in'],
      security: [],
      querystring: z.strictObject({ returnTo: returnToSchema }),
      response: { 302: redirect('To the identity provider'), ...refusal },
    },
    handler: async (request, reply) => {
      const { provider } = setUp(use);
      // The browser keeps the state, too: only the one that was sent away may come back with it.
      const { secret: state, secretHash } = makeSecret();
      const sent = await provider.begin(state).catch((error: unknown) => {
        request.log.warn({ err: error }, 'the identity provider cannot be asked');
        throw new Problem('unavailable', 'The identity provider cannot be reached; try again, or use a password');
      });
      const { nonce, codeVerifier } = sent;
      const attempt = { nonce, codeVerifier: secrets.seal(codeVerifier), returnTo: request.query.returnTo };
      await insertAttempt(db, secretHash, attempt, waits.singleSignOnMs);
      cookie.set(reply, state, waits.singleSignOnMs);
      return reply.redirect(sent.address, 302);
    },
  });
}

function addCallback(app: ZodApp, parts: ApiParts, { use, cookie }: Door): void {
  app.get('/callback', {
    config: openRoute(parts.openRatePerMinute),
    exposeHeadRoute: false,
    schema: {
      summary: 'Where the identity provider sends the browser back to',
      tags: ['Sign-in'],
      security: [],
      querystring: z.looseObject({ state: z.unknown().optional() }),
      response: {
        302: redirect('To the page that was asked for, or to the sign-in page that says why not'),
        ...refusal,
      },
    },
    handler: async (request, reply) => {
      const { settings, provider } = setUp(use);
      const kept = cookie.read(request);
      cookie.clear(reply);
      if (kept === undefined || kept !== request.query.state) return turnAway(reply, 'expired');
      const attempt = await takeAttempt(parts.db, digestOf(kept), parts.waits.singleSignOnMs);
      if (!attempt) return turnAway(reply, 'expired');
      const sent = { state: kept, nonce: attempt.nonce, codeVerifier: parts.secrets.open(attempt.codeVerifier) };
      const person = await provider.finish(searchOf(request), sent).catch((error: unknown) => {
        request.log.warn({ code: (error as { code?: unknown }).code }, 'a single sign-on was not to be believed');
        return undefined;
      });
      if (!person) return turnAway(reply, 'failed');
      const prepared = parts.signIn.prepare(request);
      const outcome = await signInBySso(parts.db, person, settings.defaultRole, prepared.begin);
      if (outcome !== 'signed-in') return turnAway(reply, outcome);
      prepared.keep(reply);
      return reply.redirect(attempt.returnTo, 302);
    },
  });
}

function setUp(use: Use | undefined): Use {
  if (use) return use;
  throw new Problem('not-found', 'Single sign-on is not set up here: see PARLEY_OIDC_ISSUER');
}

const searchOf = ({ url }: FastifyRequest) => url.slice(url.indexOf('?'));

/** Back to the sign-in page, with a word for what it has to say. */
const turnAway = (reply: FastifyReply, why: Exclude<SsoOutcome, 'signed-in'> | 'expired' | 'failed') =>
  reply.redirect(`/sign-in?failed=${why}`, 302);
