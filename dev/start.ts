import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setUpDemo } from './demo.ts';
import { loadMadeUp, type MadeUp, type Ports, productEnvironment, saveMadeUp } from './environment.ts';
import { ROOT, STATE_FOLDER } from './folders.ts';
import { startOwnPostgres } from './own-postgres.ts';
import { runToEnd, startServer } from './product-process.ts';
import { readCommandLine } from './running-process.ts';
import { createStack, type Stack } from './stack.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { prepareExternalTemporal } from './temporal-namespace.ts';
import { NAMESPACE, startTemporal } from './temporal-server.ts';
import { findFreePort } from './waiting.ts';

const RUN_FILE = join(STATE_FOLDER, 'run.json');
const LOG_FOLDER = join(STATE_FOLDER, 'logs');
/** There as soon as a run has begun to connect the demo account, under the sandbox's address of that time. */
const DEMO_FILE = join(STATE_FOLDER, 'demo.json');

const API_STOP_MS = 12_000;
const WORKER_STOP_MS = 35_000;
const SANDBOX_STOP_MS = 5_000;

/** The api prints it while nobody can sign in yet. */
const FIRST_SIGN_IN = /^(?!\{).*\s(https?:\/\/\S+\/sign-in#[\w-]+)$/;

const startedAt = performance.now();
const say = (line = '') => void process.stdout.write(`${line}\n`);

const stack = createStack();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stack.requestStop());

try {
  refuseSecondRun();
  await startEverything(stack);
  await stack.untilStopRequested();
  say('\nStopping ...');
} catch (error) {
  if (!stack.stopWasRequested()) {
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} finally {
  await stack.stopAll(say);
  rmSync(RUN_FILE, { force: true });
  // A tool that was interrupted half-way must not keep us.
  process.exit();
}

async function startEverything(running: Stack): Promise<void> {
  mkdirSync(LOG_FOLDER, { recursive: true });
  writeFileSync(RUN_FILE, JSON.stringify({ pid: process.pid }));
  const made = loadMadeUp();
  const ports = await choosePorts(made);
  const databaseUrl = await providePostgres(running, made, ports);
  const { temporalAddress, temporalUi } = await provideTemporal(running, ports);
  saveMadeUp({ ...made, ports });
  const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  const apiUrl = `http://127.0.0.1:${ports.api}`;
  const env = productEnvironment(made, ports, { databaseUrl, temporalAddress, temporalUi, sandboxUrl, apiUrl });
  let firstSignIn: string | undefined;
  const takesLine = (line: string) => {
    const address = FIRST_SIGN_IN.exec(line)?.[1];
    firstSignIn = address ?? firstSignIn;
    return address !== undefined;
  };
  const serverOf = (name: string, script: string, readyUrl: string, stopMs: number) => {
    const logFile = join(LOG_FOLDER, `${name}.log`);
    return startServer(running, { name, script, env, readyUrl, stopMs, logFile, say, takesLine });
  };
  await serverOf('sandbox', 'test/sandbox/main.ts', `${sandboxUrl}/control/health`, SANDBOX_STOP_MS);
  await runToEnd(running, { name: 'migrate', script: 'db/migrate.ts', env });
  // Seconds when it has changed: the servers start meanwhile, and the api complains of a folder that is missing.
  mkdirSync(join(ROOT, 'web/dist'), { recursive: true });
  const building = runToEnd(running, { name: 'console', script: 'dev/build-page.ts', args: ['web'], env });
  building.catch(() => {});
  await serverOf('api', 'api/main.ts', `${apiUrl}/health/ready`, API_STOP_MS);
  await serverOf('worker', 'worker/main.ts', `http://127.0.0.1:${ports.worker}/health/ready`, WORKER_STOP_MS);
  const adminKey = String(env.PARLEY_ADMIN_KEY);
  await running.whileRunning(setUpDemo({ apiUrl, sandboxUrl, adminKey, stateFile: DEMO_FILE, say }));
  await building;
  announce({ sandboxUrl, apiUrl, temporalUi, adminKey, firstSignIn });
}

/** Two runs would share one data folder: the second would end the first one's Postgres. */
function refuseSecondRun(): void {
  if (!existsSync(RUN_FILE)) return;
  const { pid } = JSON.parse(readFileSync(RUN_FILE, 'utf8')) as { pid: number };
  if (pid === process.pid || !readCommandLine(pid)?.includes('dev/start.ts')) return;
  process.stdout.write(`Parley runs already from this checkout (process ${pid}). Stop it there with Ctrl-C.\n`);
  process.exit(1);
}

async function choosePorts(made: MadeUp): Promise<Ports> {
  const { PARLEY_PORT, PARLEY_WORKER_PORT, SANDBOX_PORT } = process.env;
  const wanted = {
    ...made.ports,
    ...(PARLEY_PORT ? { api: Number(PARLEY_PORT) } : {}),
    ...(PARLEY_WORKER_PORT ? { worker: Number(PARLEY_WORKER_PORT) } : {}),
    ...(SANDBOX_PORT ? { sandbox: Number(SANDBOX_PORT) } : {}),
  };
  if (existsSync(DEMO_FILE) && wanted.sandbox !== made.ports.sandbox)
    throw new Error(`The demo account's Planfix is at port ${made.ports.sandbox}; SANDBOX_PORT cannot move it.`);
  const chosen = { ...wanted };
  for (const name of Object.keys(wanted) as (keyof Ports)[]) {
    chosen[name] = await findFreePort(wanted[name]);
    if (chosen[name] === wanted[name]) continue;
    if (name === 'sandbox' && existsSync(DEMO_FILE))
      throw new Error(`Port ${wanted[name]}, where the demo account's Planfix was, is taken.`);
    say(`Port ${wanted[name]} (${name}) is taken; using ${chosen[name]}.`);
  }
  return chosen;
}

async function providePostgres(running: Stack, made: MadeUp, ports: Ports): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  say('Starting Postgres ...');
  const server = await startOwnPostgres(made, ports.postgres, join(LOG_FOLDER, 'postgres.log'));
  running.add(server.child, server.stop);
  return server.url('parley');
}

async function provideTemporal(
  running: Stack,
  ports: Ports,
): Promise<{ temporalAddress: string; temporalUi: string | undefined }> {
  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
  if (TEMPORAL_ADDRESS) {
    await running.whileRunning(prepareExternalTemporal(TEMPORAL_NAMESPACE ?? NAMESPACE));
    return { temporalAddress: TEMPORAL_ADDRESS, temporalUi: undefined };
  }
  const cli = await running.whileRunning(findTemporalCli(say));
  say('Starting Temporal ...');
  const server = await startTemporal({
    cli,
    databaseFile: join(STATE_FOLDER, 'temporal.db'),
    preferredPort: ports.temporal,
    uiPort: ports.temporalUi,
    logFile: join(LOG_FOLDER, 'temporal.log'),
  });
  running.add(server.child, server.stop);
  return { temporalAddress: server.address, temporalUi: `http://127.0.0.1:${server.uiPort}` };
}

type Announced = {
  sandboxUrl: string;
  apiUrl: string;
  temporalUi: string | undefined;
  adminKey: string;
  firstSignIn: string | undefined;
};

/** As somebody would type it in the checkout. */
function shown(folder: string): string {
  const path = relative(ROOT, folder);
  return path.startsWith('..') ? folder : path;
}

function announce(at: Announced): void {
  const first =
    at.firstSignIn === undefined ? '' : `\n                become its first administrator, once: ${at.firstSignIn}`;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`
Parley is ready (${seconds} s).

  Console       ${at.apiUrl}/         connect numbers, watch, repair${first}
  Sandbox       ${at.sandboxUrl}/         write as a customer, answer as an agent
  API           ${at.apiUrl}/docs
  Temporal UI   ${at.temporalUi ?? 'that of the server at TEMPORAL_ADDRESS'}
  API key       ${at.adminKey}
  Logs          ${shown(LOG_FOLDER)}/

Ctrl-C stops everything; the data stays in ${shown(STATE_FOLDER)}/.`);
}
