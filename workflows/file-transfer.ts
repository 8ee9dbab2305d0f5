import { isCancellation, proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { MediaActivities } from '../activities/index.ts';
import { transferOptions } from './activity-options.ts';
import type { StepResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import type { FileTransferInput } from './messages.ts';

/** A transfer that needs more is begun anew by its lane, from the row. */
const MAX_ATTEMPTS = 200;

/** Moves one file to the other side, from the beginning in each attempt; its row says what came of it. */
export async function fileTransferWorkflow(input: FileTransferInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { transferFile } = proxyActivities<MediaActivities>(transferOptions(waits));
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    setCurrentDetails(`attempt ${attempt}`);
    let result: StepResult;
    try {
      result = await transferFile({ attachmentId: input.attachmentId });
    } catch (error) {
      if (isCancellation(error)) throw error;
      result = { kind: 'not-before', waitMs: waits.retryLongestMs };
    }
    if (result.kind !== 'not-before') return;
    if (result.waitMs > 0) await sleep(result.waitMs);
  }
}
