import { type Kysely, sql } from 'kysely';

/** Webhooks look for their connections, and whoever ends one for files that are still to be fetched. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index connection_of_app on connection (meta_app_id, phone_number_id);
    create index attachment_pending on attachment (connection_id) where state = 'pending';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index attachment_pending, connection_of_app`.execute(db);
}
