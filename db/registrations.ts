import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { beginStep } from './connection-steps.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

/** What the network allows for one number; registering and deregistering share it. (onboarding: A.5) */
const CALLS = 10;
const WINDOW_MS = 72 * 60 * 60_000;

const recent = sql<boolean>`called_at > clock_timestamp() - ${WINDOW_MS} * interval '1 millisecond'`;

type Registration = { connectionId: string; provider: string; numberKey: string; pin: Buffer };

/**
 * Counts a registration and writes down that it is about to be called, with its sealed PIN. `called-before`: an earlier
 * attempt got that far, and whether the network heard of it has to be found out. The budget outlives the connection.
 */
export async function beginRegistration(
  db: Database,
  { connectionId, provider, numberKey, pin }: Registration,
): Promise<'begun' | 'called-before' | 'budget-used'> {
  return inTransaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`registration/${provider}/${numberKey}`}, 0))`.execute(
      trx,
    );
    const { calls } = await trx
      .selectFrom('registrationCall')
      .where('provider', '=', provider)
      .where('numberKey', '=', numberKey)
      .where(recent)
      .select((eb) => eb.fn.countAll<string>().as('calls'))
      .executeTakeFirstOrThrow();
    if (Number(calls) >= CALLS) return 'budget-used';
    if (!(await beginStep(trx, connectionId, 'register'))) return 'called-before';
    await trx.insertInto('registrationCall').values({ id: uuidv7(), provider, numberKey, pin }).execute();
    await trx.updateTable('connection').set({ pin }).where('id', '=', connectionId).execute();
    return 'begun';
  });
}

/** The PIN of the last registration, which the number may have although its answer was lost. */
export async function readLastPin(db: Database, provider: string, numberKey: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('registrationCall')
    .where('provider', '=', provider)
    .where('numberKey', '=', numberKey)
    .where('pin', 'is not', null)
    .where(recent)
    .orderBy('calledAt', 'desc')
    .select('pin')
    .limit(1)
    .executeTakeFirst();
  return row?.pin ?? undefined;
}

/** The network refused the last registration, so that its PIN is not that of the number. */
export async function forgetLastPin(db: Database, provider: string, numberKey: string): Promise<void> {
  await sql`
    update registration_call set pin = null where id = (
      select id from registration_call where provider = ${provider} and number_key = ${numberKey}
       order by called_at desc limit 1)`.execute(db);
}

/** Calls that do not count any more. */
export async function deleteOldRegistrations(db: Database): Promise<void> {
  await db.deleteFrom('registrationCall').where(sql<boolean>`not (${recent})`).execute();
}
