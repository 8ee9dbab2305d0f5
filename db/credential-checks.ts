import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { announceRow } from './announcements.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

/** Stores sealed credentials for the worker to look at. */
export async function insertCredentialCheck(db: Database, input: Buffer): Promise<string> {
  const id = uuidv7();
  await db.insertInto('credentialCheck').values({ id, input, dueAt: sql`clock_timestamp()` }).execute();
  return id;
}

/** Undefined: whoever asked has gone, or has been answered. */
export async function readCredentialInput(db: Database, id: string): Promise<Buffer | undefined> {
  const row = await db.selectFrom('credentialCheck').where('id', '=', id).select('input').executeTakeFirst();
  return row?.input;
}

export async function settleCredentialCheck(db: Database, id: string, result: object): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('credentialCheck')
      .set({ result: JSON.stringify(result), dueAt: null })
      .where('id', '=', id)
      .execute();
    await announceRow(trx, id);
  });
}

export async function readCredentialResult(db: Database, id: string): Promise<unknown> {
  const row = await db.selectFrom('credentialCheck').where('id', '=', id).select('result').executeTakeFirst();
  return row?.result ?? undefined;
}

export async function deleteCredentialCheck(db: Database, id: string): Promise<void> {
  await db.deleteFrom('credentialCheck').where('id', '=', id).execute();
}
