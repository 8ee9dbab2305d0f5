import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelConnection } from '../../activities/channel-connection.ts';
import { ChannelError } from '../../activities/channels/errors.ts';
import { slowDown, takeLiveTokens } from '../../activities/live-pace.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { liveGateKey, noteTaken } from '../../db/rate-gate.ts';
import { type CustomerRow, type CustomerTurn, readCustomerRows, readCustomerTurn } from '../../db/to-customer.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, insertSending, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
/** Two pools, as of two processes. */
let processes: [Database, Database];

beforeAll(async () => {
  database = await createTestDatabase();
  processes = [createDatabase(database.url, 8), createDatabase(database.url, 8)];
});

afterAll(async () => {
  await Promise.all(processes.map((db) => db.destroy()));
  await database.drop();
});

const MINUTE_MS = 60_000;
/** Nothing comes back within a test. */
const WAITS = { ...DEFAULT_WAITS, numberIntervalMs: MINUTE_MS, slowStepMs: 60 * MINUTE_MS };
const TOO_FAST = new ChannelError({
  kind: 'rate-limited',
  scope: 'connection',
  retryAfterMs: 20,
  detail: 'the throughput of the number is used up',
});

type Given = TestConnection & { conversations: string[] };

/** A number with so many customers who are each to get one message. */
async function aNumber(customers: number): Promise<Given> {
  const connection = await insertConnection(processes[0]);
  const conversations: string[] = [];
  for (let one = 0; one < customers; one += 1) {
    conversations.push((await insertSending(processes[0], connection)).conversationId);
  }
  return { ...connection, conversations };
}

const turnOf = async (db: Database, conversationId: string) =>
  (await readCustomerTurn(db, conversationId)) as CustomerTurn;

/** How long each customer's message waits, asked by both processes in turn. */
async function waitsOf({ conversations }: Given): Promise<number[]> {
  const found: number[] = [];
  for (const [index, id] of conversations.entries()) {
    const db = processes[index % 2] as Database;
    found.push(await takeLiveTokens({ db, waits: WAITS }, id, await turnOf(db, id)));
  }
  return found;
}

/** The network finds the first customer's message too fast. */
async function refuse({ conversations }: Given, waits = WAITS): Promise<{ waitMs: number; pauses: ChannelError[] }> {
  const [db] = processes;
  const pauses: ChannelError[] = [];
  const pause = async (error: ChannelError) => void pauses.push(error);
  const id = conversations[0] as string;
  const [row] = await readCustomerRows(db, id, 1);
  const connection = { pause } as unknown as ChannelConnection;
  const waitMs = await slowDown({ db, waits }, connection, await turnOf(db, id), row as CustomerRow, TOO_FAST);
  return { waitMs, pauses };
}

const change = ({ connectionId }: Given, gate: { heldUntil?: Date; slowUntil?: Date; refusedSince?: Date }) =>
  processes[0].updateTable('rateGate').set(gate).where('key', '=', liveGateKey(connectionId)).execute();

describe('live messages of a number that the network found too fast', () => {
  it('leave more slowly, whichever process sends them, and at the old pace once it has recovered', async () => {
    const given = await aNumber(5);
    // Control: nothing has happened yet, and another number has nothing to do with it.
    expect(await waitsOf(given)).toEqual([0, 0, 0, 0, 0]);
    const { waitMs, pauses } = await refuse(given);
    expect([waitMs, pauses]).toEqual([20, []]);
    await change(given, { heldUntil: new Date() });
    const slow = await waitsOf(given);
    expect(slow[0]).toBe(0);
    // One after the other, each twice as long after the former as usual.
    for (const [index, ms] of slow.entries()) {
      expect(ms).toBeLessThanOrEqual(index * 2 * MINUTE_MS);
      expect(ms).toBeGreaterThan((index * 2 - 1) * MINUTE_MS);
    }
    expect(await waitsOf(await aNumber(2))).toEqual([0, 0]);
    await change(given, { slowUntil: new Date() });
    expect(await waitsOf(given)).toEqual([0, 0, 0, 0, 0]);
  });

  it('wait altogether as long as the network asked to', async () => {
    const given = await aNumber(2);
    await refuse(given);
    await change(given, { heldUntil: new Date(Date.now() + MINUTE_MS) });
    for (const ms of await waitsOf(given)) expect(ms).toBeGreaterThan(MINUTE_MS / 2);
  });

  it('are tried again later each time, and the number is paused only if nothing is taken for long', async () => {
    const given = await aNumber(1);
    const { connectionId } = given;
    const isLong = { refusedSince: new Date(Date.now() - WAITS.tooFastMs) };
    const tried = () =>
      processes[0].updateTable('message').set({ attempts: 5 }).where('connectionId', '=', connectionId).execute();
    expect((await refuse(given)).pauses).toEqual([]);
    await tried();
    expect((await refuse(given)).waitMs).toBe(20 * 2 ** 5);
    await change(given, isLong);
    expect((await refuse(given)).pauses).toEqual([TOO_FAST]);
    // Its probe finds the number to be there: only another such time pauses it again.
    expect((await refuse(given)).pauses).toEqual([]);
    await change(given, isLong);
    // Controls: something was taken meanwhile; a number that is being disconnected goes on as long as it can.
    await noteTaken(processes[1], connectionId);
    expect((await refuse(given)).pauses).toEqual([]);
    await change(given, isLong);
    const state = 'disconnecting';
    await processes[0].updateTable('connection').set({ state }).where('id', '=', connectionId).execute();
    expect((await refuse(given)).pauses).toEqual([]);
  });

  it('are never kept longer than the number is slow for them', async () => {
    const { slowStepMs, retryLongestMs } = DEFAULT_WAITS;
    const given = await aNumber(1);
    await processes[0]
      .updateTable('message')
      .set({ attempts: 30 })
      .where('connectionId', '=', given.connectionId)
      .execute();
    expect((await refuse(given, DEFAULT_WAITS)).waitMs).toBe(Math.min(slowStepMs, retryLongestMs));
  });
});
