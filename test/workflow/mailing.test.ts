import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { MailingActivities } from '../../activities/mailing.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE } from '../../workflows/domain/ids.ts';
import type { MailingStep } from '../../workflows/domain/turn-results.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { lookSignal } from '../../workflows/messages.ts';
import { runStart } from '../../workflows/starts.ts';
import { startTimeSkipping } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

const DAY_MS = 24 * 60 * 60_000;

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  environment = await startTimeSkipping();
});
afterAll(() => environment?.teardown());

type Handle = Awaited<ReturnType<typeof start>>;
type Step = (handle: Handle) => Promise<MailingStep>;

function start(id: string) {
  const { workflowType, options } = runStart({ kind: 'mailing', id }, {});
  return environment.client.workflow.signalWithStart(workflowType, options);
}

const say = (step: MailingStep) => async () => step;
const OVER = say({ kind: 'over' });

/** Runs a mailing whose row asks for these steps, one at each look; the times of its looks, from the first. */
async function looksOf(steps: Step[], meanwhile: (handle: Handle) => Promise<void> = async () => undefined) {
  const id = randomUUID();
  const begun = Promise.withResolvers<Handle>();
  const looks: number[] = [];
  const activities: MailingActivities = {
    workOnMailing: async ({ mailingId }) => {
      expect(mailingId).toBe(id);
      looks.push(await environment.currentTimeMs());
      return (steps[looks.length - 1] ?? OVER)(await begun.promise);
    },
  };
  const shared = { connection: environment.nativeConnection, workflowBundle: await testWorkflowBundle() };
  const workflows = await Worker.create({ ...shared, taskQueue: CONVERSATIONS_QUEUE });
  const bulk = await Worker.create({ ...shared, activities, taskQueue: BULK_QUEUE });
  await workflows.runUntil(() =>
    bulk.runUntil(async () => {
      const handle = await start(id);
      begun.resolve(handle);
      await meanwhile(handle);
      await environment.client.workflow.getHandle(handle.workflowId).result();
    }),
  );
  return looks.map((at) => at - (looks[0] as number));
}

describe('the run of a mailing', () => {
  it('takes page after page, and ends when its row asks for nothing', async () => {
    const looks = await looksOf([say({ kind: 'again' }), say({ kind: 'again' }), OVER, OVER]);
    expect(looks).toHaveLength(3);
  });

  it('sleeps until its time', async () => {
    const [, second = 0] = await looksOf([say({ kind: 'wait', waitMs: 10 * DAY_MS }), OVER]);
    expect(second).toBeGreaterThanOrEqual(10 * DAY_MS);
    expect(second).toBeLessThan(10 * DAY_MS + 60_000);
  });

  it('wakes when it is told', async () => {
    const wait = say({ kind: 'wait', waitMs: 10 * DAY_MS });
    // Told while it looks: it does not lie down at all.
    const told: Step = async (handle) => {
      await handle.signal(lookSignal);
      return { kind: 'wait', waitMs: 10 * DAY_MS };
    };
    const [, second = 0, third = 0] = await looksOf([told, wait, OVER]);
    expect(second).toBeLessThan(60_000);
    // Control: the next time nobody tells it.
    expect(third - second).toBeGreaterThanOrEqual(10 * DAY_MS);
  });

  it('looks once more when it is told during its last look', async () => {
    const told: Step = async (handle) => {
      await handle.signal(lookSignal);
      return { kind: 'over' };
    };
    expect(await looksOf([told, OVER])).toHaveLength(2);
    // Control: without that it ends.
    expect(await looksOf([OVER, OVER])).toHaveLength(1);
  });

  it('outlives a page that failed for good', async () => {
    const failing: Step = () => Promise.reject(ApplicationFailure.nonRetryable('broken'));
    const [, second = 0] = await looksOf([failing, OVER]);
    expect(second).toBeGreaterThanOrEqual(DEFAULT_WAITS.retryLongestMs);
  });
});
