import { type Kysely, sql } from 'kysely';

/** What keeps the paths running: rate gates, reading positions, hints from Planfix, problems for a person. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createRateGate(db);
  await createTakeRateTokens(db);
  await createPlanfixTaskCursor(db);
  await createPlanfixHint(db);
  await createProblem(db);
}

async function createRateGate(db: Kysely<unknown>): Promise<void> {
  await sql`
    create unlogged table rate_gate (
      key text primary key,
      next_at timestamptz not null,
      promised_at timestamptz not null
    );
  `.execute(db);
}

async function createTakeRateTokens(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Tokens, one after the other. Granted: the first may be used at "at", at most max_wait_ms from now, each further one
    -- a step later. Refused: "at" is when to ask again; those who were turned away get staggered times, and whoever
    -- takes only what is free now stands behind them.
    create function take_rate_tokens(gate text, interval_ms double precision, burst integer, max_wait_ms double precision,
      tokens integer, only_free boolean, out granted boolean, out at timestamptz, out until timestamptz)
    language plpgsql as $$
    declare
      step interval := interval_ms * interval '1 millisecond';
      tolerance interval := (burst - 1) * step;
      row rate_gate;
      moment timestamptz;
    begin
      insert into rate_gate values (gate, '-infinity', '-infinity') on conflict do nothing;
      select * into row from rate_gate where key = gate for update;
      moment := clock_timestamp();
      at := greatest(row.next_at - tolerance, moment);
      granted := case when only_free then at <= moment and row.promised_at <= moment
                      else at <= moment + max_wait_ms * interval '1 millisecond' end;
      if granted then
        until := greatest(row.next_at, moment) + tokens * step;
        update rate_gate set next_at = until where key = gate;
      elsif not only_free then
        at := greatest(row.promised_at, at);
        update rate_gate set promised_at = at + step where key = gate;
      end if;
    end $$;
  `.execute(db);
}

async function createPlanfixTaskCursor(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table planfix_task_cursor (
      planfix_account_id uuid not null references planfix_account,
      planfix_task integer not null,
      last_comment integer not null,
      last_comment_at timestamptz,
      decided_comments integer[] not null default '{}',
      read_began_at timestamptz,
      primary key (planfix_account_id, planfix_task)
    );
  `.execute(db);
}

async function createPlanfixHint(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table planfix_hint (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      planfix_task integer not null,
      planfix_comment integer not null,
      received_at timestamptz not null default now(),
      unique (planfix_account_id, planfix_comment)
    );
  `.execute(db);
}

async function createProblem(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table problem (
      id uuid primary key,
      planfix_account_id uuid references planfix_account,
      connection_id uuid references connection,
      conversation_id uuid references conversation,
      message_id uuid references message,
      kind text not null,
      reason text,
      detail text,
      state text not null default 'open' check (state in ('open', 'settled')),
      resolution text,
      created_at timestamptz not null default now(),
      settled_at timestamptz
    );
    create unique index problem_open
      on problem (kind, coalesce(message_id, conversation_id, connection_id, planfix_account_id)) where state = 'open';
    create index problem_newest on problem (created_at desc, id desc);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop function take_rate_tokens;
    drop table problem, planfix_hint, planfix_task_cursor, rate_gate;
  `.execute(db);
}
