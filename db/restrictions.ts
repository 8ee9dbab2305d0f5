import { sql } from 'kysely';
import { announceRow } from './announcements.ts';
import { PARLEY, recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { settleProblemsOfSubject } from './problems.ts';
import { inTransaction } from './transaction.ts';

/** A restriction whose end has come is over. */
export async function endRestriction(db: Database, connectionId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const ended = await trx
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .where('restrictedUntil', '<=', sql<Date>`clock_timestamp()`)
      .select('id')
      .forNoKeyUpdate()
      .executeTakeFirst();
    // Meanwhile the network may have told of another one.
    if (ended) await liftRestriction(trx, connectionId, 'expired');
  });
}

/** The network restricts nothing any more: its end has come, or the account was seen to send again. */
export async function liftRestriction(
  trx: DatabaseTransaction,
  connectionId: string,
  how: 'expired' | 'lifted',
): Promise<void> {
  await trx.updateTable('connection').set({ restrictedUntil: null }).where('id', '=', connectionId).execute();
  // A person has discarded it, or there was none.
  if (!(await settleProblemsOfSubject(trx, 'connection-restricted', { connectionId }, how))) return;
  const subject = { subjectKind: 'connection', subjectId: connectionId };
  await recordAudit(trx, { actor: PARLEY, action: `link-restriction-${how}`, ...subject });
  await announceRow(trx, connectionId);
}

/** Of problems that do not matter any more because their connection is being disconnected. */
export const BY_DISCONNECTING = 'disconnecting';

const ofDisconnecting = (connectionId: string) => sql`
  select p.id from problem p join connection c on c.id = p.connection_id
   where c.id = ${connectionId} and p.kind = 'connection-restricted' and p.state = 'settled'
     and p.resolution = ${BY_DISCONNECTING} and p.settled_at >= c.disconnecting_at`;

/** A disconnection is about to be cancelled: what was restricted when it began or since shows again, unless it is over. */
export async function showRestriction(trx: DatabaseTransaction, connectionId: string): Promise<void> {
  await sql`
    update problem set state = 'open', resolution = null, settled_at = null
     where id = (${ofDisconnecting(connectionId)}
       and (c.restricted_until is null or c.restricted_until > clock_timestamp())
       order by p.settled_at desc, p.id desc limit 1)`.execute(trx);
}

/** While a connection is being disconnected, what was restricted ends. */
export async function forgetRestriction(
  trx: DatabaseTransaction,
  connectionId: string,
  resolution: string,
): Promise<void> {
  await sql`update problem set resolution = ${resolution} where id in (${ofDisconnecting(connectionId)})`.execute(trx);
  await trx.updateTable('connection').set({ restrictedUntil: null }).where('id', '=', connectionId).execute();
}
