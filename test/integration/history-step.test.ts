import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beginStep, readSteps, settleStep } from '../../db/connection-steps.ts';
import { readConnection } from '../../db/connections.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { tell } from '../../workflows/domain/problem-findings.ts';
import { aChunk, manyMessages } from '../support/history-bodies.ts';
import { aHistoryConnection, hear } from '../support/history-world.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import type { TestConnection } from '../support/rows.ts';

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

const STEP = 'history-sync';
const DECLINED = { history: [{ errors: [{ code: 2593109, title: 'The business does not share its chats' }] }] };
const chunk = (progress: number) => aChunk(manyMessages(1, 2), { phase: 2, chunk_order: 1, progress });

const stepOf = async ({ connectionId }: TestConnection) => {
  const step = (await readSteps(db, connectionId)).find((one) => one.step === STEP);
  return step && { state: step.state, code: step.code, isSettled: step.settledAt !== null };
};

async function aCalledOne(): Promise<TestConnection> {
  const connection = await aHistoryConnection(db);
  await beginStep(db, connection.connectionId, STEP);
  return connection;
}

describe('the step that asks for the history', () => {
  const declined = { state: 'skipped', code: 'declined', isSettled: true };

  it.each(['before the call is answered', 'after it'])('is skipped when the owner declines %s', async (when) => {
    const connection = await aCalledOne();
    const settle = () => settleStep(db, connection.connectionId, STEP, { state: 'done', code: 'requested' });
    if (when === 'after it') await settle();
    await hear(db, connection, DECLINED);
    expect(await stepOf(connection)).toEqual(declined);
    await settle();
    expect(await stepOf(connection)).toEqual(declined);
  });

  it('is done when all of it has come, though its answer was lost', async () => {
    const connection = await aCalledOne();
    // Control: a part of it, or another error, settles nothing.
    await hear(db, connection, chunk(55));
    await hear(db, connection, { history: [{ errors: [{ code: 1 }] }] });
    expect(await stepOf(connection)).toEqual({ state: 'called', code: null, isSettled: false });
    await hear(db, connection, chunk(100));
    expect(await stepOf(connection)).toEqual({ state: 'done', code: null, isSettled: true });
  });

  it('keeps how it was settled before, and is not made up', async () => {
    const connection = await aCalledOne();
    await settleStep(db, connection.connectionId, STEP, { state: 'done', code: 'requested' });
    await hear(db, connection, chunk(100));
    expect(await stepOf(connection)).toEqual({ state: 'done', code: 'requested', isSettled: true });
    const other = await aHistoryConnection(db);
    await hear(db, other, chunk(100));
    expect(await stepOf(other)).toBeUndefined();
  });

  it('says by code why it failed, until it is called again', async () => {
    const { connectionId } = await aCalledOne();
    const told = tell(['network-http', { status: 418 }]);
    await settleStep(db, connectionId, STEP, { state: 'failed', code: 'sync-refused', told });
    const because = { code: 'network-http', values: { status: '418' } };
    const failed = { state: 'failed', detail: 'the network refused the request with HTTP 418', because };
    expect((await readConnection(db, connectionId, { planfixAccountId: undefined }))?.steps).toMatchObject([failed]);
    expect(await beginStep(db, connectionId, STEP)).toBe(true);
    const called = { state: 'called', code: null, detail: null, because: null };
    expect((await readConnection(db, connectionId, { planfixAccountId: undefined }))?.steps).toMatchObject([called]);
  });
});
