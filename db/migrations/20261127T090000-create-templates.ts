import { type Kysely, sql } from 'kysely';

/** Approved templates of each business account, in every version that was ever seen, and which one a message is of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A business account of a network (Meta: WABA): what templates belong to, whoever has numbers in it.
    create table channel_account (
      id uuid primary key,
      provider text not null,
      account_key text not null,
      templates_synced_at timestamptz,
      -- Somebody must look by then; moved ahead by whoever looks.
      templates_due_at timestamptz not null default now(),
      sync_failures integer not null default 0,
      sync_reason text,
      created_at timestamptz not null default now(),
      unique (provider, account_key)
    );
    create table message_template (
      id uuid primary key,
      channel_account_id uuid not null references channel_account,
      channel_template_id text not null,
      name text not null,
      language text not null,
      -- What changes with a version: the rest below follows the network without one.
      version integer not null,
      category text not null,
      parameter_format text not null check (parameter_format in ('positional', 'named')),
      components jsonb not null,
      status text not null,
      status_reason text,
      quality text,
      status_changed_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      -- A newer version took its place, or the network has it no more.
      replaced_at timestamptz
    );
    create unique index message_template_current on message_template (channel_account_id, name, language)
      where replaced_at is null;
    insert into channel_account (id, provider, account_key)
      select gen_random_uuid(), provider, waba_id from connection where state in ('connected', 'paused')
       group by provider, waba_id;
    alter table message add column template_id uuid references message_template;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table message drop column template_id;
    drop table message_template, channel_account;
  `.execute(db);
}
