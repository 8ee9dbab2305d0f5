import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from '../../dev/postgres.ts';
import { giveToServer, preparePostgresHome } from '../../dev/postgres-files.ts';
import { findOwnPort, untilPortFree } from './ports.ts';
import { requiredVariable } from './required-variable.ts';

/** A database of one test file's own, with the current schema. */
export type TestDatabase = {
  url: string;
  /** Cuts every connection, then removes the database. */
  drop(): Promise<void>;
};

/**
 * Creates a database on the run's server: a copy of the migrated template, or an empty one for tests of the
 * migrations themselves.
 */
export async function createTestDatabase(content: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = requiredVariable('PARLEY_TEST_DATABASE_URL');
  const template = requiredVariable('PARLEY_TEST_TEMPLATE_DATABASE');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(server, `create database ${name} template ${content === 'migrated' ? template : 'template0'}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

async function execute(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A whole server of one test's own, to be stopped and started again on the same address and data. */
export type OutagePostgres = {
  /** Address of the database `parley`, the same after every start. */
  url: string;
  /** `fast` cuts connections and ends cleanly; `kill` is the power switch. */
  stop(how: 'fast' | 'kill'): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  remove(): Promise<void>;
};

/** Starts a Postgres server apart from the run's one, with an empty database `parley`. */
export async function startOutagePostgres(): Promise<OutagePostgres> {
  const home = await preparePostgresHome();
  const parent = mkdtempSync(join(home.dataParent ?? tmpdir(), `test-${process.pid}-`));
  giveToServer(parent, home.user);
  const dataFolder = join(parent, 'postgres');
  mkdirSync(dataFolder);
  const password = randomBytes(12).toString('hex');
  const port = await findOwnPort();
  const launch = () => startPostgres({ home, dataFolder, password, preferredPort: port, survives: 'process-kill' });
  let server: RunningPostgres = await launch();
  await execute(server.url('postgres'), 'create database parley');
  return {
    url: server.url('parley'),
    stop: async (how) => {
      if (how === 'fast') await server.stop();
      else await server.child.stop('SIGKILL', 1_000);
    },
    start: async () => {
      await untilPortFree(port);
      server = await launch();
    },
    remove: async () => {
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
