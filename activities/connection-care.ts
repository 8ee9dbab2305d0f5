import { clearWaiting, releaseConnection, takeConnection } from '../db/connection-care.ts';
import { makeMailingsDue } from '../db/held-messages.ts';
import { LANES } from '../workflows/domain/ids.ts';
import { withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import type { Dependencies } from './dependencies.ts';
import { tendDisconnect } from './disconnect.ts';
import { tendOnboarding } from './onboarding.ts';
import { tendHealth, tendRestriction, tendSuspension } from './self-check.ts';
import { wakeAllWaiting } from './wake-waiting.ts';

/** What one kind of work on a connection found to do next; undefined: nothing. */
export type Care = { dueInMs: number | undefined };

export type ConnectionCareActivities = {
  /** Does what is due for a connection; its row tells what. `dueInMs`: when it has to be looked at again. */
  tendConnection: (input: { connectionId: string }) => Promise<{ dueInMs?: number }>;
};

export function createConnectionCareActivities(
  dependencies: Dependencies,
  openConnection: OpenConnection,
): ConnectionCareActivities {
  const { db, waits } = dependencies;
  return {
    tendConnection: ({ connectionId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const dueInMs = await tend(dependencies, openConnection, connectionId);
        const releasedMs = await releaseConnection(db, connectionId, dueInMs);
        return releasedMs === undefined ? {} : { dueInMs: releasedMs };
      }),
  };
}

async function tend(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  connectionId: string,
): Promise<number | undefined> {
  const { db, waits } = dependencies;
  const connection = await takeConnection(db, connectionId, waits.turnTimeoutMs);
  if (!connection) return undefined;
  if (connection.hasWaiting) await wakeThoseWaiting(dependencies, connectionId);
  switch (connection.state) {
    case 'connected':
    case 'paused':
      return soonest([
        await tendOnboarding(dependencies, openConnection, connectionId),
        await tendSuspension(dependencies, connection),
        await tendRestriction(dependencies, connection),
        await tendHealth(dependencies, openConnection, connectionId),
      ]);
    case 'disconnecting':
      return (await tendDisconnect(dependencies, openConnection, connectionId)).dueInMs;
    default:
      return undefined;
  }
}

/** The mark goes last: whoever is interrupted begins anew, and to be woken twice does no harm. */
async function wakeThoseWaiting(dependencies: Dependencies, connectionId: string): Promise<void> {
  const { db, lookAt } = dependencies;
  for (const lane of LANES) await wakeAllWaiting(dependencies, { connectionId }, lane);
  await lookAt(await makeMailingsDue(db, connectionId));
  await clearWaiting(db, connectionId);
}

function soonest(cares: readonly Care[]): number | undefined {
  const due = cares.flatMap(({ dueInMs }) => dueInMs ?? []);
  return due.length === 0 ? undefined : Math.min(...due);
}
