import { createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { buildServer, type ServerOptions } from '../../api/build-server.ts';
import { createLog } from '../../api/logger.ts';
import type { ConversationWake, TemporalSignals } from '../../api/wakeups.ts';
import { settleAccountChecks, settleConnectionChecks } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { createRowEvents } from '../../db/row-events.ts';
import { createSecretBox, type SecretBox } from '../../db/secrets.ts';
import { waitUntil } from '../../dev/waiting.ts';
import type { Run } from '../../workflows/domain/ids.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { type Waits, waitsOf } from '../../workflows/domain/waits.ts';
import { createTestDatabase } from '../support/postgres.ts';

const ADMIN_KEY = `admin-${randomBytes(24).toString('hex')}`;
/** Nothing takes that long when it works, on a busy machine either. */
const PATIENCE_MS = 30_000;

export const APP_SECRET = 'app-secret-7d1f';
export const VERIFY_TOKEN = 'verify-token-55ab';

/** What the world beyond the api was told, and how its worker answers a request for a check. */
export type Beyond = {
  wakes: ConversationWake[];
  accountWakes: string[];
  runs: Run[];
  /** Undefined: it never answers. */
  checks: ConnectionCheck[] | undefined;
  /** When a worker last asked for work. */
  queues: { queue: string; askedAt: Date | null }[];
  /** Temporal is away: every signal fails. */
  away: boolean;
};

export type ApiAnswer = { status: number; headers: Headers; text: string; body: Record<string, unknown> };
export type CallOptions = { body?: unknown; key?: string | null; headers?: Record<string, string> };

/** The api's server on a port of its own over a real database; only Temporal is stood in for. */
export type ApiWorld = {
  url: string;
  publicUrl: string;
  db: Database;
  secrets: SecretBox;
  databaseUrl: string;
  adminKey: string;
  beyond: Beyond;
  /** Everything that was logged, down to trace. */
  logged(): string;
  /** Calls the API with the bootstrap key, another key, or (null) none. */
  call(method: string, path: string, options?: CallOptions): Promise<ApiAnswer>;
  /** One number of a company: account, app and connection, made through the API. */
  connect(): Promise<ConnectedNumber>;
  /** The sum of a counter's values whose labels include these. */
  count(metric: string, labels: Record<string, string>): Promise<number>;
  close(): Promise<void>;
};

export type ConnectedNumber = {
  planfixAccountId: string;
  hintSecret: string;
  metaAppId: string;
  connectionId: string;
  phoneNumberId: string;
};

const PASSED: ConnectionCheck[] = [{ name: 'credentials', ok: true, message: 'accepted' }];

export type ApiWorldOptions = {
  databaseUrl?: string;
  ratePerMinute?: number;
  publicUrl?: string;
  openRatePerMinute?: number;
  waits?: Partial<Waits>;
  singleSignOn?: ServerOptions['singleSignOn'];
  metaSdkUrl?: string;
  trustProxy?: string[];
};

export async function startApiWorld(options: ApiWorldOptions = {}): Promise<ApiWorld> {
  const { publicUrl = 'https://parley.example' } = options;
  const database = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = options.databaseUrl ?? (database?.url as string);
  const db = createDatabase(databaseUrl, 10);
  const queues = ['conversations', 'media', 'bulk'].map((queue) => ({ queue, askedAt: new Date() }));
  const beyond: Beyond = { wakes: [], accountWakes: [], runs: [], checks: PASSED, queues, away: false };
  let logged = '';
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logged += String(chunk);
      done();
    },
  });
  const secrets = createSecretBox(new Map([['test', randomBytes(32)]]));
  const app = await buildServer({
    db,
    secrets,
    trustProxy: options.trustProxy,
    rowEvents: createRowEvents(databaseUrl),
    signals: standInForTemporal(db, beyond),
    log: createLog('trace', sink),
    adminKey: ADMIN_KEY,
    publicUrl,
    openRatePerMinute: options.openRatePerMinute ?? 100_000,
    waits: waitsOf(options.waits),
    singleSignOn: options.singleSignOn,
    console: {
      graphVersion: 'v26.0',
      metaSdkUrl: options.metaSdkUrl ?? 'https://connect.facebook.net/en_US/sdk.js',
      temporalUiUrl: null,
    },
    ratePerMinute: options.ratePerMinute ?? 100_000,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const call = (method: string, path: string, callOptions: CallOptions = {}) => callApi(url, method, path, callOptions);
  return {
    url,
    publicUrl,
    db,
    secrets,
    databaseUrl,
    adminKey: ADMIN_KEY,
    beyond,
    logged: () => logged,
    call,
    connect: () => connectNumber(call),
    count: async (metric, labels) => readCounter((await call('GET', '/metrics')).text, metric, labels),
    close: async () => {
      await app.close();
      await db.destroy();
      await database?.drop();
    },
  };
}

/** Records signals, and settles what is to be checked as the worker would. */
function standInForTemporal(db: Database, beyond: Beyond): TemporalSignals {
  const unlessAway = async (act: () => void | Promise<void>) => {
    if (beyond.away) throw new Error('Temporal is away');
    await act();
  };
  const facts = {
    displayPhoneNumber: '+1 555 0100',
    verifiedName: 'Acme',
    portfolioId: 'portfolio-1',
    messagesPerSecond: undefined,
  };
  return {
    wakeConversation: (wake) => unlessAway(() => void beyond.wakes.push(wake)),
    lookAt: (run) => unlessAway(() => void beyond.runs.push(run)),
    wakePlanfixAccount: (id) => unlessAway(() => void beyond.accountWakes.push(id)),
    requestAccountCheck: (id) =>
      unlessAway(async () => {
        if (beyond.checks) await settleAccountChecks(db, id, beyond.checks);
      }),
    requestConnectionCheck: (id) =>
      unlessAway(async () => {
        if (beyond.checks) await settleConnectionChecks(db, id, beyond.checks, facts);
      }),
    namespace: 'default',
    isReachable: async () => !beyond.away,
    readQueues: async () => {
      await unlessAway(() => undefined);
      return beyond.queues;
    },
    close: async () => undefined,
  };
}

async function callApi(url: string, method: string, path: string, options: CallOptions): Promise<ApiAnswer> {
  const { body, key = ADMIN_KEY, headers = {} } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}

/** Bodies of the three creations, each new and valid. */
export const aNewAccount = () => ({
  name: 'Acme',
  url: `https://acme-${randomUUID()}.planfix.com/rest/`,
  token: 'planfix-token-91c4',
  primaryAdmin: 'user:1',
});
export const aNewApp = () => ({ appId: randomUUID(), appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN });
export const aNewConnection = (ids: { planfixAccountId: string; metaAppId: string }) => ({
  provider: 'whatsapp-cloud',
  ...ids,
  phoneNumberId: `${Date.now()}${Math.trunc(Math.random() * 1e6)}`,
  wabaId: '102290129340398',
  accessToken: 'graph-token-e2a0',
  configuredBy: 'user:2',
  settings: { taskTemplate: 10, additionalAssignees: ['user:3'], newTaskWhenNoneActive: true, language: 'en' },
});

async function connectNumber(call: ApiWorld['call']): Promise<ConnectedNumber> {
  const account = await call('POST', '/v1/planfix-accounts', { body: aNewAccount() });
  const app = await call('POST', '/v1/meta-apps', { body: aNewApp() });
  const ids = { planfixAccountId: String(account.body.id), metaAppId: String(app.body.id) };
  const body = aNewConnection(ids);
  const connection = await call('POST', '/v1/connections', { body });
  if (connection.status !== 201) throw new Error(`the connection was refused: ${connection.text}`);
  return {
    ...ids,
    hintSecret: String(account.body.hintSecret),
    connectionId: String(connection.body.id),
    phoneNumberId: body.phoneNumberId,
  };
}

function readCounter(metrics: string, metric: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return lines
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

export const sign = (body: string | Uint8Array, secret = APP_SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Posts a body as Meta does. `signature` null: without the header. */
export async function postMeta(
  world: ApiWorld,
  metaAppId: string,
  body: unknown,
  signature?: string | null,
): Promise<{ status: number; text: string }> {
  const bytes = typeof body === 'string' ? body : JSON.stringify(body);
  const given = signature === undefined ? sign(bytes) : signature;
  const response = await fetch(`${world.url}/webhooks/meta/${metaAppId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(given === null ? {} : { 'x-hub-signature-256': given }) },
    body: bytes,
  });
  return { status: response.status, text: await response.text() };
}

export type MetaValue = {
  contacts?: unknown[];
  messages?: unknown[];
  statuses?: unknown[];
  [key: string]: unknown;
};

/** A webhook body with one change for one number. */
export function anEnvelope(phoneNumberId: string, value: MetaValue, field = 'messages') {
  const metadata = { display_phone_number: '15550000001', phone_number_id: phoneNumberId };
  const whole = field === 'messages' ? { messaging_product: 'whatsapp', metadata, ...value } : value;
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field, value: whole }] }],
  };
}

export function aText(from: string, body: string, id = `wamid.${randomUUID()}`) {
  return { from, id, timestamp: String(Math.trunc(Date.now() / 1000)), type: 'text', text: { body } };
}

export function aStatus(id: string, status: string, more: Record<string, unknown> = {}) {
  const timestamp = String(Math.trunc(Date.now() / 1000));
  return { id, status, timestamp, recipient_id: '4915112345678', ...more };
}

/**
 * Until whatever the api has signalled so far has been sent: what goes out later, here for a customer who writes, goes out
 * after it.
 */
export async function untilSignalled(
  world: ApiWorld,
  number: Pick<ConnectedNumber, 'metaAppId' | 'phoneNumberId'>,
): Promise<void> {
  const text = aText(`4917${randomInt(1e8, 1e9)}`, 'What comes later');
  await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { messages: [text] }));
  const { conversationId } = await world.db
    .selectFrom('message')
    .where('channelMessageId', '=', text.id)
    .select('conversationId')
    .executeTakeFirstOrThrow();
  await until('a later signal', () => world.beyond.wakes.some((wake) => wake.conversationId === conversationId));
}

/** @throws with `what` when it never comes true */
export async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  const found = await waitUntil(PATIENCE_MS, async () => ((await look()) ? true : undefined));
  if (!found) throw new Error(`never happened: ${what}`);
}

export async function countRows(db: Database, table: 'inboundEvent' | 'message' | 'customer' | 'conversation') {
  const row = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(row.rows);
}
