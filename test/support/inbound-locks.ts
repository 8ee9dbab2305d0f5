import pg from 'pg';
import type { Parley } from './parley.ts';

export type HeldRows = { release(): Promise<void> };

/**
 * Locks rows as a slow transaction would, so that the product stops exactly where it writes to them. `select` is the
 * part of a query that names them.
 */
export async function holdRows(parley: Parley, select: string, values: unknown[]): Promise<HeldRows> {
  const client = new pg.Client({ connectionString: parley.world.databaseUrl });
  // The server may be stopped under it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  const { rowCount } = await client.query(`${select} for update`, values);
  if (rowCount === 0) throw new Error(`no row to hold: ${select}`);
  return {
    release: async () => {
      await client.query('commit').catch(() => undefined);
      await client.end().catch(() => undefined);
    },
  };
}
