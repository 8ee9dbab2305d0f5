import {
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BulkActivities } from '../activities/index.ts';
import { bulkOptions } from './activity-options.ts';
import type { MailingStep } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/**
 * One declared mailing, page by page: its check, its start, its messages, its end. Where it stands is in its row, so it
 * ends whenever nothing is to be done before somebody changes the row and tells it.
 */
export async function mailingWorkflow(input: RunInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { workOnMailing } = proxyActivities<BulkActivities>(bulkOptions(waits));
  let told = false;
  setHandler(lookSignal, () => {
    told = true;
  });
  for (;;) {
    told = false;
    let step: MailingStep;
    try {
      step = await workOnMailing({ mailingId: input.id });
    } catch (error) {
      if (isCancellation(error)) throw error;
      step = { kind: 'wait', waitMs: waits.retryLongestMs };
    }
    if (step.kind === 'over' && !told) return;
    if (step.kind === 'wait') await condition(() => told, Math.max(1, step.waitMs));
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof mailingWorkflow>(input);
  }
}
