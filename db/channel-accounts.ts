import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { Told } from '../workflows/domain/problem-findings.ts';
import { announceRow } from './announcements.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds } from './lanes.ts';
import { openProblem, settleProblemsOfSubject } from './problems.ts';
import { inTransaction } from './transaction.ts';

/** A business account of a network, to which templates belong (Meta: WABA). */
export type ChannelAccountKey = { provider: string; accountKey: string };

/** States of connections whose templates are wanted. */
const LIVE_STATES = ['connected', 'paused'] as const;

/** A number of this account was connected: its templates are to be read now. */
export async function ensureChannelAccount(trx: DatabaseTransaction, key: ChannelAccountKey): Promise<Run> {
  const { id } = await trx
    .insertInto('channelAccount')
    .values({ id: uuidv7(), ...key })
    .onConflict((conflict) =>
      conflict.columns(['provider', 'accountKey']).doUpdateSet({ templatesDueAt: sql`clock_timestamp()` }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return { kind: 'template-sync', id };
}

/** A number works again: if its account's templates could not be read, they are to be read now. */
export async function touchUnreadTemplates(trx: DatabaseTransaction, connectionId: string): Promise<Run[]> {
  const rows = await trx
    .updateTable('channelAccount as a')
    .from('connection as c')
    .set({ templatesDueAt: sql`clock_timestamp()` })
    .where('c.id', '=', connectionId)
    .whereRef('a.provider', '=', 'c.provider')
    .whereRef('a.accountKey', '=', 'c.wabaId')
    .where('a.syncReason', 'is not', null)
    .returning('a.id')
    .execute();
  return rows.map(({ id }) => ({ kind: 'template-sync', id }));
}

/** Somebody wants them read now. What is read from then on is known by its time. */
export async function requestTemplateReading(
  db: Database,
  key: ChannelAccountKey,
): Promise<{ id: string; askedAt: Date; failures: number }> {
  return inTransaction(db, async (trx) => {
    const { id } = await ensureChannelAccount(trx, key);
    return trx
      .selectFrom('channelAccount')
      .where('id', '=', id)
      .select(['id', 'templatesDueAt as askedAt', 'syncFailures as failures'])
      .executeTakeFirstOrThrow();
  });
}

/** The network says that templates of these accounts have changed; accounts that are not known here do not matter. */
export async function touchTemplates(
  trx: Database | DatabaseTransaction,
  keys: readonly ChannelAccountKey[],
): Promise<Run[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    update channel_account a set templates_due_at = clock_timestamp()
      from ${recordset(keys, 'provider text, "accountKey" text')}
     where a.provider = w.provider and a.account_key = w."accountKey"
    returning a.id`.execute(trx);
  return rows.map(({ id }) => ({ kind: 'template-sync', id }));
}

export type TemplateReading = {
  id: string;
  /** By the database's clock: what was read is not older than this. */
  startedAt: Date;
  failures: number;
  /** A connected number of the account, by whose token it is read. */
  connectionId: string | undefined;
};

/** Begins a reading. The due time moves ahead by `leaseMs`: whoever sets it back meanwhile wants another one. */
export async function beginTemplateReading(
  db: Database,
  id: string,
  leaseMs: number,
): Promise<TemplateReading | undefined> {
  const row = await db
    .updateTable('channelAccount')
    .set({ templatesDueAt: inMilliseconds(leaseMs) })
    .where('id', '=', id)
    .returning(['id', 'provider', 'accountKey', 'syncFailures', sql<Date>`clock_timestamp()`.as('startedAt')])
    .executeTakeFirst();
  if (!row) return undefined;
  const connections = await db
    .selectFrom('connection')
    .where('provider', '=', row.provider)
    .where('wabaId', '=', row.accountKey)
    .where('state', '=', 'connected')
    .orderBy('id')
    .select('id')
    .execute();
  // Another token may be allowed to read what the last one was not.
  const connectionId = connections[row.syncFailures % Math.max(1, connections.length)]?.id;
  return { id, startedAt: row.startedAt, failures: row.syncFailures, connectionId };
}

/** Ends a reading that succeeded, in the transaction that stores what was read. True: another one is wanted already. */
export async function endTemplateReading(
  trx: DatabaseTransaction,
  { id, startedAt }: Pick<TemplateReading, 'id' | 'startedAt'>,
  nextInMs: number,
): Promise<boolean> {
  const { isDue } = await trx
    .updateTable('channelAccount')
    .set({
      templatesSyncedAt: startedAt,
      syncFailures: 0,
      syncReason: null,
      templatesDueAt: sql`case when templates_due_at > clock_timestamp() then ${inMilliseconds(nextInMs)} else templates_due_at end`,
    })
    .where('id', '=', id)
    .returning(sql<boolean>`templates_due_at <= clock_timestamp()`.as('isDue'))
    .executeTakeFirstOrThrow();
  for (const { connectionId } of await connectionsOf(trx, id)) {
    await settleProblemsOfSubject(trx, 'templates-unreadable', { connectionId }, 'read again');
  }
  await announceRow(trx, id);
  return isDue;
}

/** A reading that failed: the next one later. With `isLasting` it becomes a problem of each number of the account. */
export async function recordTemplateFailure(
  db: Database,
  id: string,
  failure: Told & { reason: string; retryInMs: number; isLasting: boolean },
): Promise<void> {
  const { reason, retryInMs, isLasting, ...told } = failure;
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('channelAccount')
      .set((eb) => ({
        syncFailures: eb('syncFailures', '+', 1),
        syncReason: reason,
        templatesDueAt: inMilliseconds(retryInMs),
      }))
      .where('id', '=', id)
      .execute();
    if (isLasting) {
      for (const connection of await connectionsOf(trx, id)) {
        await openProblem(trx, { kind: 'templates-unreadable', ...connection, reason, ...told });
      }
    }
    await announceRow(trx, id);
  });
}

/** Nobody can read it now; connecting a number sets the due time anew. */
export async function postponeTemplateReading(db: Database, id: string, nextInMs: number): Promise<void> {
  await db
    .updateTable('channelAccount')
    .set({ templatesDueAt: inMilliseconds(nextInMs), syncReason: 'no-connection' })
    .where('id', '=', id)
    .execute();
}

function connectionsOf(trx: DatabaseTransaction, id: string) {
  return trx
    .selectFrom('connection as c')
    .innerJoin('channelAccount as a', (join) =>
      join.onRef('a.provider', '=', 'c.provider').onRef('a.accountKey', '=', 'c.wabaId'),
    )
    .where('a.id', '=', id)
    .where('c.state', 'in', LIVE_STATES)
    .select(['c.id as connectionId', 'c.planfixAccountId'])
    .execute();
}

export type TemplateSyncState = {
  id: string;
  syncedAt: Date | null;
  failures: number;
  reason: string | null;
};

/** How far the templates of an account are known. */
export async function readTemplateSync(
  db: Database,
  { provider, accountKey }: ChannelAccountKey,
): Promise<TemplateSyncState | undefined> {
  return db
    .selectFrom('channelAccount')
    .where('provider', '=', provider)
    .where('accountKey', '=', accountKey)
    .select(['id', 'templatesSyncedAt as syncedAt', 'syncFailures as failures', 'syncReason as reason'])
    .executeTakeFirst();
}
