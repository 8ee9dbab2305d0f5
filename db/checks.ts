import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { ensureChannelAccount, touchUnreadTemplates } from './channel-accounts.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { widenScope } from './portfolios.ts';
import { openProblem, settleProblemsOfSubject } from './problems.ts';
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
    const row = await trx
      .updateTable('planfixAccount')
      .set({
        checks: JSON.stringify(checks),
        state: sql`case when state = 'draft' then ${passed ? 'connected' : 'failed'} else state end`,
      })
      .where('id', '=', planfixAccountId)
      .returning(['id as planfixAccountId', 'state'])
      .executeTakeFirst();
    if (row) await keepCheckProblem(trx, { ...row, kind: 'account-check-failed' }, checks);
    await announceRow(trx, planfixAccountId);
  });
}

type Checked = {
  kind: 'account-check-failed' | 'connection-check-failed';
  state: string;
  planfixAccountId: string;
  connectionId?: string;
};

/** While the last check of something in use found a fault, there is a problem that names what failed. */
export async function keepCheckProblem(
  trx: DatabaseTransaction,
  { kind, state, planfixAccountId, connectionId }: Checked,
  checks: readonly ConnectionCheck[],
): Promise<void> {
  if (state === 'draft' || state === 'failed') return;
  const failed = checks.filter((check) => !check.ok).map((check) => check.name);
  const subject = connectionId === undefined ? { planfixAccountId } : { connectionId };
  if (failed.length === 0) return settleProblemsOfSubject(trx, kind, subject, 'checked again');
  await openProblem(trx, { kind, planfixAccountId, ...subject, detail: `Checks that fail: ${failed.join(', ')}` });
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
  messagesPerSecond: number | undefined;
};

/**
 * Writes down what the live checks of a connection found; a draft becomes `connected` or `failed` by it. The runs are
 * those that a newly connected number needs.
 */
export async function settleConnectionChecks(
  db: Database,
  connectionId: string,
  checks: readonly ConnectionCheck[],
  facts: NumberFacts,
): Promise<Run[]> {
  const passed = checks.every((check) => check.ok);
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .select(['state', 'provider', 'wabaId as accountKey'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    const row = await trx
      .updateTable('connection')
      .set((eb) => ({
        checks: JSON.stringify(checks),
        state: sql`case when state in ('draft', 'checking') then ${passed ? 'connected' : 'failed'} else state end`,
        displayPhoneNumber: eb.fn.coalesce(eb.val(facts.displayPhoneNumber ?? null), 'displayPhoneNumber'),
        verifiedName: eb.fn.coalesce(eb.val(facts.verifiedName ?? null), 'verifiedName'),
        portfolioId: eb.fn.coalesce('portfolioId', eb.val(facts.portfolioId ?? null)),
        messagesPerSecond: eb.fn.coalesce(eb.val(facts.messagesPerSecond ?? null), 'messagesPerSecond'),
      }))
      .where('id', '=', connectionId)
      .returning(['planfixAccountId', 'id as connectionId', 'state', 'wabaId', 'portfolioId'])
      .executeTakeFirst();
    if (row?.portfolioId) await widenScope(trx, { ...row, portfolioId: row.portfolioId });
    if (row) await keepCheckProblem(trx, { ...row, kind: 'connection-check-failed' }, checks);
    await announceRow(trx, connectionId);
    if (!before || !passed || row?.state !== 'connected') return [];
    const { provider, accountKey } = before;
    if (before.state === 'connected') return touchUnreadTemplates(trx, connectionId);
    return [await ensureChannelAccount(trx, { provider, accountKey })];
  });
}
