import { Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';

export type DatabaseReadiness = { postgres: boolean; migrations: boolean };

/** Whether Postgres answers, and whether it has every migration of this version. Never throws. */
export async function readReadiness(db: Database): Promise<DatabaseReadiness> {
  try {
    await sql`select 1`.execute(db);
  } catch {
    return { postgres: false, migrations: false };
  }
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const all = await migrator.getMigrations();
    return { postgres: true, migrations: all.every((migration) => migration.executedAt !== undefined) };
  } catch {
    return { postgres: true, migrations: false };
  }
}
