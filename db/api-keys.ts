import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from './audit.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** An API key as the API shows it; its secret exists nowhere but with its holder. */
export type ApiKeyRow = {
  id: string;
  name: string;
  scopes: string[];
  planfixAccountId: string | null;
  createdAt: Date;
  revokedAt: Date | null;
};

const SHOWN = ['id', 'name', 'scopes', 'planfixAccountId', 'createdAt', 'revokedAt'] as const;

export type NewApiKey = {
  name: string;
  /** SHA-256 of the secret, which has 256 random bits, so that nothing slower is needed. */
  secretHash: Buffer;
  scopes: string[];
  planfixAccountId: string | null;
};

export async function insertApiKey(db: Database, key: NewApiKey, actor: string): Promise<ApiKeyRow> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .insertInto('apiKey')
      .values({ id: uuidv7(), ...key })
      .returning(SHOWN)
      .executeTakeFirstOrThrow();
    const detail = { scopes: key.scopes, isBound: key.planfixAccountId !== null };
    await recordAudit(trx, { actor, action: 'create', subjectKind: 'api-key', subjectId: row.id, detail });
    return row;
  });
}

/** The key that has this secret, unless it was revoked. */
export async function findApiKey(
  db: Database,
  secretHash: Buffer,
): Promise<{ id: string; scopes: string[]; planfixAccountId: string | null } | undefined> {
  return db
    .selectFrom('apiKey')
    .where('secretHash', '=', secretHash)
    .where('revokedAt', 'is', null)
    .select(['id', 'scopes', 'planfixAccountId'])
    .executeTakeFirst();
}

function visibleKeys(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('apiKey')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string));
}

export async function readApiKey(db: Database, id: string, visibility: Visibility): Promise<ApiKeyRow | undefined> {
  return visibleKeys(db, visibility).where('id', '=', id).select(SHOWN).executeTakeFirst();
}

export async function listApiKeys(
  db: Database,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<ApiKeyRow>> {
  const rows = await visibleKeys(db, visibility)
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(SHOWN)
    .execute();
  return toPage(rows, limit);
}

/** Revoking again changes nothing. False: there is no such key. */
export async function revokeApiKey(
  db: Database,
  id: string,
  { planfixAccountId }: Visibility,
  actor: string,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const result = await trx
      .updateTable('apiKey')
      .set((eb) => ({ revokedAt: eb.fn.coalesce('revokedAt', sql<Date>`clock_timestamp()`) }))
      .where('id', '=', id)
      .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await recordAudit(trx, { actor, action: 'revoke', subjectKind: 'api-key', subjectId: id });
    return true;
  });
}
