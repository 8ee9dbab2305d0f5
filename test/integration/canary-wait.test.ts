import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelSetup } from '../../activities/channels/channel.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { NotNow } from '../../activities/not-now.ts';
import { isAwaitingCanary, subscribeNumber } from '../../activities/onboarding-setup.ts';
import { noteCanary } from '../../db/canary.ts';
import { readConnectionUnderCheck } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { createSecretBox } from '../../db/secrets.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;
const secrets = createSecretBox(new Map([['test', randomBytes(32)]]));

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** A draft whose network takes a subscription and is slow to call; `canaryMs`: when it is too late. */
async function aDraft(canaryMs: number) {
  const { connectionId } = await insertConnection(db);
  const row = await readConnectionUnderCheck(db, connectionId);
  if (!row?.metaAppId) throw new Error('no such draft');
  const { metaAppId } = row;
  const waits = { ...DEFAULT_WAITS, canaryMs };
  const dependencies = { db, secrets, waits, publicUrl: 'https://parley.example' } as Dependencies;
  let subscriptions = 0;
  const setup = {
    subscribeAt: async () => {
      subscriptions += 1;
    },
  } as unknown as ChannelSetup;
  const place = { connectionId, row: { ...row, verifyToken: secrets.seal('token') }, setup };
  return {
    subscribe: () => subscribeNumber(dependencies, place),
    isAwaited: () => isAwaitingCanary(dependencies, connectionId),
    called: () => noteCanary(db, metaAppId),
    subscriptions: () => subscriptions,
  };
}

describe('a network that is slow to call', () => {
  it('keeps no slot: whoever waits for it is told to come back, and subscribes once', async () => {
    const draft = await aDraft(60 * 60_000);
    expect(await draft.isAwaited()).toBe(false);
    await expect(draft.subscribe()).rejects.toThrow(NotNow);
    expect(await draft.isAwaited()).toBe(true);
    await expect(draft.subscribe()).rejects.toThrow(NotNow);
    await draft.called();
    expect(await draft.isAwaited()).toBe(false);
    expect(await draft.subscribe()).toMatchObject([{ code: 'subscribed' }, { code: 'webhook-seen', ok: true }]);
    expect(draft.subscriptions()).toBe(1);
  });

  it('is not waited for longer than it may take (control)', async () => {
    const draft = await aDraft(0);
    expect(await draft.subscribe()).toMatchObject([{ code: 'subscribed' }, { code: 'webhook-unreachable', ok: false }]);
    expect(await draft.isAwaited()).toBe(false);
  });

  it('is found silent while the api still waits for the outcome', () => {
    expect(DEFAULT_WAITS.canaryMs).toBeLessThan(DEFAULT_WAITS.liveCheckMs);
  });
});
