import { type Kysely, sql } from 'kysely';

/** Customers, conversations, their tasks, and every event and message. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCustomer(db);
  await createCustomerIdentity(db);
  await createPlanfixContact(db);
  await createConversation(db);
  await createConversationTask(db);
  await createInboundEvent(db);
  await createMessage(db);
}

async function createCustomer(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table customer (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      name text,
      erased_at timestamptz,
      created_at timestamptz not null default now()
    );
  `.execute(db);
}

async function createCustomerIdentity(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Inserted before its customer, so that a lost race leaves no customer behind.
    create table customer_identity (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      customer_id uuid not null references customer deferrable initially deferred,
      network text not null,
      scope text not null,
      kind text not null check (kind in ('phone', 'bsuid', 'parent-bsuid', 'igsid')),
      value text not null,
      -- As the network spells it: what a message is addressed to. "value" is the canonical form, for comparing.
      address text not null,
      valid_from timestamptz not null default now(),
      valid_to timestamptz,
      unique (planfix_account_id, network, scope, kind, value)
    );
    create index customer_identity_customer on customer_identity (customer_id);
  `.execute(db);
}

async function createPlanfixContact(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table planfix_contact (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      customer_id uuid not null references customer,
      contact integer,
      is_refused_as_owner boolean not null default false,
      intent_token uuid,
      intent_at timestamptz,
      clean_looks smallint not null default 0,
      created_at timestamptz not null default now(),
      unique (planfix_account_id, customer_id)
    );
    create index planfix_contact_number on planfix_contact (planfix_account_id, contact);
  `.execute(db);
}

async function createConversation(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      connection_id uuid not null references connection,
      customer_id uuid not null references customer,
      window_expires_at timestamptz,
      to_planfix_due_at timestamptz,
      to_planfix_lease uuid,
      to_customer_due_at timestamptz,
      to_customer_lease uuid,
      swept_at timestamptz,
      sweeps integer not null default 0,
      created_at timestamptz not null default now(),
      unique (connection_id, customer_id)
    );
    create index conversation_to_planfix_due on conversation (to_planfix_due_at) where to_planfix_due_at is not null;
    create index conversation_to_customer_due on conversation (to_customer_due_at) where to_customer_due_at is not null;
  `.execute(db);
}

async function createConversationTask(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation_task (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      conversation_id uuid not null references conversation,
      planfix_task integer,
      is_current boolean not null,
      is_active boolean not null default true,
      is_gone boolean not null default false,
      active_known_at timestamptz,
      first_message_id uuid,
      previous_planfix_task integer,
      assignees jsonb,
      assignee_reason text,
      intent_token uuid,
      intent_at timestamptz,
      clean_looks smallint not null default 0,
      created_at timestamptz not null default now()
    );
    create unique index conversation_task_current on conversation_task (conversation_id) where is_current;
    create index conversation_task_number on conversation_task (planfix_account_id, planfix_task);
  `.execute(db);
}

async function createInboundEvent(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table inbound_event (
      id uuid primary key,
      source_id uuid not null,
      connection_id uuid references connection,
      event_key text not null,
      kind text not null,
      subject text,
      detail jsonb,
      raw jsonb,
      reason text,
      received_at timestamptz not null default now(),
      applied_at timestamptz,
      unique (source_id, event_key)
    );
    create index inbound_event_unapplied_status on inbound_event (connection_id, subject)
      where kind = 'status' and applied_at is null;
  `.execute(db);
}

async function createMessage(db: Kysely<unknown>): Promise<void> {
  await sql`
    create sequence message_position;
    create table message (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      connection_id uuid not null references connection,
      conversation_id uuid not null references conversation,
      direction text not null check (direction in ('inbound', 'outbound', 'note')),
      kind text not null,
      state text not null check (state in ('received', 'posted', 'ready', 'sending', 'sent', 'delivered', 'read',
        'failed', 'refused', 'unknown', 'waiting', 'parked', 'ignored')),
      hold text check (hold in ('held', 'releasing', 'released', 'expired')),
      position bigint not null default nextval('message_position'),
      text text not null,
      reason text,
      reason_code integer,
      reason_detail text,
      channel_message_id text,
      quoted_channel_message_id text,
      channel_at timestamptz,
      about_message_id uuid references message,
      planfix_author text,
      planfix_task integer,
      planfix_comment integer,
      planfix_part integer not null default 0,
      intent_token uuid,
      intent_at timestamptz,
      clean_looks smallint not null default 0,
      not_before timestamptz,
      attempts integer not null default 0,
      blocked_since timestamptz,
      claim_token uuid,
      claimed_at timestamptz,
      received_at timestamptz not null default now(),
      posted_at timestamptz,
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      failed_at timestamptz
    );
    create unique index message_channel_id on message (connection_id, channel_message_id)
      where channel_message_id is not null;
    create unique index message_planfix_comment
      on message (planfix_account_id, planfix_comment, conversation_id, planfix_part) where planfix_comment is not null;
    create index message_to_planfix on message (conversation_id, channel_at, position)
      where direction in ('inbound', 'note') and state = 'received';
    create index message_to_customer on message (conversation_id, position)
      where direction = 'outbound' and state in ('ready', 'sending', 'unknown');
    create index message_newest on message (received_at desc, position desc);
    create index message_conversation on message (conversation_id, received_at desc, position desc);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table message, inbound_event, conversation_task, conversation, planfix_contact, customer_identity, customer;
    drop sequence message_position;
  `.execute(db);
}
