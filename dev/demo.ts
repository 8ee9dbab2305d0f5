import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { waitUntil } from './waiting.ts';

/** What the sandbox's `POST /control/seed` answers: the made-up company that the demo connects. */
type SeededWorld = {
  planfix: { account: string; token: string; taskTemplate: number; contactTemplate: number; correlationField: number };
  graph: {
    appId: string;
    appSecret: string;
    verifyToken: string;
    phoneNumberId: string;
    wabaId: string;
    accessToken: string;
    /** Names of templates that a button with values by position can fill. */
    positionalTemplates: string[];
    /** Of Embedded Signup, for the numbers that are left to connect by hand. */
    configurationId: string;
  };
};

/**
 * What the demo has created through the API so far, written down after each step. `attempt` names the calls as
 * idempotency keys: a call whose answer was lost is made again and gives that answer, the hint's secret included, which
 * is told at no other time.
 */
type DemoState = {
  attempt: string;
  metaAppId?: string | undefined;
  planfixAccountId?: string | undefined;
  hintSecret?: string | undefined;
  connectionId?: string | undefined;
};

export type DemoOptions = {
  apiUrl: string;
  sandboxUrl: string;
  adminKey: string;
  /** Keeps what was created so far from one start to the next. */
  stateFile: string;
  say: (line: string) => void;
};

const CALL_LIMIT_MS = 30_000;
/** The api answers 202 where the worker has not checked in 15 s what is to be connected. */
const CHECK_LIMIT_MS = 120_000;

/**
 * Connects the sandbox's company through the public API, as a new customer would, once; a run that was interrupted on
 * the way is taken up where it stood. What an administrator enters at Meta and in Planfix is told at every start.
 *
 * @throws with the answer of whichever call was refused
 */
export async function setUpDemo(options: DemoOptions): Promise<void> {
  const world = await request<SeededWorld>('POST', `${options.sandboxUrl}/control/seed`, { body: {} });
  const state = await readState(options);
  await connect(options, world, state);
  await tellSandbox(options, world, state);
}

/** Ids that the database does not know are those of another one: everything is created anew. */
async function readState(options: DemoOptions): Promise<DemoState> {
  const { stateFile } = options;
  const state = existsSync(stateFile)
    ? (JSON.parse(readFileSync(stateFile, 'utf8')) as DemoState)
    : { attempt: randomUUID() };
  const { metaAppId, planfixAccountId, connectionId } = state;
  const known = Object.entries({
    'meta-apps': metaAppId,
    'planfix-accounts': planfixAccountId,
    connections: connectionId,
  }).filter(([, id]) => id !== undefined);
  const rows = await Promise.all(known.map(([list, id]) => read(options, `${list}/${id}`)));
  return rows.includes(undefined) ? { attempt: randomUUID() } : state;
}

function saveState({ stateFile }: DemoOptions, state: DemoState): void {
  const partial = `${stateFile}.partial`;
  writeFileSync(partial, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, stateFile);
}

async function connect(options: DemoOptions, world: SeededWorld, state: DemoState): Promise<void> {
  if (state.connectionId === undefined) options.say('Connecting the demo account ...');
  const note = (change: Partial<DemoState>) => saveState(options, Object.assign(state, change));
  note({});
  if (state.metaAppId === undefined) note({ metaAppId: await connectMetaApp(options, world, state) });
  await offerSignUp(options, world, state);
  if (state.planfixAccountId === undefined) note(await connectAccount(options, world, state));
  await untilConnected(options, `planfix-accounts/${state.planfixAccountId}`, () =>
    note({ attempt: randomUUID(), planfixAccountId: undefined, hintSecret: undefined }),
  );
  if (state.connectionId === undefined) note({ connectionId: await connectNumber(options, world, state) });
  await untilConnected(options, `connections/${state.connectionId}`, () =>
    note({ attempt: randomUUID(), connectionId: undefined }),
  );
}

async function connectMetaApp(options: DemoOptions, { graph }: SeededWorld, state: DemoState): Promise<string> {
  const { appId, appSecret, verifyToken } = graph;
  const app = await createOrFind<Row & { appId: string }>(options, state, {
    list: 'meta-apps',
    body: { appId, appSecret, verifyToken },
    isIt: (row) => row.appId === appId,
  });
  return app.id;
}

/** Presets for Embedded Signup, unless somebody has set others. */
async function offerSignUp(options: DemoOptions, { graph }: SeededWorld, { metaAppId }: DemoState): Promise<void> {
  const app = await read<Row & { embeddedSignup: unknown }>(options, `meta-apps/${metaAppId}`);
  if (app === undefined || app.embeddedSignup !== null) return;
  const embeddedSignup = {
    configurationId: graph.configurationId,
    extras: { setup: {} },
    businessAppExtras: { setup: {}, featureType: 'whatsapp_business_app_onboarding' },
  };
  const url = `${options.apiUrl}/v1/meta-apps/${metaAppId}`;
  await request('PATCH', url, { key: options.adminKey, body: { embeddedSignup } });
}

async function connectAccount(options: DemoOptions, { planfix }: SeededWorld, state: DemoState) {
  const url = `${options.sandboxUrl}/planfix/${planfix.account}/rest/`;
  const account = await createOrFind<Row & { url: string; hintSecret?: string }>(options, state, {
    list: 'planfix-accounts',
    body: { name: 'Demo', url, token: planfix.token, primaryAdmin: 'user:1' },
    isIt: (row) => row.url === url,
  });
  return { planfixAccountId: account.id, hintSecret: account.hintSecret };
}

async function connectNumber(options: DemoOptions, { graph, planfix }: SeededWorld, state: DemoState): Promise<string> {
  const { phoneNumberId, wabaId, accessToken } = graph;
  const { taskTemplate, contactTemplate, correlationField } = planfix;
  const { planfixAccountId, metaAppId } = state;
  const settings = {
    taskTemplate,
    contactTemplate,
    correlationField,
    newTaskWhenNoneActive: true,
    language: 'en',
    echoAuthor: 'user:3',
    reactionsFromComments: true,
  };
  const number = { provider: 'whatsapp-cloud', phoneNumberId, wabaId, accessToken };
  const connection = await createOrFind<Row & { phoneNumberId: string }>(options, state, {
    list: 'connections',
    body: { ...number, planfixAccountId, metaAppId, configuredBy: 'user:2', settings },
    isIt: (row) => row.phoneNumberId === phoneNumberId && row.state !== 'disconnected',
  });
  return connection.id;
}

type Row = { id: string; state?: string };
type Creation<T> = { list: string; body: unknown; isIt: (row: T) => boolean };

/**
 * Creates it, or finds what an earlier attempt has created. A call that died with its process holds its idempotency key
 * for a minute, so that where there is nothing to be found either, another key is taken.
 */
async function createOrFind<T extends Row>(
  options: DemoOptions,
  state: DemoState,
  { list, body, isIt }: Creation<T>,
): Promise<T> {
  const url = `${options.apiUrl}/v1/${list}`;
  try {
    return await request<T>('POST', url, { key: options.adminKey, body, idempotencyKey: `${state.attempt}-${list}` });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 409) throw error;
    const { items } = await request<{ items: T[] }>('GET', url, { key: options.adminKey });
    const found = items.find(isIt);
    if (found !== undefined) return found;
  }
  state.attempt = randomUUID();
  saveState(options, state);
  return request<T>('POST', url, { key: options.adminKey, body, idempotencyKey: `${state.attempt}-${list}` });
}

/** @throws when the worker's checks have failed, after which the next start creates it anew */
async function untilConnected(options: DemoOptions, path: string, forget: () => void): Promise<void> {
  const look = async () => {
    const row = await read(options, path);
    if (row?.state === 'draft' || row?.state === 'checking') return undefined;
    return row === undefined || row.state === 'failed' ? 'refused' : 'connected';
  };
  const known = await look();
  if (known === 'connected') return;
  // The check of a draft that is found here may have been lost together with the call that created it.
  if (known === undefined) await request('POST', `${options.apiUrl}/v1/${path}/check`, { key: options.adminKey });
  const outcome = known ?? (await waitUntil(CHECK_LIMIT_MS, look));
  if (outcome === 'connected') return;
  if (outcome === 'refused') forget();
  const what = outcome === 'refused' ? 'was refused by the checks' : 'is not checked yet';
  throw new Error(`The demo could not be connected: ${path} ${what}. Start again.`);
}

/** Our own addresses may have changed since the last run. */
async function tellSandbox(options: DemoOptions, world: SeededWorld, state: DemoState): Promise<void> {
  const { graph, planfix } = world;
  const { appId, appSecret, verifyToken } = graph;
  const callbackUrl = `${options.apiUrl}/webhooks/meta/${state.metaAppId}`;
  const control = `${options.sandboxUrl}/control`;
  await request('POST', `${control}/graph/apps`, { body: { appId, appSecret, verifyToken, callbackUrl } });
  await request('PUT', `${control}/parley`, { body: { url: options.apiUrl, key: options.adminKey } });
  if (state.hintSecret === undefined) {
    options.say(
      "The demo account's hint secret is lost: comments of agents take up to a minute to leave Planfix, and its buttons do not work.",
    );
    return;
  }
  const account = `${control}/planfix/${planfix.account}`;
  const url = `${options.apiUrl}/webhooks/planfix/${state.planfixAccountId}`;
  const secret = state.hintSecret;
  await request('PUT', `${account}/hint`, { body: { url, secret } });
  const offered = { connection: state.connectionId, templates: graph.positionalTemplates, language: 'en' };
  await request('PUT', `${account}/buttons`, { body: { url: `${url}/send`, secret, ...offered } });
}

/** An answer that is not 2xx. */
class Refusal extends Error {
  readonly status: number;

  constructor(what: string, status: number, text: string) {
    super(`${what} answered ${status}: ${text.slice(0, 1_000)}`);
    this.status = status;
  }
}

/** A row of the API; undefined where there is none. */
async function read<T extends Row = Row>(options: DemoOptions, path: string): Promise<T | undefined> {
  try {
    return await request<T>('GET', `${options.apiUrl}/v1/${path}`, { key: options.adminKey });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

type Sent = { body?: unknown; key?: string; idempotencyKey?: string };

async function request<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, sent: Sent): Promise<T> {
  const { body, key, idempotencyKey } = sent;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Refusal(`${method} ${url}`, response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
