import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KNOWN_CODES } from '../../activities/channels/whatsapp/error-codes.ts';
import { ASYNC_ROWS, type AsyncRow, SYNC_ROWS, type SyncOutcome, type SyncRow } from '../support/code-rows.ts';
import { connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  noteOnce,
  problemsOf,
  type SendCall,
  sendCalls,
  startDialogue,
  startDialogueIn,
} from '../support/reply-world.ts';

/** What was seen of one message once it had come to rest. */
type Seen = {
  state: string;
  reason: string | null;
  reasonCode: number | null;
  sends: number;
  note: string;
  pauses: (string | null)[];
  connection: string;
};

const seen = new Map<string, Promise<Seen>>();
let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ waits: { unknownHoldMs: 300, unknownProblemMs: 600_000, probeFirstMs: 300 } });
  await Promise.all([...lanesOf(SYNC_ROWS, WIDTH, bySync), ...lanesOf(ASYNC_ROWS, 2, byAsync)].map((lane) => lane()));
}, 180_000);

afterAll(() => parley?.stop());

/** Companies side by side for each outcome; a number that is paused for long sends nothing else, so it has its own. */
const WIDTH: Readonly<Record<SyncOutcome, number>> = {
  refused: 4,
  waiting: 1,
  unknown: 1,
  held: 2,
  again: 1,
  paused: 100,
  resumed: 3,
};
const STATE_OF: Readonly<Record<SyncOutcome, string>> = {
  refused: 'refused',
  waiting: 'waiting',
  unknown: 'unknown',
  held: 'ready',
  again: 'delivered',
  paused: 'ready',
  resumed: 'delivered',
};

type Row = SyncRow | AsyncRow;
const keyOf = (way: string, row: Row) => `${way} ${row[0]} ${row[2]}`;

/** Splits rows of a kind (their second or third word) over so many companies; each works through its own, one by one. */
function lanesOf<R extends Row>(
  rows: readonly R[],
  width: number | Readonly<Record<SyncOutcome, number>>,
  drive: (rows: R[]) => () => Promise<void>,
): (() => Promise<void>)[] {
  const kindOf = (row: R) => (typeof width === 'number' ? String(row[2]) : String(row[1]));
  const lanes: (() => Promise<void>)[] = [];
  for (const kind of new Set(rows.map(kindOf))) {
    const own = rows.filter((row) => kindOf(row) === kind);
    const count = Math.min(own.length, typeof width === 'number' ? width : width[kind as SyncOutcome]);
    for (let lane = 0; lane < count; lane++) lanes.push(drive(own.filter((_, index) => index % count === lane)));
  }
  return lanes;
}

const bySync = (rows: SyncRow[]) => async () => {
  const company = await connectCompany(parley);
  let dialogue = await startDialogueIn(parley, company);
  for (const [index, row] of rows.entries()) {
    const [code, outcome] = row;
    // What holds its conversation back leaves the next code to another customer.
    if (index > 0 && outcome === 'held') dialogue = await startDialogueIn(parley, company);
    await observe(dialogue, keyOf('answer', row), { kind: 'error', code }, STATE_OF[outcome]);
  }
};

const byAsync = (rows: AsyncRow[]) => async () => {
  const dialogue = await startDialogue(parley, { settings: { language: rows[0]?.[2] } });
  for (const row of rows)
    await observe(dialogue, keyOf('status', row), { kind: 'async-error', code: row[0] }, endOf(row));
};

/** A window that was closed after all makes the message wait; everything else is final. */
const endOf = ([code]: AsyncRow) => (code === 131047 ? 'waiting' : 'failed');

/** One reply that meets this fault, until it is in this state. What went wrong is told by the row's own test. */
async function observe(dialogue: Dialogue, key: string, fault: Record<string, unknown>, state: string): Promise<void> {
  const found = look(dialogue, key, fault, state);
  seen.set(key, found);
  await found.catch(() => undefined);
}

async function look(dialogue: Dialogue, text: string, fault: Record<string, unknown>, state: string): Promise<Seen> {
  const pausesBefore = (await pausesOf(dialogue)).length;
  await faultOfSends(dialogue, fault);
  await commentOn(dialogue, { html: text });
  const sends = () => sendsOf(dialogue, text);
  await eventually(`a send of "${text}"`, async () => (await sends()) > 0 || undefined);
  if (state === 'ready')
    await eventually(
      `why "${text}" is held`,
      async () => (await messageOnce(dialogue, text, ['ready'])).reason ?? undefined,
    );
  const { reason, reasonCode } = await messageOnce(dialogue, text, [state]);
  const isNoted = ['refused', 'failed', 'waiting'].includes(state);
  const note = isNoted ? (await noteOnce(dialogue, `«${text}»`)).description : '';
  const pauses = (await pausesOf(dialogue)).slice(0, -pausesBefore || undefined);
  const connection = await parley.rest<{ state: string }>('GET', `/v1/connections/${dialogue.company.connectionId}`);
  return { state, reason, reasonCode, sends: await sends(), note, pauses, connection: connection.state };
}

async function sendsOf(dialogue: Dialogue, text: string): Promise<number> {
  const calls = (await sendCalls(dialogue)) as (SendCall & { body: { text?: { body?: string } } | null })[];
  return calls.filter((call) => call.body?.text?.body === text).length;
}

/** Why the connection was paused, newest first, over or not. */
async function pausesOf(dialogue: Dialogue): Promise<(string | null)[]> {
  const kind = 'connection-paused';
  const lists = await Promise.all(['open', 'settled'].map((state) => problemsOf(dialogue, { kind, state })));
  return lists.flat().map((problem) => problem.reason);
}

describe('a code of Meta as the answer to a send', () => {
  it.each(SYNC_ROWS)('%i: %s (%s)', async (...row) => {
    const [code, outcome, reason, sentence = '', remedy = ''] = row;
    const found = await seen.get(keyOf('answer', row));
    const isPausing = outcome === 'paused' || outcome === 'resumed';
    const isOver = outcome === 'again' || outcome === 'resumed';
    expect(found).toMatchObject({
      state: STATE_OF[outcome],
      reason: isOver ? null : reason,
      reasonCode: outcome === 'refused' ? code : null,
      sends: isOver ? 2 : 1,
      pauses: isPausing ? [reason] : [],
      connection: outcome === 'paused' ? 'paused' : 'connected',
    });
    for (const words of [sentence, remedy]) expect(found?.note).toContain(words);
  });
});

describe('a code of Meta as the status of a message that was taken', () => {
  it.each(ASYNC_ROWS)('%i: failed (%s), said in %s', async (...row) => {
    const [code, reason, , sentence, remedy] = row;
    const found = await seen.get(keyOf('status', row));
    expect(found).toMatchObject({
      state: endOf(row),
      reason,
      reasonCode: code,
      sends: 1,
      pauses: [],
      connection: 'connected',
    });
    for (const words of [sentence, remedy]) expect(found?.note).toContain(words);
  });
});

describe('the tables', () => {
  it('hold every code that is known here but the two that never answer a send', () => {
    const covered = new Set(SYNC_ROWS.map(([code]) => code));
    expect(KNOWN_CODES.filter((code) => !covered.has(code))).toEqual([131035, 131036]);
  });

  it('would tell a note without its words, and a second send (control)', async () => {
    const found = await seen.get(keyOf('answer', [131026, 'refused', 'recipient-unreachable']));
    expect(found?.note).not.toContain('Attach the file again');
    const again = await seen.get(keyOf('answer', [131056, 'again', 'rate-limited']));
    expect(again?.sends).not.toBe(1);
  });
});
