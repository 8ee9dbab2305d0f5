import { type Kysely, sql } from 'kysely';

/** What self-checks and disconnecting must remember of a connection. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connection
      -- While it ends, what customers write from then on is kept, and not posted.
      add column inbound_held_since timestamptz,
      -- Whoever waited for it is still to be woken.
      add column has_waiting boolean not null default false,
      -- Of the last news of the link that was heeded, by the network's clock: older ones come too late.
      add column link_changed_at timestamptz,
      -- When what the network restricts is free again, where it told that of all of it.
      add column restricted_until timestamptz,
      -- When the network was last asked how the number is, and what its token is worth.
      add column checked_at timestamptz,
      add column token_checked_at timestamptz;
    -- Sent although its connection ends: a person wants it to.
    alter table message add column leaves_last boolean not null default false;
    create index message_queued on message (connection_id, position)
      where direction = 'outbound' and state in ('ready', 'waiting') and mailing_id is null;
    -- What the network took and has told nothing of.
    create index message_untold on message (connection_id, sent_at) where direction = 'outbound' and state = 'sent';
    -- Those that are there are looked after from now on, not all of them in the same second.
    update connection set due_at = clock_timestamp() + random() * interval '4 minutes'
     where state in ('connected', 'paused');
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index message_untold, message_queued;
    alter table message drop column leaves_last;
    alter table connection
      drop column inbound_held_since, drop column has_waiting, drop column link_changed_at, drop column restricted_until,
      drop column checked_at, drop column token_checked_at;
  `.execute(db);
}
