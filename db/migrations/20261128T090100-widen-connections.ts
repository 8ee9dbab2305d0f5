import { type Kysely, sql } from 'kysely';

/** Other providers than Meta, the steps of connecting and disconnecting, and how a connection fares. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await widenConnection(db);
  await createSteps(db);
  await createWizard(db);
  await sql`
    alter table planfix_directory drop constraint planfix_directory_kind_check;
    alter table planfix_directory add constraint planfix_directory_kind_check
      check (kind in ('employees', 'task-templates', 'contact-templates', 'groups'));
    -- The last scenario of this account that called.
    alter table planfix_account add column hint_seen_at timestamptz;
  `.execute(db);
}

async function widenConnection(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connection
      -- Only networks whose webhooks an app signs have one.
      alter column meta_app_id drop not null,
      -- Destroyed when the connection ends.
      alter column access_token drop not null,
      -- In the address of webhooks that nobody signs, sealed; and whence they may come.
      add column webhook_secret bytea,
      add column allowed_addresses text[],
      -- Shared with the phone app (coexistence).
      add column on_business_app boolean not null default false,
      -- Null: never, or not known.
      add column token_expires_at timestamptz,
      -- The two-step verification PIN, sealed: needed to register again.
      add column pin bytea,
      -- What the network last said of the number: quality, name, limits, status; in its words.
      add column facts jsonb not null default '{}',
      -- What the self-check last found, one entry for each check.
      add column health jsonb not null default '[]',
      -- Somebody must look by then; moved ahead by whoever looks.
      add column due_at timestamptz,
      add column webhook_seen_at timestamptz,
      -- The network was asked to call our address, and did.
      add column canary_sent_at timestamptz,
      add column canary_seen_at timestamptz,
      add column disconnecting_at timestamptz,
      add column disconnected_at timestamptz,
      -- When it last became a draft: a number that is connected again keeps its row.
      add column drafted_at timestamptz not null default now();
    create index connection_due on connection (due_at) where due_at is not null;
    update connection
       set settings = '{"fallbackOrder": ["primary-admin", "configured-by"], "historyDays": 30}'::jsonb || settings;
  `.execute(db);
}

async function createSteps(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- What is done once to connect or disconnect: "called" is written before the call, since some may be made once only.
    create table connection_step (
      connection_id uuid not null references connection on delete cascade,
      step text not null,
      state text not null check (state in ('waiting', 'called', 'done', 'failed', 'skipped')),
      -- A stable word for how it ended, and the network's own words.
      code text,
      detail text,
      -- What the network answered by which its support finds the call.
      request_id text,
      actor text,
      due_at timestamptz,
      deadline_at timestamptz,
      called_at timestamptz,
      settled_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (connection_id, step)
    );
    -- Registering and deregistering share a budget per number, whatever becomes of the connection.
    create table registration_call (
      id uuid primary key,
      provider text not null,
      number_key text not null,
      -- Sealed: where the answer was lost, the number may have this PIN although nothing else of the attempt is kept.
      pin bytea,
      called_at timestamptz not null default now()
    );
    create index registration_call_number on registration_call (provider, number_key, called_at);
  `.execute(db);
}

async function createWizard(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Credentials that somebody is typing, looked at by the worker; deleted as soon as the answer is given.
    create table credential_check (
      id uuid primary key,
      input bytea not null,
      result jsonb,
      due_at timestamptz,
      created_at timestamptz not null default now()
    );
    -- One Embedded Signup: the code and the finish message come in either order.
    create table embedded_signup (
      id uuid primary key,
      meta_app_id uuid not null references meta_app on delete cascade,
      road text not null check (road in ('new-number', 'business-app')),
      state text not null check (state in ('waiting', 'exchanging', 'ready', 'failed', 'used')),
      code bytea,
      code_received_at timestamptz,
      -- Name of the finish event and its ids.
      finish jsonb,
      access_token bytea,
      token_expires_at timestamptz,
      -- What was found with the token: accounts and numbers to choose from.
      result jsonb,
      due_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index credential_check_due on credential_check (due_at) where due_at is not null;
    create index embedded_signup_due on embedded_signup (due_at) where due_at is not null;
    -- Configuration id and extras of Embedded Signup, for a new number and for coexistence.
    alter table meta_app add column embedded_signup jsonb;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table meta_app drop column embedded_signup;
    drop table embedded_signup, credential_check, registration_call, connection_step;
    drop index connection_due;
    delete from planfix_directory where kind in ('contact-templates', 'groups');
    alter table planfix_directory drop constraint planfix_directory_kind_check;
    alter table planfix_directory add constraint planfix_directory_kind_check
      check (kind in ('employees', 'task-templates'));
    alter table planfix_account drop column hint_seen_at;
    delete from connection where meta_app_id is null or access_token is null;
    alter table connection
      alter column meta_app_id set not null,
      alter column access_token set not null,
      drop column webhook_secret, drop column allowed_addresses, drop column on_business_app,
      drop column token_expires_at, drop column pin, drop column facts, drop column health, drop column due_at,
      drop column webhook_seen_at, drop column canary_sent_at, drop column canary_seen_at,
      drop column disconnecting_at, drop column disconnected_at, drop column drafted_at;
  `.execute(db);
}
