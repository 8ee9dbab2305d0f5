import { Problem } from './problem-details.ts';

const WINDOW_MS = 60_000;
/** So many of each are remembered; those that were remembered first are forgotten first. */
const MOST = 10_000;

/** Spares the database the look-ups of whoever comes with proofs that nobody knows. */
export type UnknownCallers = {
  /** Looks a caller up by the digest of their proof; throws where too many of that address were not known lately. */
  lookUp<T>(address: string, digest: Buffer, find: () => Promise<T | undefined>): Promise<T | undefined>;
};

/**
 * Counts proofs that are not known by the address that they come from, since there is no caller yet to count them by.
 * Several may share an address: a proof that was known before is always looked up.
 */
export function createUnknownCallers(perMinute: number): UnknownCallers {
  const known = new Set<string>();
  const unknown = new Map<string, number>();
  let endsAtMs = 0;
  return {
    lookUp: async (address, digest, find) => {
      if (Date.now() >= endsAtMs) {
        unknown.clear();
        endsAtMs = Date.now() + WINDOW_MS;
      }
      const proof = digest.toString('base64');
      const count = unknown.get(address) ?? 0;
      if (count >= perMinute && !known.has(proof)) throw tooMany(endsAtMs - Date.now());
      const found = await find();
      if (found === undefined) {
        known.delete(proof);
        unknown.set(address, (unknown.get(address) ?? 0) + 1);
        forgetFirst(unknown);
      } else {
        known.add(proof);
        forgetFirst(known);
      }
      return found;
    },
  };
}

function forgetFirst(remembered: Set<string> | Map<string, number>): void {
  if (remembered.size <= MOST) return;
  const [first] = remembered.keys();
  if (first !== undefined) remembered.delete(first);
}

function tooMany(leftMs: number): Problem {
  const seconds = `${Math.max(1, Math.ceil(leftMs / 1_000))}`;
  const detail = `Too many calls from this address with keys that are not known; wait ${seconds} s`;
  return new Problem('rate-limited', detail, { headers: { 'retry-after': seconds } });
}
