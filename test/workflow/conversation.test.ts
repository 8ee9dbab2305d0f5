import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { BulkActivities, LiveActivities } from '../../activities/index.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE, conversationWorkflowId, type Lane } from '../../workflows/domain/ids.ts';
import type { TurnResult } from '../../workflows/domain/turn-results.ts';
import { conversationViewQuery, hintReceivedSignal, laneDueSignal } from '../../workflows/messages.ts';
import { conversationStart, planfixAccountStart } from '../../workflows/starts.ts';
import { eventually } from '../support/parley.ts';
import { startTimeSkipping } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

let environment: TestWorkflowEnvironment;

beforeAll(() => void Runtime.install({ logger: new DefaultLogger('ERROR') }));

// One server per test: what a test leaves open would hold the time of the next one.
beforeEach(async () => {
  environment = await startTimeSkipping();
});

afterEach(() => environment.teardown());

const done: TurnResult = { kind: 'done' };

/** Runs `test` beside a worker whose activities are these; what is not given must not be called. */
async function withWorker<T>(activities: Partial<LiveActivities & BulkActivities>, test: () => Promise<T>): Promise<T> {
  const shared = { connection: environment.nativeConnection, workflowBundle: await testWorkflowBundle(), activities };
  const live = await Worker.create({ ...shared, taskQueue: CONVERSATIONS_QUEUE });
  const bulk = await Worker.create({ ...shared, taskQueue: BULK_QUEUE });
  return live.runUntil(() => bulk.runUntil(test));
}

/** The idle time must not skip away between two signals of a test, so it passes only where the test awaits a result. */
async function signal(conversationId: string, lane: Lane) {
  const { workflowType, options } = conversationStart(conversationId, lane, {});
  return environment.client.workflow.signalWithStart(workflowType, options);
}

describe('conversationWorkflow', () => {
  it('takes one turn of the lane that is due, then ends after 15 idle minutes', async () => {
    const turns: Lane[] = [];
    const conversationId = randomUUID();
    await withWorker(
      {
        postToPlanfix: async () => {
          turns.push('to-planfix');
          return done;
        },
      },
      async () => {
        const handle = await signal(conversationId, 'to-planfix');
        await handle.result();
        const { startTime, closeTime } = await handle.describe();
        const idledMs = Number(closeTime) - Number(startTime);
        expect(turns).toEqual(['to-planfix']);
        expect(idledMs).toBeGreaterThanOrEqual(15 * 60_000);
        expect(idledMs).toBeLessThan(16 * 60_000);
      },
    );
  });

  it('looks again when a lane asked for it, and only ends after that', async () => {
    const at: number[] = [];
    await withWorker(
      {
        sendToCustomer: async () => {
          at.push(await environment.currentTimeMs());
          return at.length === 1 ? { kind: 'not-before', waitMs: 40 * 60_000 } : done;
        },
      },
      async () => {
        const handle = await signal(randomUUID(), 'to-customer');
        await handle.result();
        expect(at).toHaveLength(2);
        expect((at[1] as number) - (at[0] as number)).toBeGreaterThanOrEqual(40 * 60_000);
        const { closeTime } = await handle.describe();
        expect(Number(closeTime) - (at[1] as number)).toBeGreaterThanOrEqual(14 * 60_000);
      },
    );
  });

  it('starts the creation of a task once, whatever asks for it, and outlives none of it', async () => {
    const conversationTaskId = randomUUID();
    let created = 0;
    let turns = 0;
    await withWorker(
      {
        postToPlanfix: async () => {
          turns += 1;
          return turns <= 2 ? { kind: 'needs-task', conversationTaskId } : done;
        },
        resolveContact: async () => ({ kind: 'not-before', waitMs: 3_600_000 }),
        createTask: async () => {
          created += 1;
          return { kind: 'done' };
        },
      },
      async () => {
        const conversationId = randomUUID();
        const handle = await signal(conversationId, 'to-planfix');
        await signal(conversationId, 'to-planfix');
        await handle.result();
        const child = environment.client.workflow.getHandle(`task-creation/${conversationTaskId}`);
        expect((await child.describe()).status.name).toBe('RUNNING');
        await child.terminate();
        expect(created).toBe(0);
      },
    );
  });

  it('answers a query for its queues', async () => {
    await withWorker({ postToPlanfix: async () => ({ kind: 'not-before', waitMs: 60_000 }) }, async () => {
      const conversationId = randomUUID();
      const handle = await signal(conversationId, 'to-planfix');
      const view = await eventually('a turn', async () => {
        const seen = await handle.query(conversationViewQuery);
        return seen.turns > 0 ? seen : undefined;
      });
      expect(view['to-planfix']).toMatchObject({ state: 'waiting', lastResult: 'not-before' });
      expect(view['to-customer']).toMatchObject({ state: 'idle' });
      await environment.client.workflow.getHandle(conversationWorkflowId(conversationId)).terminate();
    });
  });

  it('does not start without a signal that names a lane it knows (control)', async () => {
    let turns = 0;
    await withWorker(
      {
        postToPlanfix: async () => {
          turns += 1;
          return done;
        },
      },
      async () => {
        const { workflowType, options } = conversationStart(randomUUID(), 'to-planfix', { idleMs: 1_000 });
        const { signal: _signal, signalArgs: _args, ...start } = options;
        const handle = await environment.client.workflow.start(workflowType, start);
        await handle.result();
        expect(turns).toBe(0);
        expect(laneDueSignal.name).toBe('laneDue');
      },
    );
  });
});

describe('planfixAccountWorkflow', () => {
  it('reads hints until none is left, then ends when idle', async () => {
    let reads = 0;
    await withWorker(
      {
        readHintedComments: async () => {
          reads += 1;
          return reads < 3 ? { kind: 'not-before', waitMs: 0 } : { kind: 'done' };
        },
      },
      async () => {
        const { workflowType, options } = planfixAccountStart(randomUUID(), hintReceivedSignal, {});
        const handle = await environment.client.workflow.signalWithStart(workflowType, options);
        await handle.result();
        expect(reads).toBe(3);
      },
    );
  });
});

describe('scheduled workflows', () => {
  it('sweeps what is overdue, and what was forgotten only when told to', async () => {
    const calls: string[] = [];
    const activities = {
      sweepOverdue: async () => {
        calls.push('overdue');
        return { signalled: 0 };
      },
      sweepForgotten: async () => {
        calls.push('forgotten');
        return { signalled: 0 };
      },
      pollPlanfixAccounts: async () => {
        calls.push('poll');
        return { polled: 0 };
      },
    };
    await withWorker(activities, async () => {
      const run = (workflowType: string, input: object) =>
        environment.client.workflow.execute(workflowType, {
          workflowId: randomUUID(),
          taskQueue: CONVERSATIONS_QUEUE,
          args: [input],
        });
      await run('sweepWorkflow', {});
      await run('sweepWorkflow', { forgottenToo: true });
      await run('planfixPollWorkflow', {});
      expect(calls).toEqual(['overdue', 'overdue', 'forgotten', 'poll']);
    });
  });

  it('runs a sweep again when its page failed, twice at most', async () => {
    let tries = 0;
    await withWorker(
      {
        sweepOverdue: async () => {
          tries += 1;
          throw new Error('the database is away');
        },
      },
      async () => {
        const run = environment.client.workflow.execute('sweepWorkflow', {
          workflowId: randomUUID(),
          taskQueue: CONVERSATIONS_QUEUE,
          args: [{}],
        });
        await expect(run).rejects.toThrow();
        expect(tries).toBe(2);
      },
    );
  });
});
