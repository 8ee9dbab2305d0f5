import { type Kysely, sql } from 'kysely';

/** When a task of the connection was last read back to see that Planfix keeps what it is given; null: not yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connection add column fields_verified_at timestamptz`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connection drop column fields_verified_at`.execute(db);
}
