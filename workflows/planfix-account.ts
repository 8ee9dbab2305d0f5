import {
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import type { StepResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import { checkRequestedSignal, hintReceivedSignal, lookSignal, type PlanfixAccountInput } from './messages.ts';

/** An account that has no call to spare for so long is left to the sweep. */
const MOST_TRIES = 20;

/**
 * One Planfix account: reads the comments that scenarios hint at, checks the account when asked, and reads what settings
 * are chosen from when somebody looks at it. Ends when there is nothing to do for a while; the next hint starts it again,
 * and the poll finds what no hint announced.
 */
export async function planfixAccountWorkflow(input: PlanfixAccountInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { planfixAccountId } = input;
  const { readHintedComments, checkPlanfixAccount, refreshChoices } = proxyActivities<LiveActivities>(
    liveOptions(waits),
  );
  let hinted = input.hinted ?? false;
  let checkRequested = false;
  setHandler(hintReceivedSignal, () => {
    hinted = true;
  });
  setHandler(checkRequestedSignal, () => {
    checkRequested = true;
  });
  const refresher = createRefresher(() => refreshChoices({ planfixAccountId }));
  setHandler(lookSignal, refresher.ask);

  for (;;) {
    // A busy company's hints never pause for as long as the idle time.
    if (workflowInfo().continueAsNewSuggested && !checkRequested && refresher.isIdle()) {
      await continueAsNew<typeof planfixAccountWorkflow>({ ...input, hinted });
    }
    const woke = await condition(() => hinted || checkRequested || refresher.mayBegin(), waits.accountIdleMs);
    if (!woke && !hinted && !checkRequested && refresher.isIdle()) return;
    refresher.begin();
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

/** Reads what settings are chosen from, one reading at a time, beside the hints, which must not wait for long lists. */
function createRefresher(read: () => Promise<StepResult>) {
  let isAsked = false;
  let isAtWork = false;
  const mayBegin = () => isAsked && !isAtWork;

  async function work(): Promise<void> {
    isAtWork = true;
    isAsked = false;
    try {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const result = await read();
        if (result.kind !== 'not-before') return;
        if (result.waitMs > 0) await sleep(result.waitMs);
      }
    } catch {
      // Cancelled, or lost: the row is still due, and the sweep finds it.
    } finally {
      isAtWork = false;
    }
  }

  return {
    ask: () => {
      isAsked = true;
    },
    isIdle: () => !isAsked && !isAtWork,
    mayBegin,
    begin: () => {
      if (mayBegin()) void work();
    },
  };
}
