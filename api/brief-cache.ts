/**
 * Remembers what was found for a short while. What was not found is asked again each time: a number that has just been
 * connected must not be unknown for another second, since its messages would be put aside.
 */
export function createBriefCache<T>(keptMs: number, now: () => number = Date.now) {
  const entries = new Map<string, { value: T; untilMs: number }>();
  return {
    get: (key: string): T | undefined => {
      const entry = entries.get(key);
      return entry && entry.untilMs > now() ? entry.value : undefined;
    },
    /** Entries are as many as there are rows behind them, so that none needs to be thrown out for room. */
    set: (key: string, value: T): void => {
      entries.set(key, { value, untilMs: now() + keptMs });
    },
  };
}
