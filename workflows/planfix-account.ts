import {
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { checkRequestedSignal, hintReceivedSignal, type PlanfixAccountInput } from './messages.ts';

/**
 * One Planfix account: reads the comments that scenarios hint at, and checks the account when asked. Ends when there is
 * nothing to do for a while; the next hint starts it again, and the poll finds what no hint announced.
 */
export async function planfixAccountWorkflow(input: PlanfixAccountInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { planfixAccountId } = input;
  const { readHintedComments, checkPlanfixAccount } = proxyActivities<LiveActivities>(liveOptions(waits));
  let hinted = input.hinted ?? false;
  let checkRequested = false;
  setHandler(hintReceivedSignal, () => {
    hinted = true;
  });
  setHandler(checkRequestedSignal, () => {
    checkRequested = true;
  });

  for (;;) {
    // A busy company's hints never pause for as long as the idle time.
    if (workflowInfo().continueAsNewSuggested && !checkRequested) {
      await continueAsNew<typeof planfixAccountWorkflow>({ ...input, hinted });
    }
    const woke = await condition(() => hinted || checkRequested, waits.accountIdleMs);
    if (!woke && !hinted && !checkRequested) return;
    if (checkRequested) {
      checkRequested = false;
      const result = await checkPlanfixAccount({ planfixAccountId });
      if (result.kind === 'not-before') {
        await condition(() => checkRequested, Math.max(1, result.waitMs));
        checkRequested = true;
      }
    }
    if (hinted) {
      hinted = false;
      hinted = (await readHints()) || hinted;
    }
  }

  /** Whether there is more to read. */
  async function readHints(): Promise<boolean> {
    try {
      const result = await readHintedComments({ planfixAccountId });
      if (result.kind === 'not-before' && result.waitMs > 0) await condition(() => checkRequested, result.waitMs);
      return result.kind === 'not-before';
    } catch (error) {
      if (isCancellation(error)) throw error;
      return false;
    }
  }
}
