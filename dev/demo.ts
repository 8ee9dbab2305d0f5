import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from './folders.ts';

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
  };
};

/** What the demo has created through the API; the hint's secret is told only once. */
type DemoIds = { planfixAccountId: string; hintSecret: string; metaAppId: string; connectionId: string };

export type DemoOptions = { apiUrl: string; sandboxUrl: string; adminKey: string; say: (line: string) => void };

const FILE = join(STATE_FOLDER, 'demo.json');
const CALL_LIMIT_MS = 30_000;

/** Whether an earlier run has connected the demo account, under the sandbox's address of that time. */
export function hasDemo(): boolean {
  return existsSync(FILE);
}

/**
 * Connects the sandbox's company through the public API, as a new customer would, once; on later starts only what the
 * sandbox has forgotten is told again.
 *
 * @throws with the answer of whichever call was refused
 */
export async function setUpDemo(options: DemoOptions): Promise<void> {
  const world = await call<SeededWorld>('POST', `${options.sandboxUrl}/control/seed`, {});
  const known = await readKnownIds(options);
  const ids = known ?? (await connect(options, world));
  await tellSandbox(options, world, ids);
}

async function readKnownIds(options: DemoOptions): Promise<DemoIds | undefined> {
  if (!existsSync(FILE)) return undefined;
  const ids = JSON.parse(readFileSync(FILE, 'utf8')) as DemoIds;
  const paths = [
    `planfix-accounts/${ids.planfixAccountId}`,
    `meta-apps/${ids.metaAppId}`,
    `connections/${ids.connectionId}`,
  ];
  const exist = await Promise.all(paths.map((path) => exists(`${options.apiUrl}/v1/${path}`, options.adminKey)));
  return exist.every(Boolean) ? ids : undefined;
}

async function connect(options: DemoOptions, world: SeededWorld): Promise<DemoIds> {
  options.say('Connecting the demo account ...');
  const { graph, planfix } = world;
  const create = <T>(path: string, body: unknown) =>
    call<T>('POST', `${options.apiUrl}/v1/${path}`, body, options.adminKey);
  const metaApp = await create<{ id: string }>('meta-apps', {
    appId: graph.appId,
    appSecret: graph.appSecret,
    verifyToken: graph.verifyToken,
  });
  const account = await create<{ id: string; hintSecret: string }>('planfix-accounts', {
    name: 'Demo',
    url: `${options.sandboxUrl}/planfix/${planfix.account}/rest/`,
    token: planfix.token,
    primaryAdmin: 'user:1',
  });
  const connection = await create<{ id: string }>('connections', {
    provider: 'whatsapp-cloud',
    planfixAccountId: account.id,
    metaAppId: metaApp.id,
    phoneNumberId: graph.phoneNumberId,
    wabaId: graph.wabaId,
    accessToken: graph.accessToken,
    configuredBy: 'user:2',
    settings: {
      taskTemplate: planfix.taskTemplate,
      contactTemplate: planfix.contactTemplate,
      correlationField: planfix.correlationField,
      additionalAssignees: [],
      newTaskWhenNoneActive: true,
      language: 'en',
    },
  });
  const ids = {
    planfixAccountId: account.id,
    hintSecret: account.hintSecret,
    metaAppId: metaApp.id,
    connectionId: connection.id,
  };
  writeFileSync(FILE, `${JSON.stringify(ids, undefined, 2)}\n`, { mode: 0o600 });
  return ids;
}

/** What an administrator enters at Meta and in Planfix. Our port may have changed since the last run. */
async function tellSandbox(options: DemoOptions, world: SeededWorld, ids: DemoIds): Promise<void> {
  const { appId, appSecret, verifyToken } = world.graph;
  const callbackUrl = `${options.apiUrl}/webhooks/meta/${ids.metaAppId}`;
  const control = `${options.sandboxUrl}/control`;
  await call('POST', `${control}/graph/apps`, { appId, appSecret, verifyToken, callbackUrl });
  await call('PUT', `${control}/planfix/${world.planfix.account}/hint`, {
    url: `${options.apiUrl}/webhooks/planfix/${ids.planfixAccountId}`,
    secret: ids.hintSecret,
  });
}

async function exists(url: string, key: string): Promise<boolean> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  await response.body?.cancel();
  if (response.ok || response.status === 404) return response.ok;
  throw new Error(`GET ${url} answered ${response.status}`);
}

async function call<T>(method: 'POST' | 'PUT', url: string, body: unknown, key?: string): Promise<T> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}`, 'idempotency-key': randomUUID() };
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 1_000)}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
