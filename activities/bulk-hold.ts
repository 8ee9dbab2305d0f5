import { v7 as uuidv7 } from 'uuid';
import { expireHeld, readNextLook, settleMailing } from '../db/held-messages.ts';
import { readSendsWaitMs } from '../db/mailing-sends.ts';
import { releaseMailing } from '../db/mailings.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import { lateness, sendMailingRows } from './bulk-sending.ts';
import type { OpenConnection } from './channel-connection.ts';
import type { Dependencies } from './dependencies.ts';

const EXPIRED_TOGETHER = 1_000;
/** Of what nothing is known to become: somebody looks all the same. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** `toSend`: rows wait to be sent. `nextInMs`: look again then; undefined: nothing is left, unless `toSend`. */
export type HeldLook = { toSend: boolean; nextInMs: number | undefined };

export type BulkHoldActivities = {
  /** `nowMs` is the run's own clock: it decides what is quiet and what has expired. */
  tendHeldMessages: (input: { mailingId: string; nowMs: number }) => Promise<HeldLook>;
  /** One page of what is held and still to be sent. The answer: when the next one can do something. */
  sendHeldMessages: (input: { mailingId: string }) => Promise<{ waitMs: number }>;
};

export function createBulkHoldActivities(
  dependencies: Dependencies,
  openConnection: OpenConnection,
): BulkHoldActivities {
  const { db, waits } = dependencies;
  return {
    tendHeldMessages: ({ mailingId, nowMs }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const now = new Date(nowMs);
        for (let expired = EXPIRED_TOGETHER; expired === EXPIRED_TOGETHER && !isCancelled(); ) {
          expired = await expireHeld(db, { now, limit: EXPIRED_TOGETHER, mailingId });
        }
        const { toSend, nextAt } = await settleMailing(db, mailingId, now, waits.bulkWindowMs);
        return { toSend, nextInMs: nextAt && Math.max(0, +nextAt - nowMs) };
      }),
    sendHeldMessages: async ({ mailingId }) => {
      const held = { id: mailingId, lease: uuidv7() };
      const page = { mailingId, lease: held.lease, endsAtMs: Date.now() + waits.bulkPageMs };
      const { next, waitMs } = await sendMailingRows(dependencies, openConnection, page);
      if (next !== 'paused') return { waitMs };
      // Whoever lets its number send again tells the run.
      const untilMs = await readPausedMs(dependencies, mailingId);
      await releaseMailing(db, held, untilMs);
      return { waitMs: untilMs };
    },
  };
}

/** How long until something is to be done for a mailing whose number cannot send. */
async function readPausedMs(dependencies: Dependencies, mailingId: string): Promise<number> {
  const { db, waits } = dependencies;
  const openMs = await readSendsWaitMs(db, mailingId, lateness(dependencies));
  const nextAt = await readNextLook(db, mailingId, waits.bulkWindowMs);
  const heldMs = nextAt && Math.max(0, +nextAt - Date.now());
  return Math.min(openMs ?? LONGEST_WAIT_MS, heldMs ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
}
