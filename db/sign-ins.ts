import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { PARLEY } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { setPassword } from './operators.ts';
import { dropSession, insertSession, type NewSession, type SessionTimes } from './sessions.ts';
import { inTransaction } from './transaction.ts';

/** Wrong passwords for one e-mail address, one after the other, after which none is looked at for a while. */
const MOST_ATTEMPTS = 10;

/**
 * Counts an attempt before its password is looked at, so that many at once are no more guesses than one after the
 * other. Undefined: it may not be looked at. Addresses that nobody has are counted alike.
 */
export async function countAttempt(
  db: Database,
  emailHash: Buffer,
  lockMs: number,
): Promise<{ isLast: boolean } | undefined> {
  await db.deleteFrom('signInAttempt').where('until', '<', sql<Date>`clock_timestamp()`).execute();
  const { rows } = await sql<{ attempts: number }>`
    insert into sign_in_attempt as a (email_hash, attempts, until)
    values (${emailHash}, 1, clock_timestamp() + ${lockMs} * interval '1 millisecond')
    on conflict (email_hash) do update set attempts = a.attempts + 1, until = excluded.until
      where a.attempts < ${MOST_ATTEMPTS}
    returning attempts`.execute(db);
  const [row] = rows;
  return row && { isLast: row.attempts === MOST_ATTEMPTS };
}

/** The last attempt was wrong, too. One statement, whether somebody has that address (undefined: nobody) or not. */
export async function recordLock(db: Database, operatorId: string | undefined): Promise<void> {
  await sql`
    insert into audit_entry (id, actor, action, subject_kind, subject_id)
    select ${uuidv7()}, ${PARLEY}, 'lock-sign-in', 'operator', id from operator
     where id = ${operatorId ?? null}`.execute(db);
}

/** A password that was not looked at was no attempt. */
export async function uncountAttempt(db: Database, emailHash: Buffer): Promise<void> {
  await db
    .updateTable('signInAttempt')
    .set((eb) => ({ attempts: eb('attempts', '-', 1) }))
    .where('emailHash', '=', emailHash)
    .where('attempts', '>', 0)
    .execute();
}

/** The right password, or another proof: what was wrong before counts no more. */
export async function forgetAttempts(db: Database | DatabaseTransaction, emailHash: Buffer): Promise<void> {
  await db.deleteFrom('signInAttempt').where('emailHash', '=', emailHash).execute();
}

export type Candidate = { id: string; passwordHash: string | null };

/** Whoever may sign in with this e-mail address. */
export async function findByEmail(db: Database, email: string): Promise<Candidate | undefined> {
  return db
    .selectFrom('operator')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('disabledAt', 'is', null)
    .select(['id', 'passwordHash'])
    .executeTakeFirst();
}

export async function readPasswordHash(db: Database, operatorId: string): Promise<string | null> {
  const row = await db.selectFrom('operator').where('id', '=', operatorId).select('passwordHash').executeTakeFirst();
  return row?.passwordHash ?? null;
}

/** `formerHash`: of the session that the browser held before, which ends. */
export type BeginSession = NewSession & { formerHash: Buffer | undefined; times: SessionTimes };

/** Begins a session of somebody who has just proven who they are. */
export async function beginSession(
  trx: DatabaseTransaction,
  { formerHash, times, ...session }: BeginSession,
): Promise<void> {
  if (formerHash) await dropSession(trx, formerHash);
  await insertSession(trx, session, times);
}

export type PasswordProof = {
  emailHash: Buffer;
  /** What the password was compared with. */
  passwordHash: string;
  /** A new password that they choose: all their sessions end before this one begins. */
  newHash?: string;
};

/**
 * Lets somebody in whose password was right. False: they were disabled, or have chosen another one, while theirs was
 * looked at.
 */
export async function signIn(db: Database, session: BeginSession, proof: PasswordProof): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .selectFrom('operator')
      .where('id', '=', session.operatorId)
      .where('passwordHash', '=', proof.passwordHash)
      .where('disabledAt', 'is', null)
      .select('id')
      .forUpdate()
      .executeTakeFirst();
    if (!row) return false;
    await forgetAttempts(trx, proof.emailHash);
    if (proof.newHash !== undefined) await setPassword(trx, session.operatorId, proof.newHash);
    await beginSession(trx, session);
    return true;
  });
}
