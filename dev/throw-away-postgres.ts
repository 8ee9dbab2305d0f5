import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { NODE, ROOT } from './folders.ts';
import { startPostgres } from './postgres.ts';
import { giveToServer, preparePostgresHome } from './postgres-files.ts';
import { readCommandLine } from './running-process.ts';

/** A server whose data goes with it. */
export type ThrowAwayPostgres = {
  /** Address of its database `postgres`. */
  url: string;
  stop(): Promise<void>;
};

/** Starts a server with its data below the folder, or in a place that its user can reach when we are root. */
export async function startThrowAwayPostgres(folder: string): Promise<ThrowAwayPostgres> {
  const home = await preparePostgresHome();
  if (home.dataParent !== undefined) removeAbandoned(home.dataParent);
  const parent = home.dataParent === undefined ? folder : mkdtempSync(join(home.dataParent, `test-${process.pid}-`));
  const remove = () => rmSync(parent, { recursive: true, force: true });
  try {
    giveToServer(parent, home.user);
    const server = await startPostgres({
      home,
      dataFolder: join(parent, 'postgres'),
      password: randomBytes(12).toString('hex'),
      survives: 'process-kill',
    });
    const stop = async () => {
      await server.stop();
      remove();
    };
    return { url: server.url('postgres'), stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A run that was killed leaves its data; its folder names its process. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^test-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && readCommandLine(Number(pid)) === undefined) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

/** Makes a database with the current schema on the server, in place of one of that name. Resolves to its address. */
export async function createMigratedDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists ${name}`);
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const environment = { ...process.env, DATABASE_URL: url.href };
  const script = join(ROOT, 'db', 'migrate.ts');
  const { status, stdout, stderr } = spawnSync(NODE, [script], { cwd: ROOT, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the migrations failed:\n${stdout}${stderr}`);
  return url.href;
}
