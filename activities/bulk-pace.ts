import type { SendingMailing } from '../db/mailing-sends.ts';
import { returnRateTokens, takeFreeTokens, takeRateTokens } from '../db/rate-gate.ts';
import { BULK_BURST_PART, BULK_LEAST_PART, numberPace } from '../workflows/domain/pacing.ts';
import type { Dependencies } from './dependencies.ts';
import { sleep } from './not-now.ts';

/** How fast a page of bulk sends may go; see `take`. */
export type BulkPace = {
  /** So many are taken at once. */
  group: number;
  /** How many messages may leave now; none: ask again in `waitMs`. */
  take(): Promise<{ granted: number; waitMs: number }>;
  /** The last of what was taken were not needed. */
  giveBack(tokens: number): Promise<void>;
  /** The network found it too fast: nothing for `waitMs`, then at half the speed. */
  slowDown(waitMs: number): void;
};

const LARGEST_GROUP = 25;
/** What looking and writing cost is made up for, as far as this. */
const CATCH_UP_MS = 200;
const LONGEST_LOOK_MS = 250;
/** What a mailing gets for itself while live traffic wants all may be this far away. */
const LEAST_WAIT_MS = 5_000;

/**
 * The number's gate is shared with live messages, which reserve ahead; bulk takes what is free now, and keeps most of the
 * burst for them. While they want everything, it takes one in twenty all the same.
 */
export function createBulkPace(
  { db, waits }: Pick<Dependencies, 'db' | 'waits'>,
  { id, connectionId, messagesPerSecond }: Pick<SendingMailing, 'id' | 'connectionId' | 'messagesPerSecond'>,
  ratePerSecond: number | undefined,
): BulkPace {
  const { intervalMs, burst } = numberPace(messagesPerSecond, waits.numberIntervalMs);
  const bulkBurst = Math.max(1, Math.floor(burst * BULK_BURST_PART));
  // Half of what may be taken at once: so one group is ahead while the next one is asked for.
  const most = Math.min(LARGEST_GROUP, Math.floor(bulkBurst / 2), Math.ceil((ratePerSecond ?? burst) / 4));
  const group = Math.max(1, most);
  const number = { key: `number/${connectionId}`, intervalMs, burst: bulkBurst };
  const leastMs = intervalMs * BULK_LEAST_PART;
  const least = { key: `number/${connectionId}/bulk`, intervalMs: leastMs, burst: 1 };
  const own = ratePerSecond === undefined ? undefined : createOwnGate(db, { id, ratePerSecond, group });
  let slowIntervalMs = 0;
  let slowNextMs = Date.now();
  let grantedAtMs = Date.now();
  let until: string | undefined;

  const grant = (tokens: number) => {
    grantedAtMs = Date.now();
    slowNextMs = Math.max(slowNextMs, grantedAtMs - CATCH_UP_MS) + tokens * slowIntervalMs;
    return { granted: tokens, waitMs: 0 };
  };
  return {
    group,
    take: async () => {
      const slowWaitMs = slowNextMs - Date.now();
      if (slowWaitMs > 0) return { granted: 0, waitMs: slowWaitMs };
      const ownWaitMs = (await own?.take()) ?? 0;
      if (ownWaitMs > 0) return { granted: 0, waitMs: ownWaitMs };
      const free = await takeFreeTokens(db, number, group);
      until = free.until;
      if (until !== undefined) return grant(group);
      const isStarved = Date.now() - grantedAtMs > leastMs;
      if (isStarved && (await takeFreeTokens(db, least, 1)).until !== undefined) {
        const forced = await takeRateTokens(db, { ...number, burst }, LEAST_WAIT_MS);
        if (forced.granted) {
          await own?.giveBack(group - 1);
          await sleep(forced.waitMs);
          return grant(1);
        }
      }
      await own?.giveBack(group);
      return { granted: 0, waitMs: Math.min(LONGEST_LOOK_MS, Math.max(intervalMs, free.retryInMs)) };
    },
    giveBack: async (tokens) => {
      if (until !== undefined) await returnRateTokens(db, number, until, tokens);
      await own?.giveBack(tokens);
    },
    slowDown: (waitMs) => {
      const nowMs = Date.now();
      // Several calls find it out together: that is once too fast.
      if (slowNextMs >= nowMs + waitMs / 2) return;
      slowIntervalMs = Math.max(intervalMs, own?.intervalMs ?? 0, slowIntervalMs) * 2;
      slowNextMs = nowMs + waitMs;
    },
  };
}

/** The mailing's own rate holds from page to page and for all attempts, so that it is a gate as the number's is. */
function createOwnGate(
  db: Dependencies['db'],
  { id, ratePerSecond, group }: { id: string; ratePerSecond: number; group: number },
) {
  const catchUp = Math.floor((ratePerSecond * CATCH_UP_MS) / 1_000);
  const gate = { key: `mailing/${id}`, intervalMs: 1_000 / ratePerSecond, burst: group + catchUp };
  let until: string | undefined;
  return {
    intervalMs: gate.intervalMs,
    /** 0: a group was taken; else ask again after so many milliseconds. */
    take: async (): Promise<number> => {
      const free = await takeFreeTokens(db, gate, group);
      until = free.until;
      return until === undefined ? Math.max(1, free.retryInMs) : 0;
    },
    giveBack: async (tokens: number): Promise<void> => {
      if (until !== undefined) await returnRateTokens(db, gate, until, tokens);
    },
  };
}
