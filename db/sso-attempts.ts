import { sql } from 'kysely';
import { operatorActor, recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { addOperator, hasOperators, type Role } from './operators.ts';
import { type BeginSession, beginSession } from './sign-ins.ts';
import { inTransaction } from './transaction.ts';

/** Somebody who was sent to the identity provider. */
export type SsoAttempt = { nonce: string; codeVerifier: Buffer; returnTo: string };

const isOver = (validMs: number) =>
  sql<boolean>`created_at < clock_timestamp() - ${validMs} * interval '1 millisecond'`;

/** `stateHash`: of the state that comes back with them. */
export async function insertAttempt(
  db: Database,
  stateHash: Buffer,
  attempt: SsoAttempt,
  validMs: number,
): Promise<void> {
  await db.deleteFrom('ssoAttempt').where(isOver(validMs)).execute();
  await db
    .insertInto('ssoAttempt')
    .values({ stateHash, ...attempt })
    .execute();
}

/** Takes the attempt, which is good for one answer. Undefined: there is none, or it took too long. */
export async function takeAttempt(db: Database, stateHash: Buffer, validMs: number): Promise<SsoAttempt | undefined> {
  return db
    .deleteFrom('ssoAttempt')
    .where('stateHash', '=', stateHash)
    .where(sql<boolean>`not ${isOver(validMs)}`)
    .returning(['nonce', 'codeVerifier', 'returnTo'])
    .executeTakeFirst();
}

/** Whom the identity provider names. */
export type SsoPerson = {
  /** Issuer and subject: what stays, whatever their address becomes. */
  subject: string;
  /** Only one that the identity provider has verified. */
  verifiedEmail: string | undefined;
  name: string | undefined;
};

export type SsoOutcome = 'signed-in' | 'unknown-person' | 'unverified-email' | 'disabled';

/**
 * Lets in whom the identity provider names: whoever came that way before, or whoever has that verified e-mail address.
 * `defaultRole`: others are made operators with this role; undefined: they stay outside.
 */
export async function signInBySso(
  db: Database,
  person: SsoPerson,
  defaultRole: Role | undefined,
  session: Omit<BeginSession, 'operatorId' | 'way'>,
): Promise<SsoOutcome> {
  return inTransaction(db, async (trx) => {
    const found = await findPerson(trx, person, defaultRole);
    if (typeof found === 'string') return found;
    await beginSession(trx, { ...session, operatorId: found.id, way: 'single-sign-on' });
    return 'signed-in';
  });
}

async function findPerson(
  trx: DatabaseTransaction,
  { subject, verifiedEmail, name }: SsoPerson,
  defaultRole: Role | undefined,
): Promise<{ id: string } | SsoOutcome> {
  // Two first sign-ins of one person at once would be two rows, or one error.
  await sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(trx);
  const known = await trx
    .selectFrom('operator')
    .where('ssoSubject', '=', subject)
    .select(['id', 'disabledAt'])
    .forUpdate()
    .executeTakeFirst();
  if (known) return known.disabledAt === null ? known : 'disabled';
  if (verifiedEmail === undefined) return 'unverified-email';
  const meant = await trx
    .selectFrom('operator')
    .where(sql`lower(email)`, '=', verifiedEmail.toLowerCase())
    .select(['id', 'ssoSubject', 'disabledAt'])
    .forUpdate()
    .executeTakeFirst();
  if (meant?.disabledAt) return 'disabled';
  // An address that was given to somebody else lets its new holder into nothing.
  if (meant?.ssoSubject) return 'unknown-person';
  if (meant) {
    await trx.updateTable('operator').set({ ssoSubject: subject }).where('id', '=', meant.id).execute();
    const entry = { actor: operatorActor(meant.id), subjectKind: 'operator', subjectId: meant.id };
    await recordAudit(trx, { ...entry, action: 'link-single-sign-on' });
    return meant;
  }
  // Somebody who may do everything comes first, by the address that the api prints.
  if (defaultRole === undefined || !(await hasOperators(trx))) return 'unknown-person';
  const operator = { name: name ?? verifiedEmail, email: verifiedEmail, role: defaultRole, language: 'en' as const };
  return addOperator(trx, { ...operator, ssoSubject: subject });
}
