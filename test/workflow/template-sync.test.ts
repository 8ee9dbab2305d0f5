import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LiveActivities } from '../../activities/index.ts';
import { CONVERSATIONS_QUEUE } from '../../workflows/domain/ids.ts';
import { lookSignal } from '../../workflows/messages.ts';
import { runStart } from '../../workflows/starts.ts';
import { startTimeSkipping } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

let environment: TestWorkflowEnvironment;
beforeAll(() => void Runtime.install({ logger: new DefaultLogger('ERROR') }));
beforeEach(async () => {
  environment = await startTimeSkipping();
});
afterEach(() => environment.teardown());

type Sync = LiveActivities['syncTemplates'];

/** Runs one sync to its end; `read` is told how often it was called before. */
async function readings(read: (before: number, tell: () => Promise<void>) => ReturnType<Sync>): Promise<string[]> {
  const id = randomUUID();
  const seen: string[] = [];
  const { workflowType, options } = runStart({ kind: 'template-sync', id }, {});
  const tell = () => environment.client.workflow.getHandle(options.workflowId).signal(lookSignal);
  const syncTemplates: Sync = ({ channelAccountId }) => read(seen.push(channelAccountId) - 1, tell);
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    workflowBundle: await testWorkflowBundle(),
    taskQueue: CONVERSATIONS_QUEUE,
    activities: { syncTemplates },
  });
  await worker.runUntil(async () => {
    const handle = await environment.client.workflow.signalWithStart(workflowType, options);
    await handle.result();
  });
  expect(new Set(seen)).toEqual(new Set([id]));
  return seen;
}

describe('templateSyncWorkflow', () => {
  it('reads once and ends when nothing changes meanwhile', async () => {
    expect(await readings(async () => ({ isDue: false }))).toHaveLength(1);
  });

  it('reads once more for all the news that came while it read', async () => {
    const seen = await readings(async (before, tell) => {
      if (before === 0) for (let news = 0; news < 5; news += 1) await tell();
      return { isDue: false };
    });
    expect(seen).toHaveLength(2);
  });

  it('reads once more when the row says so, though the signal was lost', async () => {
    expect(await readings(async (before) => ({ isDue: before === 0 }))).toHaveLength(2);
  });
});
