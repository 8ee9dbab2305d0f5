import { type Kysely, sql } from 'kysely';

/** Why a step of a connection failed is kept by code as well, so that it can be told in any language. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The finding that detail says; null where only the detail says it.
    alter table connection_step add column because jsonb;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connection_step drop column because`.execute(db);
}
