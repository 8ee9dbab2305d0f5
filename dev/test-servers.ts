import { join } from 'node:path';
import { startChild } from './child-process.ts';
import { NODE, ROOT } from './folders.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { startTemporal } from './temporal-server.ts';
import { createMigratedDatabase, startThrowAwayPostgres } from './throw-away-postgres.ts';
import { findTimeSkippingServer } from './time-skipping-server.ts';

/** What each kind of test needs; kinds that are not named here run without servers. */
const NEEDS: Record<string, ('postgres' | 'temporal' | 'time-skipping')[]> = {
  workflow: ['postgres', 'temporal', 'time-skipping'],
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
  if (kinds.has('e2e')) starts.push(compileProduct());
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
    await createMigratedDatabase(external, TEMPLATE_DATABASE);
    return { environment: environmentOf(external) };
  }
  const server = await startThrowAwayPostgres(folder);
  await createMigratedDatabase(server.url, TEMPLATE_DATABASE).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return { environment: environmentOf(server.url), stop: server.stop };
}

const environmentOf = (url: string) => ({
  PARLEY_TEST_DATABASE_URL: url,
  PARLEY_TEST_TEMPLATE_DATABASE: TEMPLATE_DATABASE,
});

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

/**
 * Tests start the product's processes hundreds of times and end most of them by SIGKILL, which keeps nothing of what was
 * compiled. Each is started once here, only as far as to its complaint that nothing is set up.
 */
async function compileProduct(): Promise<Part> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const scripts = ['api/main.ts', 'worker/main.ts', 'test/sandbox/main.ts'];
  const env = { PATH, NODE_COMPILE_CACHE, SANDBOX_PORT: '-1' };
  await Promise.all(
    scripts.map(async (script) => {
      const child = await startChild({ name: script, command: NODE, args: [join(ROOT, script)], cwd: ROOT, env });
      await child.exited;
    }),
  );
  return { environment: {} };
}

async function provideTimeSkipping(say: (line: string) => void): Promise<Part> {
  return { environment: { PARLEY_TEST_TIME_SKIPPING_SERVER: await findTimeSkippingServer(say) } };
}
