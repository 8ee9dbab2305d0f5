import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE, ROOT } from './folders.ts';

/** The types of `db/`, written from a migrated database. */
export const SCHEMA_TYPES_FILE = join(ROOT, 'db', 'schema.generated.ts');

/** The generator cannot tell which names the overrides in its settings need: it parses them with an older TypeScript. */
const IMPORTS = `import type { MessageState } from "../workflows/domain/message.ts";
import type { ChecksColumn, ContentColumn, DocumentColumn, FindingsColumn, ItemsColumn, SettingsColumn } from "./columns.ts";
`;
const FIRST_IMPORT = 'import type { ColumnType } from "kysely";\n';

/** Writes the types of that database's schema, with the settings of `.kysely-codegenrc.json`. @throws with its output */
export function writeSchemaTypes(databaseUrl: string, file: string): void {
  const program = join(ROOT, 'node_modules', '.bin', 'kysely-codegen');
  const args = [program, '--config-file', join(ROOT, '.kysely-codegenrc.json'), '--out-file', file];
  const environment = { ...process.env, DATABASE_URL: databaseUrl };
  const { status, stdout, stderr } = spawnSync(NODE, args, { cwd: ROOT, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`kysely-codegen failed:\n${stdout}${stderr}`);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(FIRST_IMPORT)) throw new Error('the generated file does not begin as expected');
  writeFileSync(file, text.replace(FIRST_IMPORT, `${FIRST_IMPORT}${IMPORTS}`));
}
