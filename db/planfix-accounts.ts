import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
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
  hintSecret: Buffer;
};

/**
 * Stores sealed credentials in a draft, for the worker to check. Undefined: the address is taken. A failed draft that
 * still lies about makes room.
 */
export async function insertAccountDraft(
  db: Database,
  account: NewPlanfixAccount,
  actor: string,
): Promise<string | undefined> {
  const id = randomUUIDv7();
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      await trx.deleteFrom('planfixAccount').where('url', '=', account.url).where('state', '=', 'failed').execute();
      await trx
        .insertInto('planfixAccount')
        .values({ id, ...account, state: 'draft' })
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

export type AccountChanges = { name?: string; primaryAdmin?: string; token?: Buffer };

/** A new token makes a paused account's probe due at once. False: there is no such account. */
export async function updateAccount(
  db: Database,
  id: string,
  changes: AccountChanges,
  actor: string,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const result = await trx
      .updateTable('planfixAccount')
      .set({
        ...changes,
        ...(changes.token ? { probeAttempts: 0, pollDueAt: sql`clock_timestamp()` } : {}),
      })
      .where('id', '=', id)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await recordAudit(trx, { actor, action: 'update', subjectKind: 'planfix-account', subjectId: id });
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
    .values({ id: randomUUIDv7(), ...hint })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
