import type { TestSandbox } from '../../support/sandbox.ts';

/** A request of the product as the sandbox served it. */
export type Call = {
  seq: number;
  atMs: number;
  target: 'graph' | 'planfix';
  account: string | undefined;
  /** Method and path with numbers left out. */
  kind: string;
  text: string;
  accepted: boolean;
};

type LoggedRequest = {
  seq: number;
  atMs: number;
  target: 'graph' | 'planfix';
  account?: string;
  method: string;
  path: string;
  status: number;
  body: unknown;
};

export async function readCalls(sandbox: TestSandbox, sinceSeq: number): Promise<Call[]> {
  const path = `requests?sinceSeq=${sinceSeq}`;
  const { items } = await sandbox.control<{ items: LoggedRequest[] }>('GET', path);
  return items.map((item) => ({
    seq: item.seq,
    atMs: item.atMs,
    target: item.target,
    account: item.account,
    kind: `${item.method} ${item.path.replace(/\d{2,}/g, '*')}`,
    text: JSON.stringify(item.body),
    accepted: item.status >= 200 && item.status < 300,
  }));
}

/** Number of the newest request; later ones belong to what begins now. */
export async function readPosition(sandbox: TestSandbox): Promise<number> {
  const { items } = await sandbox.control<{ items: LoggedRequest[] }>('GET', 'requests?limit=1');
  return items.at(-1)?.seq ?? 0;
}

/** The number of a marked text of that phase. */
export function markOf(text: string, phase: string): number | undefined {
  const found = new RegExp(`bench ${phase}-(\\d+)\\b`).exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

export type Sent = { atMs: number; ackMs: number; status: number; attempts: number };

type Delivery = { atMs: number; body: string; attempts: { atMs: number; status: number; tookMs: number }[] };

/** When the webhook of each message of a phase left, and how long its acknowledgement took. */
export async function readWebhooks(sandbox: TestSandbox, phase: string): Promise<Map<number, Sent>> {
  const { items } = await sandbox.control<{ items: Delivery[] }>('GET', 'graph/deliveries?limit=5000');
  const sent = new Map<number, Sent>();
  for (const { body, atMs, attempts } of items) {
    const index = markOf(body, phase);
    const [first] = attempts;
    if (index === undefined || !first) continue;
    sent.set(index, { atMs, ackMs: first.tookMs, status: first.status, attempts: attempts.length });
  }
  return sent;
}

/** One message from its webhook to Planfix. Times in milliseconds. */
export type Journey = {
  sentAtMs: number;
  totalMs: number;
  /** How much of it the account's gate took: one call a second, whoever made the calls before. */
  gateMs: number;
  /** Calls of this account between both, the last one included. */
  calls: string[];
};

/** What became of a phase: journeys of what arrived, and what arrived more than once or never. */
export type Outcome = { journeys: Journey[]; lost: number; repeated: number };

const GATE_MS = 1_000;

/** Follows each message of a phase from its webhook to the call that brought it. */
export function follow(
  phase: string,
  sent: ReadonlyMap<number, Sent>,
  calls: readonly Call[],
  isArrival: (call: Call) => boolean,
): Outcome {
  const arrivals = new Map<number, Call[]>();
  const ofAccount = Map.groupBy(
    calls.filter((call) => call.target === 'planfix'),
    (call) => call.account,
  );
  for (const call of calls.filter(isArrival)) {
    const index = markOf(call.text, phase);
    if (index !== undefined) arrivals.set(index, [...(arrivals.get(index) ?? []), call]);
  }
  const journeys = [...sent].flatMap(([index, { atMs }]) => {
    const [arrival] = arrivals.get(index) ?? [];
    return arrival ? [journeyOf(atMs, arrival, ofAccount.get(arrival.account) ?? [])] : [];
  });
  const repeated = [...arrivals.values()].filter((found) => found.length > 1).length;
  return { journeys, lost: sent.size - journeys.length, repeated };
}

/**
 * The gate lets one call pass a second, so the earliest moment for each call follows from the one before. What the
 * journey took beyond the earliest moment of its last call is ours.
 */
function journeyOf(sentAtMs: number, arrival: Call, calls: readonly Call[]): Journey {
  const before = calls.findLast((call) => call.atMs <= sentAtMs && call.seq < arrival.seq);
  const during = calls.filter((call) => call.atMs > sentAtMs && call.seq <= arrival.seq);
  const firstMs = Math.max(sentAtMs, (before?.atMs ?? 0) + GATE_MS);
  const earliestMs = firstMs + (during.length - 1) * GATE_MS;
  const totalMs = arrival.atMs - sentAtMs;
  const gateMs = Math.min(totalMs, Math.max(0, earliestMs - sentAtMs));
  return { sentAtMs, totalMs, gateMs, calls: during.map((call) => call.kind) };
}

export function countKinds(calls: readonly { kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of calls) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
