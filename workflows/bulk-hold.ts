import { condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BulkActivities } from '../activities/index.ts';
import { bulkOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/**
 * One mailing whose messages are held out of tasks (design, "Bulk, exactly"): sends what is still to be sent, page by
 * page; closes the window when no identical message came for five minutes; forgets what nobody answered within its
 * month. Ends when nothing is left. All state is in rows.
 */
export async function bulkHoldWorkflow(input: RunInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { tendHeldMessages, sendHeldMessages } = proxyActivities<BulkActivities>(bulkOptions(waits));
  const mailing = { mailingId: input.id };
  let looked = false;
  setHandler(lookSignal, () => {
    looked = true;
  });

  for (;;) {
    looked = false;
    const look = await tendHeldMessages({ ...mailing, nowMs: Date.now() });
    // What expires while something cannot be sent yet is seen when that time comes, too.
    const waitMs = look.toSend ? (await sendHeldMessages(mailing)).waitMs : look.nextInMs;
    // Not before the last word is in: what was signalled since then is looked at by this run.
    if (waitMs === undefined && !looked) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof bulkHoldWorkflow>(input);
    if (waitMs !== undefined && waitMs > 0) await condition(() => looked, waitMs);
  }
}
