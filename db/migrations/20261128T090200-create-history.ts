import { type Kysely, sql } from 'kysely';

/** What the business's own app hands over when it is connected: its chats of before, and its address book. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Imported: it is shown, and otherwise nothing is done about it. Such a message is "ignored" until it stands in the
    -- description of a task. Its time of arrival is the channel's, so that it stands where it belongs in the list.
    alter table message add column is_history boolean not null default false;
    create index message_history on message (conversation_id, channel_at, position)
      where is_history and planfix_task is null;
    -- The last of the imported messages that this task tells of; null: there were none.
    alter table conversation_task add column history_position bigint;
    -- The name is that of the business's own address book, as of then: what people call themselves does not replace it.
    alter table customer add column book_named_at timestamptz;
    -- One for each connection that was handed anything; what there is to do are the events that are not applied.
    create table history_import (
      id uuid primary key,
      connection_id uuid not null unique references connection on delete cascade,
      -- Of 100, as the network tells it.
      progress smallint,
      -- The owner chose not to share the history.
      declined_at timestamptz,
      messages integer not null default 0,
      -- Older than the connection wants.
      older integer not null default 0,
      contacts integer not null default 0,
      removed_contacts integer not null default 0,
      unreadable integer not null default 0,
      due_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index history_import_due on history_import (due_at) where due_at is not null;
    create index inbound_event_to_import on inbound_event (connection_id, id)
      where kind in ('history', 'contact-sync') and applied_at is null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index inbound_event_to_import;
    drop table history_import;
    alter table customer drop column book_named_at;
    alter table conversation_task drop column history_position;
    delete from attachment f using message m where m.id = f.message_id and m.is_history;
    delete from message where is_history;
    drop index message_history;
    alter table message drop column is_history;
  `.execute(db);
}
