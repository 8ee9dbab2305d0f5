import type pg from 'pg';

/** What one held message weighs, give or take: ids, the network's own id, times. */
const ROWS_PER_INSERT = 1_000;

/** The same number of rows of the same width into a table without anything, in milliseconds: what Postgres itself takes. */
export async function insertRaw(client: pg.Client, count: number): Promise<number> {
  await client.query(`create table raw_held (id uuid primary key, account uuid, connection uuid, conversation uuid,
    mailing uuid, state text, channel_id text, at timestamptz, expires_at timestamptz)`);
  const startedAt = performance.now();
  for (let from = 0; from < count; from += ROWS_PER_INSERT) {
    await client.query(
      `insert into raw_held select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
         gen_random_uuid(), 'received', 'wamid.' || repeat('x', 56) || n, now(), now() + interval '1 month'
         from generate_series($1::integer, $2::integer) n`,
      [from + 1, Math.min(count, from + ROWS_PER_INSERT)],
    );
  }
  const tookMs = performance.now() - startedAt;
  await client.query('drop table raw_held');
  return tookMs;
}
