import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  deleteIdleGates,
  type Gate,
  type GateAnswer,
  liveGateKey,
  noteTaken,
  numberGateKey,
  returnRateTokens,
  slowLiveDown,
  slowNumberDown,
  takeFreeTokens,
  takeFromEach,
  takeRateTokens,
} from '../../db/rate-gate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

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

const INTERVAL_MS = 10_000;
const anHour = 3_600_000;
const planfixGate = (key: string): Gate => ({ key, intervalMs: INTERVAL_MS, burst: 1 });

/** When the gate is free again after what was granted. */
function untilMs(answer: GateAnswer): number {
  if (!answer.granted) throw new Error('refused although the wait is allowed');
  return Date.parse(`${answer.until.replace(' ', 'T')}:00`);
}

/** When each of `asks` concurrent callers of both processes may go, in order, on this machine's clock. */
async function slots(gate: (ask: number) => Gate, asks: number): Promise<number[]> {
  const answers = await Promise.all(
    Array.from({ length: asks }, async (_, ask) => {
      return untilMs(await takeRateTokens(processes[ask % 2] as Database, gate(ask), anHour));
    }),
  );
  return answers.sort((a, b) => a - b);
}

const gaps = (times: number[]) => times.slice(1).map((time, index) => time - (times[index] as number));

describe('a gate that two processes share', () => {
  it('never lets two calls go within one interval', async () => {
    const times = await slots(() => planfixGate('planfix/one'), 24);
    for (const gap of gaps(times)) expect(gap).toBe(INTERVAL_MS);
  });

  it('keeps accounts apart, so that calls of different ones do go together (control)', async () => {
    const times = await slots((ask) => planfixGate(`planfix/apart-${ask}`), 24);
    expect(gaps(times).some((gap) => gap < INTERVAL_MS)).toBe(true);
  });

  it('lets a rested customer have 45 messages at once, then one an interval', async () => {
    const pair: Gate = { key: 'pair/burst', intervalMs: INTERVAL_MS, burst: 45 };
    const [db] = processes;
    const answers = [];
    for (let ask = 0; ask < 47; ask += 1) answers.push(await takeRateTokens(db, pair, 0));
    expect(answers.filter((answer) => answer.granted)).toHaveLength(45);
    const [first, second] = answers.slice(45).map((answer) => (answer.granted ? 0 : answer.retryInMs));
    expect(first).toBeLessThanOrEqual(INTERVAL_MS);
    // Whoever is turned away is given a time that nobody else is given.
    expect((second as number) - (first as number)).toBeGreaterThan(INTERVAL_MS / 2);
  });

  it('takes a sequence as a whole or not at all, and takes back what was not used', async () => {
    const [db, other] = processes;
    const gate = planfixGate('planfix/sequence');
    const taken = await takeRateTokens(db, gate, 0, 3);
    if (!taken.granted) throw new Error('a rested gate refused');
    const refused = await takeRateTokens(other, gate, 0, 1);
    expect(refused.granted ? 0 : refused.retryInMs).toBeGreaterThan(2 * INTERVAL_MS);
    await returnRateTokens(db, gate, taken.until, 2);
    const again = await takeRateTokens(other, gate, 2 * INTERVAL_MS);
    expect(again).toMatchObject({ granted: true });
    expect((again as { waitMs: number }).waitMs).toBeLessThanOrEqual(INTERVAL_MS);
  });

  it('takes nothing back once somebody stands behind', async () => {
    const [db, other] = processes;
    const gate = planfixGate('planfix/behind');
    const taken = await takeRateTokens(db, gate, 0, 2);
    if (!taken.granted) throw new Error('a rested gate refused');
    const behind = await takeRateTokens(other, gate, anHour);
    await returnRateTokens(db, gate, taken.until, 1);
    const last = await takeRateTokens(db, gate, anHour);
    const [before, after] = [behind, last].map((answer) => untilMs(answer));
    expect((after as number) - (before as number)).toBe(INTERVAL_MS);
  });
});

describe('who takes only what is free', () => {
  const number = (key: string, burst: number): Gate => ({ key, intervalMs: INTERVAL_MS, burst });
  const isTaken = async (gate: Gate, tokens: number) =>
    (await takeFreeTokens(processes[1], gate, tokens)).until !== undefined;

  it('gets as many as its own part of the burst holds, and leaves the rest to others', async () => {
    const mailing = number('number/part', 8);
    expect([await isTaken(mailing, 4), await isTaken(mailing, 4), await isTaken(mailing, 1)]).toEqual([
      true,
      true,
      false,
    ]);
    const live = number('number/part', 80);
    for (let one = 1; one <= 72; one += 1)
      expect(await takeRateTokens(processes[0], live, 0)).toMatchObject({ granted: true });
    expect(await takeRateTokens(processes[0], live, 0)).toMatchObject({ granted: false });
  });

  it('gets nothing while somebody was told to come back', async () => {
    const [live, mailing] = [number('number/told', 1), number('number/told', 1_000)];
    expect(await isTaken(mailing, 1)).toBe(true);
    // Control: of so large a burst there is more, until a live message has had to wait.
    expect(await isTaken(mailing, 1)).toBe(true);
    expect(await takeRateTokens(processes[0], live, 0)).toMatchObject({ granted: false });
    expect(await isTaken(mailing, 1)).toBe(false);
  });

  it('takes one from each of several, and hears which have none', async () => {
    const pair = { intervalMs: INTERVAL_MS, burst: 1 };
    await takeRateTokens(processes[0], { key: 'pair/b', ...pair }, 0);
    const waits = await takeFromEach(processes[1], ['pair/c', 'pair/b', 'pair/a'], pair);
    expect([...waits.keys()]).toEqual(['pair/b']);
    expect(waits.get('pair/b')).toBeGreaterThan(0);
    expect([...(await takeFromEach(processes[0], ['pair/a', 'pair/c', 'pair/d'], pair)).keys()]).toEqual([
      'pair/a',
      'pair/c',
    ]);
  });
});

describe('a number that the network found too fast', () => {
  const step = { stepMs: anHour, mostSteps: 3 };
  const steps = async (connectionId: string, waitMs: number, db: Database = processes[0]) =>
    Math.ceil((await slowNumberDown(db, connectionId, { waitMs, ...step })).slowForMs / anHour);

  it('is slow for one step more each time, at most for so many', async () => {
    const taken = [];
    for (let time = 1; time <= 5; time += 1) taken.push(await steps('again', 0, processes[time % 2]));
    expect(taken).toEqual([1, 2, 3, 3, 3]);
  });

  it('is so once for all messages that had left before, whichever process sent them', async () => {
    const asks = Array.from({ length: 10 }, (_, ask) => steps('together', anHour, processes[ask % 2]));
    expect(new Set(await Promise.all(asks))).toEqual(new Set([1]));
    const { heldForMs } = await slowNumberDown(processes[0], 'together', { waitMs: 2 * anHour, ...step });
    expect(heldForMs).toBeGreaterThan(anHour);
  });

  const isSlow = async (key: string) => {
    const row = await processes[0].selectFrom('rateGate').where('key', '=', key).select('slowUntil').executeTakeFirst();
    return row?.slowUntil != null && row.slowUntil > new Date();
  };

  it('makes no live message wait; one that was itself too fast slows down those of mailings, too', async () => {
    const live: Gate = { key: 'number/live', intervalMs: INTERVAL_MS, burst: 80 };
    await steps('live', anHour);
    for (let one = 1; one <= 80; one += 1)
      expect(await takeRateTokens(processes[0], live, 0)).toMatchObject({ granted: true });
    expect(await isSlow(liveGateKey('live'))).toBe(false);
    await slowLiveDown(processes[0], 'both', { waitMs: 0, ...step });
    expect([await isSlow(liveGateKey('both')), await isSlow(numberGateKey('both'))]).toEqual([true, true]);
  });

  it('is known to be refused since the first time, until something is taken or it has recovered', async () => {
    const refusedForMs = async (key: string) =>
      (await slowLiveDown(processes[1], key, { waitMs: 0, ...step })).refusedForMs;
    const since = (key: string, change: { refusedSince?: Date; slowUntil?: Date }) =>
      processes[0].updateTable('rateGate').set(change).where('key', '=', liveGateKey(key)).execute();
    expect(await refusedForMs('refused')).toBeLessThan(anHour);
    await since('refused', { refusedSince: new Date(Date.now() - 2 * anHour) });
    expect(await refusedForMs('refused')).toBeGreaterThan(anHour);
    await noteTaken(processes[0], 'refused');
    expect(await refusedForMs('refused')).toBeLessThan(anHour);
    await since('refused', { refusedSince: new Date(Date.now() - 2 * anHour), slowUntil: new Date(0) });
    expect(await refusedForMs('refused')).toBeLessThan(anHour);
  });

  it('stays slow although nobody has waited for long, unlike a gate that is only idle (control)', async () => {
    const [db] = processes;
    await slowLiveDown(db, 'kept', { waitMs: 0, ...step });
    await db
      .insertInto('rateGate')
      .values({ key: 'pair/idle', nextAt: new Date(0), promisedAt: new Date(0) })
      .execute();
    await deleteIdleGates(db);
    expect(await isSlow(liveGateKey('kept'))).toBe(true);
    const rows = await db.selectFrom('rateGate').where('key', '=', 'pair/idle').select('key').execute();
    expect(rows).toEqual([]);
  });
});
