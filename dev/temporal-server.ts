import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { type Child, startChild } from './child-process.ts';
import { SEARCH_ATTRIBUTES } from './temporal-namespace.ts';
import { findFreePort, waitUntil } from './waiting.ts';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

/** The namespace of `npm start` and of every test that does not make its own. */
export const NAMESPACE = 'parley';

/**
 * The development server's limits are made for a person trying things out. Polls share the namespace's budget, so at
 * the default workers starve first.
 */
const DYNAMIC_CONFIG: Record<string, number | boolean> = {
  'frontend.rps': 50_000,
  'frontend.namespaceRPS': 50_000,
  'frontend.namespaceCount': 10_000,
  'frontend.namespaceRPS.visibility': 500,
  'frontend.persistenceMaxQPS': 50_000,
  'history.rps': 50_000,
  'history.persistenceMaxQPS': 50_000,
  'matching.rps': 50_000,
  'matching.persistenceMaxQPS': 50_000,
  // On by default from server 1.32: an activity goes straight to the worker that asked for it, past the queue.
  'system.enableActivityEagerExecution': true,
  // A queue in four parts pays with thousands of tasks a second; below that, tasks wait in parts that nobody polls.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/** A log ahead instead of a journal for each write: many times faster, and as safe unless the machine loses power. */
const FILE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'].flatMap((pragma) => ['--sqlite-pragma', pragma]);

export type TemporalOptions = {
  cli: string;
  /** Keeps everything there; without it all is in memory and gone with the process. */
  databaseFile?: string;
  preferredPort?: number;
  /** Taken where it is free, else any other; without it there is no user interface. */
  uiPort?: number;
  logFile?: string;
  /** Limits of the server that a test lowers. */
  dynamicConfig?: Record<string, number>;
};

export type RunningTemporal = {
  address: string;
  port: number;
  uiPort: number | undefined;
  child: Child;
  stop(): Promise<void>;
};

/**
 * Starts a development server with the namespace and search attributes that the product uses, and waits until the
 * namespace answers.
 *
 * @throws with the server's log when that takes longer than 30 s
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const port = await findFreePort(options.preferredPort);
  const uiPort = options.uiPort === undefined ? undefined : await findFreePort(options.uiPort);
  const child = await startChild({
    name: 'temporal',
    command: options.cli,
    args: serverArguments(options, port, uiPort),
    orphanSignal: 'SIGTERM',
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
  const address = `127.0.0.1:${port}`;
  const answered = await waitUntil(START_LIMIT_MS, async () => (child.hasExited() ? 'exited' : askNamespace(address)));
  if (answered !== 'answered') {
    await child.stop('SIGKILL', 1_000);
    throw new Error(`the Temporal server did not come up. Its log:\n${child.lines().slice(-40).join('\n')}`);
  }
  return { address, port, uiPort, child, stop: async () => void (await child.stop('SIGTERM', STOP_LIMIT_MS)) };
}

function serverArguments(options: TemporalOptions, port: number, uiPort: number | undefined): string[] {
  const limits = Object.entries({ ...DYNAMIC_CONFIG, ...options.dynamicConfig });
  const dynamic = limits.flatMap(([name, limit]) => ['--dynamic-config-value', `${name}=${limit}`]);
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${port}`,
    `--namespace=${NAMESPACE}`,
    '--log-level=warn',
    ...(uiPort === undefined ? ['--headless'] : [`--ui-port=${uiPort}`]),
    ...(options.databaseFile === undefined ? [] : [`--db-filename=${options.databaseFile}`, ...FILE_PRAGMAS]),
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...dynamic,
  ];
}

async function askNamespace(address: string): Promise<'answered' | undefined> {
  // The client logs each refused connection; a bare socket tells first whether asking makes sense.
  if (!(await accepts(address))) return undefined;
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
      return 'answered';
    } finally {
      await connection.close();
    }
  } catch {
    return undefined;
  }
}

function accepts(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
