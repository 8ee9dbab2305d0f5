import { sql } from 'kysely';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

/**
 * A key belongs to one caller; `requestDigest` is of method, path and body. `knowsRepeats`: what the request makes is kept
 * with its key in one transaction, so that whoever repeats it while it is at work, or after it died, finds that.
 */
export type IdempotentRequest = { owner: string; key: string; requestDigest: Buffer; knowsRepeats: boolean };

export type Reservation =
  | { kind: 'ours' }
  | { kind: 'answered'; status: number; answer: unknown }
  | { kind: 'in-progress' }
  | { kind: 'other-request' };

/** After this long a key may be used for something else. */
const KEPT_MS = 24 * 60 * 60_000;
/** A request without an answer for this long has died with its process; whoever repeats it takes it over. */
const ABANDONED_MS = 60_000;

const olderThan = (ms: number) => sql<boolean>`created_at < clock_timestamp() - ${ms} * interval '1 millisecond'`;

/** Reserves the key for this request, or tells what became of it. */
export async function reserveKey(db: Database, request: IdempotentRequest): Promise<Reservation> {
  const { owner, key, requestDigest, knowsRepeats } = request;
  return inTransaction(db, async (trx) => {
    const inserted = await trx
      .insertInto('idempotencyKey')
      .values({ owner, key, requestDigest })
      .onConflict((conflict) => conflict.doNothing())
      .returning('key')
      .executeTakeFirst();
    if (inserted) return { kind: 'ours' };
    const row = await trx
      .selectFrom('idempotencyKey')
      .where('owner', '=', owner)
      .where('key', '=', key)
      .select(['requestDigest', 'responseStatus', 'responseBody'])
      .select(olderThan(KEPT_MS).as('isExpired'))
      .select(olderThan(ABANDONED_MS).as('isOld'))
      .forUpdate()
      .executeTakeFirst();
    // Released between the two statements: its holder failed, and a repeat finds it free.
    if (!row) return { kind: 'in-progress' };
    const isSame = row.requestDigest.equals(requestDigest);
    if (!row.isExpired) {
      if (!isSame) return { kind: 'other-request' };
      if (row.responseStatus !== null)
        return { kind: 'answered', status: row.responseStatus, answer: row.responseBody };
      if (!row.isOld && !knowsRepeats) return { kind: 'in-progress' };
    }
    await trx
      .updateTable('idempotencyKey')
      .set({ requestDigest, responseStatus: null, responseBody: null, createdAt: sql`clock_timestamp()` })
      .where('owner', '=', owner)
      .where('key', '=', key)
      .execute();
    return { kind: 'ours' };
  });
}

/** `answer` is stored as it is: whatever is secret in it must be sealed. */
export async function storeAnswer(
  db: Database,
  { owner, key }: Pick<IdempotentRequest, 'owner' | 'key'>,
  answer: { status: number; answer: unknown },
): Promise<void> {
  await db
    .updateTable('idempotencyKey')
    .set({ responseStatus: answer.status, responseBody: JSON.stringify(answer.answer) })
    .where('owner', '=', owner)
    .where('key', '=', key)
    .execute();
}

/** The request changed nothing, so it may be made again with the same key. */
export async function releaseKey(
  db: Database,
  { owner, key }: Pick<IdempotentRequest, 'owner' | 'key'>,
): Promise<void> {
  await db
    .deleteFrom('idempotencyKey')
    .where('owner', '=', owner)
    .where('key', '=', key)
    .where('responseStatus', 'is', null)
    .execute();
}
