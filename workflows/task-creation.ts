import { isCancellation, proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import type { StepResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import type { TaskCreationInput } from './messages.ts';

/** Steps of one run at most; a creation that needs more is begun anew by its lane, from the rows. */
const MAX_STEPS = 500;

/** Creates one Planfix task for a conversation: contact, then task. Each step may be repeated; its rows decide. */
export async function taskCreationWorkflow(input: TaskCreationInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const steps = proxyActivities<LiveActivities>(liveOptions(waits));
  const { conversationTaskId } = input;
  let attempt = 0;

  /** False: the creation stops here, and whoever repairs the cause begins it again. */
  async function finish(step: (input: { conversationTaskId: string; attempt: number }) => Promise<StepResult>) {
    for (; attempt < MAX_STEPS; attempt += 1) {
      let result: StepResult;
      try {
        result = await step({ conversationTaskId, attempt });
      } catch (error) {
        if (isCancellation(error)) throw error;
        result = { kind: 'not-before', waitMs: waits.retryLongestMs };
      }
      if (result.kind !== 'not-before') return result.kind === 'done';
      if (result.waitMs > 0) await sleep(result.waitMs);
    }
    return false;
  }

  setCurrentDetails('looking for the contact');
  if (!(await finish(steps.resolveContact))) return;
  setCurrentDetails('creating the task');
  await finish(steps.createTask);
}
