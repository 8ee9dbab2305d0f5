import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBulkHoldActivities } from '../../activities/bulk-hold.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { makeMailingsDue } from '../../db/held-messages.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { aNetwork, type HeldMailing, insertHeldMailing, readSends } from '../support/sends.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

describe('a mailing that was found, on a number that cannot send', () => {
  const HOUR_MS = 3_600_000;
  const sendHeld = async ({ mailingId }: HeldMailing, network: ReturnType<typeof aNetwork>): Promise<number> => {
    const dependencies = { db, waits: DEFAULT_WAITS, wake: async () => {} } as unknown as Dependencies;
    const { sendHeldMessages } = createBulkHoldActivities(dependencies, network.open);
    return ((await new MockActivityEnvironment().run(sendHeldMessages, { mailingId })) as { waitMs: number }).waitMs;
  };
  const numberIs = ({ connection: { connectionId } }: HeldMailing, state: string) =>
    db.updateTable('connection').set({ state }).where('id', '=', connectionId).execute();
  const statesOf = async (given: HeldMailing) => (await readSends(db, given)).map(({ state }) => state);
  const dueInMs = async ({ mailingId }: HeldMailing) => {
    const row = await db.selectFrom('mailing').where('id', '=', mailingId).select('dueAt').executeTakeFirstOrThrow();
    return row.dueAt === null ? undefined : +row.dueAt - Date.now();
  };

  it('is not looked at before something becomes of it, and sends when the number can', async () => {
    for (const state of ['paused', 'disconnecting']) {
      const given = await insertHeldMailing(db, 3);
      const network = aNetwork();
      await numberIs(given, state);
      const waitMs = await sendHeld(given, network);
      expect(waitMs).toBeGreaterThan(HOUR_MS / 2);
      expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
      expect(await dueInMs(given)).toBeGreaterThan(HOUR_MS / 2);
      expect(network.calls).toEqual([]);
      await numberIs(given, 'connected');
      const [run] = await makeMailingsDue(db, given.connection.connectionId);
      expect(run).toEqual({ kind: 'bulk-hold', id: given.mailingId });
      expect(await dueInMs(given)).toBeLessThanOrEqual(0);
      await sendHeld(given, network);
      expect(await statesOf(given)).toEqual(['sent', 'sent', 'sent']);
    }
  });

  it('is looked at when an outcome that nobody knows must be told', async () => {
    const given = await insertHeldMailing(db, 2);
    await numberIs(given, 'paused');
    const unknown = { state: 'unknown' as const, claimToken: randomUUID(), claimedAt: new Date() };
    await db
      .updateTable('message')
      .set(unknown)
      .where('id', '=', given.ids[0] as string)
      .execute();
    expect(await sendHeld(given, aNetwork())).toBeLessThanOrEqual(DEFAULT_WAITS.unknownProblemMs);
  });

  it('keeps nothing ready once its number has ended', async () => {
    const given = await insertHeldMailing(db, 3);
    const beside = await insertHeldMailing(db, 3);
    await numberIs(given, 'disconnected');
    await sendHeld(given, aNetwork());
    expect((await readSends(db, given)).map(({ state, reason }) => [state, reason])).toEqual(
      given.ids.map(() => ['refused', 'disconnected']),
    );
    // Control: those of another number stay.
    expect(await statesOf(beside)).toEqual(['ready', 'ready', 'ready']);
  });
});
