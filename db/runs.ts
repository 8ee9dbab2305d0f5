import { type RawBuilder, sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import type { Database } from './database.ts';

/** Rows that runs work for: their table, the column that says by when somebody must look, and the kind of their run. */
const WATCHED: readonly { table: string; dueAt: string; kind: RawBuilder<string> }[] = [
  { table: 'mailing', dueAt: 'due_at', kind: sql`case origin when 'declared' then 'mailing' else 'bulk-hold' end` },
  { table: 'conversation_start', dueAt: 'due_at', kind: sql`'conversation-start'` },
  { table: 'channel_account', dueAt: 'templates_due_at', kind: sql`'template-sync'` },
  { table: 'connection', dueAt: 'due_at', kind: sql`'connection'` },
  { table: 'credential_check', dueAt: 'due_at', kind: sql`'credential-check'` },
  { table: 'embedded_signup', dueAt: 'due_at', kind: sql`'embedded-signup'` },
  { table: 'history_import', dueAt: 'due_at', kind: sql`'history-import'` },
  { table: 'planfix_account', dueAt: 'choices_due_at', kind: sql`'planfix-account'` },
];

/**
 * Rows whose due time has passed without anybody looking: their run was lost, or never started. The times move ahead by
 * as much as is overdue, so that each is signalled once in a while and not in every sweep.
 */
export async function findDueRuns(db: Database, overdueMs: number, limit: number): Promise<Run[]> {
  const found: Run[] = [];
  for (const { table, dueAt, kind } of WATCHED) {
    const [rowsOf, due] = [sql.id(table), sql.id(dueAt)];
    const { rows } = await sql<Run>`
      update ${rowsOf} set ${due} = clock_timestamp() where id in (
        select id from ${rowsOf} where ${due} < clock_timestamp() - ${overdueMs} * interval '1 millisecond'
         order by ${due} limit ${limit} for update skip locked)
      returning ${kind} as kind, id`.execute(db);
    found.push(...rows);
  }
  return found;
}
