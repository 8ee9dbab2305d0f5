import { type AccountAccess, readAccountAccess } from '../db/account-access.ts';
import { pauseAccount } from '../db/pauses.ts';
import { recordClockOffset } from '../db/polls.ts';
import { takeRateToken } from '../db/rate-gate.ts';
import { PAUSING_KINDS } from '../workflows/domain/failure-kinds.ts';
import type { Dependencies } from './dependencies.ts';
import { HttpFailure } from './http.ts';
import { NotNow, sleep } from './not-now.ts';
import { createPlanfixClient, type PlanfixClient } from './planfix/client.ts';
import { PlanfixError } from './planfix/errors.ts';
import { clockOffset } from './planfix/time.ts';

/** One account as one attempt uses it: its client behind the account's gate. */
export type PlanfixAccount = {
  access: AccountAccess;
  client: PlanfixClient;
  /**
   * Takes the token of the next call now, before its intent is written, so that the call's deadline is not spent on
   * waiting for the gate. Throws NotNow.
   */
  enterGate: () => Promise<void>;
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
const IN_FLIGHT_WAIT_MS = 500;
/** Less than this the offset may differ before it is written down again; the header has whole seconds. */
const OFFSET_STEP_MS = 2_000;
const PING_DEADLINE_MS = 3_000;
/** Without a known zone, filters name the earliest local time on earth: more is read than needed, nothing is missed. */
const WIDEST_TIME_ZONE = '-12:00';

export type OpenPlanfixAccount = (planfixAccountId: string) => Promise<PlanfixAccount>;

export function createPlanfixAccounts(dependencies: Dependencies): OpenPlanfixAccount {
  const { db, secrets, send, waits } = dependencies;
  const inFlight = new Map<string, number>();

  async function takeToken(planfixAccountId: string): Promise<void> {
    if ((inFlight.get(planfixAccountId) ?? 0) >= CALLS_IN_FLIGHT) {
      throw new NotNow(IN_FLIGHT_WAIT_MS, 'too many calls of this account in flight');
    }
    const gate = { key: `planfix/${planfixAccountId}`, intervalMs: waits.planfixIntervalMs, burst: 1 };
    const answer = await takeRateToken(db, gate, waits.gateWaitMs);
    if (!answer.granted) throw new NotNow(answer.retryInMs, "the account's rate gate");
    if (answer.waitMs > 0) await sleep(answer.waitMs);
  }

  const counted =
    (id: string): typeof send =>
    async (request) => {
      inFlight.set(id, (inFlight.get(id) ?? 0) + 1);
      try {
        return await send(request);
      } finally {
        const left = (inFlight.get(id) ?? 1) - 1;
        if (left > 0) inFlight.set(id, left);
        else inFlight.delete(id);
      }
    };

  return async (planfixAccountId) => {
    const access = await readAccountAccess(db, planfixAccountId);
    if (!access) throw new Error('no such Planfix account');
    let paid = 0;
    let offsetMs = access.clockOffsetMs;
    const client = createPlanfixClient({
      baseUrl: access.url,
      token: secrets.open(access.token),
      send: counted(planfixAccountId),
      timeZone: access.timeZone ?? WIDEST_TIME_ZONE,
      gate: async () => {
        if (paid > 0) paid -= 1;
        else await takeToken(planfixAccountId);
      },
      onAnswer: (facts) => {
        const measured = clockOffset(facts);
        if (measured === undefined || Math.abs(measured - offsetMs) < OFFSET_STEP_MS) return;
        offsetMs = measured;
        recordClockOffset(db, planfixAccountId, measured).catch(() => undefined);
      },
    });

    return {
      access,
      client,
      enterGate: async () => {
        await takeToken(planfixAccountId);
        paid += 1;
      },
      planfixTime: (ourMs) => ourMs + offsetMs,
      pauseIfDown: (error) => pauseIfDown(dependencies, planfixAccountId, client, error),
    };
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
    detail: reason.detail,
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
      return new PlanfixError({ kind: 'unavailable', scope: 'account', detail: 'Planfix does not answer' });
    }
    throw error;
  }
}
