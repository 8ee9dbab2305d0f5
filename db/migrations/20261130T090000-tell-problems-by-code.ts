import { type Kysely, sql } from 'kysely';

/** What a problem says is kept by code as well, so that it can be told in any language. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Codes with their values; none where only the detail says it.
    alter table problem add column findings jsonb not null default '[]';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table problem drop column findings`.execute(db);
}
