import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { BulkActivities } from '../../activities/index.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE } from '../../workflows/domain/ids.ts';
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

type Page = BulkActivities['importHistoryPage'];

/** Runs one import to its end; `take` is told how many pages there were before. */
async function pages(take: (before: number, tell: () => Promise<void>) => ReturnType<Page>): Promise<number> {
  const id = randomUUID();
  const seen: string[] = [];
  const { workflowType, options } = runStart({ kind: 'history-import', id }, {});
  const tell = () => environment.client.workflow.getHandle(options.workflowId).signal(lookSignal);
  const importHistoryPage: Page = ({ importId }) => take(seen.push(importId) - 1, tell);
  const connection = environment.nativeConnection;
  const workflows = await Worker.create({
    connection,
    workflowBundle: await testWorkflowBundle(),
    taskQueue: CONVERSATIONS_QUEUE,
  });
  // Nothing of it may stand before a live step.
  const bulk = await Worker.create({ connection, taskQueue: BULK_QUEUE, activities: { importHistoryPage } });
  await workflows.runUntil(
    bulk.runUntil(async () => {
      const handle = await environment.client.workflow.signalWithStart(workflowType, options);
      await handle.result();
    }),
  );
  expect(new Set(seen)).toEqual(new Set([id]));
  return seen.length;
}

describe('historyImportWorkflow', () => {
  it('takes page after page until nothing is left', async () => {
    expect(await pages(async (before) => ({ isDue: before < 4 }))).toBe(5);
  });

  it('looks once more for what came during its last page', async () => {
    const told = await pages(async (before, tell) => {
      if (before === 0) for (let news = 0; news < 5; news += 1) await tell();
      return { isDue: false };
    });
    expect(told).toBe(2);
  });

  it('follows a page that was lost by another one', async () => {
    let lost = 0;
    const taken = await pages(async () => {
      lost += 1;
      if (lost < 3) throw new Error('the worker went away');
      return { isDue: false };
    });
    expect(taken).toBe(3);
  });
});
