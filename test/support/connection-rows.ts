import pg from 'pg';
import type { Company, Parley } from './parley.ts';

/** What no call of the product does. */
export async function inDatabase({ world }: Parley, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** What only time or the network would change. */
export const changeConnection = (parley: Parley, id: string, change: string) =>
  inDatabase(parley, (client) => client.query(`update connection set ${change} where id = $1`, [id]));

/** As many more numbers as a large company has, without connecting each: rows like the one that is there. */
export const copyConnection = (parley: Parley, { connectionId }: Company, count: number) =>
  inDatabase(parley, async (client) => {
    const { rows: columns } = await client.query<{ name: string }>(
      `select column_name as name from information_schema.columns
        where table_schema = current_schema() and table_name = 'connection' and is_generated = 'NEVER'`,
    );
    const OWN: Record<string, string> = {
      id: 'gen_random_uuid()',
      phone_number_id: "'5' || lpad(n::text, 14, '0')",
      display_phone_number: "'+49 40 ' || 1000000 + n",
      verified_name: "'Branch ' || n",
      due_at: 'null',
    };
    const names = columns.map(({ name }) => name);
    await client.query(
      `insert into connection (${names.join(', ')})
       select ${names.map((name) => OWN[name] ?? `c.${name}`).join(', ')}
         from connection c cross join generate_series(1, $2::int) n where c.id = $1`,
      [connectionId, count],
    );
  });
