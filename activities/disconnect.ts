import {
  confirmRefused,
  decideRemoval,
  destroyCredentials,
  type Ending,
  postponeDisconnectProbe,
  readEnding,
  remindOfDisconnect,
  settleRemoval,
} from '../db/disconnect-end.ts';
import { type Told, tell } from '../workflows/domain/problem-findings.ts';
import type { OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import type { Care } from './connection-care.ts';
import type { Dependencies } from './dependencies.ts';
import { dropQueued } from './queued-messages.ts';
import { isRefused, tryCredentials } from './refused-credentials.ts';

type EndWork = { dependencies: Dependencies; openConnection: OpenConnection; connectionId: string };

/** How often it is looked whether everything has left that is still to leave. */
const LEAVING_LOOK_MS = 2_000;

/** Whatever is next of a disconnection; each step finds out for itself how far an earlier attempt has come. */
export async function tendDisconnect(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  connectionId: string,
): Promise<Care> {
  const work = { dependencies, openConnection, connectionId };
  const ending = await readEnding(dependencies.db, connectionId);
  if (!ending) return { dueInMs: undefined };
  return ending.confirmedMsAgo === null ? awaitOwner(work, ending) : finish(work, ending, ending.confirmedMsAgo);
}

/** Nobody but the owner can do step two: it is looked whether they have, and after a day somebody is reminded. */
async function awaitOwner(work: EndWork, ending: Ending): Promise<Care> {
  const { dependencies, openConnection, connectionId } = work;
  const { db, waits } = dependencies;
  let probeInMs = ending.probeInMs;
  if (probeInMs <= 0) {
    probeInMs = waits.disconnectProbeMs;
    await postponeDisconnectProbe(db, connectionId, probeInMs);
    if (await tryCredentials(await openConnection(connectionId))) {
      await confirmRefused(db, connectionId);
      return { dueInMs: 0 };
    }
  }
  const remindInMs = waits.disconnectReminderMs - ending.begunMsAgo;
  if (remindInMs > 0) return { dueInMs: Math.min(probeInMs, remindInMs) };
  await remindOfDisconnect(db, connectionId, ending.planfixAccountId);
  return { dueInMs: probeInMs };
}

/**
 * What is still to leave, and files that are still to be fetched, get the credentials for a while; then the subscription
 * goes, if no other number of the account needs it, and the credentials last.
 */
async function finish(work: EndWork, { leaving }: Ending, confirmedMsAgo: number): Promise<Care> {
  const { dependencies, connectionId } = work;
  const { db, waits, log } = dependencies;
  if (leaving > 0 && confirmedMsAgo < waits.parkMs) return { dueInMs: Math.min(LEAVING_LOOK_MS, waits.parkMs) };
  await dropQueued(dependencies, connectionId);
  const retryInMs = await removeSubscription(work, confirmedMsAgo);
  if (retryInMs !== undefined) return { dueInMs: retryInMs };
  if (await destroyCredentials(db, connectionId)) log.info({ connectionId }, 'a connection has ended');
  return { dueInMs: undefined };
}

/** Undefined: it is settled. A number: the network was not to be reached, so try again after so many milliseconds. */
async function removeSubscription(work: EndWork, confirmedMsAgo: number): Promise<number | undefined> {
  const { dependencies, openConnection, connectionId } = work;
  const { db, waits, lookAt } = dependencies;
  if ((await decideRemoval(db, connectionId)) !== 'call') return undefined;
  const connection = await openConnection(connectionId);
  const { setup, unsubscribe } = connection.client;
  const settle = async (state: 'done' | 'skipped' | 'failed', code: string, told?: Told) => {
    await lookAt(await settleRemoval(db, connectionId, { state, code, ...(told === undefined ? {} : { told }) }));
    return undefined;
  };
  if (!setup && !unsubscribe) return settle('skipped', 'not-needed');
  try {
    if (!setup) {
      const outcome = await unsubscribe?.();
      if (outcome === 'not-possible') return settle('failed', 'remove-at-provider', tell(['remove-at-provider']));
      return outcome === 'removed' ? settle('done', 'removed') : settle('skipped', 'not-needed');
    }
    // A lost attempt may have removed it, and whoever was connected since then has set it up again for themselves.
    if ((await setup.readSubscription()).isSubscribed) await setup.unsubscribe();
    return settle('done', 'removed');
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (await isRefused(connection, error)) {
      // With another key, the provider still calls the address.
      return setup
        ? settle('skipped', 'token-refused')
        : settle('failed', 'remove-at-provider', tell(['remove-at-provider']));
    }
    if (confirmedMsAgo < waits.disconnectReminderMs) return error.retryAfterMs ?? waits.retryLongestMs;
    return settle('failed', error.kind, error.told);
  }
}
