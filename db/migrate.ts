import { Migrator } from 'kysely';
import { databaseConfigSchema } from './config.ts';
import { createDatabase, type Database } from './database.ts';
import { migrations } from './migrations/index.ts';

function createMigrator(db: Database): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations } });
}

/** Brings the schema up to date; several processes may call it at once (Kysely takes a lock). */
export async function migrateToLatest(db: Database): Promise<string[]> {
  return report(await createMigrator(db).migrateToLatest());
}

/** Takes back the newest migration. */
export async function migrateDown(db: Database): Promise<string[]> {
  return report(await createMigrator(db).migrateDown());
}

function report(outcome: Awaited<ReturnType<Migrator['migrateToLatest']>>): string[] {
  if (outcome.error) throw outcome.error;
  return (outcome.results ?? []).map((result) => `${result.direction} ${result.migrationName}`);
}

if (import.meta.main) {
  const config = databaseConfigSchema.parse(process.env);
  const db = createDatabase(config.DATABASE_URL, 1);
  const steps = process.argv.includes('--down') ? await migrateDown(db) : await migrateToLatest(db);
  for (const step of steps.length > 0 ? steps : ['nothing to do']) process.stdout.write(`migrate: ${step}\n`);
  await db.destroy();
}
