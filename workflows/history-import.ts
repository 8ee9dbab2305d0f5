import { continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BulkActivities } from '../activities/index.ts';
import { bulkOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/**
 * What the business's own app handed over to one connection: takes the stored pieces in, page by page. Ends when nothing
 * is left; more of it starts the run again. All state is in rows.
 */
export async function historyImportWorkflow(input: RunInput): Promise<void> {
  const { importHistoryPage } = proxyActivities<BulkActivities>(bulkOptions(waitsOf(input.waits)));
  let looked = false;
  setHandler(lookSignal, () => {
    looked = true;
  });

  for (;;) {
    looked = false;
    const { isDue } = await importHistoryPage({ importId: input.id });
    if (!isDue && !looked) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof historyImportWorkflow>(input);
  }
}
