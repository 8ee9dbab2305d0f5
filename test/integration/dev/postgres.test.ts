import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type OutagePostgres, startOutagePostgres } from '../../support/postgres.ts';

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  it('has the migrated schema and is apart from any other', async () => {
    const one = await createTestDatabase();
    const other = await createTestDatabase();
    await query(one.url, 'create table only_here (id int)');
    const tables = `select table_name from information_schema.tables where table_schema = 'public'`;
    const names = async (url: string) =>
      (await query(url, tables)).map((row) => (row as { table_name: string }).table_name);
    expect(await names(one.url)).toEqual(expect.arrayContaining(['conversation', 'only_here']));
    expect(await names(other.url)).not.toContain('only_here');
    await one.drop();
    await other.drop();
    await expect(query(one.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
  });

  it('can be empty', async () => {
    const database = await createTestDatabase('empty');
    const tables = `select 1 from information_schema.tables where table_schema = 'public'`;
    expect(await query(database.url, tables)).toEqual([]);
    await database.drop();
  });
});

describe('a server that a test stops and starts', () => {
  let server: OutagePostgres;
  beforeAll(async () => {
    server = await startOutagePostgres();
    await query(server.url, 'create table kept (id int)');
  });
  afterAll(() => server.remove());

  it.each(['fast', 'kill'] as const)(
    'refuses connections while it is down (%s) and has its data afterwards',
    async (how) => {
      await query(server.url, 'delete from kept');
      await query(server.url, 'insert into kept values (7)');
      await server.stop(how);
      await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await server.start();
      expect(await query(server.url, 'select id from kept')).toEqual([{ id: 7 }]);
    },
  );
});
