import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { NODE, ROOT } from './folders.ts';
import { startPostgres } from './postgres.ts';
import { giveToServer, preparePostgresHome } from './postgres-files.ts';
import { readCommandLine } from './running-process.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { startTemporal } from './temporal-server.ts';
import { findTimeSkippingServer } from './time-skipping-server.ts';

/** What each kind of test needs; kinds that are not named here run without servers. */
const NEEDS: Record<string, ('postgres' | 'temporal' | 'time-skipping')[]> = {
  workflow: ['temporal', 'time-skipping'],
  integration: ['postgres', 'temporal'],
  e2e: ['postgres', 'temporal'],
};

/** A database with the current schema that each test file's own one is copied from. */
const TEMPLATE_DATABASE = 'parley_template';

export type TestServers = {
  /** Read by `test/support/`. */
  environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
};

type Part = { environment: NodeJS.ProcessEnv; stop?: () => Promise<void> };

/** Starts one set of servers for a whole run of the given kinds of tests. */
export async function startTestServers(
  kinds: Set<string>,
  folder: string,
  say: (line: string) => void,
): Promise<TestServers> {
  const needs = new Set([...kinds].flatMap((kind) => NEEDS[kind] ?? []));
  const starts: Promise<Part>[] = [];
  if (needs.has('postgres')) starts.push(providePostgres(folder));
  if (needs.has('temporal')) starts.push(provideTemporal(say));
  if (needs.has('time-skipping')) starts.push(provideTimeSkipping(say));
  const settled = await Promise.allSettled(starts);
  const parts = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => void (await Promise.all(parts.map((part) => part.stop?.())));
  const failures = settled.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.join('\n'));
  }
  return { environment: Object.assign({}, ...parts.map((part) => part.environment)), stop };
}

async function providePostgres(folder: string): Promise<Part> {
  const external = process.env.DATABASE_URL;
  if (external) {
    await createTemplate(external);
    return { environment: { PARLEY_TEST_DATABASE_URL: external, PARLEY_TEST_TEMPLATE_DATABASE: TEMPLATE_DATABASE } };
  }
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
    const url = server.url('postgres');
    await createTemplate(url).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { environment: { PARLEY_TEST_DATABASE_URL: url, PARLEY_TEST_TEMPLATE_DATABASE: TEMPLATE_DATABASE }, stop };
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

async function createTemplate(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE_DATABASE}`);
  await client.query(`create database ${TEMPLATE_DATABASE}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${TEMPLATE_DATABASE}`;
  const script = join(ROOT, 'db', 'migrate.ts');
  if (!existsSync(script)) return;
  const environment = { ...process.env, DATABASE_URL: url.href };
  const result = spawnSync(NODE, [script], { cwd: ROOT, env: environment, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`the migrations failed:\n${result.stdout}${result.stderr}`);
}

async function provideTemporal(say: (line: string) => void): Promise<Part> {
  const external = process.env.TEMPORAL_ADDRESS;
  if (external) return { environment: { PARLEY_TEST_TEMPORAL_ADDRESS: external } };
  const cli = await findTemporalCli(say);
  const server = await startTemporal({ cli });
  return {
    environment: { PARLEY_TEST_TEMPORAL_ADDRESS: server.address, PARLEY_TEST_TEMPORAL_CLI: cli },
    stop: server.stop,
  };
}

async function provideTimeSkipping(say: (line: string) => void): Promise<Part> {
  return { environment: { PARLEY_TEST_TIME_SKIPPING_SERVER: await findTimeSkippingServer(say) } };
}
