/**
 * How fast messages may leave (WhatsApp: limits). The gates themselves are rows that all processes share; an interval
 * is a setting, a burst is not.
 */

/** To one customer: one message per 6 s on average, and so many at once, borrowed from the future. */
export const PAIR_BURST = 45;

/** What WhatsApp lets a number send in a second, unless it was given more. */
export const USUAL_PER_SECOND = 80;
/** Of a number that is used in the phone app, too. */
const SHARED_PER_SECOND = 20;
/** Of a number that was given more. */
const HIGH_PER_SECOND = 1_000;

/** `throughput` in the network's own words; what they do not say is taken for the usual. */
export function messagesPerSecond(number: {
  throughput?: string | undefined;
  onBusinessApp?: boolean | undefined;
}): number {
  if (number.onBusinessApp) return SHARED_PER_SECOND;
  return number.throughput?.toLowerCase() === 'high' ? HIGH_PER_SECOND : USUAL_PER_SECOND;
}

/**
 * Of one number to all its customers: what a second allows may leave at its start. `usualIntervalMs` is the interval of
 * a number with the usual rate.
 */
export function numberPace(perSecond: number | null, usualIntervalMs: number): { intervalMs: number; burst: number } {
  const burst = perSecond ?? USUAL_PER_SECOND;
  return { intervalMs: (usualIntervalMs * USUAL_PER_SECOND) / burst, burst };
}

/** The part of a second that sends to many may use up at once: the rest is there for whoever writes meanwhile. */
export const BULK_BURST_PART = 0.1;
/** However much live traffic wants, one message in so many is one of a mailing. */
export const BULK_LEAST_PART = 20;

/** However often the network finds a number too fast, this is the slowest: one message in sixty-four. */
export const MOST_HALVINGS = 6;

/** So many times slower than usual a number sends that is to be slow for so long. */
export const slowness = (slowForMs: number, stepMs: number) =>
  2 ** Math.min(MOST_HALVINGS, Math.ceil(Math.max(0, slowForMs) / stepMs));

const MAX_PAIR_RETRY_MS = 17 * 60 * 1_000;

/** After the n-th refusal in a row (from 0) for too many messages to one customer: 4^n seconds, as Meta advises. */
export function pairRetryDelay(refusals: number): number {
  return Math.min(4 ** refusals * 1_000, MAX_PAIR_RETRY_MS);
}
