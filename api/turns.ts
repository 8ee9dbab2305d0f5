/**
 * Runs work one after the other. `patienceMs`: work whose turn does not come by then is refused, and never begun.
 */
export function createTurns(patienceMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const endsAtMs = Date.now() + patienceMs;
    const mine = last.then(() => {
      if (Date.now() > endsAtMs) throw new Error(`no turn within ${patienceMs} ms`);
      return work();
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}
