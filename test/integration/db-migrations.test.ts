import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDatabase, type Database } from '../../db/database.ts';
import { migrateDown, migrateToLatest } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { NODE, ROOT } from '../../dev/folders.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** Everything that a migration can make, in words that compare. Kysely's own tables are no part of it. */
const DESCRIPTION = `
  select line from (
    select format('%s %s %s %s', c.relkind, c.relpersistence, c.relname, c.reloptions) as line
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S', 'v', 'm')
    union all
    select format('%s.%s #%s %s %s %s', a.attrelid::regclass, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end, pg_get_expr(d.adbin, d.adrelid))
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    union all
    select format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all
    select indexdef from pg_indexes where schemaname = 'public'
    union all
    select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select format('%s %s', typname, typtype) from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
  ) as lines where line !~ '(^|[ .])kysely_migration' order by line`;

async function describeSchema(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ line: string }>(DESCRIPTION)).rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

describe('migrations', () => {
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
    db = createDatabase(database.url, 1);
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  const takeAllBack = async () => {
    const steps: string[] = [];
    for (let step = await migrateDown(db); step.length > 0; step = await migrateDown(db)) steps.push(...step);
    return steps;
  };

  it('go up, down to nothing, and up again to the same schema', async () => {
    const names = Object.keys(migrations);
    expect(await migrateToLatest(db)).toEqual(names.map((name) => `Up ${name}`));
    const first = await describeSchema(database.url);
    expect(first.join('\n')).toContain('conversation');
    expect(await takeAllBack()).toEqual(names.toReversed().map((name) => `Down ${name}`));
    expect(await describeSchema(database.url)).toEqual([]);
    await migrateToLatest(db);
    expect(await describeSchema(database.url)).toEqual(first);
  });

  it.each([
    ['a table', 'create table left_behind (id int)'],
    ['a column', 'alter table message add column left_behind int'],
    ['a default', "alter table message alter column text set default ''"],
    ['an index', 'create index left_behind on message (text)'],
    ['a constraint', 'alter table message add check (planfix_part < 1000)'],
    ['a sequence', 'create sequence left_behind'],
    ['a function', "create function left_behind() returns int language sql as 'select 1'"],
    ['a logged table', 'alter table rate_gate set logged'],
  ])('would not pass with %s more', async (_what, statement) => {
    await migrateToLatest(db);
    const before = await describeSchema(database.url);
    await execute(database.url, statement);
    expect(await describeSchema(database.url)).not.toEqual(before);
  });
});

describe('npm run migrate', () => {
  const run = (args: string[], url?: string) => {
    const env = { PATH: process.env.PATH, ...(url === undefined ? {} : { DATABASE_URL: url }) };
    const { status, stdout, stderr } = spawnSync(NODE, [join(ROOT, 'db', 'migrate.ts'), ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  it('brings up to date, takes the newest back, and says when there is nothing to do', async () => {
    const database = await createTestDatabase('empty');
    const names = Object.keys(migrations);
    const up = run([], database.url);
    expect(up).toMatchObject({ status: 0, stdout: names.map((name) => `migrate: Up ${name}\n`).join('') });
    expect(run([], database.url)).toMatchObject({ status: 0, stdout: 'migrate: nothing to do\n' });
    expect(run(['--down'], database.url)).toMatchObject({ status: 0, stdout: `migrate: Down ${names.at(-1)}\n` });
    expect(run([], database.url)).toMatchObject({ status: 0, stdout: `migrate: Up ${names.at(-1)}\n` });
    await database.drop();
  });

  it('refuses what it does not know, and an environment without a database', () => {
    expect(run(['--dwon'])).toMatchObject({ status: 1, stderr: expect.stringContaining('--dwon') });
    expect(run([])).toMatchObject({ status: 1, stderr: expect.stringContaining('DATABASE_URL') });
  });
});
