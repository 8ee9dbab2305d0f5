import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCHEMA_TYPES_FILE, writeSchemaTypes } from './schema-types.ts';
import { createMigratedDatabase, startThrowAwayPostgres } from './throw-away-postgres.ts';

// `npm run generate-schema`: after each change of the migrations, with a server of its own.
const folder = mkdtempSync(join(tmpdir(), 'parley-schema-'));
try {
  const server = await startThrowAwayPostgres(folder);
  try {
    const file = join(folder, 'schema.ts');
    writeSchemaTypes(await createMigratedDatabase(server.url, 'schema'), file);
    copyFileSync(file, SCHEMA_TYPES_FILE);
    process.stdout.write(`${SCHEMA_TYPES_FILE} is up to date\n`);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
