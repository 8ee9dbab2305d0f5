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

type Settle = LiveActivities['settleConversationStart'];
type Step = { attempt: number; atMs: number };

/** Runs one start to its end; `settle` is told how often it was called before. */
async function stepsOf(
  settle: (before: number, tell: () => Promise<void>) => ReturnType<Settle>,
): Promise<{ steps: Step[] }> {
  const id = randomUUID();
  const steps: Step[] = [];
  const { workflowType, options } = runStart({ kind: 'conversation-start', id }, {});
  const tell = () => environment.client.workflow.getHandle(options.workflowId).signal(lookSignal);
  const settleConversationStart: Settle = async ({ startId, attempt }) => {
    expect(startId).toBe(id);
    const atMs = await environment.currentTimeMs();
    return settle(steps.push({ attempt, atMs }) - 1, tell);
  };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    workflowBundle: await testWorkflowBundle(),
    taskQueue: CONVERSATIONS_QUEUE,
    activities: { settleConversationStart },
  });
  await worker.runUntil(async () => {
    const handle = await environment.client.workflow.signalWithStart(workflowType, options);
    await handle.result();
  });
  return { steps };
}

const HOUR_MS = 3_600_000;

describe('conversationStartWorkflow', () => {
  it('ends when there is nothing left to do', async () => {
    expect((await stepsOf(async () => ({ kind: 'done' }))).steps).toHaveLength(1);
  });

  it('looks again when it was told to wait that long, however long', async () => {
    const { steps } = await stepsOf(async (before) =>
      before < 2 ? { kind: 'not-before', waitMs: HOUR_MS } : { kind: 'done' },
    );
    expect(steps.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
    const [first, , last] = steps as [Step, Step, Step];
    expect(last.atMs - first.atMs).toBeGreaterThanOrEqual(2 * HOUR_MS);
  });

  it('looks once more, and at once, for news that came while it worked', async () => {
    const { steps } = await stepsOf(async (before, tell) => {
      if (before === 0) await tell();
      return before === 0 ? { kind: 'not-before', waitMs: HOUR_MS } : { kind: 'done' };
    });
    const [first, second] = steps as [Step, Step];
    expect(steps).toHaveLength(2);
    expect(second.atMs - first.atMs).toBeLessThan(HOUR_MS);
  });
});
