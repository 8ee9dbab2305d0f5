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
      returning id, 'template-sync' as kind),
    connections as (
      update connection set due_at = clock_timestamp() where id in (
        select id from connection where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, 'connection' as kind),
    checks as (
      update credential_check set due_at = clock_timestamp() where id in (
        select id from credential_check where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, 'credential-check' as kind),
    signups as (
      update embedded_signup set due_at = clock_timestamp() where id in (
        select id from embedded_signup where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, 'embedded-signup' as kind),
    imports as (
      update history_import set due_at = clock_timestamp() where id in (
        select id from history_import where due_at < ${late} order by due_at limit ${limit} for update skip locked)
      returning id, 'history-import' as kind),
    choices as (
      update planfix_account set choices_due_at = clock_timestamp() where id in (
        select id from planfix_account where choices_due_at < ${late} order by choices_due_at limit ${limit}
           for update skip locked)
      returning id, 'planfix-account' as kind)
    select kind, id from mailings union all select kind, id from starts union all select kind, id from accounts
    union all select kind, id from connections union all select kind, id from checks union all select kind, id from signups
    union all select kind, id from imports
    union all select kind, id from choices
  `.execute(db);
  return rows.map(({ kind, id }) => ({ kind, id }));
}
