import { type Kysely, sql } from 'kysely';

/** What came for a number while it was being connected is taken in once it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table inbound_event
      -- The draft that it waits for, which may be deleted; and what is to be done with it then.
      add column waits_for uuid,
      add column work jsonb;
    create index inbound_event_waiting on inbound_event (waits_for) where waits_for is not null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index inbound_event_waiting;
    alter table inbound_event drop column work, drop column waits_for;
  `.execute(db);
}
