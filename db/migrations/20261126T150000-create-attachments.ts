import { type Kysely, sql } from 'kysely';

/** Files, what a message holds beside its words, colleagues' messages from the business app, and window warnings. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createAttachment(db);
  await extendMessage(db);
  await extendConversation(db);
  await extendTheRest(db);
}

async function createAttachment(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table attachment (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      connection_id uuid not null references connection,
      conversation_id uuid not null references conversation,
      message_id uuid not null references message on delete cascade,
      part smallint not null default 0,
      name text,
      mime text,
      size bigint,
      sha256 text,
      is_voice boolean not null default false,
      -- Of the network: given with an inbound message; ours after an upload, good for a while from channel_media_at.
      channel_media_id text,
      channel_media_at timestamptz,
      planfix_file integer,
      -- pending: to be moved; moved: the other side has it; failed: it never will.
      state text not null check (state in ('pending', 'moved', 'failed')),
      reason text,
      reason_detail text,
      -- When a lane first wanted it, which starts the time that a slow file is waited for.
      wanted_at timestamptz,
      moved_at timestamptz,
      -- What became of it stands in Planfix; false after the message was posted: it must still be added there.
      is_shown boolean not null default false,
      attempts integer not null default 0,
      created_at timestamptz not null default now(),
      unique (message_id, part)
    );
    create index attachment_reusable on attachment (connection_id, planfix_file)
      where channel_media_at is not null and planfix_file is not null;
    create index attachment_to_show on attachment (conversation_id) where not is_shown;
  `.execute(db);
}

async function extendMessage(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table message drop constraint message_direction_check;
    alter table message add constraint message_direction_check
      check (direction in ('inbound', 'outbound', 'note', 'echo'));
    alter table message
      add column content jsonb,
      add column pricing jsonb,
      -- Of an outbound message: a comment in Planfix or a call of the API.
      add column origin text check (origin in ('planfix', 'api')),
      -- Of a send that the network took and gave up because the window was closed; what is told of it counts no more.
      add column former_channel_message_id text,
      -- Until when a held message can be released.
      add column expires_at timestamptz;
    update message set origin = 'planfix' where direction = 'outbound';
    update message set kind = 'outcome' where direction = 'note';
    drop index message_to_planfix;
    create index message_to_planfix on message (conversation_id, channel_at, position)
      where direction in ('inbound', 'note', 'echo') and state = 'received';
    create index message_held on message (conversation_id, channel_at) where hold in ('held', 'releasing');
    create index conversation_window on conversation (window_expires_at);
    create index message_waiting on message (conversation_id) where state = 'waiting';
  `.execute(db);
}

async function extendConversation(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table conversation
      add column last_inbound_at timestamptz,
      add column last_answer_at timestamptz,
      -- The end of the window that the assignee was warned of.
      add column window_warned_for timestamptz,
      add column shown_delivery_state text,
      -- The channel time up to which messages stand in Planfix: what comes later with an earlier time is late.
      add column posted_through timestamptz;
    -- All messages that the description holds, in order; the last of them is first_message_id.
    alter table conversation_task add column opening_messages uuid[];
  `.execute(db);
}

async function extendTheRest(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Made for somebody whose phone was hidden: it is added when it turns up.
    alter table planfix_contact add column lacks_phone boolean not null default false;
    -- Another row of the same person, found later; what comes for this one belongs to that one.
    alter table customer add column merged_into uuid references customer;
    update connection set settings = '{"openTaskForEchoes": false, "readReceipts": "when-answered",
      "windowWarning": true, "unnotifiedHints": true, "reactionsFromComments": false}'::jsonb || settings;
    -- A person decided that this comment is for the customer of that conversation, whomever it notifies.
    alter table planfix_hint add column send_to uuid references conversation;
    alter table problem
      add column planfix_task integer,
      add column planfix_comment integer;
    drop index problem_open;
    create unique index problem_open on problem
      (kind, coalesce(message_id, conversation_id, connection_id, planfix_account_id), coalesce(planfix_comment, 0))
      where state = 'open';
    create unique index problem_comment on problem (planfix_account_id, conversation_id, planfix_comment, kind)
      where planfix_comment is not null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index problem_comment, problem_open;
    delete from problem where planfix_comment is not null;
    create unique index problem_open
      on problem (kind, coalesce(message_id, conversation_id, connection_id, planfix_account_id)) where state = 'open';
    alter table problem drop column planfix_task, drop column planfix_comment;
    update connection set settings = settings - '{openTaskForEchoes,readReceipts,windowWarning,unnotifiedHints,
      reactionsFromComments,echoAuthor,deliveryStateField,defaultCountry}'::text[];
    alter table planfix_hint drop column send_to;
    alter table customer drop column merged_into;
    alter table planfix_contact drop column lacks_phone;
    alter table conversation drop column last_inbound_at, drop column last_answer_at, drop column window_warned_for,
      drop column shown_delivery_state, drop column posted_through;
    alter table conversation_task drop column opening_messages;
    drop index message_held, message_waiting, message_to_planfix, conversation_window;
    delete from attachment;
    drop table attachment;
    delete from message where direction = 'echo';
    alter table message drop column content, drop column pricing, drop column origin, drop column expires_at,
      drop column former_channel_message_id;
    alter table message drop constraint message_direction_check;
    alter table message add constraint message_direction_check check (direction in ('inbound', 'outbound', 'note'));
    create index message_to_planfix on message (conversation_id, channel_at, position)
      where direction in ('inbound', 'note') and state = 'received';
  `.execute(db);
}
