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

/**
 * What is needed to call a connection's channel. `accessToken`: null once it was destroyed; `appId`: null where no app
 * signs webhooks; `webhookSecret`: null where one does.
 */
export type ConnectionAccess = {
  id: string;
  provider: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: Buffer | null;
  appId: string | null;
  appSecret: Buffer | null;
  webhookSecret: Buffer | null;
  state: string;
};

export async function readConnectionAccess(db: Database, connectionId: string): Promise<ConnectionAccess | undefined> {
  return db
    .selectFrom('connection as c')
    .leftJoin('metaApp as m', 'm.id', 'c.metaAppId')
    .where('c.id', '=', connectionId)
    .select([
      'c.id',
      'c.provider',
      'c.phoneNumberId',
      'c.wabaId',
      'c.accessToken',
      'm.appId',
      'm.appSecret',
      'c.webhookSecret',
      'c.state',
    ])
    .executeTakeFirst();
}
