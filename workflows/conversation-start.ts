import { condition, isCancellation, proxyActivities, setHandler } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import type { StepResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/** Steps of one run at most; the row has a due time, by which the next run is started. */
const MAX_STEPS = 500;

/**
 * One request to write to somebody whom only Planfix knows: asks it, begins the conversation, and says on the task if
 * that cannot be. All state is in the request's row.
 */
export async function conversationStartWorkflow(input: RunInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { settleConversationStart } = proxyActivities<LiveActivities>(liveOptions(waits));
  let told = false;
  setHandler(lookSignal, () => {
    told = true;
  });
  for (let attempt = 0; attempt < MAX_STEPS; attempt += 1) {
    told = false;
    let result: StepResult;
    try {
      result = await settleConversationStart({ startId: input.id, attempt });
    } catch (error) {
      if (isCancellation(error)) throw error;
      result = { kind: 'not-before', waitMs: waits.retryLongestMs };
    }
    if (result.kind === 'not-before') await condition(() => told, Math.max(1, result.waitMs));
    else if (!told) return;
  }
}
