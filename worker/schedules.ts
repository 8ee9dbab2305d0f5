import { type Client, ScheduleAlreadyRunning, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import { CONVERSATIONS_QUEUE, PLANFIX_POLL_SCHEDULE_ID, SWEEP_SCHEDULE_ID } from '../workflows/domain/ids.ts';
import { type Waits, waitsOf } from '../workflows/domain/waits.ts';

const SWEEP_FORGOTTEN_SCHEDULE_ID = `${SWEEP_SCHEDULE_ID}-forgotten`;

/** Creates or updates the schedules; several workers may do so at once. */
export async function ensureSchedules(client: Client, changed: Partial<Waits>): Promise<void> {
  const waits = waitsOf(changed);
  const input = Object.keys(changed).length > 0 ? { waits: changed } : {};
  await ensure(client, schedule(SWEEP_SCHEDULE_ID, 'sweepWorkflow', waits.sweepIntervalMs, input));
  const forgotten = { ...input, forgottenToo: true };
  await ensure(client, schedule(SWEEP_FORGOTTEN_SCHEDULE_ID, 'sweepWorkflow', waits.sweepUndueMs, forgotten));
  await ensure(client, schedule(PLANFIX_POLL_SCHEDULE_ID, 'planfixPollWorkflow', waits.pollScheduleMs, input));
}

function schedule(scheduleId: string, workflowType: string, everyMs: number, input: object): ScheduleOptions {
  return {
    scheduleId,
    spec: { intervals: [{ every: Math.max(1_000, everyMs) }] },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: scheduleId,
      taskQueue: CONVERSATIONS_QUEUE,
      args: [input],
      workflowExecutionTimeout: '5 minutes',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  };
}

async function ensure(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(options.scheduleId);
    await handle.update((previous) => ({ ...previous, spec: options.spec, action: options.action as never }));
  }
}
