/**
 * How fast messages may leave, as a leaky bucket that needs one stored number per gate: the time at which the gate
 * would be empty again (GCRA). Waiting is the caller's business; nothing here looks at a clock. (WhatsApp: limits)
 */

/** On average one pass per `intervalMs`, and up to `burst` at once after a rest. */
export type PaceLimit = { intervalMs: number; burst: number };

/** To one customer: one message per 6 s, and up to 45 at once, borrowed from the future. */
export const PAIR_LIMIT: PaceLimit = { intervalMs: 6_000, burst: 45 };

/** Of one number, inbound and outbound together. */
export const NUMBER_LIMIT: PaceLimit = perSecond(80);

/** Of a number that is also used in the phone app; it is never raised. */
export const COEXISTENCE_NUMBER_LIMIT: PaceLimit = perSecond(20);

export function perSecond(count: number): PaceLimit {
  return { intervalMs: 1_000 / count, burst: count };
}

/** `emptyAtMs` is what to store for the gate; `retryAtMs` the first time at which asking again can succeed. */
export type Pace = { kind: 'pass'; emptyAtMs: number } | { kind: 'wait'; retryAtMs: number };

/** `emptyAtMs` undefined: a gate that was never used. */
export function decidePace(limit: PaceLimit, emptyAtMs: number | undefined, nowMs: number): Pace {
  const startMs = Math.max(emptyAtMs ?? nowMs, nowMs);
  const toleranceMs = (limit.burst - 1) * limit.intervalMs;
  const retryAtMs = startMs - toleranceMs;
  return retryAtMs <= nowMs ? { kind: 'pass', emptyAtMs: startMs + limit.intervalMs } : { kind: 'wait', retryAtMs };
}

const MAX_PAIR_RETRY_MS = 17 * 60 * 1_000;

/** After the n-th refusal in a row (from 0) for too many messages to one customer: 4^n seconds, as Meta advises. */
export function pairRetryDelay(refusals: number): number {
  return Math.min(4 ** refusals * 1_000, MAX_PAIR_RETRY_MS);
}
