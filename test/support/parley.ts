import { randomBytes, randomInt } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { waitUntil } from '../../dev/waiting.ts';
import { type WaitName, waitVariable } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { createWorld, startApi, startWorker, type TestProcess, type World } from './processes.ts';
import { startSandbox, type TestSandbox } from './sandbox.ts';
import { createTestNamespace } from './temporal.ts';

/** Waits short enough for a test to see them pass; what a test is about it sets itself. */
const SHORT_WAITS: Partial<Record<WaitName, number>> = {
  planfixIntervalMs: 20,
  sweepIntervalMs: 1_000,
  sweepOverdueMs: 1_500,
  sweepUndueMs: 2_000,
  pollScheduleMs: 1_000,
  pollIntervalMs: 1_000,
  callDeadlineMs: 2_000,
  readBackFirstMs: 1_000,
  readBackSecondMs: 500,
  unknownHoldMs: 2_000,
  unknownProblemMs: 6_000,
  probeFirstMs: 300,
  probeLongestMs: 1_000,
  retryFirstMs: 300,
  retryLongestMs: 1_000,
  leaseMs: 4_000,
  turnMs: 3_000,
  turnTimeoutMs: 10_000,
  turnHeartbeatMs: 2_000,
  taskCreationMs: 8_000,
};

/** The longest that a test waits for something to happen; nothing takes that long when it works. */
export const PATIENCE_MS = 45_000;

/** Looks until the answer is there. @throws with `what` when it never is */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const found = await waitUntil(withinMs, look);
  if (found === undefined) throw new Error(`never happened: ${what}`);
  return found;
}

/** The whole product as real processes, in a database and namespace of its own. */
export type Parley = {
  world: World;
  sandbox: TestSandbox;
  api: TestProcess;
  worker: TestProcess;
  temporal: Client;
  waits: NodeJS.ProcessEnv;
  /** A REST call with the bootstrap key. @throws with the answer when it is not 2xx */
  rest<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
};

export function waitsEnvironment(waits: Partial<Record<WaitName, number>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(waits).map(([name, ms]) => [waitVariable(name as WaitName), `${ms}`]));
}

/** What a test may put in place of the run's own servers. */
export type ParleyOptions = {
  waits?: Partial<Record<WaitName, number>>;
  /** Further variables of the api and the worker. */
  environment?: NodeJS.ProcessEnv;
  databaseUrl?: string;
  temporal?: { address: string; namespace: string };
};

export async function startParley(options: ParleyOptions = {}): Promise<Parley> {
  const waits = { ...waitsEnvironment({ ...SHORT_WAITS, ...options.waits }), ...options.environment };
  const database: TestDatabase | undefined = options.databaseUrl ? undefined : await createTestDatabase();
  const namespace = options.temporal ?? (await createTestNamespace());
  const sandbox = await startSandbox();
  const world = await createWorld({
    databaseUrl: options.databaseUrl ?? (database as TestDatabase).url,
    temporalAddress: namespace.address,
    temporalNamespace: namespace.namespace,
    sandboxUrl: sandbox.url,
  });
  const [api, worker] = await startBoth(world, waits, sandbox);
  const connection = await Connection.connect({ address: world.temporalAddress });
  const parley: Parley = {
    world,
    sandbox,
    api,
    worker,
    temporal: new Client({ connection, namespace: world.temporalNamespace }),
    waits,
    rest: (method, path, body) => callRest(world, method, path, body),
    stop: async () => {
      await Promise.all([parley.api.stop('SIGKILL', 1_000), parley.worker.stop('SIGKILL', 1_000)]);
      // What a busy server does not do in time must not keep the rest from being closed.
      if (!options.temporal) await endSchedules(parley.temporal).catch(() => undefined);
      await connection.close();
      await sandbox.process.stop('SIGKILL', 1_000);
      await database?.drop();
    },
  };
  return parley;
}

/** They would go on every second in a world that is over, on a server that all test files share. */
async function endSchedules({ schedule, connection }: Client): Promise<void> {
  await connection.withDeadline(Date.now() + 5_000, async () => {
    for await (const { scheduleId } of schedule.list()) await schedule.getHandle(scheduleId).delete();
  });
}

/** Whatever did start is stopped when the other did not, so that nothing is left behind. */
async function startBoth(world: World, waits: NodeJS.ProcessEnv, sandbox: TestSandbox) {
  const started = await Promise.allSettled([startApi(world, waits), startWorker(world, waits)]);
  const [api, worker] = started.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  if (api && worker) return [api, worker] as const;
  await Promise.all([api, worker, sandbox.process].map((process) => process?.stop('SIGKILL', 1_000)));
  throw started.find((result) => result.status === 'rejected')?.reason;
}

async function callRest<T>(world: World, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${world.apiPort}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** One company with its Planfix account, Meta app and number, connected through the public API. */
export type Company = {
  account: string;
  token: string;
  planfixAccountId: string;
  /** The account's secret for hints and buttons. */
  hintSecret: string;
  metaAppId: string;
  connectionId: string;
  appId: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
};

export type CompanyOptions = {
  /** Another number of this company's Planfix account. */
  sameAccountAs?: Company;
  settings?: Record<string, unknown>;
  planfixSettings?: Record<string, unknown>;
  /** Of the employee to whom the Planfix token belongs. */
  timeZone?: string;
  hint?: boolean;
  /** Bodies of `POST /control/graph/templates`, there before the number is connected. */
  templates?: Record<string, unknown>[];
};

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

export async function connectCompany(parley: Parley, options: CompanyOptions = {}): Promise<Company> {
  const { sandbox } = parley;
  const account = options.sameAccountAs ?? (await createAccount(parley, options));
  const number = { phoneNumberId: `1${digits(14)}`, wabaId: `2${digits(14)}`, accessToken: `token-${digits(12)}` };
  const app = { appId: `3${digits(14)}`, appSecret: randomBytes(16).toString('hex'), verifyToken: digits(12) };
  await sandbox.control('POST', 'graph/apps', app);
  await sandbox.control('POST', 'graph/numbers', {
    ...number,
    displayPhoneNumber: `+49 30 ${digits(7)}`,
    appId: app.appId,
  });
  for (const template of options.templates ?? []) {
    await sandbox.control('POST', 'graph/templates', { wabaId: number.wabaId, ...template });
  }
  const metaApp = await parley.rest<{ id: string; webhookUrl: string }>('POST', '/v1/meta-apps', app);
  // Before anything is connected: an app whose news go elsewhere is a problem.
  await sandbox.control('POST', 'graph/apps', { ...app, callbackUrl: metaApp.webhookUrl });
  const connection = await parley.rest<{ id: string }>('POST', '/v1/connections', {
    provider: 'whatsapp-cloud',
    planfixAccountId: account.planfixAccountId,
    metaAppId: metaApp.id,
    ...number,
    configuredBy: 'user:2',
    settings: {
      taskTemplate: 10,
      additionalAssignees: [],
      newTaskWhenNoneActive: true,
      language: 'en',
      ...options.settings,
    },
  });
  return {
    account: account.account,
    token: account.token,
    planfixAccountId: account.planfixAccountId,
    hintSecret: account.hintSecret,
    metaAppId: metaApp.id,
    connectionId: connection.id,
    appId: app.appId,
    phoneNumberId: number.phoneNumberId,
    wabaId: number.wabaId,
    accessToken: number.accessToken,
  };
}

async function createAccount(parley: Parley, options: CompanyOptions) {
  const { sandbox } = parley;
  const account = `acme-${randomBytes(4).toString('hex')}`;
  const token = `planfix-${randomBytes(8).toString('hex')}`;
  const { planfixSettings: settings = {}, timeZone } = options;
  await sandbox.control('POST', 'planfix/accounts', { account, token, settings, timeZone });
  const created = await parley.rest<{ id: string; hintUrl: string; hintSecret: string }>(
    'POST',
    '/v1/planfix-accounts',
    {
      name: account,
      url: `${sandbox.url}/planfix/${account}/rest/`,
      token,
      primaryAdmin: 'user:1',
    },
  );
  // On a busy machine the check outlasts the caller's patience.
  await eventually(`the account ${account} as connected`, async () => {
    const { state } = await parley.rest<{ state: string }>('GET', `/v1/planfix-accounts/${created.id}`);
    return state === 'connected' || undefined;
  });
  if (options.hint !== false) {
    await sandbox.control('PUT', `planfix/${account}/hint`, { url: created.hintUrl, secret: created.hintSecret });
  }
  return { account, token, planfixAccountId: created.id, hintSecret: created.hintSecret };
}

/** A person with a phone of their own. */
export type Customer = { phone: string; name: string };

export const aCustomer = (name = 'Jane Roe'): Customer => ({ phone: `4915${digits(9)}`, name });

/** Customers that their sandbox knows, or is just being told of. */
const introduced = new WeakMap<Customer, Promise<unknown>>();

/** The customer writes; the webhook goes out signed, as Meta would send it. */
export async function writeAs(
  parley: Parley,
  company: Company,
  customer: Customer,
  text: string,
  extra: Record<string, unknown> = {},
): Promise<{ wamid: string }> {
  const introduction = introduced.get(customer) ?? parley.sandbox.control('POST', 'graph/customers', customer);
  introduced.set(customer, introduction);
  await introduction;
  return parley.sandbox.control('POST', 'graph/messages', {
    phoneNumberId: company.phoneNumberId,
    from: customer.phone,
    text,
    ...extra,
  });
}

type Person = { id: string; name: string };
export type PlanfixComment = {
  id: number;
  owner: Person;
  description: string;
  recipients: { users: Person[]; groups: { id: number }[]; roles: string[] };
  notifiesContact: boolean;
};
export type PlanfixTask = {
  id: number;
  name: string;
  description: string;
  assigner: Person | null;
  counterparty: Person | null;
  assignees: { users: Person[]; groups: { id: number }[] };
  comments: PlanfixComment[];
};
export type PlanfixDump = { tasks: PlanfixTask[]; contacts: { id: number; name: string; phones: unknown }[] };

export const planfixOf = (parley: Parley, company: Company) =>
  parley.sandbox.control<PlanfixDump>('GET', `planfix/${company.account}`);

/** What the customer's phone shows, oldest first. */
export type ChatMessage = { from: string; text: string; status: string; wamid: string };

export async function chatOf(parley: Parley, company: Company, customer: Customer): Promise<ChatMessage[]> {
  const path = `graph/customers/${customer.phone}/messages?phoneNumberId=${company.phoneNumberId}`;
  const answer = await parley.sandbox.control<{ items: ChatMessage[] } | ChatMessage[]>('GET', path);
  return Array.isArray(answer) ? answer : answer.items;
}
