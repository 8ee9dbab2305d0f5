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
