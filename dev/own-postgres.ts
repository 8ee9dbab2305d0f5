import { lstatSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { MadeUp } from './environment.ts';
import { STATE_FOLDER } from './folders.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { giveToServer, preparePostgresHome } from './postgres-files.ts';

/** Starts the server of `npm start`, with a database `parley`; its data outlives the run. */
export async function startOwnPostgres(made: MadeUp, port: number, logFile: string): Promise<RunningPostgres> {
  const home = await preparePostgresHome();
  const inCheckout = join(STATE_FOLDER, 'postgres');
  let dataFolder = inCheckout;
  if (home.dataParent !== undefined) {
    const parent = join(home.dataParent, made.stateId);
    giveToServer(parent, home.user);
    dataFolder = join(parent, 'postgres');
    // Shows where the data is to whoever looks into the checkout.
    if (!lstatSync(inCheckout, { throwIfNoEntry: false })) symlinkSync(dataFolder, inCheckout);
  }
  const server = await startPostgres({
    home,
    dataFolder,
    password: made.databasePassword,
    preferredPort: port,
    survives: 'power-loss',
    logFile,
  });
  await createDatabase(server.url('postgres'), 'parley').catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return server;
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
