import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/**
 * One Embedded Signup: exchanges the code at once, and looks at what was found. The code and the last message of the
 * pop-up come apart; whichever comes after this run has ended starts the next one.
 */
export async function embeddedSignupWorkflow(input: RunInput): Promise<void> {
  const { settleEmbeddedSignup } = proxyActivities<LiveActivities>(liveOptions(waitsOf(input.waits)));
  let isTold = false;
  setHandler(lookSignal, () => {
    isTold = true;
  });
  do {
    isTold = false;
    const { waitMs } = await settleEmbeddedSignup({ signupId: input.id });
    if (waitMs === undefined) continue;
    await condition(() => isTold, Math.max(1, waitMs));
    isTold = true;
  } while (isTold);
}
