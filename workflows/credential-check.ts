import { proxyActivities, setHandler } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/** Credentials that somebody is typing, looked at once: each look that is asked for has a row, and a run, of its own. */
export async function credentialCheckWorkflow(input: RunInput): Promise<void> {
  const { checkCredentials } = proxyActivities<LiveActivities>(liveOptions(waitsOf(input.waits)));
  setHandler(lookSignal, () => undefined);
  await checkCredentials({ checkId: input.id });
}
