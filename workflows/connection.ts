import { condition, patched, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { type ConnectionInput, checkRequestedSignal, lookSignal } from './messages.ts';

/**
 * One connection, from its draft to its end: checks it whenever it is asked to, and does what its row says is due
 * (onboarding, self-checks, disconnecting). Ends when nothing is due soon; the due time in the row starts it again.
 */
export async function connectionWorkflow(input: ConnectionInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { connectionId } = input;
  const { checkConnection, tendConnection } = proxyActivities<LiveActivities>(liveOptions(waits));
  let checkRequested = false;
  let lookRequested = false;
  setHandler(checkRequestedSignal, () => {
    checkRequested = true;
  });
  setHandler(lookSignal, () => {
    lookRequested = true;
  });
  /** Undefined: nothing is due. */
  let dueInMs: number | undefined;
  for (;;) {
    const sleepMs = Math.min(dueInMs ?? waits.accountIdleMs, waits.accountIdleMs);
    const woke = await condition(() => checkRequested || lookRequested, sleepMs);
    const isDue = dueInMs !== undefined && dueInMs <= sleepMs;
    if (!woke && !checkRequested && !lookRequested && !isDue) return;
    lookRequested = false;
    if (checkRequested) {
      checkRequested = false;
      const result = await checkConnection({ connectionId });
      if (result.kind === 'not-before') {
        await condition(() => checkRequested, Math.max(1, result.waitMs));
        checkRequested = true;
        continue;
      }
    }
    // Runs that began before connections were tended go on without it.
    if (patched('tends-connections')) dueInMs = (await tendConnection({ connectionId })).dueInMs;
    // A connection that is looked after for weeks; its due time starts the next run.
    if (workflowInfo().continueAsNewSuggested && !checkRequested && !lookRequested) return;
  }
}
