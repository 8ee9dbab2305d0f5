import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  messagesOf,
  notesOn,
  problemOnce,
  problemsOf,
  sendCalls,
  startDialogue,
  startDialogueIn,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

/** The product's pace with one customer, and the network's own, a little faster. */
const PAIR_INTERVAL_MS = 400;
const NETWORK_PAIR = { pairIntervalMs: 350, pairBurst: 45 };
const BURST = 45;
/** Slow enough to see that a number that was too fast sends at half the speed; the burst is as large as ever. */
const NUMBER_INTERVAL_MS = 1_000;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({
    waits: {
      pairIntervalMs: PAIR_INTERVAL_MS,
      numberIntervalMs: NUMBER_INTERVAL_MS,
      slowStepMs: 10_000,
      tooFastMs: 3_000,
    },
  });
});

afterEach(() => parley.sandbox.control('PUT', 'graph/settings', NETWORK_PAIR));

afterAll(() => parley?.stop());

const texts = (count: number) => Array.from({ length: count }, (_, index) => `reply ${index + 1}`);

async function commentAll(dialogue: Dialogue, all: string[]): Promise<void> {
  for (const html of all) await commentOn(dialogue, { html });
}

type ShownConnection = { state: string; pausedReason: string | null };
const connectionOf = ({ company }: Dialogue) =>
  parley.rest<ShownConnection>('GET', `/v1/connections/${company.connectionId}`);

const pausedConnection = (dialogue: Dialogue) =>
  eventually('the connection as paused', async () => {
    const connection = await connectionOf(dialogue);
    return connection.state === 'paused' ? connection : undefined;
  });

describe('quick replies to one customer', () => {
  it('all arrive, in order, at the pace that the network allows', async () => {
    await parley.sandbox.control('PUT', 'graph/settings', NETWORK_PAIR);
    const dialogue = await startDialogue(parley);
    const all = texts(BURST + 20);
    await commentAll(dialogue, all.slice(0, BURST));
    await textsOnceThereAre(dialogue, BURST);
    // One by one, so that each wakes a lane that waits for the pace.
    for (const html of all.slice(BURST)) {
      await commentOn(dialogue, { html });
      await messageOnce(dialogue, html, ['ready', 'sending', 'sent', 'delivered']);
    }
    expect(await textsOnceThereAre(dialogue, all.length)).toEqual(all);
    const calls = await sendCalls(dialogue);
    // None was too quick for the network, which refuses what is (next test).
    expect(calls.map((call) => call.status)).toEqual(all.map(() => 200));
    const gaps = calls.slice(BURST).map((call, index) => call.atMs - (calls[BURST + index - 1]?.atMs ?? 0));
    // One after the other, however often the lane was woken by further comments while it waited.
    expect(Math.max(...gaps)).toBeLessThan(6 * PAIR_INTERVAL_MS);
  });

  it('that the network finds too quick are delayed and stay in order', async () => {
    // Control of the former as well: a network with less patience than our pace does refuse.
    await parley.sandbox.control('PUT', 'graph/settings', { pairBurst: 1, pairIntervalMs: 3_000 });
    const dialogue = await startDialogue(parley);
    await commentAll(dialogue, ['one', 'two', 'three']);
    expect(await textsOnceThereAre(dialogue, 3)).toEqual(['one', 'two', 'three']);
    expect((await sendCalls(dialogue)).filter((call) => call.status === 400).length).toBeGreaterThan(0);
    // It concerns this customer alone.
    expect(await connectionOf(dialogue)).toMatchObject({ state: 'connected' });
    expect(await problemsOf(dialogue)).toEqual([]);
    expect(await notesOn(dialogue)).toEqual([]);
  });
});

describe('a number that may not send for a while', () => {
  it('goes on more slowly when its throughput is used up, all its customers alike, and is not paused', async () => {
    const [hasty, usual] = [await threeCustomers(), await threeCustomers()];
    await faultOfSends(hasty[0], { kind: 'error', code: 130429 });
    for (const [first, ...others] of [usual, hasty]) {
      await commentAll(first, ['one', 'two']);
      // The others answer when the network has said what it has to say about the first.
      await eventually('a first send', async () => (await sendCalls(first)).length > 0 || undefined);
      for (const dialogue of others) await commentAll(dialogue, ['alike']);
      expect(await textsOnceThereAre(first, 2)).toEqual(['one', 'two']);
      for (const dialogue of others) expect(await textsOnceThereAre(dialogue, 1)).toEqual(['alike']);
    }
    const [calls, usualCalls] = [await sendCalls(hasty[0]), await sendCalls(usual[0])];
    expect(calls.map((call) => call.status)).toEqual([400, 200, 200, 200, 200]);
    // Three times the slower interval, after the wait that the network asks for. Control: the other number.
    expect(tookMs(calls)).toBeGreaterThan(3 * 2 * NUMBER_INTERVAL_MS);
    expect(tookMs(usualCalls)).toBeLessThan(tookMs(calls));
    expect(await connectionOf(hasty[0])).toMatchObject({ state: 'connected' });
    for (const state of ['open', 'settled']) expect(await problemsOf(hasty[0], { state })).toEqual([]);
    expect(await notesOn(hasty[0])).toEqual([]);
  });

  it('is paused when nothing of it is taken for long, however slowly it sends, and loses nothing', async () => {
    const dialogue = await startDialogue(parley);
    const fault = await faultOfSends(dialogue, { kind: 'error', code: 130429, times: 0 });
    await commentAll(dialogue, ['one', 'two']);
    expect(await problemOnce(dialogue, 'connection-paused')).toMatchObject({ reason: 'rate-limited' });
    // It was tried more than once before.
    expect((await sendCalls(dialogue)).length).toBeGreaterThan(1);
    await parley.sandbox.control('DELETE', `faults/${fault}`);
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['one', 'two']);
    await eventually('no problem', async () => ((await problemsOf(dialogue)).length === 0 ? true : undefined));
  });

  it.each([80007, 131057])('is paused after %d with the reason, and goes on in order', async (code) => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'error', code });
    await commentAll(dialogue, ['one', 'two']);
    const reason = code === 80007 ? 'rate-limited' : 'unavailable';
    expect(await pausedConnection(dialogue)).toMatchObject({ pausedReason: reason });
    expect(await problemOnce(dialogue, 'connection-paused')).toMatchObject({ reason });
    await messageOnce(dialogue, 'two', ['ready']);
    expect(await textsTo(dialogue)).toEqual([]);
    // The network asks for a minute; a token, be it the old one, has it looked at now.
    const { connectionId, accessToken } = dialogue.company;
    await parley.rest('PATCH', `/v1/connections/${connectionId}`, { accessToken });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['one', 'two']);
    expect(await problemsOf(dialogue)).toEqual([]);
  });

  it('is paused when its token is rejected, and delivers in order after a new one', async () => {
    const dialogue = await startDialogue(parley);
    const { appId, wabaId, accessToken, connectionId } = dialogue.company;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, revoked: true });
    await commentAll(dialogue, ['one', 'two', 'three']);
    expect(await pausedConnection(dialogue)).toMatchObject({ pausedReason: 'credentials-rejected' });
    await problemOnce(dialogue, 'connection-paused');
    await messageOnce(dialogue, 'three', ['ready']);
    // Control: a token that is no better is not taken, and probes with the old one find nothing better.
    const before = await probesOf(dialogue);
    const useless = parley.rest('PATCH', `/v1/connections/${connectionId}`, { accessToken: 'token-of-nobody' });
    await expect(useless).rejects.toThrow('422');
    await eventually('two probes', async () => (await probesOf(dialogue)) >= before + 2 || undefined);
    expect(await connectionOf(dialogue)).toMatchObject({ state: 'paused' });
    expect(await textsTo(dialogue)).toEqual([]);

    const renewed = `${accessToken}-renewed`;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken: renewed, appId, wabaIds: [wabaId] });
    await parley.rest('PATCH', `/v1/connections/${connectionId}`, { accessToken: renewed });
    expect(await textsOnceThereAre(dialogue, 3)).toEqual(['one', 'two', 'three']);
    await eventually('the connection as connected', async () => {
      return (await connectionOf(dialogue)).state === 'connected' || undefined;
    });
    expect(await problemsOf(dialogue)).toEqual([]);
    expect((await messagesOf(dialogue, { direction: 'outbound' })).map((message) => message.reason)).toEqual([
      null,
      null,
      null,
    ]);
  });
});

/** Three customers of a number of their own. */
async function threeCustomers(): Promise<[Dialogue, Dialogue, Dialogue]> {
  const first = await startDialogue(parley);
  const more = () => startDialogueIn(parley, first.company);
  return [first, await more(), await more()];
}

/** From the first call to the last. */
const tookMs = (calls: { atMs: number }[]) => (calls.at(-1)?.atMs ?? 0) - (calls[0]?.atMs ?? 0);

/** How often the product asked whether the number is well again. */
async function probesOf({ company }: Dialogue): Promise<number> {
  const query = new URLSearchParams({ target: 'graph', phoneNumberId: company.phoneNumberId, method: 'GET' });
  return (await parley.sandbox.control<{ items: unknown[] }>('GET', `requests?${query}`)).items.length;
}
