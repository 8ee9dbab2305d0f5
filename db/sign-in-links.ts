import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { addOperator, hasOperators, type Language, setPassword } from './operators.ts';
import { type BeginSession, beginSession, forgetAttempts } from './sign-ins.ts';
import { inTransaction } from './transaction.ts';

/** What a secret address lets its holder do, once. */
export type LinkPurpose = 'first-operator' | 'invitation' | 'new-password';

const inMs = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;

/** The address by which the first administrator gets in; false: there are operators already. Former ones end. */
export async function insertFirstLink(db: Database, secretHash: Buffer, validMs: number): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    if (await hasOperators(trx)) return false;
    await trx.deleteFrom('signInLink').where('purpose', '=', 'first-operator').where('usedAt', 'is', null).execute();
    await trx
      .insertInto('signInLink')
      .values({ id: uuidv7(), secretHash, purpose: 'first-operator', expiresAt: inMs(validMs) })
      .execute();
    return true;
  });
}

type LinkTimes = { invitationMs: number; newPasswordMs: number };

/**
 * An address by which an operator chooses a password: an invitation while they have none. Former ones of theirs end.
 * Undefined: there is no such operator, or they are disabled.
 */
export async function insertLinkFor(
  db: Database,
  { operatorId, secretHash, actor }: { operatorId: string; secretHash: Buffer; actor: string },
  times: LinkTimes,
): Promise<{ expiresAt: Date; purpose: LinkPurpose } | undefined> {
  return inTransaction(db, async (trx) => {
    const operator = await trx
      .selectFrom('operator')
      .where('id', '=', operatorId)
      .where('disabledAt', 'is', null)
      .select('passwordHash')
      .forUpdate()
      .executeTakeFirst();
    if (!operator) return undefined;
    const purpose = operator.passwordHash === null ? 'invitation' : 'new-password';
    await endLinksOf(trx, operatorId);
    const validMs = purpose === 'invitation' ? times.invitationMs : times.newPasswordMs;
    const { expiresAt } = await trx
      .insertInto('signInLink')
      .values({ id: uuidv7(), secretHash, purpose, operatorId, expiresAt: inMs(validMs) })
      .returning('expiresAt')
      .executeTakeFirstOrThrow();
    const entry = { actor, action: 'create-sign-in-link', subjectKind: 'operator', subjectId: operatorId };
    await recordAudit(trx, { ...entry, detail: { purpose } });
    return { expiresAt, purpose };
  });
}

async function endLinksOf(trx: DatabaseTransaction, operatorId: string): Promise<void> {
  await trx.deleteFrom('signInLink').where('operatorId', '=', operatorId).where('usedAt', 'is', null).execute();
}

const usable = (db: Database | DatabaseTransaction, secretHash: Buffer) =>
  db
    .selectFrom('signInLink')
    .leftJoin('operator', 'operator.id', 'signInLink.operatorId')
    .where('signInLink.secretHash', '=', secretHash)
    .where('signInLink.usedAt', 'is', null)
    .where('signInLink.expiresAt', '>', sql<Date>`clock_timestamp()`)
    .where('operator.disabledAt', 'is', null)
    // Nobody is the first any more once there is somebody.
    .where(sql<boolean>`(sign_in_link.operator_id is not null or not exists (select from operator))`)
    .select(['signInLink.id', 'signInLink.operatorId', 'operator.name', 'operator.email'])
    .select(sql<LinkPurpose>`sign_in_link.purpose`.as('purpose'));

export type UsableLink = {
  purpose: LinkPurpose;
  /** Null: of somebody who is still to be made. */
  name: string | null;
  email: string | null;
};

/** What this secret is good for; undefined: nothing, or nothing any more. */
export async function findLink(db: Database, secretHash: Buffer): Promise<UsableLink | undefined> {
  return usable(db, secretHash).executeTakeFirst();
}

export type LinkUse = {
  secretHash: Buffer;
  name: string | undefined;
  /** Of the first administrator; everybody else has one. */
  email: string | undefined;
  language: Language;
  passwordHash: string;
  session: Omit<BeginSession, 'operatorId' | 'way'>;
  emailHashOf: (email: string) => Buffer;
};

/** Uses a secret address: of two browsers that do at once, one gets in. Undefined: it is good for nothing any more. */
export async function redeemLink(db: Database, use: LinkUse): Promise<{ operatorId: string } | undefined> {
  return inTransaction(db, async (trx) => {
    const link = await trx
      .selectFrom('signInLink')
      .where('secretHash', '=', use.secretHash)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
      .select(['id', 'operatorId'])
      .forUpdate()
      .executeTakeFirst();
    if (!link) return undefined;
    const operatorId = link.operatorId === null ? await addFirst(trx, use) : await renew(trx, link.operatorId, use);
    // Nobody got in: it stays what it was.
    if (operatorId === undefined) return undefined;
    const usedAt = sql<Date>`clock_timestamp()`;
    await trx.updateTable('signInLink').set({ usedAt }).where('id', '=', link.id).execute();
    await beginSession(trx, { ...use.session, operatorId, way: 'link' });
    return { operatorId };
  });
}

/** One at a time: two api processes may have given out an address each. */
async function addFirst(trx: DatabaseTransaction, use: LinkUse): Promise<string | undefined> {
  const { name, email, language, passwordHash } = use;
  await sql`lock table operator in share row exclusive mode`.execute(trx);
  if (name === undefined || email === undefined || (await hasOperators(trx))) return undefined;
  return (await addOperator(trx, { name, email, role: 'admin', language, passwordHash })).id;
}

async function renew(trx: DatabaseTransaction, id: string, use: LinkUse): Promise<string | undefined> {
  const operator = await trx
    .selectFrom('operator')
    .where('id', '=', id)
    .where('disabledAt', 'is', null)
    .select('email')
    .forUpdate()
    .executeTakeFirst();
  if (!operator) return undefined;
  if (use.name !== undefined) await trx.updateTable('operator').set({ name: use.name }).where('id', '=', id).execute();
  await forgetAttempts(trx, use.emailHashOf(operator.email));
  await setPassword(trx, id, use.passwordHash);
  await endLinksOf(trx, id);
  return id;
}
