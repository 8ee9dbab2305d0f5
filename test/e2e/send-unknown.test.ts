import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  noteOnce,
  notesOn,
  problemOnce,
  problemsOf,
  sendCalls,
  sentTo,
  startDialogue,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ waits: { unknownHoldMs: 1_000, unknownProblemMs: 2_500 } });
  // The network tells nothing by itself: a status comes when a test sends it.
  await parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 3_600_000 });
});

afterAll(() => parley?.stop());

/** A comment whose acceptance we do not hear of: it reached the customer, and nobody told us. */
async function loseAnswer(dialogue: Dialogue, text: string): Promise<void> {
  await faultOfSends(dialogue, { kind: 'drop-after' });
  await commentOn(dialogue, { html: text });
  await messageOnce(dialogue, text, ['unknown']);
}

/** The network tells what became of the message with this text. */
async function tellStatus(dialogue: Dialogue, text: string, status: string): Promise<void> {
  const sent = (await sentTo(dialogue)).find((message) => message.text === text) as unknown as { id: string };
  await parley.sandbox.control('POST', 'graph/statuses', { wamid: sent.id, status });
}

const decide = (id: string, decision: string) =>
  parley.rest<{ state: string }>('POST', `/v1/problems/${id}/${decision}`);

describe('a send whose answer is lost', () => {
  it('is unknown, is not sent again, and is settled by its status', async () => {
    const dialogue = await startDialogue(parley);
    await loseAnswer(dialogue, 'Your order is ready');
    await tellStatus(dialogue, 'Your order is ready', 'delivered');
    const message = await messageOnce(dialogue, 'Your order is ready', ['delivered']);
    expect(message).toMatchObject({ reason: null, channelMessageId: expect.stringMatching(/^wamid\./) });
    // Control and order: a later reply goes, so the lane works, and the first one still arrived once.
    await commentOn(dialogue, { html: 'Anything else?' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['Your order is ready', 'Anything else?']);
    expect(await problemsOf(dialogue)).toEqual([]);
    expect(await notesOn(dialogue)).toEqual([]);
  });

  it('holds later replies for its time only', async () => {
    const dialogue = await startDialogue(parley);
    await loseAnswer(dialogue, 'first');
    await commentOn(dialogue, { html: 'second' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['first', 'second']);
    const [first, second] = await sendCalls(dialogue);
    // Half of its second: the first call may have come late.
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(500);
    await messageOnce(dialogue, 'first', ['unknown']);
  });

  it('becomes a problem without a status, and a status still settles that', async () => {
    const dialogue = await startDialogue(parley);
    await loseAnswer(dialogue, 'Your order is ready');
    const problem = await problemOnce(dialogue, 'unknown-send');
    const note = await noteOnce(dialogue, 'It is not known whether this reached the customer');
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [{ id: 'user:3' }] } });
    await tellStatus(dialogue, 'Your order is ready', 'read');
    await messageOnce(dialogue, 'Your order is ready', ['read']);
    expect(await problemsOf(dialogue)).toEqual([]);
    expect(await problemsOf(dialogue, { state: 'settled' })).toMatchObject([{ id: problem.id }]);
    await expect(decide(problem.id, 'resend')).rejects.toThrow('409');
    expect(await sendCalls(dialogue)).toHaveLength(1);
  });

  it('goes out once more, behind what waits, when a person resends it', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'drop-before' });
    await commentOn(dialogue, { html: 'lost' });
    const { id } = await problemOnce(dialogue, 'unknown-send');
    // While the pair limit holds this one back, the resend comes; it goes last.
    await faultOfSends(dialogue, { kind: 'error', code: 131056 });
    await commentOn(dialogue, { html: 'held back' });
    await eventually('a refused send', async () => (await sendCalls(dialogue)).length === 2 || undefined);
    await decide(id, 'resend');
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['held back', 'lost']);
    await messageOnce(dialogue, 'lost', ['sent']);
    expect(await sendCalls(dialogue)).toHaveLength(4);
    expect(await problemsOf(dialogue)).toEqual([]);
    await expect(decide(id, 'resend')).rejects.toThrow('409');
  });

  it('is settled as refused when a person discards it', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'drop-before' });
    await commentOn(dialogue, { html: 'lost' });
    const { id } = await problemOnce(dialogue, 'unknown-send');
    await decide(id, 'discard');
    await messageOnce(dialogue, 'lost', ['refused']);
    await commentOn(dialogue, { html: 'next' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['next']);
    expect(await sendCalls(dialogue)).toHaveLength(2);
    expect(await problemsOf(dialogue)).toEqual([]);
  });

  it('is what a failing Graph leaves too, while a certain refusal is final at once', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'status', status: 502 });
    await commentOn(dialogue, { html: 'into the dark' });
    await messageOnce(dialogue, 'into the dark', ['unknown']);
    await faultOfSends(dialogue, { kind: 'error', code: 131026 });
    await commentOn(dialogue, { html: 'refused' });
    expect(await messageOnce(dialogue, 'refused', ['refused'])).toMatchObject({ reasonCode: 131026 });
    await messageOnce(dialogue, 'into the dark', ['unknown']);
    expect(await textsTo(dialogue)).toEqual([]);
  });

  it('never blocks the conversation, however many of them wait for a person', async () => {
    const dialogue = await startDialogue(parley);
    const rule = await faultOfSends(dialogue, { kind: 'drop-before', times: 0 });
    const lost = Array.from({ length: 22 }, (_, index) => `lost ${index}`);
    for (const html of lost) await commentOn(dialogue, { html });
    await eventually('all of them as unknown', async () => (await sendCalls(dialogue)).length === 22 || undefined);
    await parley.sandbox.control('DELETE', `faults/${rule}`);
    await commentOn(dialogue, { html: 'after all of them' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['after all of them']);
  });
});
