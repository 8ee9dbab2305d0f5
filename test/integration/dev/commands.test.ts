import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../dev/child-process.ts';
import { NODE, ROOT } from '../../../dev/folders.ts';
import { untilReady } from '../../../dev/product-process.ts';
import { findFreePort, isPortFree, waitUntil } from '../../../dev/waiting.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createWorld, worldEnvironment } from '../../support/processes.ts';
import { createTestNamespace } from '../../support/temporal.ts';

/** What each long-running command is promised to need for its end after SIGTERM. */
const COMMANDS = [
  { name: 'api', script: 'api/main.ts', portVariable: 'PARLEY_PORT', readyPath: '/health/ready', endsWithinMs: 10_000 },
  {
    name: 'worker',
    script: 'worker/main.ts',
    portVariable: 'PARLEY_WORKER_PORT',
    readyPath: '/health/ready',
    endsWithinMs: 30_000,
  },
  {
    name: 'sandbox',
    script: 'test/sandbox/main.ts',
    portVariable: 'SANDBOX_PORT',
    readyPath: '/control/health',
    endsWithinMs: 5_000,
  },
];
type Command = (typeof COMMANDS)[number];

describe('a command on its own', () => {
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;
  const started: Child[] = [];
  beforeAll(async () => {
    database = await createTestDatabase('empty');
    const { address, namespace } = await createTestNamespace();
    const temporal = { temporalAddress: address, temporalNamespace: namespace };
    const sandboxUrl = `http://127.0.0.1:${await findFreePort()}`;
    env = worldEnvironment(await createWorld({ databaseUrl: database.url, sandboxUrl, ...temporal }));
  });
  afterAll(async () => {
    await Promise.all(started.map((child) => child.stop('SIGKILL', 1_000)));
    await database.drop();
  });

  const begin = async (command: string, args: string[], extra: NodeJS.ProcessEnv = {}) => {
    const child = await startChild({ name: args.join(' '), command, args, cwd: ROOT, env: { ...env, ...extra } });
    started.push(child);
    return child;
  };
  const serve = async ({ portVariable, readyPath }: Command, command: string, args: string[]) => {
    const port = await findFreePort();
    const child = await begin(command, args, { [portVariable]: `${port}`, SANDBOX_PAGE: 'as-is' });
    await untilReady(child, `http://127.0.0.1:${port}${readyPath}`);
    expect(await isPortFree(port)).toBe(false);
    return { child, port };
  };

  it('npm run migrate makes the schema', async () => {
    const child = await begin('npm', ['run', 'migrate']);
    expect((await child.exited).code).toBe(0);
    expect(child.lines().join('\n')).toContain('migrate: Up 20261124T090000-create-accounts');
  });

  it.each(COMMANDS)('npm run $name serves until SIGTERM, and leaves nothing behind', async (command) => {
    const { child, port } = await serve(command, 'npm', ['run', command.name]);
    child.kill('SIGTERM');
    // npm itself ends at once; what counts is the server.
    const free = await waitUntil(command.endsWithinMs, async () => ((await isPortFree(port)) ? true : undefined));
    expect(free).toBe(true);
  });

  it.each(COMMANDS)('the process of $name ends with code 0 in time', async (command) => {
    const { child } = await serve(command, NODE, [join(ROOT, 'dev', 'bootstrap.mjs'), command.script]);
    expect(await child.stop('SIGTERM', command.endsWithinMs)).toEqual({ code: 0, signal: null });
  });

  it('that gets no environment names all that is missing', async () => {
    const child = await startChild({
      name: 'api',
      command: NODE,
      args: [join(ROOT, 'api', 'main.ts')],
      env: { PATH: process.env.PATH },
    });
    expect((await child.exited).code).toBe(1);
    const output = child.lines().join('\n');
    for (const name of ['DATABASE_URL', 'PARLEY_ENCRYPTION_KEYS', 'PARLEY_ADMIN_KEY', 'PARLEY_PUBLIC_URL']) {
      expect(output).toContain(name);
    }
  });
});
