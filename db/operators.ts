import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { operatorActor, recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { endSessionsOf } from './sessions.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { type Page, type PageRequest, toPage } from './visibility.ts';

export const ROLES = ['admin', 'agent', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Somebody who uses the console, as the API shows them: no password, hashed or not. */
export type OperatorRow = {
  id: string;
  name: string;
  email: string;
  role: Role;
  language: Language;
  hasPassword: boolean;
  hasSingleSignOn: boolean;
  disabledAt: Date | null;
  createdAt: Date;
  /** The last call in the console; null: not signed in. */
  lastSeenAt: Date | null;
};

const shown = (db: Database | DatabaseTransaction) =>
  db
    .selectFrom('operator')
    .select(['id', 'name', 'email', 'disabledAt', 'createdAt'])
    .select(sql<Role>`role`.as('role'))
    .select(sql<Language>`language`.as('language'))
    .select(sql<boolean>`password_hash is not null`.as('hasPassword'))
    .select(sql<boolean>`sso_subject is not null`.as('hasSingleSignOn'))
    .select((eb) =>
      eb
        .selectFrom('session')
        .whereRef('session.operatorId', '=', 'operator.id')
        .select((session) => session.fn.max('session.lastSeenAt').as('at'))
        .as('lastSeenAt'),
    );

export type NewOperator = { name: string; email: string; role: Role; language: Language };

/** Undefined: somebody has this e-mail address already. */
export async function insertOperator(
  db: Database,
  operator: NewOperator,
  actor: string,
): Promise<{ id: string } | undefined> {
  return unlessTaken(() => inTransaction(db, (trx) => addOperator(trx, { ...operator, actor })));
}

export type AddedOperator = NewOperator & {
  passwordHash?: string;
  ssoSubject?: string;
  /** Undefined: they have made themselves. */
  actor?: string | undefined;
};

/** Throws where somebody has this e-mail address already. */
export async function addOperator(
  trx: DatabaseTransaction,
  { actor, ...operator }: AddedOperator,
): Promise<{ id: string }> {
  const id = uuidv7();
  await trx
    .insertInto('operator')
    .values({ id, ...operator })
    .execute();
  const detail = { role: operator.role };
  const by = actor ?? operatorActor(id);
  await recordAudit(trx, { actor: by, action: 'create', subjectKind: 'operator', subjectId: id, detail });
  return { id };
}

export async function readOperator(db: Database | DatabaseTransaction, id: string): Promise<OperatorRow | undefined> {
  return shown(db).where('id', '=', id).executeTakeFirst();
}

/** Newest first, disabled ones included. */
export async function listOperators(db: Database, { after, limit }: PageRequest): Promise<Page<OperatorRow>> {
  const rows = await shown(db)
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}

export async function hasOperators(db: Database | DatabaseTransaction): Promise<boolean> {
  return (await db.selectFrom('operator').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export type OperatorChanges = { name?: string; role?: Role; disabled?: boolean };

/**
 * Changes an operator; another role, or being disabled, ends all of their sessions. `last-admin`: nobody would be left
 * who may do everything.
 */
export async function updateOperator(
  db: Database,
  id: string,
  changes: OperatorChanges,
  actor: string,
): Promise<'updated' | 'unchanged' | 'unknown' | 'last-admin'> {
  return inTransaction(db, async (trx) => {
    // Whoever takes rights away holds all that have them, so that two admins cannot take them from each other at once.
    const admins = await lockAdmins(trx);
    const before = await trx
      .selectFrom('operator')
      .where('id', '=', id)
      .select(['name', 'role', 'disabledAt'])
      .forUpdate()
      .executeTakeFirst();
    if (!before) return 'unknown';
    const { name = before.name, role = before.role, disabled = before.disabledAt !== null } = changes;
    const fields = [
      ...(name === before.name ? [] : ['name']),
      ...(role === before.role ? [] : ['role']),
      ...(disabled === (before.disabledAt !== null) ? [] : ['disabled']),
    ];
    if (fields.length === 0) return 'unchanged';
    const staysAdmin = role === 'admin' && !disabled;
    if (!staysAdmin && admins.length === 1 && admins[0] === id) return 'last-admin';
    const disabledAt = disabled ? sql<Date>`coalesce(disabled_at, clock_timestamp())` : null;
    await trx.updateTable('operator').set({ name, role, disabledAt }).where('id', '=', id).execute();
    if (fields.includes('role') || disabled) await endSessionsOf(trx, id);
    const detail = { fields, ...(fields.includes('role') ? { role } : {}), ...(disabled ? { disabled } : {}) };
    await recordAudit(trx, { actor, action: 'update', subjectKind: 'operator', subjectId: id, detail });
    return 'updated';
  });
}

/** All who may do everything, locked in one order. */
async function lockAdmins(trx: DatabaseTransaction): Promise<string[]> {
  const rows = await trx
    .selectFrom('operator')
    .where('role', '=', 'admin')
    .where('disabledAt', 'is', null)
    .orderBy('id')
    .select('id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.id);
}

/** What an operator may change of themselves at any time. */
export async function updateOwnAccount(
  db: Database,
  id: string,
  changes: { name?: string; language?: Language },
): Promise<void> {
  const fields = Object.keys(changes);
  if (fields.length === 0) return;
  await inTransaction(db, async (trx) => {
    await trx.updateTable('operator').set(changes).where('id', '=', id).execute();
    const actor = operatorActor(id);
    await recordAudit(trx, { actor, action: 'update', subjectKind: 'operator', subjectId: id, detail: { fields } });
  });
}

/** Sets a password and ends all sessions that were begun before. */
export async function setPassword(trx: DatabaseTransaction, id: string, passwordHash: string): Promise<void> {
  await trx.updateTable('operator').set({ passwordHash }).where('id', '=', id).execute();
  await endSessionsOf(trx, id);
  const actor = operatorActor(id);
  await recordAudit(trx, { actor, action: 'change-password', subjectKind: 'operator', subjectId: id });
}
