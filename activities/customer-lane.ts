import { readAttachments } from '../db/attachments.ts';
import type { DatabaseTransaction } from '../db/database.ts';
import { type CustomerRow, readCustomerRows, readCustomerTurn } from '../db/to-customer.ts';
import type { Waits } from '../workflows/domain/waits.ts';

/** How long after its deadline a claimed send can still be on its way back to us. */
export const CLAIM_GRACE_MS = 2_000;
/** So many rows one turn reads: it sends them, and has their files moved. */
export const ROWS_PER_LOOK = 20;
const ROWS_CONSIDERED = 100;
/** In which something becomes of a ready row: it is sent, or (after the end) refused. */
const MOVING_STATES: ReadonlySet<string> = new Set(['connected', 'disconnecting', 'disconnected']);

/**
 * When the lane must look again: at the end of what blocks the first row that is ready, and when an unknown outcome
 * becomes a problem; at once, where rows have moved up whose files nobody moves yet. Undefined: nothing waits, or only
 * the connection's return does.
 */
export async function customerLaneWaitMs(
  trx: DatabaseTransaction,
  conversationId: string,
  waits: Waits,
): Promise<number | undefined> {
  const turn = await readCustomerTurn(trx, conversationId);
  const rows = await readCustomerRows(trx, conversationId, ROWS_CONSIDERED);
  if (await hasUnwantedFile(trx, rows.slice(0, ROWS_PER_LOOK))) return 0;
  const moments: number[] = [];
  let blockedMs = 0;
  for (const row of rows) {
    const ageMs = row.claimedMsAgo ?? Number.MAX_VALUE;
    if (row.state === 'ready') {
      // The end of its file's transfer wakes the lane.
      if (row.isFilePending) break;
      if (turn && MOVING_STATES.has(turn.connectionState)) moments.push(Math.max(blockedMs, row.waitMs));
      break;
    }
    if (row.state === 'sending') {
      const untilUnknownMs = Math.max(0, waits.callDeadlineMs + CLAIM_GRACE_MS - ageMs);
      moments.push(untilUnknownMs);
      break;
    }
    blockedMs = Math.max(blockedMs, waits.unknownHoldMs - ageMs);
    if (row.claimToken !== null) moments.push(Math.max(0, waits.unknownProblemMs - ageMs));
  }
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** Only among rows that the next turn reads: it wants them all, so this is said once of each. */
async function hasUnwantedFile(trx: DatabaseTransaction, rows: readonly CustomerRow[]): Promise<boolean> {
  const waiting = rows.filter((row) => row.isFilePending).map((row) => row.id);
  const files = await readAttachments(trx, waiting);
  return files.some((file) => file.state === 'pending' && file.wantedMsAgo === null);
}
