import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { readConversationTraits } from '../db/connections.ts';
import type { Database } from '../db/database.ts';
import type { RowEvents } from '../db/row-events.ts';
import type { SecretBox } from '../db/secrets.ts';
import { requireKeys } from './authentication.ts';
import { documentRoutes } from './documentation.ts';
import { honourIdempotencyKeys } from './idempotency.ts';
import type { ApiLog } from './logger.ts';
import { type ApiMetrics, createMetrics } from './metrics.ts';
import { answerWithProblems, notFound, Problem, sendProblem } from './problem-details.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { connectionRoutes } from './routes/connections.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { mailingRoutes } from './routes/mailings.ts';
import { messageRoutes } from './routes/messages.ts';
import { metaAppRoutes } from './routes/meta-apps.ts';
import { metaWebhookRoutes } from './routes/meta-webhooks.ts';
import { optOutRoutes } from './routes/opt-outs.ts';
import { planfixAccountRoutes } from './routes/planfix-accounts.ts';
import { planfixSendRoutes } from './routes/planfix-sends.ts';
import { planfixWebhookRoutes } from './routes/planfix-webhooks.ts';
import { problemRoutes } from './routes/problems.ts';
import { templateRoutes } from './routes/templates.ts';
import { createWakeups, type TemporalSignals, type Wakeups } from './wakeups.ts';

export type ServerOptions = {
  db: Database;
  secrets: SecretBox;
  rowEvents: RowEvents;
  signals: TemporalSignals;
  log: ApiLog;
  adminKey: string;
  /** Without a slash at its end. */
  publicUrl: string;
  /** Calls of `/v1` per key and minute. */
  ratePerMinute: number;
  /** How long a caller waits for the outcome of a live check. */
  liveCheckMs: number;
  /** The same form from the same button is the same request for this long. */
  formRepeatMs: number;
};

/** What routes are made of. */
export type ApiParts = ServerOptions & { metrics: ApiMetrics; wakeups: Wakeups };

const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
/** Node takes no longer ones; whatever stands in the place of an id is looked up, and not found. */
const LONGEST_ADDRESS = 16_384;
/** Wakes of committed rows that may still go out while the server closes. */
const DRAIN_MS = 4_000;

/** Builds the server without opening a port. Closing it sends the wakes that wait. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { db, log, signals } = options;
  const metrics = createMetrics();
  const readTraits = (ids: readonly string[]) => readConversationTraits(db, ids);
  const wakeups = createWakeups({ signals, readTraits, log, metrics });
  const parts: ApiParts = { ...options, metrics, wakeups };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_ADDRESS },
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, notFound('address')),
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWithProblems(app);
  observeRequests(app, metrics);
  closeSoon(app, options.rowEvents);
  app.addHook('onClose', () => wakeups.drain(DRAIN_MS));
  // TLS ends before this process, which cannot know whether there is any.
  await app.register(helmet, { contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } });
  await documentRoutes(app, options.publicUrl);
  await app.register(healthRoutes(parts));
  await app.register(metaWebhookRoutes(parts), { prefix: '/webhooks/meta' });
  await app.register(planfixWebhookRoutes(parts), { prefix: '/webhooks/planfix' });
  await app.register(planfixSendRoutes(parts), { prefix: '/webhooks/planfix' });
  await app.register(v1(parts), { prefix: '/v1' });
  return app;
}

function v1(parts: ApiParts) {
  return async (app: FastifyInstance): Promise<void> => {
    requireKeys(app, parts.db, parts.adminKey);
    allowEmptyJson(app);
    await app.register(rateLimit, {
      max: parts.ratePerMinute,
      timeWindow: '1 minute',
      keyGenerator: (request) => request.caller.id,
      errorResponseBuilder: (_request, { after }) => new Problem('rate-limited', `Too many calls; wait ${after}`),
    });
    honourIdempotencyKeys(app, parts.db, parts.secrets);
    await app.register(planfixAccountRoutes(parts), { prefix: '/planfix-accounts' });
    await app.register(metaAppRoutes(parts), { prefix: '/meta-apps' });
    await app.register(connectionRoutes(parts), { prefix: '/connections' });
    await app.register(conversationRoutes(parts), { prefix: '/conversations' });
    await app.register(messageRoutes(parts), { prefix: '/messages' });
    await app.register(templateRoutes(parts), { prefix: '/templates' });
    await app.register(mailingRoutes(parts), { prefix: '/mailings' });
    await app.register(optOutRoutes(parts), { prefix: '/opt-outs' });
    await app.register(problemRoutes(parts), { prefix: '/problems' });
    await app.register(eventRoutes(parts), { prefix: '/events' });
    await app.register(apiKeyRoutes(parts), { prefix: '/api-keys' });
  };
}

/** Many clients say that they send JSON although the call has no body. */
function allowEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

/** Closing takes neither as long as the longest check, nor as long as a client may keep an answered connection open. */
function closeSoon(app: FastifyInstance, rowEvents: RowEvents): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    // Whoever waits for a check is told where to look.
    await rowEvents.close();
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing) reply.header('connection', 'close');
    return payload;
  });
}

/** One line and one measurement for each answer: the route's pattern, never the address, which may hold more. */
function observeRequests(app: FastifyInstance, metrics: ApiMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.httpSeconds.observe(labels, reply.elapsedTime / 1_000);
    request.log.debug({ ...labels, ms: Math.round(reply.elapsedTime), caller: request.caller?.id }, 'answered');
  });
}
