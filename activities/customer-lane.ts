import type { DatabaseTransaction } from '../db/database.ts';
import { readCustomerRows, readCustomerTurn } from '../db/to-customer.ts';
import type { Waits } from '../workflows/domain/waits.ts';

/** How long after its deadline a claimed send can still be on its way back to us. */
export const CLAIM_GRACE_MS = 2_000;
const ROWS_CONSIDERED = 100;
/** In which something becomes of a ready row: it is sent, or (after the end) refused. */
const MOVING_STATES: ReadonlySet<string> = new Set(['connected', 'disconnecting', 'disconnected']);

/**
 * When the lane must look again: at the end of what blocks the first row that is ready, and when an unknown outcome
 * becomes a problem. Undefined: nothing waits, or only the connection's return does.
 */
export async function customerLaneWaitMs(
  trx: DatabaseTransaction,
  conversationId: string,
  waits: Waits,
): Promise<number | undefined> {
  const turn = await readCustomerTurn(trx, conversationId);
  const rows = await readCustomerRows(trx, conversationId, ROWS_CONSIDERED);
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
