import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import type { Database } from './database.ts';
import { inMilliseconds } from './lanes.ts';

/** What says which work is due for a connection. */
export type ConnectionUnderCare = {
  id: string;
  state: string;
  pausedReason: string | null;
  pausedMsAgo: number | null;
  planfixAccountId: string;
  /** Until what the network restricts is free again; null: nobody knows, or nothing is. */
  restrictedForMs: number | null;
  /** Whoever waited for it is still to be woken. */
  hasWaiting: boolean;
};

/** Takes a connection's row to look at it; nobody else needs to look within `leaseMs`. */
export async function takeConnection(
  db: Database,
  connectionId: string,
  leaseMs: number,
): Promise<ConnectionUnderCare | undefined> {
  return db
    .updateTable('connection')
    .set({ dueAt: inMilliseconds(leaseMs) })
    .where('id', '=', connectionId)
    .returning(['id', 'state', 'pausedReason', 'planfixAccountId', 'hasWaiting'])
    .returning(sql<number | null>`(extract(epoch from clock_timestamp() - paused_at) * 1000)::float8`.as('pausedMsAgo'))
    .returning(
      sql<number | null>`(extract(epoch from restricted_until - clock_timestamp()) * 1000)::float8`.as(
        'restrictedForMs',
      ),
    )
    .executeTakeFirst();
}

/**
 * When somebody must look again; undefined: not before somebody says so. Whoever has made it due meanwhile wants it to
 * be looked at now: then it is 0.
 */
export async function releaseConnection(
  db: Database,
  connectionId: string,
  dueInMs: number | undefined,
): Promise<number | undefined> {
  const dueAt = dueInMs === undefined ? null : inMilliseconds(dueInMs);
  const released = await db
    .updateTable('connection')
    .set({ dueAt })
    .where('id', '=', connectionId)
    .where('dueAt', '>', sql<Date>`clock_timestamp()`)
    .executeTakeFirst();
  return released.numUpdatedRows > 0n ? dueInMs : 0;
}

/** All who waited for it have been woken. */
export async function clearWaiting(db: Database, connectionId: string): Promise<void> {
  await db.updateTable('connection').set({ hasWaiting: false }).where('id', '=', connectionId).execute();
}

/** Connections that somebody must look after and that have no due time: should not happen, and is repaired when it does. */
export async function findUntended(db: Database, limit: number): Promise<Run[]> {
  const { rows } = await sql<{ id: string }>`
    update connection set due_at = clock_timestamp() where id in (
      select id from connection
       where due_at is null and state in ('connected', 'paused', 'disconnecting') limit ${limit} for update skip locked)
    returning id`.execute(db);
  return rows.map(({ id }) => ({ kind: 'connection', id }));
}

/** Something came for these connections. Written at most so often as whoever calls it sees fit. */
export async function noteWebhooks(db: Database, connectionIds: readonly string[]): Promise<void> {
  if (connectionIds.length === 0) return;
  await db
    .updateTable('connection')
    .set({ webhookSeenAt: sql`clock_timestamp()` })
    .where('id', 'in', connectionIds)
    .execute();
}
