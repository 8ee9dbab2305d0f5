import { type AccountAccess, readAccountAccess } from '../db/account-access.ts';
import { pauseAccount } from '../db/pauses.ts';
import { recordClockOffset } from '../db/polls.ts';
import { returnRateTokens, takeRateTokens } from '../db/rate-gate.ts';
import { PAUSING_KINDS } from '../workflows/domain/failure-kinds.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import type { Dependencies } from './dependencies.ts';
import { HttpFailure } from './http.ts';
import { NotNow, sleep } from './not-now.ts';
import type { ClientOptions } from './planfix/call.ts';
import { createPlanfixClient, type PlanfixClient } from './planfix/client.ts';
import { PlanfixError } from './planfix/errors.ts';
import { clockOffset } from './planfix/time.ts';

/** One account as one attempt uses it: its client behind the account's gate. */
export type PlanfixAccount = {
  access: AccountAccess;
  client: PlanfixClient;
  /**
   * Takes the tokens of the next calls now: before an intent is written, so that the call's deadline is not spent on
   * waiting for the gate, and for a sequence as a whole, so that it is not begun anew for each of its calls. Throws
   * NotNow.
   */
  enterGate: (calls?: number) => Promise<void>;
  /** Gives back what `enterGate` took and no call used. */
  leaveGate: () => Promise<void>;
  /** A moment of ours in Planfix's time. */
  planfixTime: (ourMs: number) => number;
  /**
   * What a failed call means for the account as a whole: pauses it where it must be, after a probe where the failure
   * alone does not prove it. True: the account is paused.
   */
  pauseIfDown: (error: PlanfixError) => Promise<boolean>;
};

/** One slow account never takes the slots of others: more callers than this are sent away. */
const CALLS_IN_FLIGHT = 4;
/**
 * Each caller that is sent away asks again later than the one before, until a call is answered: hundreds that wait for
 * a hanging account would else keep the worker busy with asking.
 */
const SENT_AWAY_FIRST_MS = 500;
const SENT_AWAY_STEP_MS = 100;
const SENT_AWAY_LONGEST_MS = 15_000;
/** From being let in to the call: a second for the token and a moment for the intent; who makes no call gives up its place. */
const PLACE_KEPT_MS = 2_000;
/** Less than this the offset may differ before it is written down again; the header has whole seconds. */
const OFFSET_STEP_MS = 2_000;
const PING_DEADLINE_MS = 3_000;
/** Without a known zone, filters name the earliest local time on earth: more is read than needed, nothing is missed. */
const WIDEST_TIME_ZONE = '-12:00';

/**
 * By its id, or by what was just read of it. `patienceMs`: how long a call may wait for its token; the default is what
 * a live step may wait.
 */
export type OpenPlanfixAccount = (account: string | AccountAccess, patienceMs?: number) => Promise<PlanfixAccount>;

export function createPlanfixAccounts(dependencies: Dependencies): OpenPlanfixAccount {
  const { db, secrets, waits } = dependencies;
  const inFlight = createInFlight(dependencies.send);

  return async (account, patienceMs = waits.gateWaitMs) => {
    const access = typeof account === 'string' ? await readAccountAccess(db, account) : account;
    if (!access) throw new Error('no such Planfix account');
    const planfixAccountId = access.id;
    const turnAway = () => inFlight.turnAway(planfixAccountId);
    const gate = createAccountGate(dependencies, planfixAccountId, patienceMs, turnAway);
    let offsetMs = access.clockOffsetMs;
    const options: ClientOptions = {
      baseUrl: access.url,
      token: secrets.open(access.token),
      send: inFlight.counted(planfixAccountId),
      files: dependencies.files,
      timeZone: access.timeZone ?? WIDEST_TIME_ZONE,
      gate: gate.pass,
      onAnswer: (facts) => {
        const measured = clockOffset(facts);
        if (measured === undefined || Math.abs(measured - offsetMs) < OFFSET_STEP_MS) return;
        offsetMs = measured;
        recordClockOffset(db, planfixAccountId, measured).catch(() => undefined);
      },
    };
    const client = createPlanfixClient(options);
    // The call that failed has left its place to its probe, however many others want it.
    const probeGate = createAccountGate(dependencies, planfixAccountId, patienceMs, () => undefined);
    const prober = createPlanfixClient({ ...options, gate: probeGate.pass });
    return {
      access,
      client,
      enterGate: gate.enter,
      leaveGate: gate.leave,
      planfixTime: (ourMs) => ourMs + offsetMs,
      pauseIfDown: (error) => pauseIfDown(dependencies, planfixAccountId, prober, error),
    };
  };
}

/**
 * Counts the calls of each account that are on their way in this process, the places kept for callers who wait for
 * their token, and the callers sent away meanwhile.
 */
function createInFlight(send: Dependencies['send']) {
  const accounts = new Map<string, { calls: number; keptUntilMs: number[]; sentAway: number }>();
  const open = (id: string) => {
    const account = accounts.get(id) ?? { calls: 0, keptUntilMs: [], sentAway: 0 };
    accounts.set(id, account);
    return account;
  };
  return {
    /** Undefined: there is room, and a place is kept. A number: ask again after so many milliseconds. */
    turnAway: (id: string): number | undefined => {
      const account = open(id);
      const nowMs = Date.now();
      account.keptUntilMs = account.keptUntilMs.filter((untilMs) => untilMs > nowMs);
      if (account.calls + account.keptUntilMs.length < CALLS_IN_FLIGHT) {
        account.keptUntilMs.push(nowMs + PLACE_KEPT_MS);
        return undefined;
      }
      account.sentAway += 1;
      return Math.min(SENT_AWAY_FIRST_MS + account.sentAway * SENT_AWAY_STEP_MS, SENT_AWAY_LONGEST_MS);
    },
    counted:
      (id: string): typeof send =>
      async (request) => {
        const account = open(id);
        account.keptUntilMs.shift();
        account.calls += 1;
        try {
          const answer = await send(request);
          account.sentAway = 0;
          return answer;
        } finally {
          account.calls -= 1;
          if (account.calls + account.keptUntilMs.length === 0) accounts.delete(id);
        }
      },
  };
}

/** The account's rate gate as one attempt passes it: tokens taken ahead are used first, each not before its time. */
function createAccountGate(
  { db, waits }: Dependencies,
  planfixAccountId: string,
  patienceMs: number,
  turnAway: () => number | undefined,
) {
  const gate = { key: `planfix/${planfixAccountId}`, intervalMs: waits.planfixIntervalMs, burst: 1 };
  let slots: number[] = [];
  let until = '';

  async function enter(calls = 1): Promise<void> {
    for (let waitedMs = 0; ; ) {
      const refusedMs = await take(calls);
      if (refusedMs === undefined) return;
      waitedMs += refusedMs;
      if (waitedMs > patienceMs || patienceMs <= waits.gateWaitMs) throw new NotNow(refusedMs, "the account's gate");
      await sleep(refusedMs);
    }
  }

  /** Undefined: taken. A number: ask again after so many milliseconds. */
  async function take(calls: number): Promise<number | undefined> {
    const crowdedMs = turnAway();
    if (crowdedMs !== undefined) return crowdedMs;
    const answer = await takeRateTokens(db, gate, waits.gateWaitMs, calls);
    if (!answer.granted) return Math.max(1, answer.retryInMs);
    const first = Date.now() + answer.waitMs;
    slots = Array.from({ length: calls }, (_, index) => first + index * gate.intervalMs);
    until = answer.until;
    if (answer.waitMs > 0) await sleep(answer.waitMs);
    return undefined;
  }

  return {
    enter,
    pass: async () => {
      if (slots.length === 0) await enter();
      const waitMs = (slots.shift() as number) - Date.now();
      if (waitMs > 0) await sleep(waitMs);
    },
    leave: async () => {
      const unused = slots.length;
      slots = [];
      if (unused > 0) await returnRateTokens(db, gate, until, unused);
    },
  };
}

/**
 * A refused token or an exhausted quota proves itself. A 5xx, a time-out or a lost answer may concern one call only:
 * the account is paused if its ping fails too.
 */
async function pauseIfDown(
  { db, waits }: Dependencies,
  planfixAccountId: string,
  client: PlanfixClient,
  error: PlanfixError,
): Promise<boolean> {
  let reason = error;
  const proven = error.scope === 'account' && (error.kind === 'credentials-rejected' || error.kind === 'rate-limited');
  if (!proven) {
    const doubtful = error.kind === 'outcome-unknown' || (error.scope === 'account' && PAUSING_KINDS.has(error.kind));
    if (!doubtful) return false;
    const failure = await ping(client);
    if (failure === undefined) return false;
    reason = failure;
  }
  await pauseAccount(db, planfixAccountId, {
    reason: reason.kind,
    ...reason.told,
    probeInMs: reason.retryAfterMs ?? waits.probeFirstMs,
  });
  return true;
}

/** The failure of a ping that proves the account to be down; undefined: it answers, or it could not be asked now. */
export async function ping(client: PlanfixClient): Promise<PlanfixError | undefined> {
  try {
    await client.ping({ deadlineMs: PING_DEADLINE_MS });
    return undefined;
  } catch (error) {
    if (error instanceof NotNow) return undefined;
    if (error instanceof PlanfixError) return error;
    if (error instanceof HttpFailure) {
      return new PlanfixError({ kind: 'unavailable', scope: 'account', ...tell(['planfix-silent']) });
    }
    throw error;
  }
}
