import { type Kysely, sql } from 'kysely';

/** Finding conversations among many, what is shown at a glance, and who waits for an account's choices. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await indexSearch(db);
  await sql`
    create index problem_conversation on problem (conversation_id) where state = 'open';
    create index problem_connection on problem (connection_id) where state = 'open';
    alter table planfix_account
      -- Somebody looks at what settings are chosen from, and found it old. By the database's clock, in whole milliseconds.
      add column choices_asked_at timestamptz,
      -- It is to be read by then; null when it was, or when Planfix did not show it.
      add column choices_due_at timestamptz;
    create index planfix_account_choices_due on planfix_account (choices_due_at) where choices_due_at is not null;
    -- When work that nobody waits for was last done to its end.
    -- What became of the messages of a mailing that is over, as it was last counted.
    alter table mailing add column counts jsonb, add column counted_at timestamptz;
    create table work_mark (
      name text primary key,
      done_at timestamptz not null
    );
  `.execute(db);
}

async function indexSearch(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Runs of letters, lower case: a name holds a word if it holds all runs of it. The extension for this (pg_trgm) knows
    -- only the letters of the database's own ctype, which in many databases are those of English.
    create function search_grams(words text, shortest integer, longest integer) returns text[]
    language sql immutable strict parallel safe as $$
      select coalesce(array_agg(distinct substr(lower(left(words, 200)), at, size)), '{}')
        from generate_series(1, char_length(left(words, 200))) as at, generate_series(shortest, longest) as size
       where at + size - 1 <= char_length(left(words, 200))
    $$;
    create index customer_name_grams on customer using gin (search_grams(name, 2, 3))
      -- What is not sorted in yet is read through by each search.
      with (gin_pending_list_limit = 256);
    create index customer_identity_phone on customer_identity (value text_pattern_ops) where kind = 'phone';
    create index customer_identity_phone_end on customer_identity (reverse(value) text_pattern_ops)
      where kind = 'phone';
    create index conversation_customer on conversation (customer_id);
    create index conversation_task_found on conversation_task (planfix_task) where planfix_task is not null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table work_mark;
    alter table mailing drop column counts, drop column counted_at;
    drop index planfix_account_choices_due, problem_connection, problem_conversation, conversation_task_found,
      conversation_customer, customer_identity_phone_end, customer_identity_phone, customer_name_grams;
    drop function search_grams;
    alter table planfix_account drop column choices_due_at, drop column choices_asked_at;
  `.execute(db);
}
