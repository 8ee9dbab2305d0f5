import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { type ConnectionInput, checkRequestedSignal } from './messages.ts';

/** One connection: checks a draft's credentials and settings live, and a connected one whenever it is asked to. */
export async function connectionWorkflow(input: ConnectionInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { checkConnection } = proxyActivities<LiveActivities>(liveOptions(waits));
  let checkRequested = false;
  setHandler(checkRequestedSignal, () => {
    checkRequested = true;
  });
  for (;;) {
    const woke = await condition(() => checkRequested, waits.accountIdleMs);
    if (!woke && !checkRequested) return;
    checkRequested = false;
    const result = await checkConnection({ connectionId: input.connectionId });
    if (result.kind !== 'not-before') continue;
    await condition(() => checkRequested, Math.max(1, result.waitMs));
    checkRequested = true;
  }
}
