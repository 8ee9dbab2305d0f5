import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import type { Database } from './database.ts';

/**
 * Rows whose due time has passed without anybody looking: their run was lost, or never started. The times move ahead by
 * as much as is overdue, so that each is signalled once in a while and not in every sweep.
 */
export async function findDueRuns(db: Database, overdueMs: number, limit: number): Promise<Run[]> {
  const late = sql`clock_timestamp() - ${overdueMs} * interval '1 millisecond'`;
  const { rows } = await sql<Run>`
    with mailings as (
      update mailing set due_at = clock_timestamp() where id in (
        select id from mailing where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, case origin when 'declared' then 'mailing' else 'bulk-hold' end as kind),
    starts as (
      update conversation_start set due_at = clock_timestamp() where id in (
        select id from conversation_start where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, 'conversation-start' as kind),
    accounts as (
      update channel_account set templates_due_at = clock_timestamp() where id in (
        select id from channel_account where templates_due_at < ${late} order by templates_due_at limit ${limit}
           for update skip locked)
      returning id, 'template-sync' as kind)
    select kind, id from mailings union all select kind, id from starts union all select kind, id from accounts
  `.execute(db);
  return rows.map(({ kind, id }) => ({ kind, id }));
}
