import { type Kysely, sql } from 'kysely';

/** Requests to put a conversation into a task that exists already; the lane that calls Planfix serves them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table task_link (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      conversation_id uuid not null references conversation,
      planfix_task integer not null,
      state text not null check (state in ('requested', 'linked', 'refused')),
      reason text,
      created_at timestamptz not null default now(),
      settled_at timestamptz
    );
    create unique index task_link_requested on task_link (conversation_id) where state = 'requested';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table task_link`.execute(db);
}
