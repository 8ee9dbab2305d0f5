import { sql } from 'kysely';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';

/** Tells whoever waits for this row (`LISTEN parley_row`) that it has changed, when the transaction commits. */
export async function announceRow(trx: DatabaseTransaction, id: string): Promise<void> {
  await sql`select pg_notify('parley_row', ${id})`.execute(trx);
}

/** Writes down what the live checks of an account found; a draft becomes `connected` or `failed` by it. */
export async function settleAccountChecks(
  db: Database,
  planfixAccountId: string,
  checks: readonly ConnectionCheck[],
): Promise<void> {
  const passed = checks.every((check) => check.ok);
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('planfixAccount')
      .set({
        checks: JSON.stringify(checks),
        state: sql`case when state = 'draft' then ${passed ? 'connected' : 'failed'} else state end`,
      })
      .where('id', '=', planfixAccountId)
      .execute();
    await announceRow(trx, planfixAccountId);
  });
}

/** What a connection's checks must know beside its credentials. */
export type ConnectionUnderCheck = {
  planfixAccountId: string;
  accountState: string;
  state: string;
  settings: ConnectionSettings;
  configuredBy: string;
};

export async function readConnectionUnderCheck(
  db: Database,
  connectionId: string,
): Promise<ConnectionUnderCheck | undefined> {
  return db
    .selectFrom('connection as c')
    .innerJoin('planfixAccount as a', 'a.id', 'c.planfixAccountId')
    .where('c.id', '=', connectionId)
    .select(['c.planfixAccountId', 'a.state as accountState', 'c.state', 'c.settings', 'c.configuredBy'])
    .executeTakeFirst();
}

/** What the channel says about its number; `portfolioId` is the scope of business-scoped user ids. */
export type NumberFacts = {
  displayPhoneNumber: string | undefined;
  verifiedName: string | undefined;
  portfolioId: string | undefined;
};

/** Writes down what the live checks of a connection found; a draft becomes `connected` or `failed` by it. */
export async function settleConnectionChecks(
  db: Database,
  connectionId: string,
  checks: readonly ConnectionCheck[],
  facts: NumberFacts,
): Promise<void> {
  const passed = checks.every((check) => check.ok);
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('connection')
      .set((eb) => ({
        checks: JSON.stringify(checks),
        state: sql`case when state in ('draft', 'checking') then ${passed ? 'connected' : 'failed'} else state end`,
        displayPhoneNumber: eb.fn.coalesce(eb.val(facts.displayPhoneNumber ?? null), 'displayPhoneNumber'),
        verifiedName: eb.fn.coalesce(eb.val(facts.verifiedName ?? null), 'verifiedName'),
        portfolioId: eb.fn.coalesce('portfolioId', eb.val(facts.portfolioId ?? null)),
      }))
      .where('id', '=', connectionId)
      .execute();
    await announceRow(trx, connectionId);
  });
}
