import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTemporalCli } from '../../dev/temporal-cli.ts';
import { ensureNamespace } from '../../dev/temporal-namespace.ts';
import { type RunningTemporal, startTemporal } from '../../dev/temporal-server.ts';
import { findOwnPort, untilPortFree } from './ports.ts';
import { requiredVariable } from './required-variable.ts';

export type TestNamespace = { address: string; namespace: string };

/**
 * Makes a namespace of one test file's own on the run's server, with the product's search attributes: the product's
 * task queues have fixed names, so two worlds must not share one.
 */
export async function createTestNamespace(): Promise<TestNamespace> {
  const address = requiredVariable('PARLEY_TEST_TEMPORAL_ADDRESS');
  const namespace = `test-${randomBytes(8).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await ensureNamespace(connection, namespace);
    return { address, namespace };
  } finally {
    await connection.close();
  }
}

/**
 * A server whose time runs ahead while everything waits. Its time is global, so each test file has its own; it knows
 * no schedules, no listing and no limits.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = requiredVariable('PARLEY_TEST_TIME_SKIPPING_SERVER');
  for (let attempt = 1; ; attempt += 1) {
    try {
      const executable = { type: 'existing-path', path } as const;
      return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    } catch (error) {
      // The SDK gives it five seconds, which is little on a busy machine.
      if (attempt === TIME_SKIPPING_STARTS) throw error;
    }
  }
}
const TIME_SKIPPING_STARTS = 5;

/** The program of the run's own server, or where the run uses another's server, whichever can be found. */
export const temporalCli = async () => process.env.PARLEY_TEST_TEMPORAL_CLI ?? (await findTemporalCli(() => {}));

/** A development server of one test's own, to be stopped and started again on the same address and data. */
export type OutageTemporal = {
  address: string;
  /** The product's namespace, with its search attributes. */
  namespace: string;
  /** `kill` leaves open connections to find out for themselves. */
  stop(how: 'clean' | 'kill'): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
};

export async function startOutageTemporal(): Promise<OutageTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-temporal-'));
  const cli = await temporalCli();
  const port = await findOwnPort();
  const launch = () => startTemporal({ cli, databaseFile: join(folder, 'temporal.db'), preferredPort: port });
  let server: RunningTemporal = await launch();
  return {
    address: server.address,
    namespace: 'parley',
    stop: async (how) => {
      if (how === 'clean') await server.stop();
      else await server.child.stop('SIGKILL', 1_000);
    },
    start: async () => {
      await untilPortFree(port);
      server = await launch();
    },
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
