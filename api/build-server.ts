import { randomUUID } from 'node:crypto';
import cookies from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { readConversationTraits } from '../db/connections.ts';
import type { Database } from '../db/database.ts';
import type { RowEvents } from '../db/row-events.ts';
import type { SecretBox } from '../db/secrets.ts';
import type { Waits } from '../workflows/domain/waits.ts';
import { requireCallers } from './authentication.ts';
import { securityHeaders } from './content-security.ts';
import { documentRoutes } from './documentation.ts';
import { honourIdempotencyKeys } from './idempotency.ts';
import type { ApiLog } from './logger.ts';
import { type ApiMetrics, createMetrics } from './metrics.ts';
import { createPasswords } from './passwords.ts';
import { answerWithProblems, notFound, Problem, sendProblem } from './problem-details.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditEntryRoutes } from './routes/audit-entries.ts';
import { connectionRoutes } from './routes/connections.ts';
import { type ConsoleSettings, consoleRoutes } from './routes/console.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { credentialCheckRoutes } from './routes/credential-checks.ts';
import { dialog360WebhookRoutes } from './routes/dialog360-webhooks.ts';
import { embeddedSignupRoutes } from './routes/embedded-signups.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { mailingRoutes } from './routes/mailings.ts';
import { messageRoutes } from './routes/messages.ts';
import { metaAppRoutes } from './routes/meta-apps.ts';
import { metaWebhookRoutes } from './routes/meta-webhooks.ts';
import { operatorRoutes } from './routes/operators.ts';
import { optOutRoutes } from './routes/opt-outs.ts';
import { planfixAccountRoutes } from './routes/planfix-accounts.ts';
import { planfixSendRoutes } from './routes/planfix-sends.ts';
import { planfixWebhookRoutes } from './routes/planfix-webhooks.ts';
import { problemRoutes } from './routes/problems.ts';
import { sessionRoutes, signInOptionRoutes } from './routes/session.ts';
import { signInLinkRoutes } from './routes/sign-in-links.ts';
import { type SingleSignOnSettings, singleSignOnRoutes } from './routes/single-sign-on.ts';
import { statusRoutes } from './routes/status.ts';
import { streamRoutes } from './routes/stream.ts';
import { templateRoutes } from './routes/templates.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createWakeups, type TemporalSignals, type Wakeups } from './wakeups.ts';
import { serveConsole } from './web.ts';

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
  /** Calls of each open route per address and minute. */
  openRatePerMinute: number;
  waits: Waits;
  /** Undefined: people sign in by password only. */
  singleSignOn: SingleSignOnSettings | undefined;
  console: ConsoleSettings;
  /** Addresses of proxies, whose word counts for whence a call comes; nobody else's does. */
  trustProxy?: string[] | undefined;
};

/** What routes are made of. */
export type ApiParts = ServerOptions & {
  metrics: ApiMetrics;
  wakeups: Wakeups;
  signIn: SignIn;
};

const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
/** Node takes no longer ones; whatever stands in the place of an id is looked up, and not found. */
const LONGEST_ADDRESS = 16_384;
/** Wakes of committed rows that may still go out while the server closes. */
const DRAIN_MS = 4_000;

/** Builds the server without opening a port. Closing it sends the wakes that wait. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { db, log, signals, trustProxy } = options;
  const metrics = createMetrics();
  const readTraits = (ids: readonly string[]) => readConversationTraits(db, ids);
  const wakeups = createWakeups({ signals, readTraits, log, metrics });
  const parts: ApiParts = {
    ...options,
    metrics,
    wakeups,
    signIn: createSignIn({ ...options, passwords: createPasswords() }),
  };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    ...(trustProxy === undefined ? {} : { trustProxy }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_ADDRESS },
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, notFound('address')),
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWithProblems(app);
  observeRequests(app, metrics);
  closeSoon(app, options.rowEvents);
  app.addHook('onClose', () => wakeups.drain(DRAIN_MS));
  await app.register(helmet, securityHeaders(options.console.metaSdkUrl));
  await app.register(cookies);
  await documentRoutes(app, options.publicUrl);
  await app.register(healthRoutes(parts));
  await app.register(metaWebhookRoutes(parts), { prefix: '/webhooks/meta' });
  await app.register(dialog360WebhookRoutes(parts), { prefix: '/webhooks/dialog360' });
  await app.register(planfixWebhookRoutes(parts), { prefix: '/webhooks/planfix' });
  await app.register(planfixSendRoutes(parts), { prefix: '/webhooks/planfix' });
  await app.register(v1(parts), { prefix: '/v1' });
  await serveConsole(app);
  return app;
}

function v1(parts: ApiParts) {
  return async (app: FastifyInstance): Promise<void> => {
    const { db, adminKey, publicUrl, waits } = parts;
    const known = { sessionIdleMs: waits.sessionIdleMs, unknownPerMinute: parts.openRatePerMinute };
    requireCallers(app, { db, adminKey, publicUrl, ...known });
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
    await app.register(credentialCheckRoutes(parts), { prefix: '/credential-checks' });
    await app.register(embeddedSignupRoutes(parts), { prefix: '/embedded-signups' });
    await app.register(conversationRoutes(parts), { prefix: '/conversations' });
    await app.register(messageRoutes(parts), { prefix: '/messages' });
    await app.register(templateRoutes(parts), { prefix: '/templates' });
    await app.register(mailingRoutes(parts), { prefix: '/mailings' });
    await app.register(optOutRoutes(parts), { prefix: '/opt-outs' });
    await app.register(problemRoutes(parts), { prefix: '/problems' });
    await app.register(statusRoutes(parts), { prefix: '/status' });
    await app.register(eventRoutes(parts), { prefix: '/events' });
    await app.register(apiKeyRoutes(parts), { prefix: '/api-keys' });
    await app.register(signInOptionRoutes(parts), { prefix: '/sign-in-options' });
    await app.register(sessionRoutes(parts), { prefix: '/session' });
    await app.register(signInLinkRoutes(parts), { prefix: '/sign-in-links' });
    await app.register(singleSignOnRoutes(parts), { prefix: '/single-sign-on' });
    await app.register(operatorRoutes(parts), { prefix: '/operators' });
    await app.register(auditEntryRoutes(parts), { prefix: '/audit-entries' });
    await app.register(consoleRoutes(parts), { prefix: '/console' });
    await app.register(streamRoutes(parts), { prefix: '/stream' });
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
