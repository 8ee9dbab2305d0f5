import { randomUUIDv7 } from 'node:crypto';
import { expireHeld, settleMailing } from '../db/held-messages.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import { sendMailingRows } from './bulk-sending.ts';
import type { OpenConnection } from './channel-connection.ts';
import type { Dependencies } from './dependencies.ts';

const EXPIRED_TOGETHER = 1_000;

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
      const endsAtMs = Date.now() + waits.bulkPageMs;
      const { waitMs } = await sendMailingRows(dependencies, openConnection, {
        mailingId,
        lease: randomUUIDv7(),
        endsAtMs,
      });
      return { waitMs };
    },
  };
}
