import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ChannelConnection } from '../../activities/channel-connection.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createSweepActivities } from '../../activities/sweep.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, insertConnectionOf } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 10);
});

afterEach(() => db.updateTable('connection').set({ state: 'connected', pausedReason: null }).execute());

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const PAUSED = { state: 'paused', pausedReason: 'unavailable', pausedAt: new Date(), probeDueAt: new Date(0) };

/** Numbers of one account whose probes are due. */
async function pauseNumbers(count: number): Promise<string[]> {
  const { planfixAccountId, connectionId } = await insertConnection(db);
  const ids = [connectionId];
  while (ids.length < count) ids.push((await insertConnectionOf(db, planfixAccountId)).connectionId);
  await db.updateTable('connection').set(PAUSED).where('id', 'in', ids).execute();
  return ids;
}

/** Sweeps once, where the network answers a probe as `answer` does. */
function sweep(answer: (connectionId: string) => Promise<unknown>): Promise<unknown> {
  const nothing = async () => {};
  const parts = { db, waits: DEFAULT_WAITS, wake: nothing, lookAt: nothing, wakePlanfixAccount: nothing };
  const open = async (id: string) => ({ client: { readNumber: () => answer(id) } }) as unknown as ChannelConnection;
  const { sweepOverdue } = createSweepActivities(parts as unknown as Dependencies, open);
  return new MockActivityEnvironment().run(sweepOverdue);
}

const pausedOf = async (ids: string[]) =>
  (await db.selectFrom('connection').where('id', 'in', ids).where('state', '=', 'paused').select('id').execute())
    .length;

describe('probes of paused connections', () => {
  it('are made eight at once, and never more', async () => {
    const ids = await pauseNumbers(20);
    const eight = Promise.withResolvers<void>();
    const tooLate = AbortSignal.timeout(30_000);
    tooLate.addEventListener('abort', () => eight.reject(new Error('fewer than eight at once')));
    let running = 0;
    let most = 0;
    await sweep(async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 8) eight.resolve();
      await eight.promise;
      running -= 1;
    });
    expect(most).toBe(8);
    expect(await pausedOf(ids)).toBe(0);
  });

  it('do not suffer from one that fails in an unknown way, of which the sweep tells', async () => {
    const ids = await pauseNumbers(12);
    const failing = sweep(async (id) => {
      if (id === ids[0]) throw new Error('a fault of ours');
    });
    await expect(failing).rejects.toThrow();
    expect(await pausedOf(ids)).toBe(1);
    // Control: the one that failed is probed again once its lease is over.
    await db
      .updateTable('connection')
      .set({ probeDueAt: new Date(0) })
      .where('id', '=', String(ids[0]))
      .execute();
    await sweep(async () => {});
    expect(await pausedOf(ids)).toBe(0);
  });
});
