import { continueAsNew, proxyActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { waitsOf } from './domain/waits.ts';
import { lookSignal, type RunInput } from './messages.ts';

/** News about many templates come one by one, and each reading reads them all. */
const GATHER_MS = 2_000;

/** Reads the templates of one business account; ends when nothing has changed meanwhile. Its row says when it is next. */
export async function templateSyncWorkflow(input: RunInput): Promise<void> {
  const { syncTemplates } = proxyActivities<LiveActivities>(liveOptions(waitsOf(input.waits)));
  let isWanted = false;
  setHandler(lookSignal, () => {
    isWanted = true;
  });
  do {
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof templateSyncWorkflow>(input);
    isWanted = false;
    const { isDue } = await syncTemplates({ channelAccountId: input.id });
    if (isDue) isWanted = true;
    if (isWanted) await sleep(GATHER_MS);
  } while (isWanted);
}
