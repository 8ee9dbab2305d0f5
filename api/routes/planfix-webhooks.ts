import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseHint } from '../../activities/planfix/hint.ts';
import { storeEvents } from '../../db/ingest.ts';
import { storeHint } from '../../db/planfix-accounts.ts';
import type { ApiParts } from '../build-server.ts';
import type { WebhookOutcome } from '../metrics.ts';
import { empty, leaveUnchecked } from '../plain-answers.ts';
import { rawBodyOf, takeRawBodies, withinMs } from '../raw-body.ts';
import { createAuthenticator, readFields, SECRET_HEADER } from './planfix-form.ts';

/** A hint has two numbers; whoever adds more to the form gets an answer all the same. */
const MAX_BODY_BYTES = 1024 * 1024;
const STORE_MS = 5_000;
/** Of a body that is no hint, this much is kept for a person to look at. */
const MAX_KEPT_CHARACTERS = 20_000;
const LARGEST_NUMBER = 2_147_483_647;

const hintSchema = {
  summary: 'A scenario in Planfix tells of a comment',
  description:
    'A form or JSON. Answered at once, with 200 even if it cannot be read: Parley looks for itself every minute.',
  tags: ['Webhooks'],
  security: [],
  consumes: ['application/x-www-form-urlencoded', 'application/json'],
  headers: z.object({ [SECRET_HEADER]: z.string().describe('The `hintSecret` of the account') }),
  body: z.object({
    task: z.string().describe('Number of the task'),
    comment: z.string().describe('Number of the comment'),
  }),
  response: {
    200: empty('Taken'),
    401: empty('Another secret'),
    404: empty('No such account'),
    503: empty('Nothing is stored'),
  },
};

type AccountParams = { Params: { planfixAccountId: string } };

/**
 * `POST /webhooks/planfix/:planfixAccountId`: a scenario names a task and a comment. Once authenticated the answer is
 * 200 whatever came, and at once, since anything else keeps back all of that account's requests for three minutes.
 * (Planfix: events out of Planfix, delivery rules)
 */
export function planfixWebhookRoutes(parts: ApiParts): (app: FastifyInstance) => Promise<void> {
  const { metrics } = parts;
  const isAuthentic = createAuthenticator(parts);

  const answer = (reply: FastifyReply, status: number, outcome: WebhookOutcome) => {
    metrics.webhooks.inc({ source: 'planfix', outcome });
    metrics.webhookSeconds.observe({ source: 'planfix' }, reply.elapsedTime / 1_000);
    return reply.code(status).type('text/plain').send('');
  };

  async function receive(request: FastifyRequest<AccountParams>, reply: FastifyReply): Promise<FastifyReply> {
    const { planfixAccountId } = request.params;
    const body = rawBodyOf(request);
    const parsed = parseHint(readFields(body));
    if (parsed.kind === 'refused') {
      await withinMs(STORE_MS, putAside(parts, planfixAccountId, body, parsed.reason));
      return answer(reply, 200, 'not-read');
    }
    const { task: planfixTask, comment: planfixComment } = parsed.hint;
    if (planfixTask > LARGEST_NUMBER || planfixComment > LARGEST_NUMBER) {
      await withinMs(STORE_MS, putAside(parts, planfixAccountId, body, 'a number is larger than any in Planfix'));
      return answer(reply, 200, 'not-read');
    }
    await withinMs(STORE_MS, storeHint(parts.db, { planfixAccountId, planfixTask, planfixComment }));
    parts.wakeups.planfixAccount(planfixAccountId);
    return answer(reply, 200, 'stored');
  }

  return async (app) => {
    takeRawBodies(app, MAX_BODY_BYTES);
    // Before the body is read, so that a body that cannot be read is still answered by who sent it.
    app.addHook('onRequest', async (request, reply) => {
      const { planfixAccountId } = request.params as AccountParams['Params'];
      const outcome = await isAuthentic(planfixAccountId, request.headers[SECRET_HEADER]);
      if (outcome === 'unknown-receiver') return answer(reply, 404, outcome);
      if (outcome === 'bad-signature') return answer(reply, 401, outcome);
      return undefined;
    });
    app.setNotFoundHandler((_request, reply) => answer(reply, 404, 'unknown-receiver'));
    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const isTheirs = error.statusCode !== undefined && error.statusCode < 500;
      if (isTheirs) return answer(reply, 200, error.statusCode === 413 ? 'too-large' : 'not-read');
      request.log.error({ err: error }, 'a hint could not be stored');
      return answer(reply, 503, 'not-stored');
    });
    app.post<AccountParams>('/:planfixAccountId', { schema: hintSchema, validatorCompiler: leaveUnchecked }, receive);
  };
}

/** A hint that cannot be read is kept with its reason, once however often it comes; the poll finds its comment. */
async function putAside(
  { db, metrics }: ApiParts,
  planfixAccountId: string,
  body: Buffer,
  reason: string,
): Promise<void> {
  const text = body.toString('utf8').slice(0, MAX_KEPT_CHARACTERS).toWellFormed().replaceAll('\0', '\uFFFD');
  const kind = 'planfix-hint';
  await storeEvents(db, [
    {
      sourceId: planfixAccountId,
      connectionId: undefined,
      eventKey: `${kind}:${createHash('sha256').update(body).digest('hex')}`,
      kind,
      subject: undefined,
      raw: { text },
      reason,
    },
  ]);
  metrics.events.inc({ kind, fate: 'put-aside' });
}
