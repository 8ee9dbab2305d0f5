import type { ConversationTraits } from '../db/connections.ts';
import type { Wake } from '../db/wakes.ts';
import { type Run, runWorkflowId } from '../workflows/domain/ids.ts';
import type { ApiLog } from './logger.ts';
import type { ApiMetrics } from './metrics.ts';

/** A lane to look at, with what an operator searches its workflow by. */
export type ConversationWake = Wake & { connectionId: string | undefined; planfixTask: number | undefined };

/** What `temporal.ts` does for the rest of the api; every call has its own deadline and rejects when it fails. */
export type TemporalSignals = {
  namespace: string;
  wakeConversation(wake: ConversationWake): Promise<void>;
  wakePlanfixAccount(planfixAccountId: string): Promise<void>;
  lookAt(run: Run): Promise<void>;
  requestAccountCheck(planfixAccountId: string): Promise<void>;
  requestConnectionCheck(connectionId: string): Promise<void>;
  isReachable(): Promise<boolean>;
  /** When a worker last asked each queue for work; null: none has, lately. */
  readQueues(): Promise<{ queue: string; askedAt: Date | null }[]>;
  close(): Promise<void>;
};

/** Wakes whose rows are committed; they are sent after the answer and never fail it. */
export type Wakeups = {
  conversations(wakes: readonly Wake[]): void;
  planfixAccount(planfixAccountId: string): void;
  runs(runs: readonly Run[]): void;
  /** Sends what is waiting, for at most `ms`; what is left, the sweep finds by its due time. */
  drain(ms: number): Promise<void>;
};

const AT_ONCE = 20;
const BATCH = 100;
/** More than this many waiting wakes are left to the sweep: memory is bounded while Temporal is away. */
const MOST_WAITING = 10_000;

export type WakeupsOptions = {
  signals: TemporalSignals;
  readTraits: (conversationIds: readonly string[]) => Promise<ConversationTraits[]>;
  log: ApiLog;
  metrics: ApiMetrics;
};

type Waiting = { lanes: Map<string, Wake>; accounts: Set<string>; runs: Map<string, Run> };
type Job = () => Promise<void>;

/** A queue in this process with bounded concurrency; a wake that waits already is not queued twice. */
export function createWakeups(options: WakeupsOptions): Wakeups {
  const waiting: Waiting = { lanes: new Map(), accounts: new Set(), runs: new Map() };
  const isWaiting = () => waiting.lanes.size + waiting.accounts.size + waiting.runs.size > 0;
  let working: Promise<void> | undefined;

  const sendAll = async () => {
    while (isWaiting()) await sendBatch(options, await takeJobs(options, waiting));
  };
  const work = () => {
    working ??= sendAll().finally(() => {
      working = undefined;
      if (isWaiting()) work();
    });
  };

  return {
    conversations: (wakes) => {
      for (const wake of wakes) {
        if (waiting.lanes.size >= MOST_WAITING) options.metrics.wakes.inc({ outcome: 'left-to-sweep' });
        else waiting.lanes.set(`${wake.conversationId}|${wake.lane}`, wake);
      }
      work();
    },
    planfixAccount: (planfixAccountId) => {
      waiting.accounts.add(planfixAccountId);
      work();
    },
    runs: (runs) => {
      for (const run of runs) waiting.runs.set(runWorkflowId(run), run);
      work();
    },
    drain: async (ms) => {
      const { promise: timeUp, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      const finished = async () => {
        while (working) await working;
      };
      await Promise.race([finished(), timeUp]);
      clearTimeout(timer);
    },
  };
}

/** Takes a batch out of what is waiting, so that a wake that comes from now on is sent for itself. */
async function takeJobs({ signals, readTraits }: WakeupsOptions, { lanes, accounts, runs }: Waiting): Promise<Job[]> {
  const taken = takeFirst(lanes.entries(), BATCH);
  for (const [key] of taken) lanes.delete(key);
  const ids = takeFirst(accounts.values(), BATCH);
  for (const id of ids) accounts.delete(id);
  const looks = takeFirst(runs.entries(), BATCH);
  for (const [key] of looks) runs.delete(key);
  const wakes = await withTraits(
    readTraits,
    taken.map(([, wake]) => wake),
  );
  return [
    ...ids.map((id) => () => signals.wakePlanfixAccount(id)),
    ...looks.map(
      ([, run]) =>
        () =>
          signals.lookAt(run),
    ),
    ...wakes.map((wake) => () => signals.wakeConversation(wake)),
  ];
}

/** Search attributes are a help for operators: without them the wake goes out all the same. */
async function withTraits(
  readTraits: WakeupsOptions['readTraits'],
  wakes: readonly Wake[],
): Promise<ConversationWake[]> {
  if (wakes.length === 0) return [];
  const ids = [...new Set(wakes.map((wake) => wake.conversationId))];
  const rows = await readTraits(ids).catch(() => []);
  const traits = new Map(rows.map((row) => [row.conversationId, row]));
  return wakes.map((wake) => {
    const known = traits.get(wake.conversationId);
    return { ...wake, connectionId: known?.connectionId, planfixTask: known?.planfixTask ?? undefined };
  });
}

async function sendBatch({ metrics, log }: WakeupsOptions, jobs: Job[]): Promise<void> {
  let failed = 0;
  let failure: unknown;
  const sendNext = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      try {
        await job();
        metrics.wakes.inc({ outcome: 'sent' });
      } catch (error) {
        failed += 1;
        failure = error;
        metrics.wakes.inc({ outcome: 'failed' });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  if (failed > 0) log.warn({ failed, err: failure }, 'signals failed; the sweep repeats them');
}

function takeFirst<T>(values: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const value of values) {
    if (taken.length === count) break;
    taken.push(value);
  }
  return taken;
}
