import { isDeepStrictEqual } from 'node:util';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { announceRow } from './announcements.ts';
import { keepCheckProblem } from './checks.ts';
import { readStoredChoices, type StoredChoices } from './choices.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

/** What a connection names of its Planfix account, and what was found out about it before. */
export type NamedSettings = { settings: ConnectionSettings; configuredBy: string; checks: readonly ConnectionCheck[] };

/** Whom of Planfix the connections of an account name that no list holds: contacts. */
export async function readNamedContacts(db: Database, planfixAccountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('connection')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('state', 'in', ['connected', 'paused'])
    .select('settings')
    .execute();
  const refs = rows.flatMap(({ settings }) => settings.additionalAssignees.filter((ref) => ref.startsWith('contact:')));
  return [...new Set(refs)];
}

/**
 * Compares the settings of an account's connections with its lists as they are kept, newest reading: what Planfix does
 * not show any more is a failed check and a problem, until it is mended on either side. `check` gives the new checks in
 * place of those about settings; what else was found stays.
 */
export async function recheckSettings(
  db: Database,
  planfixAccountId: string,
  check: (named: NamedSettings, choices: StoredChoices) => ConnectionCheck[],
): Promise<void> {
  const rows = await db
    .selectFrom('connection')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('state', 'in', ['connected', 'paused'])
    .select('id')
    .execute();
  for (const { id } of rows) {
    await inTransaction(db, async (trx) => {
      const row = await trx
        .selectFrom('connection')
        .where('id', '=', id)
        .where('state', 'in', ['connected', 'paused'])
        .select(['id as connectionId', 'planfixAccountId', 'state', 'settings', 'configuredBy', 'checks'])
        .forNoKeyUpdate()
        .executeTakeFirst();
      // While a live check is under way nothing stands there, and it will find the same.
      if (!row || row.checks.length === 0) return;
      const checks = check(row, await readStoredChoices(trx, planfixAccountId));
      if (isDeepStrictEqual(checks, row.checks)) return;
      await trx
        .updateTable('connection')
        .set({ checks: JSON.stringify(checks) })
        .where('id', '=', id)
        .execute();
      const { connectionId, state } = row;
      await keepCheckProblem(trx, { kind: 'connection-check-failed', state, planfixAccountId, connectionId }, checks);
      await announceRow(trx, connectionId);
    });
  }
}

/** The same for the account itself, which names its primary admin. */
export async function recheckPrimaryAdmin(
  db: Database,
  planfixAccountId: string,
  check: (primaryAdmin: string, choices: StoredChoices) => ConnectionCheck,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx
      .selectFrom('planfixAccount')
      .where('id', '=', planfixAccountId)
      .where('state', 'in', ['connected', 'paused'])
      .select(['state', 'primaryAdmin', 'checks'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    const before = row?.checks.find(({ name }) => name === 'primaryAdmin');
    if (!row || !before) return;
    const now = check(row.primaryAdmin, await readStoredChoices(trx, planfixAccountId));
    if (isDeepStrictEqual(now, before)) return;
    const checks = row.checks.map((one) => (one === before ? now : one));
    await trx
      .updateTable('planfixAccount')
      .set({ checks: JSON.stringify(checks) })
      .where('id', '=', planfixAccountId)
      .execute();
    await keepCheckProblem(trx, { kind: 'account-check-failed', state: row.state, planfixAccountId }, checks);
  });
}
