import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { SCHEMA_TYPES_FILE, writeSchemaTypes } from '../../../dev/schema-types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

describe('the types of the schema', () => {
  let folder: string;
  let database: TestDatabase;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-schema-'));
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const generate = (name: string) => {
    writeSchemaTypes(database.url, join(folder, name));
    return readFileSync(join(folder, name), 'utf8');
  };
  const stored = readFileSync(SCHEMA_TYPES_FILE, 'utf8');

  it('are those of the migrations (npm run generate-schema)', () => {
    expect(generate('same.ts')).toBe(stored);
  });

  it('would differ after a change of the schema', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('alter table message alter column reason set not null').finally(() => client.end());
    expect(generate('changed.ts')).not.toBe(stored);
  });
});
