import { type Kysely, sql } from 'kysely';

/** Each poll looks for tasks that were never read, of which there are hardly any. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index planfix_task_unread on planfix_task_cursor (planfix_account_id, planfix_task)
      where read_began_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index planfix_task_unread`.execute(db);
}
