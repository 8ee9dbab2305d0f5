import { type Kysely, sql } from 'kysely';

/** Requests to write first: each leads to one conversation and one message, however often it is made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation_start (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      connection_id uuid not null references connection,
      -- The same key of the same caller is the same request; another digest under it is refused.
      request_owner text not null,
      request_key text,
      request_digest bytea not null,
      requested_by text not null,
      source text not null check (source in ('api', 'planfix')),
      -- Whom it goes to: a phone, an id, a contact or "whoever the task is of"; blanked once that is settled.
      recipient jsonb,
      -- The task that the message shall stand in.
      planfix_task integer,
      name text,
      -- What is said; blanked once the message has it.
      kind text not null,
      text text not null,
      content jsonb,
      template_id uuid references message_template,
      state text not null check (state in ('looking', 'started', 'refused')),
      reason text,
      reason_detail text,
      conversation_id uuid references conversation,
      message_id uuid references message,
      -- Of a refusal that has to be said on the task.
      note_intent_token uuid,
      note_intent_at timestamptz,
      note_clean_looks smallint not null default 0,
      note_comment integer,
      due_at timestamptz,
      created_at timestamptz not null default now(),
      settled_at timestamptz
    );
    create unique index conversation_start_request on conversation_start (request_owner, request_key)
      where request_key is not null;
    create index conversation_start_due on conversation_start (due_at) where due_at is not null;
    create index conversation_start_message on conversation_start (message_id) where message_id is not null;
    create index conversation_start_created on conversation_start (created_at);
    -- Several starts of one number may be refused and open, though not twice the same.
    drop index problem_open;
    create unique index problem_open on problem
      (kind, coalesce(message_id, conversation_id, connection_id, planfix_account_id), coalesce(planfix_comment, 0),
       (case when kind = 'start-refused' then detail else '' end))
      where state = 'open';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index problem_open;
    delete from problem where kind = 'start-refused';
    create unique index problem_open on problem
      (kind, coalesce(message_id, conversation_id, connection_id, planfix_account_id), coalesce(planfix_comment, 0))
      where state = 'open';
    drop table conversation_start;
  `.execute(db);
}
