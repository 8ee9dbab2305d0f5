import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LiveActivities, MediaActivities } from '../../activities/index.ts';
import { CONVERSATIONS_QUEUE, type Lane, MEDIA_QUEUE } from '../../workflows/domain/ids.ts';
import { decideWindow, SERVICE_WINDOW_MS } from '../../workflows/domain/service-window.ts';
import type { TurnResult } from '../../workflows/domain/turn-results.ts';
import { laneDueSignal } from '../../workflows/messages.ts';
import { conversationStart } from '../../workflows/starts.ts';
import { startTimeSkipping } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

const HOUR_MS = 60 * 60_000;

let environment: TestWorkflowEnvironment;

beforeAll(() => void Runtime.install({ logger: new DefaultLogger('ERROR') }));
beforeEach(async () => {
  environment = await startTimeSkipping();
});
afterEach(() => environment.teardown());

async function withWorkers<T>(activities: Partial<LiveActivities & MediaActivities>, test: () => Promise<T>) {
  const shared = { connection: environment.nativeConnection, workflowBundle: await testWorkflowBundle(), activities };
  const live = await Worker.create({ ...shared, taskQueue: CONVERSATIONS_QUEUE });
  const media = await Worker.create({ ...shared, taskQueue: MEDIA_QUEUE });
  return live.runUntil(() => media.runUntil(test));
}

async function signal(conversationId: string, lane: Lane) {
  const { workflowType, options } = conversationStart(conversationId, lane, {});
  return environment.client.workflow.signalWithStart(workflowType, options);
}

const now = () => environment.currentTimeMs();

describe('a window that is about to close', () => {
  /** The rows of a conversation, as far as the lanes ask for them: times of the server's own, skipped clock. */
  async function lookAtWindow(answerAfterMs: number | undefined) {
    const opensAt = await now();
    const closesAt = opensAt + SERVICE_WINDOW_MS;
    const warnings: number[] = [];
    const answeredAt = answerAfterMs === undefined ? Number.POSITIVE_INFINITY : opensAt + answerAfterMs;
    const postToPlanfix = async (): Promise<TurnResult> => {
      const at = await now();
      const deadlineInMs = closesAt - HOUR_MS - at;
      if (at >= answeredAt || warnings.length > 0) return { kind: 'done' };
      if (deadlineInMs > 0) return { kind: 'done', deadlineInMs };
      warnings.push(at);
      return { kind: 'done' };
    };
    return { closesAt, warnings, postToPlanfix };
  }

  it('is told of one hour before, by a run that stays open for it', async () => {
    const { closesAt, warnings, postToPlanfix } = await lookAtWindow(undefined);
    await withWorkers({ postToPlanfix }, async () => {
      const handle = await signal(randomUUID(), 'to-planfix');
      await handle.result();
      expect(warnings).toHaveLength(1);
      expect((warnings[0] as number) - (closesAt - HOUR_MS)).toBeGreaterThanOrEqual(0);
      expect((warnings[0] as number) - (closesAt - HOUR_MS)).toBeLessThan(60_000);
    });
  });

  it('is not told of when the customer was answered; the run then ends by itself', async () => {
    const { closesAt, warnings, postToPlanfix } = await lookAtWindow(2 * HOUR_MS);
    await withWorkers({ postToPlanfix }, async () => {
      const handle = await signal(randomUUID(), 'to-planfix');
      await handle.result();
      expect(warnings).toEqual([]);
      const { closeTime } = await handle.describe();
      expect(Number(closeTime)).toBeLessThan(closesAt);
    });
  });
});

describe('a reply at the edge of the window', () => {
  it.each([
    ['23:59:59.999', SERVICE_WINDOW_MS - 1, 'free-form'],
    ['24:00:00.000', SERVICE_WINDOW_MS, 'template-required'],
  ] as const)('at %s after the message: %s ms → %s', async (_, afterMs, decision) => {
    const opensAt = await now();
    const decisions: string[] = [];
    const sendToCustomer = async (): Promise<TurnResult> => {
      const nowMs = await now();
      // The agent's reply was due at that moment: the lane looks then, not before.
      if (nowMs < opensAt + afterMs) return { kind: 'not-before', waitMs: opensAt + afterMs - nowMs };
      // Skipped time may pass the moment by the milliseconds that the server needs to fire a timer.
      const lateMs = nowMs - (opensAt + afterMs);
      expect(lateMs).toBeLessThan(60_000);
      decisions.push(decideWindow({ windowExpiresAtMs: opensAt + SERVICE_WINDOW_MS, nowMs: nowMs - lateMs }));
      return { kind: 'done' };
    };
    await withWorkers({ sendToCustomer }, async () => {
      const handle = await signal(randomUUID(), 'to-customer');
      await handle.result();
      expect(decisions).toEqual([decision]);
    });
  });
});

describe('files', () => {
  it('are moved by children of their own, all at once, and each only once at a time', async () => {
    const conversationId = randomUUID();
    const files = [randomUUID(), randomUUID()];
    const begun: string[] = [];
    const together = Promise.withResolvers<void>();
    let turns = 0;
    await withWorkers(
      {
        postToPlanfix: async (): Promise<TurnResult> => {
          turns += 1;
          return turns <= 2 ? { kind: 'not-before', waitMs: 60_000, files } : { kind: 'done' };
        },
        transferFile: async ({ attachmentId }) => {
          begun.push(attachmentId);
          if (begun.length === files.length) together.resolve();
          await together.promise;
          await environment.client.workflow
            .getHandle(`conversation/${conversationId}`)
            .signal(laneDueSignal, 'to-planfix');
          return { kind: 'done' };
        },
      },
      async () => {
        const handle = await signal(conversationId, 'to-planfix');
        await handle.result();
        // The first two are at work at the same time; one that has ended may be begun again.
        expect(new Set(begun.slice(0, 2))).toEqual(new Set(files));
        expect(turns).toBeGreaterThanOrEqual(3);
      },
    );
  });

  it('are tried again after the time that the attempt asks for', async () => {
    const at: number[] = [];
    const attachment = randomUUID();
    let turns = 0;
    await withWorkers(
      {
        postToPlanfix: async (): Promise<TurnResult> => {
          turns += 1;
          return turns === 1 ? { kind: 'done', files: [attachment] } : { kind: 'done' };
        },
        transferFile: async () => {
          at.push(await now());
          return at.length === 1 ? { kind: 'not-before', waitMs: 10 * 60_000 } : { kind: 'done' };
        },
      },
      async () => {
        await (await signal(randomUUID(), 'to-planfix')).result();
        await environment.client.workflow.getHandle(`file-transfer/${attachment}`).result();
        expect(at).toHaveLength(2);
        expect((at[1] as number) - (at[0] as number)).toBeGreaterThanOrEqual(10 * 60_000);
      },
    );
  });
});
