import { type Kysely, sql } from 'kysely';

/** A paused connection that is being connected again goes back to what it was if that fails. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The row as it was, secrets sealed.
    alter table connection add column former jsonb;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connection drop column former`.execute(db);
}
