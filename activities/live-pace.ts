import { liveGateKey, noteTaken, numberGateKey, slowLiveDown, takeRateTokens } from '../db/rate-gate.ts';
import type { CustomerRow, CustomerTurn } from '../db/to-customer.ts';
import { MOST_HALVINGS, numberPace, PAIR_BURST, slowness } from '../workflows/domain/pacing.ts';
import type { ChannelConnection } from './channel-connection.ts';
import type { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff } from './not-now.ts';

type Pacing = Pick<Dependencies, 'db' | 'waits'>;

/** How long to wait before the pair and the number allow one more message; 0: the tokens are taken. */
export async function takeLiveTokens(
  { db, waits }: Pacing,
  conversationId: string,
  { connectionId, messagesPerSecond, slowForMs, heldForMs }: CustomerTurn,
): Promise<number> {
  if (heldForMs > 0) return Math.ceil(heldForMs);
  const usual = numberPace(messagesPerSecond, waits.numberIntervalMs);
  const factor = slowness(slowForMs, waits.slowStepMs);
  const slow = { key: liveGateKey(connectionId), intervalMs: usual.intervalMs * factor, burst: 1 };
  const number = { key: numberGateKey(connectionId), ...usual };
  const pair = { key: `pair/${conversationId}`, intervalMs: waits.pairIntervalMs, burst: PAIR_BURST };
  // The number's tokens come back in milliseconds, the pair's in seconds: the dear one is taken last.
  for (const gate of factor === 1 ? [number, pair] : [number, slow, pair]) {
    const answer = await takeRateTokens(db, gate, 0);
    // The slot that it was promised may lie beyond the time for which the number is slow.
    if (!answer.granted) return Math.max(1, Math.min(answer.retryInMs, waits.slowStepMs));
  }
  return 0;
}

/**
 * The network found the number too fast: all its messages leave more slowly for a while. It is paused if that has gone on
 * for too long. How long this message waits for another try.
 */
export async function slowDown(
  { db, waits }: Pacing,
  connection: ChannelConnection,
  turn: CustomerTurn,
  row: CustomerRow,
  error: ChannelError,
): Promise<number> {
  const { retryAfterMs: waitMs = 0 } = error;
  const slower = { waitMs, stepMs: waits.slowStepMs, mostSteps: MOST_HALVINGS };
  const { refusedForMs } = await slowLiveDown(db, turn.connectionId, slower);
  if (refusedForMs >= waits.tooFastMs && turn.connectionState !== 'disconnecting') {
    await connection.pause(error);
    // The probe ends the pause, since the number can be read; the next one is for another such time.
    await noteTaken(db, turn.connectionId);
  }
  // Never longer than the number is slow for it: nothing else tells that it still is too fast.
  const longestMs = Math.min(waits.retryLongestMs, waits.slowStepMs);
  return backOff(row.attempts, waitMs, Math.max(waitMs, longestMs));
}
