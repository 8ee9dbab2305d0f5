import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import { settleHistorySync } from './connection-steps.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds } from './lanes.ts';
import { inTransaction } from './transaction.ts';

const COMPLETE = 100;

/** How far the history has come (of 100, where it is told), or that the owner chose not to share it. */
export type ProgressInput = { progress: number | undefined; declined: boolean };

/** Events were stored that wait for a run: it is due now, and signalled after the commit. */
export async function requestImports(trx: DatabaseTransaction, connectionIds: readonly string[]): Promise<Run[]> {
  if (connectionIds.length === 0) return [];
  const rows = await trx
    .insertInto('historyImport')
    .values([...connectionIds].sort().map((connectionId) => ({ id: uuidv7(), connectionId, dueAt: NOW })))
    .onConflict((conflict) => conflict.column('connectionId').doUpdateSet({ dueAt: NOW }))
    .returning('id')
    .execute();
  return rows.map(({ id }) => ({ kind: 'history-import', id }));
}

const NOW = sql<Date>`clock_timestamp()`;

/** The step that asked for the history ends with it. */
export async function noteProgress(
  trx: DatabaseTransaction,
  connectionId: string,
  { progress, declined }: ProgressInput,
): Promise<void> {
  await sql`
    insert into history_import as h (id, connection_id, progress, declined_at)
    values (${uuidv7()}, ${connectionId}, ${progress ?? null}, ${declined ? NOW : null})
    on conflict (connection_id) do update set progress = greatest(h.progress, excluded.progress),
      declined_at = coalesce(h.declined_at, excluded.declined_at)`.execute(trx);
  await settleHistorySync(trx, connectionId, { isDeclined: declined, isComplete: progress === COMPLETE });
}

/** Where what is imported belongs. */
export type HistoryPlace = {
  importId: string;
  connectionId: string;
  provider: string;
  planfixAccountId: string;
  /** Within which a business-scoped id is unique. */
  portfolio: string;
  historyDays: number;
};

/** The due time moves ahead by `leaseMs`: if this worker dies, somebody looks then. */
export async function beginImport(db: Database, id: string, leaseMs: number): Promise<HistoryPlace | undefined> {
  const { rows } = await sql<HistoryPlace>`
    update history_import h set due_at = ${inMilliseconds(leaseMs)} from connection n
     where h.id = ${id} and n.id = h.connection_id
    returning h.id as "importId", n.id as "connectionId", n.provider, n.planfix_account_id as "planfixAccountId",
      coalesce(n.portfolio_id, n.waba_id) as portfolio,
      coalesce((n.settings->>'historyDays')::integer, 0) as "historyDays"`.execute(db);
  return rows[0];
}

export type EventToImport = { id: string; kind: string; raw: unknown; receivedAt: Date };

/** The oldest stored event that was not taken in yet. */
export async function readEventToImport(db: Database, connectionId: string): Promise<EventToImport | undefined> {
  return toImport(db, connectionId)
    .orderBy('id')
    .limit(1)
    .select(['id', 'kind', 'raw', 'receivedAt'])
    .executeTakeFirst();
}

function toImport(db: Database | DatabaseTransaction, connectionId: string) {
  return db
    .selectFrom('inboundEvent')
    .where('connectionId', '=', connectionId)
    .where(sql<boolean>`kind in ('history', 'contact-sync')`)
    .where('appliedAt', 'is', null)
    .where('reason', 'is', null);
}

/** False: another worker has taken it in meanwhile. */
export async function lockEvent(trx: DatabaseTransaction, eventId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('inboundEvent')
    .where('id', '=', eventId)
    .where('appliedAt', 'is', null)
    .select('id')
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export type ImportCounts = {
  messages?: number;
  older?: number;
  contacts?: number;
  removedContacts?: number;
  unreadable?: number;
};

/** Everything in it has its row: what it said beside that is kept no longer. */
export async function settleEvent(
  trx: DatabaseTransaction,
  { importId }: HistoryPlace,
  eventId: string,
  counts: ImportCounts,
): Promise<void> {
  await trx
    .updateTable('inboundEvent')
    .set({ appliedAt: NOW, raw: null, reason: null })
    .where('id', '=', eventId)
    .execute();
  await count(trx, importId, counts);
}

/** Why an event waits for another one: its file belongs to a message that has not come. */
const WAITS = 'waits-for-its-message';

export async function putOffEvent(
  trx: DatabaseTransaction,
  { importId }: HistoryPlace,
  eventId: string,
  counts: ImportCounts,
): Promise<void> {
  await trx.updateTable('inboundEvent').set({ reason: WAITS }).where('id', '=', eventId).execute();
  await count(trx, importId, counts);
}

/** Messages have come that events may have waited for: those are looked at again. */
export async function resumeEvents(trx: DatabaseTransaction, connectionId: string): Promise<void> {
  await trx
    .updateTable('inboundEvent')
    .set({ reason: null })
    .where('connectionId', '=', connectionId)
    .where(sql<boolean>`kind in ('history', 'contact-sync')`)
    .where('appliedAt', 'is', null)
    .where('reason', '=', WAITS)
    .execute();
}

async function count(trx: DatabaseTransaction, importId: string, counts: ImportCounts): Promise<void> {
  const { messages = 0, older = 0, contacts = 0, removedContacts = 0, unreadable = 0 } = counts;
  await trx
    .updateTable('historyImport')
    .set((eb) => ({
      messages: eb('messages', '+', messages),
      older: eb('older', '+', older),
      contacts: eb('contacts', '+', contacts),
      removedContacts: eb('removedContacts', '+', removedContacts),
      unreadable: eb('unreadable', '+', unreadable),
    }))
    .where('id', '=', importId)
    .execute();
}

/** Lock, look, empty: three statements, since whoever stores an event locks first, too. True: something is left. */
export async function endImport(db: Database, { importId, connectionId }: HistoryPlace): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await trx.selectFrom('historyImport').where('id', '=', importId).select('id').forUpdate().execute();
    const left = await toImport(trx, connectionId).select('id').limit(1).executeTakeFirst();
    await trx
      .updateTable('historyImport')
      .set({ dueAt: left ? NOW : null })
      .where('id', '=', importId)
      .execute();
    return left !== undefined;
  });
}
