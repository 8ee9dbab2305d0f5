import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
import { keepCheckProblem } from './checks.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A Planfix account as the API shows it: no secret, sealed or not. */
export type PlanfixAccountRow = {
  id: string;
  name: string;
  url: string;
  primaryAdmin: string;
  timeZone: string | null;
  state: string;
  checks: ConnectionCheck[];
  pausedReason: string | null;
  pausedAt: Date | null;
  createdAt: Date;
};

const SHOWN = [
  'id',
  'name',
  'url',
  'primaryAdmin',
  'timeZone',
  'state',
  'checks',
  'pausedReason',
  'pausedAt',
  'createdAt',
] as const;

export type NewPlanfixAccount = {
  name: string;
  url: string;
  token: Buffer;
  primaryAdmin: string;
  timeZone?: string | undefined;
  hintSecret: Buffer;
};

/**
 * Stores sealed credentials in a draft, for the worker to check. Undefined: the address is taken. A failed draft that
 * still lies about makes room.
 */
export async function insertAccountDraft(
  db: Database,
  { timeZone, ...account }: NewPlanfixAccount,
  actor: string,
): Promise<string | undefined> {
  const id = uuidv7();
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      await trx.deleteFrom('planfixAccount').where('url', '=', account.url).where('state', '=', 'failed').execute();
      await trx
        .insertInto('planfixAccount')
        .values({ id, ...account, timeZone: timeZone ?? null, state: 'draft' })
        .execute();
      await recordAudit(trx, { actor, action: 'create', subjectKind: 'planfix-account', subjectId: id });
      return id;
    }),
  );
}

/** Removes what did not pass its checks, with its sealed credentials; anything else stays. */
export async function deleteAccountDraft(db: Database, id: string): Promise<void> {
  await db.deleteFrom('planfixAccount').where('id', '=', id).where('state', 'in', ['draft', 'failed']).execute();
}

export async function readAccount(
  db: Database,
  id: string,
  visibility: Visibility,
): Promise<PlanfixAccountRow | undefined> {
  if (visibility.planfixAccountId !== undefined && visibility.planfixAccountId !== id) return undefined;
  return db.selectFrom('planfixAccount').where('id', '=', id).select(SHOWN).executeTakeFirst();
}

export async function listAccounts(
  db: Database,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<PlanfixAccountRow>> {
  const rows = await db
    .selectFrom('planfixAccount')
    .$if(visibility.planfixAccountId !== undefined, (query) =>
      query.where('id', '=', visibility.planfixAccountId as string),
    )
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(SHOWN)
    .execute();
  return toPage(rows, limit);
}

export type AccountChanges = { name?: string; primaryAdmin?: string; timeZone?: string | null; token?: Buffer };

/** What a change replaced, for putting it back. */
export type AccountBefore = {
  name: string;
  primaryAdmin: string;
  timeZone: string | null;
  token: Buffer;
  checks: ConnectionCheck[];
};

/**
 * Changes an account that is in use, and returns what was there before; undefined: there is none that is in use. What
 * was found out about the old token or admin is cleared with them, so that the next checks are known to be new ones. A
 * new token makes a paused account's probe due at once.
 */
export async function changeAccount(
  db: Database,
  id: string,
  changes: AccountChanges,
  actor: string,
): Promise<AccountBefore | undefined> {
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('planfixAccount')
      .where('id', '=', id)
      .where('state', 'in', ['connected', 'paused'])
      .select(['name', 'primaryAdmin', 'timeZone', 'token', 'checks'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return undefined;
    await trx
      .updateTable('planfixAccount')
      .set({
        ...changes,
        ...(changes.token || changes.primaryAdmin !== undefined ? { checks: '[]' } : {}),
        ...(changes.token ? { probeAttempts: 0, pollDueAt: sql`clock_timestamp()` } : {}),
      })
      .where('id', '=', id)
      .execute();
    const detail = { fields: Object.keys(changes) };
    await recordAudit(trx, { actor, action: 'update', subjectKind: 'planfix-account', subjectId: id, detail });
    return before;
  });
}

/**
 * Takes a change back that did not pass its checks, unless somebody has changed the account again meanwhile.
 * `check-again`: what is there now was being checked when it was changed, and nobody knows whether it works.
 */
export async function undoAccountChange(
  db: Database,
  id: string,
  change: { before: AccountBefore; changes: AccountChanges; actor: string },
): Promise<'undone' | 'check-again'> {
  const { before, changes, actor } = change;
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('planfixAccount')
      .set({ ...before, checks: JSON.stringify(before.checks), pollDueAt: sql`clock_timestamp()` })
      .where('id', '=', id)
      .where('token', '=', changes.token ?? before.token)
      .where('primaryAdmin', '=', changes.primaryAdmin ?? before.primaryAdmin)
      .where('name', '=', changes.name ?? before.name)
      .returning(['id as planfixAccountId', 'state'])
      .executeTakeFirst();
    if (!row) return 'undone';
    await keepCheckProblem(trx, { ...row, kind: 'account-check-failed' }, before.checks);
    await recordAudit(trx, { actor, action: 'undo-update', subjectKind: 'planfix-account', subjectId: id });
    return before.checks.length > 0 ? 'undone' : 'check-again';
  });
}

/** Makes room for the checks that are about to be asked for: whatever stands there afterwards is new. */
export async function clearAccountChecks(db: Database, id: string): Promise<void> {
  await db.updateTable('planfixAccount').set({ checks: '[]' }).where('id', '=', id).execute();
}

/** False: the caller sees no such account. */
export async function replaceHintSecret(
  db: Database,
  id: string,
  change: { hintSecret: Buffer; visibility: Visibility; actor: string },
): Promise<boolean> {
  const { hintSecret, visibility, actor } = change;
  if (visibility.planfixAccountId !== undefined && visibility.planfixAccountId !== id) return false;
  return inTransaction(db, async (trx) => {
    const result = await trx.updateTable('planfixAccount').set({ hintSecret }).where('id', '=', id).executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await recordAudit(trx, { actor, action: 'replace-hint-secret', subjectKind: 'planfix-account', subjectId: id });
    return true;
  });
}

/** The sealed secret that a scenario must show; only accounts that are in use take hints. */
export async function readHintSecret(db: Database, id: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('planfixAccount')
    .where('id', '=', id)
    .where('state', 'in', ['connected', 'paused'])
    .select('hintSecret')
    .executeTakeFirst();
  return row?.hintSecret;
}

/** A hint told twice is one row. */
export async function storeHint(
  db: Database,
  hint: { planfixAccountId: string; planfixTask: number; planfixComment: number },
): Promise<void> {
  await db
    .insertInto('planfixHint')
    .values({ id: uuidv7(), ...hint })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // To the minute: many hints must not queue for the account's row.
  await db
    .updateTable('planfixAccount')
    .set({ hintSeenAt: sql`clock_timestamp()` })
    .where('id', '=', hint.planfixAccountId)
    .where(sql<boolean>`coalesce(hint_seen_at, '-infinity') < clock_timestamp() - interval '1 minute'`)
    .execute();
}
