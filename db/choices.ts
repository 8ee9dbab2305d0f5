import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { announceRow } from './announcements.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds } from './lanes.ts';
import { inTransaction } from './transaction.ts';

/** What settings of a connection are chosen from: kept per Planfix account, so that looking at it costs no call. */
export const CHOICE_KINDS = ['employees', 'task-templates', 'contact-templates', 'groups'] as const;
export type ChoiceKind = (typeof CHOICE_KINDS)[number];

export type EmployeeChoice = { ref: string; name: string; isActive: boolean; canBeAssigned?: boolean };
export type NamedChoice = { id: number; name: string };
export type StoredChoices = {
  employees: EmployeeChoice[];
  taskTemplates: NamedChoice[];
  contactTemplates: NamedChoice[];
  groups: NamedChoice[];
  /** Of the oldest of the lists; null: one of them was never read. */
  refreshedAt: Date | null;
};

export async function readStoredChoices(
  db: Database | DatabaseTransaction,
  planfixAccountId: string,
): Promise<StoredChoices> {
  const rows = await db
    .selectFrom('planfixDirectory')
    .where('planfixAccountId', '=', planfixAccountId)
    .select(['kind', 'items', 'refreshedAt'])
    .execute();
  const itemsOf = <T>(kind: ChoiceKind) => (rows.find((row) => row.kind === kind)?.items ?? []) as T[];
  const oldest = rows.map((row) => row.refreshedAt).sort((a, b) => +a - +b)[0];
  return {
    employees: itemsOf<EmployeeChoice>('employees'),
    taskTemplates: itemsOf<NamedChoice>('task-templates'),
    contactTemplates: itemsOf<NamedChoice>('contact-templates'),
    groups: itemsOf<NamedChoice>('groups'),
    refreshedAt: rows.length === CHOICE_KINDS.length ? (oldest ?? null) : null,
  };
}

/** One list of an account as it was last read. */
export async function readDirectory(
  db: Database,
  planfixAccountId: string,
  kind: ChoiceKind,
): Promise<{ items: unknown[]; refreshedAt: Date } | undefined> {
  return db
    .selectFrom('planfixDirectory')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('kind', '=', kind)
    .select(['items', 'refreshedAt'])
    .executeTakeFirst();
}

/** By the database's clock, in whole milliseconds: a time that comes back from here is still the same. */
const NOW = sql<Date>`date_trunc('milliseconds', clock_timestamp())`;

export async function readClock(db: Database): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select ${NOW} as now`.execute(db);
  return (rows[0] as { now: Date }).now;
}

/** Keeps a list whose reading began at `readAt`, unless a newer one is there. */
export async function storeDirectory(
  db: Database,
  planfixAccountId: string,
  list: { kind: ChoiceKind; items: readonly unknown[]; readAt: Date },
): Promise<void> {
  const row = { items: JSON.stringify(list.items), refreshedAt: list.readAt };
  await db
    .insertInto('planfixDirectory')
    .values({ planfixAccountId, kind: list.kind, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['planfixAccountId', 'kind'])
        .doUpdateSet(row)
        .where('planfixDirectory.refreshedAt', '<=', list.readAt),
    )
    .execute();
}

/**
 * Somebody looks at an account's choices and finds them old: they are to be read anew, unless that was asked for within
 * `notWithinMs`. Undefined: they need not be, or cannot be now.
 */
export async function askForChoices(
  db: Database,
  planfixAccountId: string,
  notWithinMs: number,
): Promise<Run | undefined> {
  const row = await db
    .updateTable('planfixAccount')
    .set({ choicesAskedAt: NOW, choicesDueAt: NOW })
    .where('id', '=', planfixAccountId)
    .where('state', '=', 'connected')
    .where((eb) =>
      eb.or([
        eb('choicesAskedAt', 'is', null),
        eb('choicesAskedAt', '<=', sql<Date>`${NOW} - ${notWithinMs} * interval '1 millisecond'`),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return row && { kind: 'planfix-account', id: row.id };
}

/** `isAnswered`: every list was read since somebody last asked. */
export type ChoicesRequest = { isRefreshing: boolean; isAnswered: boolean };

export async function readChoicesRequest(db: Database, planfixAccountId: string): Promise<ChoicesRequest> {
  const { rows } = await sql<ChoicesRequest>`
    select a.choices_due_at is not null as "isRefreshing",
           (select count(*) from planfix_directory d
             where d.planfix_account_id = a.id and d.refreshed_at >= coalesce(a.choices_asked_at, '-infinity'))
             = ${CHOICE_KINDS.length} as "isAnswered"
      from planfix_account a where a.id = ${planfixAccountId}`.execute(db);
  return rows[0] ?? { isRefreshing: false, isAnswered: false };
}

/** Takes what was asked for; the due time moves ahead by `leaseMs`. Undefined: nobody asks. */
export async function beginChoices(db: Database, planfixAccountId: string, leaseMs: number): Promise<Date | undefined> {
  const row = await db
    .updateTable('planfixAccount')
    .set({ choicesDueAt: inMilliseconds(leaseMs) })
    .where('id', '=', planfixAccountId)
    .where('choicesDueAt', 'is not', null)
    .returning(NOW.as('beganAt'))
    .executeTakeFirst();
  return row?.beganAt;
}

/** Not now, but after so long. */
export async function postponeChoices(db: Database, planfixAccountId: string, waitMs: number): Promise<void> {
  await db
    .updateTable('planfixAccount')
    .set({ choicesDueAt: inMilliseconds(waitMs) })
    .where('id', '=', planfixAccountId)
    .where('choicesDueAt', 'is not', null)
    .execute();
}

/** Read, or refused: whoever waits is told. True: somebody has asked again since it began. */
export async function endChoices(db: Database, planfixAccountId: string, beganAt: Date): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('planfixAccount')
      .set({ choicesDueAt: sql`case when choices_asked_at > ${beganAt} then choices_asked_at end` })
      .where('id', '=', planfixAccountId)
      .returning('choicesDueAt')
      .executeTakeFirst();
    await announceRow(trx, planfixAccountId);
    return row?.choicesDueAt != null;
  });
}
