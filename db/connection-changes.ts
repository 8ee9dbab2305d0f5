import { isDeepStrictEqual } from 'node:util';
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
/** Of the access token, as the network told it. */
type TokenTimes = { tokenExpiresAt: Date | null; tokenCheckedAt: Date | null };
/** What a change replaced and by what, for putting it back. */
export type ConnectionChange = {
  before: Changeable & TokenTimes & { checks: ConnectionCheck[] };
  after: Changeable;
};

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
      .select(['settings', 'configuredBy', 'accessToken', 'checks', 'tokenExpiresAt', 'tokenCheckedAt'])
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
        ...(changes.accessToken ? { ...UNKNOWN_TOKEN, probeAttempts: 0, probeDueAt: sql`clock_timestamp()` } : {}),
      })
      .where('id', '=', id)
      .execute();
    const fields = Object.keys({ ...changes, ...changes.settings }).filter((name) => name !== 'settings');
    const entry = { actor: options.actor, action: 'update', subjectKind: 'connection', subjectId: id };
    await recordAudit(trx, { ...entry, detail: { fields } });
    return { before, after };
  });
}

const UNKNOWN_TOKEN: TokenTimes = { tokenExpiresAt: null, tokenCheckedAt: null };

function mergeSettings(settings: ConnectionSettings, changes: ConnectionChanges['settings']): ConnectionSettings {
  const merged = Object.entries({ ...settings, ...changes }).filter(([, value]) => value != null);
  return Object.fromEntries(merged) as ConnectionSettings;
}

/**
 * Takes a change back that did not pass its checks: each field that still is what it was changed to. `check-again`:
 * somebody has changed others meanwhile, of which nobody knows whether they work with what is there now.
 */
export async function undoConnectionChange(
  db: Database,
  id: string,
  { before, after }: ConnectionChange,
  actor: string,
): Promise<'undone' | 'check-again'> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .selectFrom('connection')
      .where('id', '=', id)
      .where('accessToken', 'is not', null)
      .select(['settings', 'configuredBy', 'accessToken', 'planfixAccountId', 'id as connectionId', 'state'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!row) return 'undone';
    const { accessToken, configuredBy, settings } = row;
    const isTokenOurs =
      !after.accessToken.equals(before.accessToken) && isDeepStrictEqual(accessToken, after.accessToken);
    const isAlone = isDeepStrictEqual({ accessToken, configuredBy, settings }, after);
    await trx
      .updateTable('connection')
      .set({
        settings: JSON.stringify({ ...settings, ...undone(settings, before.settings, after.settings) }),
        checks: JSON.stringify(isAlone ? before.checks : []),
        ...undone({ configuredBy }, { configuredBy: before.configuredBy }, { configuredBy: after.configuredBy }),
        ...(isTokenOurs ? { ...tokenOf(before), probeAttempts: 0, probeDueAt: PROBE_NOW } : {}),
      })
      .where('id', '=', id)
      .execute();
    await keepCheckProblem(trx, { ...row, kind: 'connection-check-failed' }, before.checks);
    await recordAudit(trx, { actor, action: 'undo-update', subjectKind: 'connection', subjectId: id });
    return isAlone ? 'undone' : 'check-again';
  });
}

const tokenOf = ({ accessToken, tokenExpiresAt, tokenCheckedAt }: ConnectionChange['before']) => ({
  accessToken,
  tokenExpiresAt,
  tokenCheckedAt,
});

/** Where what was wrong has brought a pause about. */
const PROBE_NOW = sql<Date | null>`case when state = 'paused' then clock_timestamp() end`;

/** What was there before, of that which was changed and still is what it was changed to. */
function undone<Fields extends object>(now: Fields, before: Fields, after: Fields): Partial<Fields> {
  const names = Object.keys({ ...before, ...after }) as (keyof Fields)[];
  const ours = names.filter(
    (name) => !isDeepStrictEqual(before[name], after[name]) && isDeepStrictEqual(now[name], after[name]),
  );
  return Object.fromEntries(ours.map((name) => [name, before[name]])) as Partial<Fields>;
}

/**
 * Makes room for the checks that are about to be asked for: whatever stands there afterwards is new. The self-check is
 * due as well, so that the two do not tell different things.
 */
export async function clearConnectionChecks(db: Database, id: string): Promise<void> {
  await db.updateTable('connection').set({ checks: '[]', checkedAt: null }).where('id', '=', id).execute();
}
