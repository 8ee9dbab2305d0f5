import { parseArgs } from 'node:util';
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

const USAGE = `npm run migrate            brings the schema up to date
npm run migrate -- --down  takes back the newest migration`;

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { down: { type: 'boolean', default: false } } });
  const config = databaseConfigSchema.safeParse(process.env);
  if (!config.success) throw new Error(config.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('\n'));
  const db = createDatabase(config.data.DATABASE_URL, 1);
  try {
    const steps = values.down ? await migrateDown(db) : await migrateToLatest(db);
    for (const step of steps.length > 0 ? steps : ['nothing to do']) process.stdout.write(`migrate: ${step}\n`);
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`migrate: ${(error as Error).message}\n${USAGE}\n`);
    process.exitCode = 1;
  }
}
