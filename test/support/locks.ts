import pg from 'pg';
import { waitUntil } from '../../dev/waiting.ts';

const LIMIT_MS = 45_000;

/**
 * Until another session of that database waits for a lock that the test holds: the moment at which two transactions
 * meet. `statement` is part of the text of the one that waits. @throws when nobody comes to wait
 */
export async function untilBlocked(databaseUrl: string, statement = ''): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const waits = await waitUntil(LIMIT_MS, async () => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            and query ilike '%' || $1 || '%'`,
        [statement],
      );
      return rowCount ? true : undefined;
    });
    if (!waits) throw new Error(`nobody waits for a lock${statement ? ` with ${statement}` : ''}`);
  } finally {
    await client.end();
  }
}
