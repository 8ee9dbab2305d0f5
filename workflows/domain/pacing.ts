/**
 * How fast messages may leave (WhatsApp: limits). The gates themselves are rows that all processes share; an interval
 * is a setting, a burst is not.
 */

/** To one customer: one message per 6 s on average, and so many at once, borrowed from the future. */
export const PAIR_BURST = 45;

/** Of one number to all its customers: what a second allows may leave at its start. */
export const NUMBER_BURST = 80;

const MAX_PAIR_RETRY_MS = 17 * 60 * 1_000;

/** After the n-th refusal in a row (from 0) for too many messages to one customer: 4^n seconds, as Meta advises. */
export function pairRetryDelay(refusals: number): number {
  return Math.min(4 ** refusals * 1_000, MAX_PAIR_RETRY_MS);
}
