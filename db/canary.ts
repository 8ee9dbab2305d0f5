import { sql } from 'kysely';
import type { Database } from './database.ts';

/** The network is about to be asked to call our address for this connection. */
export async function expectCanary(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connection')
    .set({ canarySentAt: sql`clock_timestamp()`, canarySeenAt: null })
    .where('id', '=', connectionId)
    .execute();
}

/** The network has called the address of this app, and proved that it is the network. */
export async function noteCanary(db: Database, metaAppId: string): Promise<void> {
  await db
    .updateTable('connection')
    .set({ canarySeenAt: sql`clock_timestamp()` })
    .where('metaAppId', '=', metaAppId)
    .where('canarySentAt', 'is not', null)
    .where('canarySeenAt', 'is', null)
    .execute();
}

/** `sentMsAgo` undefined: the network was not asked. An authentic webhook that came since counts as well. */
export async function readCanary(
  db: Database,
  connectionId: string,
): Promise<{ sentMsAgo: number | undefined; isSeen: boolean }> {
  const row = await db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select([
      sql<number | null>`(extract(epoch from clock_timestamp() - canary_sent_at) * 1000)::float8`.as('sentMsAgo'),
      sql<boolean>`coalesce(greatest(canary_seen_at, webhook_seen_at) >= canary_sent_at, false)`.as('isSeen'),
    ])
    .executeTakeFirst();
  return { sentMsAgo: row?.sentMsAgo ?? undefined, isSeen: row?.isSeen ?? false };
}
