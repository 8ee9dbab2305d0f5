import { type NotNull, sql } from 'kysely';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
import { keepCheckProblem } from './checks.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

/** `settings` holds what changes; null takes an optional setting away. */
export type ConnectionChanges = {
  settings: { [Name in keyof ConnectionSettings]?: ConnectionSettings[Name] | null | undefined };
  configuredBy?: string;
  accessToken?: Buffer;
};

type Changeable = { settings: ConnectionSettings; configuredBy: string; accessToken: Buffer };
/** What a change replaced and by what, for putting it back. */
export type ConnectionChange = { before: Changeable & { checks: ConnectionCheck[] }; after: Changeable };

/**
 * Changes a connection that is in use; undefined: there is none that is in use. `clearChecks`: what was found out about
 * it is cleared, so that the next checks are known to be new ones. A new token makes a paused connection's probe due.
 */
export async function changeConnection(
  db: Database,
  id: string,
  changes: ConnectionChanges,
  options: { clearChecks: boolean; actor: string },
): Promise<ConnectionChange | undefined> {
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('connection')
      .where('id', '=', id)
      .where('state', 'in', ['connected', 'paused'])
      .where('accessToken', 'is not', null)
      .select(['settings', 'configuredBy', 'accessToken', 'checks'])
      .$narrowType<{ accessToken: NotNull }>()
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return undefined;
    const after = {
      settings: mergeSettings(before.settings, changes.settings),
      configuredBy: changes.configuredBy ?? before.configuredBy,
      accessToken: changes.accessToken ?? before.accessToken,
    };
    await trx
      .updateTable('connection')
      .set({
        ...after,
        settings: JSON.stringify(after.settings),
        ...(changes.settings ? { fieldsVerifiedAt: null } : {}),
        ...(options.clearChecks ? { checks: '[]' } : {}),
        ...(changes.accessToken ? { probeAttempts: 0, probeDueAt: sql`clock_timestamp()` } : {}),
      })
      .where('id', '=', id)
      .execute();
    const fields = Object.keys({ ...changes, ...changes.settings }).filter((name) => name !== 'settings');
    const entry = { actor: options.actor, action: 'update', subjectKind: 'connection', subjectId: id };
    await recordAudit(trx, { ...entry, detail: { fields } });
    return { before, after };
  });
}

function mergeSettings(settings: ConnectionSettings, changes: ConnectionChanges['settings']): ConnectionSettings {
  const merged = Object.entries({ ...settings, ...changes }).filter(([, value]) => value != null);
  return Object.fromEntries(merged) as ConnectionSettings;
}

/** Takes a change back that did not pass its checks, unless somebody has changed the connection again meanwhile. */
export async function undoConnectionChange(
  db: Database,
  id: string,
  { before, after }: ConnectionChange,
  actor: string,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('connection')
      .set({ ...before, settings: JSON.stringify(before.settings), checks: JSON.stringify(before.checks) })
      .where('id', '=', id)
      .where('accessToken', '=', after.accessToken)
      .where('configuredBy', '=', after.configuredBy)
      .where(sql<boolean>`settings = ${JSON.stringify(after.settings)}::jsonb`)
      .returning(['planfixAccountId', 'id as connectionId', 'state'])
      .executeTakeFirst();
    if (!row) return;
    await keepCheckProblem(trx, { ...row, kind: 'connection-check-failed' }, before.checks);
    await recordAudit(trx, { actor, action: 'undo-update', subjectKind: 'connection', subjectId: id });
  });
}

/**
 * Makes room for the checks that are about to be asked for: whatever stands there afterwards is new. The self-check is
 * due as well, so that the two do not tell different things.
 */
export async function clearConnectionChecks(db: Database, id: string): Promise<void> {
  const due = { checkedAt: null, tokenCheckedAt: null };
  await db
    .updateTable('connection')
    .set({ checks: '[]', ...due })
    .where('id', '=', id)
    .execute();
}
