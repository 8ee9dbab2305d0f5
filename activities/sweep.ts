import { deleteOldFingerprints } from '../db/bulk.ts';
import { clearWaiting, findUntended } from '../db/connection-care.ts';
import { expireHeld, findForgottenMailings, makeMailingsDue } from '../db/held-messages.ts';
import { cancelUndecided } from '../db/mailing-end.ts';
import { postponeConnectionProbe, resumeConnection, takeDueConnectionProbes } from '../db/pauses.ts';
import { deleteIdleGates } from '../db/rate-gate.ts';
import { deleteOldRegistrations } from '../db/registrations.ts';
import { deleteOldRequests } from '../db/requests.ts';
import { findDueRuns } from '../db/runs.ts';
import { findAilingConnections } from '../db/self-check.ts';
import { findUnwarned } from '../db/service-windows.ts';
import { markDone } from '../db/status.ts';
import {
  deleteOldAnswers,
  deleteOldDrafts,
  deleteOldSignIns,
  deleteOldSignups,
  findForgotten,
  findOverdue,
  findUnreadHints,
} from '../db/sweep.ts';
import { LANES } from '../workflows/domain/ids.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff } from './not-now.ts';
import { wakeAllWaiting } from './wake-waiting.ts';

const SIGNALS_PER_SWEEP = 500;
const EXPIRED_TOGETHER = 1_000;
const EXPIRED_PAGES = 20;
/** Five rounds of calls that nobody answers are over well within the time of a turn. */
const PROBES_PER_SWEEP = 40;
const PROBES_AT_ONCE = 8;
const PROBE_LEASE_MS = 60_000;

export type SweepActivities = {
  /** Signals lanes that are overdue, and probes paused connections. */
  sweepOverdue: () => Promise<{ signalled: number }>;
  /** Finds work that has no due time and hints that nobody reads; deletes drafts that nobody settled and old answers. */
  sweepForgotten: () => Promise<{ signalled: number }>;
};

export function createSweepActivities(dependencies: Dependencies, openConnection: OpenConnection): SweepActivities {
  const { db, waits, wake, wakePlanfixAccount, lookAt } = dependencies;
  return {
    sweepOverdue: () =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const overdue = await findOverdue(db, waits.sweepOverdueMs, SIGNALS_PER_SWEEP);
        await wake(overdue);
        await lookAt(await findDueRuns(db, waits.sweepOverdueMs, SIGNALS_PER_SWEEP));
        await probeConnections(dependencies, openConnection);
        await markDone(db, 'sweep');
        return { signalled: overdue.length };
      }),
    sweepForgotten: () =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        let signalled = 0;
        for (const lane of LANES) {
          const forgotten = await findForgotten(db, lane, SIGNALS_PER_SWEEP, waits.fileWaitMs);
          await wake(forgotten);
          signalled += forgotten.length;
        }
        for (const id of await findUnreadHints(db, waits.sweepOverdueMs, SIGNALS_PER_SWEEP))
          await wakePlanfixAccount(id);
        await lookAt(await findUntended(db, SIGNALS_PER_SWEEP));
        await lookAt(await findAilingConnections(db, waits.statusLateMs, SIGNALS_PER_SWEEP));
        const unwarned = await findUnwarned(
          db,
          { aheadMs: waits.windowWarningMs, lateMs: waits.sweepOverdueMs },
          SIGNALS_PER_SWEEP,
        );
        await wake(unwarned.map((conversationId) => ({ conversationId, lane: 'to-planfix' })));
        await lookAt(await findForgottenMailings(db, SIGNALS_PER_SWEEP));
        await lookAt(await cancelUndecided(db, new Date(), SIGNALS_PER_SWEEP));
        await expireAll(db);
        await deleteOldFingerprints(db, waits.fingerprintMs);
        await deleteOldRequests(db, waits.fingerprintMs);
        await deleteIdleGates(db);
        await deleteOldDrafts(db, waits.draftMs);
        await deleteOldSignups(db, waits.signupMs);
        await deleteOldSignIns(db, waits);
        await deleteOldRegistrations(db);
        await deleteOldAnswers(db, waits.idempotencyMs);
        return { signalled };
      }),
  };
}

/** However many were held at one moment; what a page at a time leaves, the next sweep takes. */
async function expireAll(db: Dependencies['db']): Promise<void> {
  let expired = EXPIRED_TOGETHER;
  for (let page = 0; page < EXPIRED_PAGES && expired === EXPIRED_TOGETHER && !isCancelled(); page += 1) {
    expired = await expireHeld(db, { now: new Date(), limit: EXPIRED_TOGETHER });
  }
}

/** Some at once: those of a network that does not answer keep nothing else from being swept. */
async function probeConnections(dependencies: Dependencies, openConnection: OpenConnection): Promise<void> {
  const due = (await takeDueConnectionProbes(dependencies.db, PROBES_PER_SWEEP, PROBE_LEASE_MS)).values();
  const probeNext = async () => {
    for (const one of due) {
      if (isCancelled()) return;
      await probeConnection(dependencies, openConnection, one);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: PROBES_AT_ONCE }, probeNext));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function probeConnection(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  { id: connectionId, probeAttempts }: { id: string; probeAttempts: number },
): Promise<void> {
  const { db, waits, lookAt } = dependencies;
  const connection = await openConnection(connectionId);
  try {
    await connection.client.readNumber();
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const probeInMs = error.retryAfterMs ?? backOff(probeAttempts, waits.probeFirstMs, waits.probeLongestMs);
    await postponeConnectionProbe(db, connectionId, { reason: error.kind, probeInMs });
    return;
  }
  await resumeConnection(db, connectionId);
  await wakeAllWaiting(dependencies, { connectionId });
  await lookAt(await makeMailingsDue(db, connectionId));
  await clearWaiting(db, connectionId);
}
