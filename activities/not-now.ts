/**
 * Thrown where an activity cannot go on yet: a rate gate, too many calls in flight, an account that is paused. The
 * lane returns it as "not before"; nothing was done.
 */
export class NotNow extends Error {
  override readonly name = 'NotNow';
  readonly waitMs: number;

  constructor(waitMs: number, reason: string) {
    super(reason);
    this.waitMs = waitMs;
  }
}

/** Doubles from `firstMs` with each attempt, up to `longestMs`. */
export function backOff(attempts: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(attempts, 20), longestMs);
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
