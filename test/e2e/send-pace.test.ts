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
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

/** The product's pace with one customer, and the network's own, a little faster. */
const PAIR_INTERVAL_MS = 400;
const NETWORK_PAIR = { pairIntervalMs: 350, pairBurst: 45 };
const BURST = 45;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ waits: { pairIntervalMs: PAIR_INTERVAL_MS } });
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
  it('waits and loses nothing when its throughput is used up', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'error', code: 130429, times: 2 });
    await commentAll(dialogue, ['one', 'two']);
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['one', 'two']);
    expect((await sendCalls(dialogue)).map((call) => call.status)).toEqual([400, 400, 200, 200]);
    expect(await notesOn(dialogue)).toEqual([]);
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

/** How often the product asked whether the number is well again. */
async function probesOf({ company }: Dialogue): Promise<number> {
  const query = new URLSearchParams({ target: 'graph', phoneNumberId: company.phoneNumberId, method: 'GET' });
  return (await parley.sandbox.control<{ items: unknown[] }>('GET', `requests?${query}`)).items.length;
}
