import { chownSync, existsSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Child, startChild } from './child-process.ts';
import { giveToServer, type PostgresHome } from './postgres-files.ts';
import { readCommandLine } from './running-process.ts';
import { findFreePort, waitUntil } from './waiting.ts';

/** A server that has not answered by then is an error, never a hang. */
const START_LIMIT_MS = 20_000;
/** Creating the files is slower than starting on them, most of all on a busy machine. */
const INITDB_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const USER = 'parley';

export type PostgresOptions = {
  home: PostgresHome;
  dataFolder: string;
  password: string;
  /** Taken where it is free, else any other. */
  preferredPort?: number;
  /**
   * `power-loss` is how production runs. `process-kill` skips fsync and survives everything but a crash of the
   * machine: right for a test's throw-away data, for nothing else.
   */
  survives: 'power-loss' | 'process-kill';
  logFile?: string;
};

export type RunningPostgres = {
  port: number;
  /** Address of a database in this server; `postgres` always exists. */
  url(database: string): string;
  child: Child;
  /** Disconnects everybody and ends cleanly. */
  stop(): Promise<void>;
};

/**
 * Starts Postgres on a data folder, creating the files where there are none. Leftovers of a run that was killed
 * (its server still running, or its lock file) are cleared first.
 *
 * @throws with the server's log when it does not answer within 20 s
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  giveToServer(options.dataFolder, options.home.user);
  await clearLeftovers(options.dataFolder);
  if (!existsSync(join(options.dataFolder, 'PG_VERSION'))) await createCluster(options);
  const port = await findFreePort(options.preferredPort);
  const child = await startChild({
    name: 'postgres',
    command: join(options.home.bin, 'postgres'),
    args: ['-D', options.dataFolder, ...settings(port, options.survives)],
    // The parent's working directory may be closed to the server's user.
    cwd: options.dataFolder,
    env: serverEnvironment(),
    orphanSignal: 'SIGINT',
    ...(options.home.user ? { user: options.home.user } : {}),
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
  const url = (database: string) => `postgres://${USER}:${options.password}@127.0.0.1:${port}/${database}`;
  await waitForAnswer(child, url('postgres'));
  // SIGINT is Postgres' fast shutdown: open connections are cut, the data is left clean.
  return { port, url, child, stop: async () => void (await child.stop('SIGINT', STOP_LIMIT_MS)) };
}

function settings(port: number, survives: PostgresOptions['survives']): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    fsync: survives === 'power-loss' ? 'on' : 'off',
    full_page_writes: survives === 'power-loss' ? 'on' : 'off',
    synchronous_commit: 'on',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The server logs in English whatever the developer speaks: its log ends up in our error messages. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}

async function createCluster(options: PostgresOptions): Promise<void> {
  const { dataFolder, home } = options;
  const passwordFile = `${dataFolder}.password`;
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (home.user) chownSync(passwordFile, home.user.uid, home.user.gid);
  try {
    const child = await startChild({
      name: 'initdb',
      command: join(home.bin, 'initdb'),
      args: [
        `--pgdata=${dataFolder}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Built in, so that sorting does not depend on which locales a machine has.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        ...(options.survives === 'power-loss' ? [] : ['--no-sync']),
      ],
      cwd: dataFolder,
      env: serverEnvironment(),
      orphanSignal: 'SIGKILL',
      ...(home.user ? { user: home.user } : {}),
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), INITDB_LIMIT_MS);
    const { code, signal } = await child.exited;
    clearTimeout(timer);
    if (code !== 0) {
      rmSync(dataFolder, { recursive: true, force: true });
      throw new Error(`initdb failed (${signal ?? code}):\n${child.lines().join('\n')}`);
    }
  } finally {
    unlinkSync(passwordFile);
  }
}

async function waitForAnswer(child: Child, url: string): Promise<void> {
  const answered = await waitUntil(START_LIMIT_MS, async () => (child.hasExited() ? 'exited' : ping(url)));
  if (answered === 'answered') return;
  await child.stop('SIGQUIT', 2_000);
  const what = answered === 'exited' ? 'ended at once' : `did not answer within ${START_LIMIT_MS / 1000} s`;
  throw new Error(`Postgres ${what}. Its log:\n${child.lines().join('\n')}`);
}

async function ping(url: string): Promise<'answered' | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return 'answered';
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * The lock file names a process id. Postgres refuses to start while any process of that id lives, be it the old server
 * or, after a reboot, some stranger.
 */
async function clearLeftovers(dataFolder: string): Promise<void> {
  const lockFile = join(dataFolder, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  const isOurs = () => readCommandLine(pid)?.includes(dataFolder) === true;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isOurs()) break;
    process.kill(pid, signal);
    await waitUntil(5_000, async () => (isOurs() ? undefined : true));
  }
  rmSync(lockFile, { force: true });
}
