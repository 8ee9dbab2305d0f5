import type { Database } from './database.ts';

/** What is needed to call an account's REST API. */
export type AccountAccess = {
  id: string;
  url: string;
  token: Buffer;
  state: string;
  primaryAdmin: string;
  clockOffsetMs: number;
  timeZone: string | null;
  createdAt: Date;
};

export async function readAccountAccess(db: Database, planfixAccountId: string): Promise<AccountAccess | undefined> {
  return db
    .selectFrom('planfixAccount')
    .where('id', '=', planfixAccountId)
    .select(['id', 'url', 'token', 'state', 'primaryAdmin', 'clockOffsetMs', 'timeZone', 'createdAt'])
    .executeTakeFirst();
}

/** Of the employee to whom the account's token belongs; null: not known yet. */
export async function readTimeZone(db: Database, planfixAccountId: string): Promise<string | null> {
  const row = await db
    .selectFrom('planfixAccount')
    .where('id', '=', planfixAccountId)
    .select('timeZone')
    .executeTakeFirst();
  return row?.timeZone ?? null;
}

/** What is needed to call a connection's channel. */
export type ConnectionAccess = {
  id: string;
  provider: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: Buffer;
  appId: string;
  state: string;
};

export async function readConnectionAccess(db: Database, connectionId: string): Promise<ConnectionAccess | undefined> {
  return db
    .selectFrom('connection as c')
    .innerJoin('metaApp as m', 'm.id', 'c.metaAppId')
    .where('c.id', '=', connectionId)
    .select(['c.id', 'c.provider', 'c.phoneNumberId', 'c.wabaId', 'c.accessToken', 'm.appId', 'c.state'])
    .executeTakeFirst();
}

/** Cached choices of an account: employees, task templates. */
export async function readDirectory(
  db: Database,
  planfixAccountId: string,
  kind: 'employees' | 'task-templates',
): Promise<{ items: unknown[]; refreshedAt: Date } | undefined> {
  return db
    .selectFrom('planfixDirectory')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('kind', '=', kind)
    .select(['items', 'refreshedAt'])
    .executeTakeFirst();
}

export async function storeDirectory(
  db: Database,
  planfixAccountId: string,
  kind: 'employees' | 'task-templates',
  items: readonly unknown[],
): Promise<void> {
  const row = { items: JSON.stringify(items), refreshedAt: new Date() };
  await db
    .insertInto('planfixDirectory')
    .values({ planfixAccountId, kind, ...row })
    .onConflict((conflict) => conflict.columns(['planfixAccountId', 'kind']).doUpdateSet(row))
    .execute();
}
