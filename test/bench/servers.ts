import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { runTool } from '../../dev/child-process.ts';
import { NODE, ROOT } from '../../dev/folders.ts';
import { type RunningPostgres, startPostgres } from '../../dev/postgres.ts';
import { giveToServer, preparePostgresHome } from '../../dev/postgres-files.ts';
import { findTemporalCli } from '../../dev/temporal-cli.ts';
import { NAMESPACE, startTemporal } from '../../dev/temporal-server.ts';
import { waitsEnvironment } from '../support/parley.ts';
import {
  createWorld,
  startApi,
  startWorker,
  type TestProcess,
  type World,
  worldEnvironment,
} from '../support/processes.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

const MIGRATION_LIMIT_MS = 60_000;
/**
 * A bench connects a thousand accounts within minutes. The workflows that checked them would all end five minutes later,
 * in the midst of what is measured.
 */
const MANY_ACCOUNTS = { PARLEY_API_RATE: '1000000', ...waitsEnvironment({ accountIdleMs: 5_000 }) };

/** The whole product on real servers that are set up as `npm start` does: Postgres with fsync, Temporal on a file. */
export type BenchServers = {
  world: World;
  sandbox: TestSandbox;
  api: TestProcess;
  worker: TestProcess;
  temporal: Client;
  /** Process ids by the names that the report uses. */
  pids: Record<'api' | 'worker' | 'sandbox' | 'postgres' | 'temporal', number>;
};

/** Starts everything, runs the bench, and stops everything, also when the terminal says so. */
export async function withServers(
  work: (servers: BenchServers) => Promise<void>,
  workerEnvironment: NodeJS.ProcessEnv = {},
): Promise<void> {
  const stops: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop().catch(() => undefined);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopAll().finally(() => process.exit(130)));
  }
  try {
    await work(await startServers(stops, workerEnvironment));
  } finally {
    await stopAll();
  }
}

async function startServers(
  stops: (() => Promise<unknown>)[],
  workerEnvironment: NodeJS.ProcessEnv,
): Promise<BenchServers> {
  const postgres = await startDatabase(stops);
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const cli = await findTemporalCli((line) => void process.stderr.write(`${line}\n`));
  const temporal = await startTemporal({ cli, databaseFile: join(folder, 'temporal.db') });
  stops.push(temporal.stop);
  const sandbox = await startSandbox({ SANDBOX_PAGE: 'as-is' });
  stops.push(() => sandbox.process.stop('SIGTERM', 5_000));
  const world = await createWorld({
    databaseUrl: postgres.url('parley'),
    temporalAddress: temporal.address,
    temporalNamespace: NAMESPACE,
    sandboxUrl: sandbox.url,
  });
  await runTool({
    name: 'migrate',
    command: NODE,
    args: [join(ROOT, 'db', 'migrate.ts')],
    cwd: ROOT,
    env: worldEnvironment(world),
    withinMs: MIGRATION_LIMIT_MS,
  });
  const api = await startApi(world, { ...MANY_ACCOUNTS, ...forProcess('API') });
  stops.push(() => api.stop('SIGTERM', 12_000));
  const worker = await startWorker(world, { ...MANY_ACCOUNTS, ...workerEnvironment, ...forProcess('WORKER') });
  stops.push(() => worker.stop('SIGTERM', 35_000));
  const connection = await Connection.connect({ address: temporal.address });
  stops.push(() => connection.close());
  return {
    world,
    sandbox,
    api,
    worker,
    temporal: new Client({ connection, namespace: NAMESPACE }),
    pids: {
      api: api.pid,
      worker: worker.pid,
      sandbox: sandbox.process.pid,
      postgres: postgres.child.pid,
      temporal: temporal.child.pid,
    },
  };
}

/** `BENCH_API_NODE_OPTIONS=--cpu-prof` (and `BENCH_WORKER_…`) profiles one process of the product. */
function forProcess(name: 'API' | 'WORKER'): NodeJS.ProcessEnv {
  const options = process.env[`BENCH_${name}_NODE_OPTIONS`];
  return options === undefined ? {} : { NODE_OPTIONS: options };
}

async function startDatabase(stops: (() => Promise<unknown>)[]): Promise<RunningPostgres> {
  const home = await preparePostgresHome();
  // Named like the folders of tests: what a killed run leaves, the next test run removes.
  const parent = mkdtempSync(join(home.dataParent ?? tmpdir(), `test-${process.pid}-`));
  stops.push(async () => rmSync(parent, { recursive: true, force: true }));
  giveToServer(parent, home.user);
  const dataFolder = join(parent, 'postgres');
  mkdirSync(dataFolder);
  const server = await startPostgres({
    home,
    dataFolder,
    password: randomBytes(12).toString('hex'),
    survives: 'power-loss',
  });
  stops.push(server.stop);
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query('create database parley');
  await client.end();
  return server;
}

const TRIES = 5;
const TRY_AGAIN_MS = 1_000;

/**
 * A REST call with the bootstrap key. A 503 says that nothing was done and asks to try again, which is done here.
 *
 * @throws with the answer when it is not 2xx
 */
export async function callRest<T>(world: World, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`http://127.0.0.1:${world.apiPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    if (response.status !== 503 || attempt === TRIES) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    }
    await delay(TRY_AGAIN_MS);
  }
}
