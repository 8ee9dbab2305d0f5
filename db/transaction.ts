import pg from 'pg';
import type { Database, DatabaseTransaction } from './database.ts';

const DEADLOCK_DETECTED = '40P01';
const ATTEMPTS = 5;

/**
 * Runs `work` in one READ COMMITTED transaction. All code locks in the same order (identity, conversation, message,
 * keys sorted), so a deadlock is rare; Postgres then picks a victim, whose work is simply done again here.
 */
export async function inTransaction<T>(db: Database, work: (trx: DatabaseTransaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === DEADLOCK_DETECTED) || attempt === ATTEMPTS) throw error;
    }
  }
}
