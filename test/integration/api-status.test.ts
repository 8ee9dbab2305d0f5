import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import { markDone, readStatus } from '../../db/status.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld } from './api-world.ts';

type Status = {
  parts: { name: string; ok: boolean; detail: string }[];
  accounts: Record<string, number>;
  connections: Record<string, number>;
  waiting: { toPlanfix: number; toCustomer: number; outbox: number; oldestSeconds: number | null };
  problemsByKind: Record<string, number>;
};

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.beyond.away = false;
  for (const queue of world.beyond.queues) queue.askedAt = new Date();
  await markDone(world.db, 'sweep');
  await world.db
    .updateTable('planfixAccount')
    .set({ pollDueAt: new Date(Date.now() + 60_000) })
    .execute();
});

const status = async (query = '') => (await world.call('GET', `/v1/status${query}`)).body as unknown as Status;
const failing = async (query = '') => (await status(query)).parts.filter(({ ok }) => !ok);

describe('the parts', () => {
  it('are all well while everything works', async () => {
    const { parts } = await status();
    expect(parts.map(({ name }) => name)).toEqual(['database', 'temporal', 'worker', 'sweep', 'poll']);
    expect(parts.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('tell when Temporal is away, and that no worker can be asked for', async () => {
    world.beyond.away = true;
    expect(await failing()).toMatchObject([{ name: 'temporal' }, { name: 'worker' }]);
  });

  it.each([
    ['none ever asked for work', null],
    ['none has for minutes', new Date(Date.now() - 120_000)],
  ])('tell when a queue has no worker: %s', async (_what, askedAt) => {
    for (const queue of world.beyond.queues) if (queue.queue === 'media') queue.askedAt = askedAt;
    expect(await failing()).toMatchObject([{ name: 'worker', detail: expect.stringContaining('media') }]);
  });

  it('tell when the sweep stands still, or never ran', async () => {
    await sql`update work_mark set done_at = clock_timestamp() - interval '5 minutes'`.execute(world.db);
    expect(await failing()).toMatchObject([{ name: 'sweep', detail: expect.stringMatching(/3\d\d s ago/) }]);
    await sql`delete from work_mark`.execute(world.db);
    expect(await failing()).toMatchObject([{ name: 'sweep', detail: 'Has not run yet' }]);
  });

  it('tell when Planfix is not read in time', async () => {
    await world.db
      .updateTable('planfixAccount')
      .set({ pollDueAt: new Date(Date.now() - 300_000) })
      .execute();
    expect(await failing()).toMatchObject([{ name: 'poll', detail: expect.stringMatching(/3\d\d s late/) }]);
    expect(await failing('?language=ru')).toMatchObject([{ detail: expect.stringMatching(/опозданием/) }]);
  });
});

/** So many rows that reading a table through would be seen, and never chosen. */
async function fillUp(): Promise<void> {
  await sql`
    with one as (select * from conversation limit 1),
    made as (
      insert into message (id, planfix_account_id, connection_id, conversation_id, direction, kind, state, text)
        select gen_random_uuid(), planfix_account_id, connection_id, id, 'inbound', 'text', 'posted', 'words'
          from one, generate_series(1, 5000)),
    people as (
      insert into customer (id, planfix_account_id)
        select gen_random_uuid(), planfix_account_id from one, generate_series(1, 5000) returning id)
    insert into conversation (id, planfix_account_id, connection_id, customer_id)
      select gen_random_uuid(), one.planfix_account_id, one.connection_id, people.id from one, people`.execute(
    world.db,
  );
  await sql`analyze`.execute(world.db);
}

/** Which of the large tables this work reads through, as the database counts it. */
async function tablesReadThrough(work: (db: Database) => Promise<unknown>): Promise<string[]> {
  return world.db.transaction().execute(async (trx) => {
    const counts = async () => {
      const { rows } = await sql<{ table: string; scans: number }>`
        select relname as table, seq_scan::integer as scans from pg_stat_xact_user_tables
         where relname in ('message', 'conversation') order by relname`.execute(trx);
      return rows;
    };
    const before = await counts();
    await work(trx);
    const after = await counts();
    return after.filter(({ scans }, index) => scans > (before[index]?.scans ?? 0)).map(({ table }) => table);
  });
}

describe('the numbers', () => {
  it('are those of accounts and connections by state, and of open problems by kind', async () => {
    const { planfixAccountId, connectionId } = number;
    const problem = { planfixAccountId, connectionId, kind: 'start-refused' };
    await world.db
      .insertInto('problem')
      .values([
        { id: randomUUID(), ...problem, detail: 'one' },
        { id: randomUUID(), ...problem, detail: 'two' },
        { id: randomUUID(), ...problem, detail: 'three', state: 'settled' },
      ])
      .execute();
    const before = await status();
    expect(before).toMatchObject({
      accounts: { connected: 1 },
      connections: { connected: 1 },
      problemsByKind: { 'start-refused': 2 },
    });
    const second = await world.connect();
    await world.db.updateTable('connection').set({ state: 'paused' }).where('id', '=', second.connectionId).execute();
    expect(await status()).toMatchObject({ accounts: { connected: 2 }, connections: { connected: 1, paused: 1 } });
  });

  it('are those of what waits', async () => {
    expect((await status()).waiting).toEqual({ toPlanfix: 0, toCustomer: 0, outbox: 0, oldestSeconds: null });
    const { metaAppId, phoneNumberId } = number;
    await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915112345678', 'x')] }));
    await sql`update conversation set to_planfix_due_at = clock_timestamp() - interval '90 seconds'`.execute(world.db);
    const { waiting } = await status();
    expect(waiting).toMatchObject({ toPlanfix: 1, toCustomer: 0, outbox: 0 });
    expect(waiting.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(waiting.oldestSeconds).toBeLessThan(150);
    await sql`update conversation set to_planfix_due_at = clock_timestamp() + interval '1 hour'`.execute(world.db);
    expect((await status()).waiting).toMatchObject({ toPlanfix: 0, oldestSeconds: null });
  });

  it('are read by indexes, however many conversations and messages there are', async () => {
    await fillUp();
    expect(await tablesReadThrough(readStatus)).toEqual([]);
    const countAll = (db: Database) => sql`select count(*) from message where text <> ''`.execute(db);
    expect(await tablesReadThrough(countAll)).toEqual(['message']);
  });

  it('are not for a key of one account', async () => {
    const body = { name: 'bound', scopes: ['read'], planfixAccountId: number.planfixAccountId };
    const key = String((await world.call('POST', '/v1/api-keys', { body })).body.secret);
    expect((await world.call('GET', '/v1/status', { key })).status).toBe(403);
  });
});
