import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { operatorActor, recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import type { Language, Role } from './operators.ts';
import { inTransaction } from './transaction.ts';

/** A session that holds, and whose it is. */
export type SessionRow = {
  id: string;
  operatorId: string;
  expiresAt: Date;
  name: string;
  email: string;
  role: Role;
  language: Language;
};

export type SessionTimes = { sessionMs: number; sessionIdleMs: number };

/** Being seen is written down at most this often: a page makes many calls. */
const SEEN_EVERY_MS = 60_000;

const fromNow = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;
const isOlder = (column: string, ms: number) =>
  sql<boolean>`${sql.ref(column)} < clock_timestamp() - ${ms} * interval '1 millisecond'`;

/** How somebody got in. */
export type WayIn = 'password' | 'link' | 'single-sign-on';
export type NewSession = { operatorId: string; secretHash: Buffer; way: WayIn };

/** Begins a session; always a new one, whatever the browser brought along. */
export async function insertSession(
  trx: DatabaseTransaction,
  { operatorId, secretHash, way }: NewSession,
  { sessionMs, sessionIdleMs }: SessionTimes,
): Promise<void> {
  await trx
    .deleteFrom('session')
    .where((eb) => eb.or([isOlder('expires_at', 0), isOlder('last_seen_at', sessionIdleMs)]))
    .execute();
  const id = uuidv7();
  await trx
    .insertInto('session')
    .values({ id, operatorId, secretHash, expiresAt: fromNow(sessionMs) })
    .execute();
  const actor = operatorActor(operatorId);
  await recordAudit(trx, { actor, action: 'sign-in', subjectKind: 'session', subjectId: id, detail: { way } });
}

const holding = (db: Database, sessionIdleMs: number) =>
  db
    .selectFrom('session')
    .innerJoin('operator', 'operator.id', 'session.operatorId')
    .where('operator.disabledAt', 'is', null)
    .where((eb) => eb.not(eb.or([isOlder('session.expires_at', 0), isOlder('session.last_seen_at', sessionIdleMs)])));

/** The session that has this secret, unless it is over. */
export async function findSession(
  db: Database,
  secretHash: Buffer,
  sessionIdleMs: number,
): Promise<SessionRow | undefined> {
  const row = await holding(db, sessionIdleMs)
    .where('session.secretHash', '=', secretHash)
    .select(['session.id', 'session.operatorId', 'session.expiresAt', 'operator.name', 'operator.email'])
    .select(sql<Role>`operator.role`.as('role'))
    .select(sql<Language>`operator.language`.as('language'))
    .select(isOlder('session.last_seen_at', Math.min(SEEN_EVERY_MS, sessionIdleMs / 2)).as('isStale'))
    .executeTakeFirst();
  if (!row) return undefined;
  const { isStale, ...session } = row;
  if (isStale) {
    const lastSeenAt = sql<Date>`clock_timestamp()`;
    await db.updateTable('session').set({ lastSeenAt }).where('id', '=', session.id).execute();
  }
  return session;
}

/** Which of these sessions still hold. */
export async function listHolding(db: Database, ids: readonly string[], sessionIdleMs: number): Promise<Set<string>> {
  const rows = await holding(db, sessionIdleMs).where('session.id', 'in', ids).select('session.id').execute();
  return new Set(rows.map((row) => row.id));
}

/** Signs out. */
export async function endSession(db: Database, { id, operatorId }: { id: string; operatorId: string }): Promise<void> {
  await inTransaction(db, async (trx) => {
    const result = await trx.deleteFrom('session').where('id', '=', id).executeTakeFirst();
    if (result.numDeletedRows === 0n) return;
    const actor = operatorActor(operatorId);
    await recordAudit(trx, { actor, action: 'sign-out', subjectKind: 'session', subjectId: id });
  });
}

/** Forgets the session that a browser held when somebody signed in anew there. */
export async function dropSession(trx: DatabaseTransaction, secretHash: Buffer): Promise<void> {
  await trx.deleteFrom('session').where('secretHash', '=', secretHash).execute();
}

export async function endSessionsOf(trx: DatabaseTransaction, operatorId: string): Promise<void> {
  await trx.deleteFrom('session').where('operatorId', '=', operatorId).execute();
}
