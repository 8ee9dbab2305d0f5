import { type Kysely, sql } from 'kysely';

/** A number that the network finds too fast is slowed down, and paused only if nothing is taken for long. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The network found it too fast then, and has taken nothing since.
    alter table rate_gate add column refused_since timestamptz;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table rate_gate drop column refused_since`.execute(db);
}
