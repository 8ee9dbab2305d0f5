import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Child, startChild } from '../../dev/child-process.ts';
import { NODE, ROOT } from '../../dev/folders.ts';
import { untilReady } from '../../dev/product-process.ts';
import { findOwnPort } from './ports.ts';

/** The longest that a process may take to answer its readiness page, on a busy machine. */
const READY_LIMIT_MS = 60_000;

/** A real process of the product, with what tests do to it. */
export type TestProcess = Child & {
  /** `http://127.0.0.1:<port>` of its pages. */
  url: string;
  env: NodeJS.ProcessEnv;
  /** Starts it again with the same environment and port; the old one must have ended. */
  startAgain(): Promise<TestProcess>;
};

/** What every process of one test world shares; secrets are made up per world. */
export type World = {
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** `http://127.0.0.1:<port>` of the sandbox. */
  sandboxUrl: string;
  apiPort: number;
  adminKey: string;
  encryptionKeys: string;
};

export async function createWorld(
  given: Pick<World, 'databaseUrl' | 'temporalAddress' | 'temporalNamespace' | 'sandboxUrl'>,
): Promise<World> {
  return {
    ...given,
    apiPort: await findOwnPort(),
    adminKey: `test-${randomBytes(24).toString('hex')}`,
    encryptionKeys: `test:${randomBytes(32).toString('base64')}`,
  };
}

/** What every process of a test world takes over from the run. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE };
};

/** The environment of DATABASE_URL and so on that a world's processes get; a test adds its shortened waits. */
export function worldEnvironment(world: World): NodeJS.ProcessEnv {
  return {
    ...inheritedEnvironment(),
    DATABASE_URL: world.databaseUrl,
    TEMPORAL_ADDRESS: world.temporalAddress,
    TEMPORAL_NAMESPACE: world.temporalNamespace,
    PARLEY_ENCRYPTION_KEYS: world.encryptionKeys,
    PARLEY_ADMIN_KEY: world.adminKey,
    PARLEY_PUBLIC_URL: `http://127.0.0.1:${world.apiPort}`,
    META_GRAPH_URL: `${world.sandboxUrl}/graph`,
    META_GRAPH_VERSION: 'v26.0',
    META_SDK_URL: `${world.sandboxUrl}/graph/sdk.js`,
    DIALOG360_URL: `${world.sandboxUrl}/dialog360`,
    PARLEY_ALLOWED_HOSTS: new URL(world.sandboxUrl).host,
    // A test looks at what it waits for many times a second.
    PARLEY_API_RATE: '100000',
    LOG_LEVEL: 'info',
  };
}

/** Starts an api process and waits until it is ready. `port` lets several serve one world. */
export function startApi(world: World, extra: NodeJS.ProcessEnv = {}, port = world.apiPort): Promise<TestProcess> {
  const env = { ...worldEnvironment(world), PARLEY_PORT: `${port}`, ...extra };
  return startProcess({ name: 'api', script: 'api/main.ts', env, port, readyPath: '/health/ready' });
}

/** Starts a worker process and waits until it is ready. */
export async function startWorker(world: World, extra: NodeJS.ProcessEnv = {}): Promise<TestProcess> {
  const port = await findOwnPort();
  const env = { ...worldEnvironment(world), PARLEY_WORKER_PORT: `${port}`, ...extra };
  return startProcess({ name: 'worker', script: 'worker/main.ts', env, port, readyPath: '/health/ready' });
}

export type ProcessOptions = {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  port: number;
  readyPath: string;
};

/** Starts any script of the project that answers a readiness page. @throws with its log when it does not */
export async function startProcess(options: ProcessOptions): Promise<TestProcess> {
  const child = await startChild({
    name: options.name,
    command: NODE,
    args: [join(ROOT, options.script)],
    cwd: ROOT,
    env: options.env,
    keptLines: 2_000,
    orphanSignal: 'SIGKILL',
  });
  const url = `http://127.0.0.1:${options.port}`;
  try {
    await untilReady(child, `${url}${options.readyPath}`, READY_LIMIT_MS);
  } catch (error) {
    await child.stop('SIGKILL', 1_000);
    throw error;
  }
  return { ...child, url, env: options.env, startAgain: () => startProcess(options) };
}
