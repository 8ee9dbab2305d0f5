import type { SendingMailing } from '../db/mailing-sends.ts';
import {
  type Gate,
  numberGateKey,
  returnRateTokens,
  type SlowNumber,
  slowNumberDown,
  takeFreeTokens,
  takeRateTokens,
} from '../db/rate-gate.ts';
import { BULK_BURST_PART, BULK_LEAST_PART, MOST_HALVINGS, numberPace, slowness } from '../workflows/domain/pacing.ts';
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
  /** The network found it too fast: nothing for `waitMs`, then at half the speed for a while, whoever sends. */
  slowDown(waitMs: number): Promise<void>;
};

const LARGEST_GROUP = 25;
/** What looking and writing cost is made up for, as far as this. */
const CATCH_UP_MS = 200;
const LONGEST_LOOK_MS = 250;
/** What a mailing gets for itself while live traffic wants all may be this far away. */
const LEAST_WAIT_MS = 5_000;

type PacedMailing = Pick<SendingMailing, 'id' | 'connectionId' | 'messagesPerSecond' | 'slow'>;

/**
 * The number's gate is shared with live messages, which reserve ahead; bulk takes what is free now, and keeps most of the
 * burst for them. While they want everything, it takes one in twenty all the same. A number that is to be slow has a gate
 * of its own for that, which live messages do not pass.
 */
export function createBulkPace(
  { db, waits }: Pick<Dependencies, 'db' | 'waits'>,
  { id, connectionId, messagesPerSecond, slow: known }: PacedMailing,
  ratePerSecond: number | undefined,
): BulkPace {
  const { intervalMs, burst } = numberPace(messagesPerSecond, waits.numberIntervalMs);
  const bulkBurst = Math.max(1, Math.floor(burst * BULK_BURST_PART));
  // Half of what may be taken at once: so one group is ahead while the next one is asked for.
  const most = Math.min(LARGEST_GROUP, Math.floor(bulkBurst / 2), Math.ceil((ratePerSecond ?? burst) / 4));
  const group = Math.max(1, most);
  const key = numberGateKey(connectionId);
  const number = { key, intervalMs, burst: bulkBurst };
  let slow = fromNow(known);
  let grantedAtMs = Date.now();
  const taken = createTaken(db, group);

  /** The mailing's own rate holds from page to page and for all attempts, so that it is a gate as the number's is. */
  const limits = (): Gate[] => {
    const factor = slowness(slow.slowUntilMs - Date.now(), waits.slowStepMs);
    return [
      ...(ratePerSecond === undefined ? [] : [limit(`mailing/${id}`, ratePerSecond / factor, group)]),
      ...(factor === 1 ? [] : [limit(`${key}/slow`, 1_000 / intervalMs / factor, group)]),
    ];
  };
  const grant = (tokens: number) => {
    grantedAtMs = Date.now();
    return { granted: tokens, waitMs: 0 };
  };
  const refuse = async (waitMs: number) => {
    await taken.giveBack(group);
    return { granted: 0, waitMs };
  };
  return {
    group,
    take: async () => {
      const heldForMs = slow.heldUntilMs - Date.now();
      if (heldForMs > 0) return { granted: 0, waitMs: heldForMs };
      const limitedMs = await taken.take(limits());
      if (limitedMs > 0) return refuse(limitedMs);
      const busyMs = await taken.add(number);
      if (busyMs === 0) return grant(group);
      const isStarved = Date.now() - grantedAtMs > intervalMs * BULK_LEAST_PART;
      const forcedMs = isStarved ? await reserveOne(db, { ...number, burst }) : undefined;
      if (forcedMs !== undefined) {
        await taken.giveBack(group - 1);
        await sleep(forcedMs);
        return grant(1);
      }
      return refuse(Math.min(LONGEST_LOOK_MS, Math.max(intervalMs, busyMs)));
    },
    giveBack: taken.giveBack,
    slowDown: async (waitMs) => {
      // Several calls find it out together.
      if (slow.heldUntilMs >= Date.now() + waitMs / 2) return;
      slow.heldUntilMs = Date.now() + waitMs;
      const slower = { waitMs, stepMs: waits.slowStepMs, mostSteps: MOST_HALVINGS };
      slow = fromNow(await slowNumberDown(db, connectionId, slower));
    },
  };
}

/** As live messages do, for one in so many of them. How long to wait for it; undefined: another one had it. */
async function reserveOne(db: Dependencies['db'], number: Gate): Promise<number | undefined> {
  const least = { key: `${number.key}/bulk`, intervalMs: number.intervalMs * BULK_LEAST_PART, burst: 1 };
  if ((await takeFreeTokens(db, least, 1)).until === undefined) return undefined;
  const reserved = await takeRateTokens(db, number, LEAST_WAIT_MS);
  return reserved.granted ? reserved.waitMs : undefined;
}

const fromNow = ({ slowForMs, heldForMs }: SlowNumber) => ({
  slowUntilMs: Date.now() + slowForMs,
  heldUntilMs: Date.now() + heldForMs,
});

const limit = (key: string, perSecond: number, group: number): Gate => ({
  key,
  intervalMs: 1_000 / perSecond,
  burst: group + Math.floor((perSecond * CATCH_UP_MS) / 1_000),
});

/** What a group was last taken from. */
function createTaken(db: Dependencies['db'], group: number) {
  let from: { gate: Gate; until: string }[] = [];
  /** 0: taken; else ask again after so many milliseconds. */
  const add = async (gate: Gate): Promise<number> => {
    const { until, retryInMs } = await takeFreeTokens(db, gate, group);
    if (until === undefined) return Math.max(1, retryInMs);
    from.push({ gate, until });
    return 0;
  };
  return {
    add,
    /** From each of these, until one has not enough. */
    take: async (gates: readonly Gate[]): Promise<number> => {
      from = [];
      for (const gate of gates) {
        const waitMs = await add(gate);
        if (waitMs > 0) return waitMs;
      }
      return 0;
    },
    giveBack: async (tokens: number): Promise<void> => {
      for (const { gate, until } of from) await returnRateTokens(db, gate, until, tokens);
    },
  };
}
