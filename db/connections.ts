import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
import { keepCheckProblem } from './checks.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A connection as the API shows it: no secret, sealed or not. */
export type ConnectionRow = {
  id: string;
  provider: string;
  planfixAccountId: string;
  metaAppId: string;
  phoneNumberId: string;
  wabaId: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  configuredBy: string;
  settings: ConnectionSettings;
  state: string;
  checks: ConnectionCheck[];
  pausedReason: string | null;
  pausedAt: Date | null;
  createdAt: Date;
};

const SHOWN = [
  'id',
  'provider',
  'planfixAccountId',
  'metaAppId',
  'phoneNumberId',
  'wabaId',
  'displayPhoneNumber',
  'verifiedName',
  'configuredBy',
  'settings',
  'state',
  'checks',
  'pausedReason',
  'pausedAt',
  'createdAt',
] as const;

export type NewConnection = {
  provider: string;
  planfixAccountId: string;
  metaAppId: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: Buffer;
  configuredBy: string;
  settings: ConnectionSettings;
};

/** Stores sealed credentials in a draft, for the worker to check. Undefined: the number has a live connection. */
export async function insertConnectionDraft(
  db: Database,
  { settings, ...connection }: NewConnection,
  actor: string,
): Promise<string | undefined> {
  const id = randomUUIDv7();
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      await trx
        .insertInto('connection')
        .values({ id, ...connection, settings: JSON.stringify(settings), state: 'draft' })
        .execute();
      await recordAudit(trx, { actor, action: 'create', subjectKind: 'connection', subjectId: id });
      return id;
    }),
  );
}

/** Removes what did not pass its checks, with its sealed credentials; anything else stays. */
export async function deleteConnectionDraft(db: Database, id: string): Promise<void> {
  await db.deleteFrom('connection').where('id', '=', id).where('state', 'in', ['draft', 'failed']).execute();
}

function visibleConnections(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('connection')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string));
}

export async function readConnection(
  db: Database,
  id: string,
  visibility: Visibility,
): Promise<ConnectionRow | undefined> {
  return visibleConnections(db, visibility).where('id', '=', id).select(SHOWN).executeTakeFirst();
}

export async function listConnections(
  db: Database,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<ConnectionRow>> {
  const rows = await visibleConnections(db, visibility)
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(SHOWN)
    .execute();
  return toPage(rows, limit);
}

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
      .select(['settings', 'configuredBy', 'accessToken', 'checks'])
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
    await recordAudit(trx, { actor: options.actor, action: 'update', subjectKind: 'connection', subjectId: id });
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

/** Makes room for the checks that are about to be asked for: whatever stands there afterwards is new. */
export async function clearConnectionChecks(db: Database, id: string): Promise<void> {
  await db.updateTable('connection').set({ checks: '[]' }).where('id', '=', id).execute();
}

/** Planfix refuses this employee as the owner of comments. */
export async function dropEchoAuthor(db: Database, connectionId: string): Promise<void> {
  await sql`update connection set settings = settings - 'echoAuthor' where id = ${connectionId}`.execute(db);
}

/** What a webhook must know of the number that it is about. */
export type WebhookConnection = {
  id: string;
  phoneNumberId: string;
  planfixAccountId: string;
  wabaId: string;
  portfolioId: string | null;
  state: string;
  opensTaskForEchoes: boolean;
  /** Beside the built-in words. */
  marketingStopWords: string[] | null;
  marketingStartWords: string[] | null;
};

/**
 * The connections of these numbers under this app: of several with one number the one that lives, else the newest. An
 * app speaks for its own connections only, whatever number its signed body names.
 */
export async function findWebhookConnections(
  db: Database,
  metaAppId: string,
  phoneNumberIds: readonly string[],
): Promise<WebhookConnection[]> {
  if (phoneNumberIds.length === 0) return [];
  return db
    .selectFrom('connection')
    .distinctOn('phoneNumberId')
    .where('metaAppId', '=', metaAppId)
    .where('phoneNumberId', 'in', phoneNumberIds)
    .orderBy('phoneNumberId')
    .orderBy(sql`state in ('disconnected', 'failed')`)
    .orderBy('id', 'desc')
    .select([
      'id',
      'phoneNumberId',
      'planfixAccountId',
      'wabaId',
      'portfolioId',
      'state',
      sql<boolean>`(settings->>'openTaskForEchoes')::boolean`.as('opensTaskForEchoes'),
      sql<string[] | null>`settings->'marketingStopWords'`.as('marketingStopWords'),
      sql<string[] | null>`settings->'marketingStartWords'`.as('marketingStartWords'),
    ])
    .execute();
}

/** By what an operator finds the workflow of a conversation. */
export type ConversationTraits = { conversationId: string; connectionId: string; planfixTask: number | null };

export async function readConversationTraits(
  db: Database,
  conversationIds: readonly string[],
): Promise<ConversationTraits[]> {
  if (conversationIds.length === 0) return [];
  return db
    .selectFrom('conversation as c')
    .leftJoin('conversationTask as t', (join) =>
      join.onRef('t.conversationId', '=', 'c.id').on('t.isCurrent', '=', true),
    )
    .where('c.id', 'in', conversationIds)
    .select(['c.id as conversationId', 'c.connectionId', 't.planfixTask'])
    .execute();
}
