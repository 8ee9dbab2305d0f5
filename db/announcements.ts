import { sql } from 'kysely';
import type { DatabaseTransaction } from './database.ts';

/** Tells whoever waits for this row (`LISTEN parley_row`) that it has changed, when the transaction commits. */
export async function announceRow(trx: DatabaseTransaction, id: string): Promise<void> {
  await sql`select pg_notify('parley_row', ${id})`.execute(trx);
}
