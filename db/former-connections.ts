import { sql } from 'kysely';
import type { DatabaseTransaction } from './database.ts';

export type NumberOfAccount = { provider: string; planfixAccountId: string; phoneNumberId: string };
export type Former = { id: string; wabaId: string; state: string };

/**
 * The connection that a number was in this Planfix account: one whose owner has ended the link, so that its queue waits,
 * else the last one that was disconnected. Locked.
 */
export async function findFormer(trx: DatabaseTransaction, number: NumberOfAccount): Promise<Former | undefined> {
  return ofNumber(trx, number)
    .where(sql<boolean>`(state = 'disconnected' or state = 'paused' and paused_reason = 'owner-disconnected')`)
    .orderBy(sql`state = 'paused'`, 'desc')
    .orderBy('disconnectedAt', (order) => order.desc().nullsLast())
    .orderBy('id', 'desc')
    .select(['id', 'wabaId', 'state'])
    .limit(1)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** All that a number was and is in this Planfix account. */
export const ofNumber = (trx: DatabaseTransaction, { provider, planfixAccountId, phoneNumberId }: NumberOfAccount) =>
  trx
    .selectFrom('connection')
    .where('provider', '=', provider)
    .where('planfixAccountId', '=', planfixAccountId)
    .where('phoneNumberId', '=', phoneNumberId);

/** It was paused, and is being connected again. */
export const IS_COMING_BACK = sql<boolean>`former is not null`;

/** The whole row as it is, for the case that connecting it again fails. */
export async function rememberFormer(trx: DatabaseTransaction, id: string): Promise<void> {
  await sql`update connection set former = to_jsonb(connection) - 'former' where id = ${id}`.execute(trx);
}

/** It is again what it was before somebody tried to connect it. */
export async function restoreFormer(trx: DatabaseTransaction, id: string): Promise<void> {
  const { rows } = await sql<{ columns: string }>`
    select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
     where attrelid = 'connection'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
       and attname not in ('id', 'former')`.execute(trx);
  const columns = sql.raw(rows[0]?.columns ?? '');
  await sql`
    update connection c
       set (${columns}) = (select ${columns} from jsonb_populate_record(null::connection, c.former)), former = null
     where id = ${id}`.execute(trx);
}

/** Whether the number is connected by another row, or is just being connected by it. */
export async function isElsewhere(trx: DatabaseTransaction, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from connection c join connection o using (provider, phone_number_id)
     where c.id = ${id} and o.id <> c.id and o.state not in ('disconnected', 'failed')`.execute(trx);
  return rows.length > 0;
}
