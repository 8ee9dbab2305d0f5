import { type Kysely, sql } from 'kysely';

/** Messages to many: what is identical, what is held out of tasks, declared mailings, and who wants no marketing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createMailing(db);
  await indexMailing(db);
  await createMailingRecipient(db);
  await createOutgoingFingerprint(db);
  await createMarketingOptOut(db);
  await sql`
    alter table message add column mailing_id uuid references mailing;
    create index message_mailing on message (mailing_id, position) where mailing_id is not null;
    create index message_mailing_to_send on message (mailing_id, position)
      where mailing_id is not null and state in ('ready', 'sending', 'unknown');
    create index message_held_until on message (expires_at) where hold = 'held';
    create index message_held_of_mailing on message (mailing_id, expires_at) where hold = 'held' and mailing_id is not null;
    -- What is held is no work: a hundred thousand of them must not lie between what is.
    drop index message_to_planfix;
    create index message_to_planfix on message (conversation_id, channel_at, position)
      where direction in ('inbound', 'note', 'echo') and state = 'received' and (hold is null or hold = 'releasing');
    -- What the network lets the number send; null: not asked yet.
    alter table connection add column messages_per_second integer;
    update connection set settings = '{"bulkByTemplate": false}'::jsonb || settings;
  `.execute(db);
}

async function createMailing(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Messages of one connection that are kept out of tasks together. "declared": somebody asked for it; "detected":
    -- the fourth identical message began it.
    create table mailing (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      connection_id uuid not null references connection,
      origin text not null check (origin in ('declared', 'detected')),
      state text not null check (state in ('checking', 'refused', 'scheduled', 'running', 'paused', 'stopped', 'cancelled',
        'done')),
      reason text,
      name text,
      -- What all of its messages share: kept once, blanked when the last of them has expired.
      kind text not null,
      text text not null,
      content jsonb,
      -- Of a declared one: values of placeholders for all recipients, who may bring their own.
      parameters jsonb,
      template_id uuid references message_template,
      is_marketing boolean not null default false,
      -- Of a detected one.
      fingerprint bytea,
      last_member_at timestamptz,
      closed_at timestamptz,
      -- Of a declared one.
      rate real,
      start_at timestamptz,
      skips_bad_lines boolean not null default false,
      lines integer not null default 0,
      checked_line integer not null default 0,
      queued_line integer not null default 0,
      -- The rest of the lines wait.
      bad_lines integer not null default 0,
      duplicate_lines integer not null default 0,
      opted_out_lines integer not null default 0,
      queued_lines integer not null default 0,
      created_by text,
      -- Its lines were checked and found good enough to be sent to.
      accepted_at timestamptz,
      -- The same key of the same caller is the same mailing; another digest under it is refused.
      request_owner text,
      request_key text,
      request_digest bytea,
      -- Its lines came as a file, so that they are counted with the header.
      is_upload boolean not null default false,
      -- The brake: quality of the number when it began (anew), and the last message that counts no more.
      start_quality text,
      quality_read_at timestamptz,
      brake_position bigint not null default 0,
      -- Somebody must look by then; moved ahead by the workflow while it works or sleeps, null when nothing is left.
      due_at timestamptz default now(),
      lease uuid,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      finished_at timestamptz,
      erased_at timestamptz
    );
  `.execute(db);
}

async function indexMailing(db: Kysely<unknown>): Promise<void> {
  await sql`
    create unique index mailing_open on mailing (connection_id, fingerprint)
      where origin = 'detected' and closed_at is null;
    create unique index mailing_request on mailing (request_owner, request_key) where request_key is not null;
    create index mailing_due on mailing (due_at) where due_at is not null;
    create index mailing_newest on mailing (created_at desc, id desc);
    create index mailing_template on mailing (template_id) where state in ('checking', 'scheduled', 'running', 'paused');
  `.execute(db);
}

async function createMailingRecipient(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mailing_recipient (
      mailing_id uuid not null references mailing on delete cascade,
      line integer not null,
      -- As it was given; blanked when the mailing is over.
      recipient text not null,
      name text,
      parameters jsonb,
      -- After the check: digits, or the network's own id; and the canonical form, for comparing.
      address text,
      person text,
      state text not null check (state in ('unchecked', 'good', 'bad', 'duplicate', 'opted-out', 'queued')),
      -- What is wrong with it: where, what, and what to do.
      path text,
      message text,
      remedy text,
      message_id uuid,
      primary key (mailing_id, line)
    );
    create index mailing_recipient_person on mailing_recipient (mailing_id, person, line) where person is not null;
    create index mailing_recipient_aside on mailing_recipient (mailing_id, line)
      where state in ('bad', 'duplicate', 'opted-out');
  `.execute(db);
}

async function createOutgoingFingerprint(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Decided messages that count: how many identical ones left at which moment.
    create table outgoing_fingerprint (
      connection_id uuid not null references connection,
      fingerprint bytea not null,
      at timestamptz not null,
      messages integer not null,
      decided_at timestamptz not null default now()
    );
    create index outgoing_fingerprint_at on outgoing_fingerprint (connection_id, fingerprint, at);
    create index outgoing_fingerprint_decided on outgoing_fingerprint using brin (decided_at);
  `.execute(db);
}

async function createMarketingOptOut(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table marketing_opt_out (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      customer_id uuid not null references customer,
      connection_id uuid references connection,
      source text not null check (source in ('stop-word', 'preference', 'network-refusal', 'operator')),
      message_id uuid references message,
      created_by text,
      created_at timestamptz not null default now(),
      revoked_at timestamptz,
      revoked_by text,
      revoked_source text
    );
    create unique index marketing_opt_out_current on marketing_opt_out (planfix_account_id, customer_id)
      where revoked_at is null;
    create index marketing_opt_out_newest on marketing_opt_out (created_at desc, id desc);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    update connection set settings = settings - '{bulkByTemplate,marketingStopWords,marketingStartWords}'::text[];
    drop index message_mailing, message_mailing_to_send, message_held_until, message_held_of_mailing, message_to_planfix;
    create index message_to_planfix on message (conversation_id, channel_at, position)
      where direction in ('inbound', 'note', 'echo') and state = 'received';
    alter table message drop column mailing_id;
    alter table connection drop column messages_per_second;
    drop table marketing_opt_out, outgoing_fingerprint, mailing_recipient, mailing;
  `.execute(db);
}
