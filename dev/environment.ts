import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from './folders.ts';

/** What `npm start` made up once and keeps, readable by its owner only. */
export type MadeUp = {
  /** Names this checkout's data where it cannot lie inside the checkout. */
  stateId: string;
  databasePassword: string;
  encryptionKeys: string;
  adminKey: string;
  /** Ports of the last run, taken again where they are free, so that addresses stay the same. */
  ports: Ports;
};

export type Ports = {
  postgres: number;
  temporal: number;
  temporalUi: number;
  sandbox: number;
  api: number;
  worker: number;
};

const DEFAULT_PORTS: Ports = {
  postgres: 5433,
  temporal: 7233,
  temporalUi: 8233,
  sandbox: 3100,
  api: 3000,
  worker: 3001,
};

const FILE = join(STATE_FOLDER, 'env.json');

/** Reads what an earlier run made up, or makes it up now. */
export function loadMadeUp(): MadeUp {
  mkdirSync(STATE_FOLDER, { recursive: true });
  if (existsSync(FILE)) return JSON.parse(readFileSync(FILE, 'utf8')) as MadeUp;
  const made = {
    stateId: randomBytes(6).toString('hex'),
    databasePassword: randomBytes(18).toString('hex'),
    encryptionKeys: `dev:${randomBytes(32).toString('base64')}`,
    adminKey: `dev-${randomBytes(24).toString('base64url')}`,
    ports: DEFAULT_PORTS,
  };
  saveMadeUp(made);
  return made;
}

/** Replaces the file in one step: a kill in between must not lose the keys of everything stored. */
export function saveMadeUp(made: MadeUp): void {
  const partial = `${FILE}.partial`;
  writeFileSync(partial, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, FILE);
}

/** Where the servers of this run are. */
export type Addresses = {
  databaseUrl: string;
  temporalAddress: string;
  temporalUi: string | undefined;
  sandboxUrl: string;
  apiUrl: string;
};

/**
 * The environment of the product's processes. A variable that the developer has set wins, except for what this run has
 * just started itself.
 */
export function productEnvironment(made: MadeUp, ports: Ports, addresses: Addresses): NodeJS.ProcessEnv {
  return {
    TEMPORAL_NAMESPACE: 'parley',
    PARLEY_ENCRYPTION_KEYS: made.encryptionKeys,
    PARLEY_ADMIN_KEY: made.adminKey,
    PARLEY_PUBLIC_URL: addresses.apiUrl,
    META_GRAPH_URL: `${addresses.sandboxUrl}/graph`,
    META_GRAPH_VERSION: 'v26.0',
    DIALOG360_URL: `${addresses.sandboxUrl}/dialog360`,
    META_SDK_URL: `${addresses.sandboxUrl}/graph/sdk.js`,
    ...(addresses.temporalUi === undefined ? {} : { PARLEY_TEMPORAL_UI_URL: addresses.temporalUi }),
    // Everything runs on this machine here, and private addresses are refused unless they are named.
    PARLEY_ALLOWED_HOSTS: new URL(addresses.sandboxUrl).host,
    LOG_LEVEL: 'info',
    ...process.env,
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    PARLEY_PORT: `${ports.api}`,
    PARLEY_WORKER_PORT: `${ports.worker}`,
    SANDBOX_PORT: `${ports.sandbox}`,
    // Parley remembers numbers of the sandbox's tasks and contacts, so the sandbox must not give them out again.
    SANDBOX_STATE_FILE: join(STATE_FOLDER, 'sandbox.state'),
  };
}
