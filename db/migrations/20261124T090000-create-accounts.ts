import { type Kysely, sql } from 'kysely';

/** Accounts on both sides, the connections between them, and who may use the API. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlanfixAccount(db);
  await createPlanfixDirectory(db);
  await createMetaApp(db);
  await createConnection(db);
  await createApiKey(db);
  await createAuditEntry(db);
  await createIdempotencyKey(db);
}

async function createPlanfixAccount(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table planfix_account (
      id uuid primary key,
      name text not null,
      url text not null unique,
      token bytea not null,
      primary_admin text not null,
      hint_secret bytea not null,
      state text not null check (state in ('draft', 'connected', 'paused', 'failed')),
      checks jsonb not null default '[]',
      paused_reason text,
      paused_at timestamptz,
      probe_attempts integer not null default 0,
      clock_offset_ms bigint not null default 0,
      time_zone text,
      poll_due_at timestamptz not null default now(),
      polled_through timestamptz,
      created_at timestamptz not null default now()
    );
    create index planfix_account_poll on planfix_account (poll_due_at) where state in ('connected', 'paused');
  `.execute(db);
}

async function createPlanfixDirectory(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table planfix_directory (
      planfix_account_id uuid not null references planfix_account on delete cascade,
      kind text not null check (kind in ('employees', 'task-templates')),
      items jsonb not null,
      refreshed_at timestamptz not null,
      primary key (planfix_account_id, kind)
    );
  `.execute(db);
}

async function createMetaApp(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table meta_app (
      id uuid primary key,
      app_id text not null unique,
      app_secret bytea not null,
      verify_token bytea not null,
      created_at timestamptz not null default now()
    );
  `.execute(db);
}

async function createConnection(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table connection (
      id uuid primary key,
      provider text not null,
      planfix_account_id uuid not null references planfix_account,
      meta_app_id uuid not null references meta_app,
      phone_number_id text not null,
      waba_id text not null,
      portfolio_id text,
      display_phone_number text,
      verified_name text,
      access_token bytea not null,
      configured_by text not null,
      settings jsonb not null,
      state text not null check (state in
        ('draft', 'checking', 'connected', 'paused', 'failed', 'disconnecting', 'disconnected')),
      checks jsonb not null default '[]',
      paused_reason text,
      paused_at timestamptz,
      probe_due_at timestamptz,
      probe_attempts integer not null default 0,
      created_at timestamptz not null default now()
    );
    create unique index connection_live on connection (provider, phone_number_id)
      where state not in ('disconnected', 'failed');
    create index connection_account on connection (planfix_account_id);
  `.execute(db);
}

async function createApiKey(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_key (
      id uuid primary key,
      name text not null,
      secret_hash bytea not null unique,
      scopes text[] not null,
      planfix_account_id uuid references planfix_account on delete cascade,
      created_at timestamptz not null default now(),
      revoked_at timestamptz
    );
  `.execute(db);
}

async function createAuditEntry(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_entry (
      id uuid primary key,
      actor text not null,
      action text not null,
      subject_kind text not null,
      subject_id uuid,
      at timestamptz not null default now()
    );
  `.execute(db);
}

async function createIdempotencyKey(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_key (
      owner text not null,
      key text not null,
      request_digest bytea not null,
      response_status integer,
      response_body jsonb,
      created_at timestamptz not null default now(),
      primary key (owner, key)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table idempotency_key, audit_entry, api_key, connection, meta_app, planfix_directory, planfix_account
  `.execute(db);
}
