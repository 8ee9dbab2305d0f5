import { randomUUIDv7 } from 'node:crypto';
import { type Expression, sql } from 'kysely';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { forgetWaiting } from './waiting-events.ts';

export type NewConnection = {
  provider: string;
  planfixAccountId: string;
  metaAppId: string | null;
  phoneNumberId: string;
  wabaId: string;
  accessToken: Buffer;
  configuredBy: string;
  settings: ConnectionSettings;
  pin?: Buffer;
  webhookSecret?: Buffer;
  allowedAddresses?: string[];
};

/**
 * Stores sealed credentials in a draft, for the worker to check. A number that was disconnected from the same Planfix
 * account takes its row up again, so that its conversations go on. Undefined: the number has a live connection.
 */
export async function insertConnectionDraft(
  db: Database,
  connection: NewConnection,
  actor: string,
): Promise<string | undefined> {
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      const old = await findDisconnected(trx, connection);
      const id = old?.id ?? randomUUIDv7();
      const row = {
        metaAppId: connection.metaAppId,
        wabaId: connection.wabaId,
        accessToken: connection.accessToken,
        configuredBy: connection.configuredBy,
        settings: JSON.stringify(connection.settings),
        pin: connection.pin ?? null,
        webhookSecret: connection.webhookSecret ?? null,
        allowedAddresses: connection.allowedAddresses ?? null,
        state: 'draft',
      };
      if (old) await takeUp(trx, old, row);
      else {
        const { provider, planfixAccountId, phoneNumberId } = connection;
        await trx
          .insertInto('connection')
          .values({ id, provider, planfixAccountId, phoneNumberId, ...row })
          .execute();
      }
      await recordAudit(trx, { actor, action: old ? 'reconnect' : 'create', subjectKind: 'connection', subjectId: id });
      return id;
    }),
  );
}

type Disconnected = { id: string; wabaId: string };

async function findDisconnected(
  trx: DatabaseTransaction,
  { provider, planfixAccountId, phoneNumberId }: NewConnection,
): Promise<Disconnected | undefined> {
  return trx
    .selectFrom('connection')
    .where('provider', '=', provider)
    .where('planfixAccountId', '=', planfixAccountId)
    .where('phoneNumberId', '=', phoneNumberId)
    .where('state', '=', 'disconnected')
    .orderBy('disconnectedAt', (order) => order.desc().nullsLast())
    .orderBy('id', 'desc')
    .select(['id', 'wabaId'])
    .limit(1)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** `disconnectedAt` stays: by it a draft that fails is known to have been a connection. */
async function takeUp(trx: DatabaseTransaction, old: Disconnected, row: { wabaId: string }): Promise<void> {
  await trx.deleteFrom('connectionStep').where('connectionId', '=', old.id).execute();
  // What the phone app hands over now is told from its beginning.
  await trx.deleteFrom('historyImport').where('connectionId', '=', old.id).execute();
  await trx
    .updateTable('connection')
    .set({
      ...row,
      ...NO_TRACES,
      draftedAt: sql`clock_timestamp()`,
      disconnectedAt: sql`coalesce(disconnected_at, clock_timestamp())`,
      // Another account may belong to another portfolio.
      ...(row.wabaId === old.wabaId ? {} : { portfolioId: null }),
    })
    .where('id', '=', old.id)
    .execute();
}

/** What was known of a connection as it was before. */
const NO_TRACES = {
  checks: '[]',
  facts: '{}',
  health: '[]',
  pausedReason: null,
  pausedAt: null,
  probeDueAt: null,
  probeAttempts: 0,
  dueAt: null,
  tokenExpiresAt: null,
  tokenCheckedAt: null,
  canarySentAt: null,
  canarySeenAt: null,
  webhookSeenAt: null,
  restrictedUntil: null,
  onBusinessApp: false,
  fieldsVerifiedAt: null,
} as const;

/** States of a connection that nobody works with yet. */
const DRAFT_STATES = ['draft', 'checking', 'failed'] as const;

/**
 * Removes what did not pass its checks, with its sealed credentials; anything else stays. What had been a connection
 * before is a disconnected one again.
 */
export async function deleteConnectionDraft(db: Database, id: string): Promise<void> {
  await discardDrafts(db, sql<boolean>`id = ${id}`);
}

/** As above for drafts that nobody settled. */
export async function deleteOldConnectionDrafts(db: Database, olderThanMs: number): Promise<void> {
  await discardDrafts(db, sql<boolean>`drafted_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`);
}

async function discardDrafts(db: Database, which: Expression<boolean>): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Locked first: from here on nothing begins to wait for them.
    const drafts = await trx
      .selectFrom('connection')
      .where('state', 'in', DRAFT_STATES)
      .where(which)
      .orderBy('id')
      .select(['id', 'disconnectedAt'])
      .forUpdate()
      .execute();
    if (drafts.length === 0) return;
    await forgetWaiting(
      trx,
      drafts.map(({ id }) => id),
    );
    const former = drafts.flatMap(({ id, disconnectedAt }) => (disconnectedAt === null ? [] : [id]));
    const unknown = drafts.flatMap(({ id, disconnectedAt }) => (disconnectedAt === null ? [id] : []));
    if (former.length > 0) {
      await trx.deleteFrom('connectionStep').where('connectionId', 'in', former).execute();
      const ended = { ...NO_TRACES, state: 'disconnected', accessToken: null, pin: null, webhookSecret: null };
      await trx.updateTable('connection').set(ended).where('id', 'in', former).execute();
    }
    if (unknown.length > 0) await trx.deleteFrom('connection').where('id', 'in', unknown).execute();
  });
}
