import type pg from 'pg';

/** What stands in the database of one number's held messages. */
export type Held = { held: number; mailings: number; heapBytes: number };

export async function readHeld(client: pg.Client, phoneNumberId: string): Promise<Held> {
  const { rows } = await client.query<{ held: string; mailings: string; heap: string }>(
    `select count(*) filter (where m.hold = 'held') as held,
            count(distinct m.mailing_id) as mailings, pg_relation_size('message') as heap
       from message m join connection n on n.id = m.connection_id where n.phone_number_id = $1`,
    [phoneNumberId],
  );
  const [row] = rows;
  return { held: Number(row?.held), mailings: Number(row?.mailings), heapBytes: Number(row?.heap) };
}

export async function heapOfMessages(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(`select pg_relation_size('message') as bytes`);
  return Number(rows[0]?.bytes);
}
