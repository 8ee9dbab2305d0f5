import { proxyActivities } from '@temporalio/workflow';
import type { BulkActivities } from '../activities/index.ts';
import { sweepOptions } from './activity-options.ts';
import { type Waits, waitsOf } from './domain/waits.ts';

export type ScheduledInput = { waits?: Partial<Waits>; forgottenToo?: boolean };

/** Run by a schedule: whoever waits although somebody should have looked is signalled again. */
export async function sweepWorkflow(input: ScheduledInput): Promise<void> {
  const { sweepOverdue, sweepForgotten } = proxyActivities<BulkActivities>(sweepOptions(waitsOf(input.waits)));
  await sweepOverdue();
  if (input.forgottenToo) await sweepForgotten();
}

/** Run by a schedule: asks every account that is due for what changed, which is the guarantee behind the hints. */
export async function planfixPollWorkflow(input: ScheduledInput): Promise<void> {
  const { pollPlanfixAccounts } = proxyActivities<BulkActivities>(sweepOptions(waitsOf(input.waits)));
  await pollPlanfixAccounts();
}
