import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  noteOnce,
  notesOn,
  sentTo,
  startDialogue,
} from '../support/reply-world.ts';

/** So long the network keeps the answer of a send, in which its statuses come and are looked at. */
const LATE_MS = 6_000;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({
    waits: { callDeadlineMs: 2 * LATE_MS, leaseMs: 3 * LATE_MS, turnTimeoutMs: 4 * LATE_MS },
  });
  // The network tells nothing by itself: a status comes when a test sends it.
  await parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 3_600_000 });
});

afterAll(() => parley?.stop());

type Told = { withCallbackData?: boolean; atMs?: number };

/** The network tells statuses of the only message of the business, each when the former was received. */
async function tell(dialogue: Dialogue, statuses: string[], told: Told = {}): Promise<void> {
  const wamid = await eventually(
    'the message at the network',
    async () => (await sentTo(dialogue))[0] as unknown as { id: string },
  );
  for (const status of statuses) {
    const errors = status === 'failed' ? { errors: 131026 } : {};
    await parley.sandbox.control('POST', 'graph/statuses', { wamid: wamid.id, status, ...errors, ...told });
  }
}

async function sendOne(dialogue: Dialogue): Promise<void> {
  await commentOn(dialogue, { html: 'Hello' });
  await messageOnce(dialogue, 'Hello', ['sent']);
}

describe('statuses of a reply', () => {
  it.each([
    [['sent', 'delivered', 'read'], 'read'],
    [['read', 'delivered', 'sent'], 'read'],
    [['delivered', 'sent', 'delivered'], 'delivered'],
    [['failed', 'delivered'], 'delivered'],
    [['delivered', 'failed'], 'delivered'],
    [['failed', 'sent'], 'failed'],
    [['sent', 'failed', 'failed'], 'failed'],
  ])('%j make it %s', async (statuses, state) => {
    const dialogue = await startDialogue(parley);
    await sendOne(dialogue);
    await tell(dialogue, statuses);
    const message = await messageOnce(dialogue, 'Hello', [state]);
    for (const status of statuses) expect(message).toMatchObject({ [`${status}At`]: expect.any(String) });
    expect(message.reason).toBe(state === 'failed' ? 'recipient-unreachable' : null);
    if (state === 'failed') await noteOnce(dialogue, 'Not delivered to the customer:');
    if (!statuses.includes('failed')) expect(await notesOn(dialogue)).toEqual([]);
  });

  it('count without our token too, by the id of the network', async () => {
    const dialogue = await startDialogue(parley);
    await sendOne(dialogue);
    await tell(dialogue, ['read'], { withCallbackData: false });
    await messageOnce(dialogue, 'Hello', ['read']);
  });

  it.each([true, false])(
    'that come before the answer of the send count (with our token: %s)',
    async (withCallbackData) => {
      const dialogue = await startDialogue(parley);
      await faultOfSends(dialogue, { kind: 'slow-after', delayMs: LATE_MS });
      await commentOn(dialogue, { html: 'Hello' });
      await messageOnce(dialogue, 'Hello', ['sending']);
      await tell(dialogue, ['delivered', 'sent'], { withCallbackData });
      // Without the token nobody knows yet whose they are: they wait for the answer.
      const early = await messageOnce(dialogue, 'Hello', ['delivered', 'sending']);
      expect(early.state).toBe(withCallbackData ? 'delivered' : 'sending');
      const message = await messageOnce(dialogue, 'Hello', ['delivered']);
      expect(message).toMatchObject({ deliveredAt: expect.any(String), sentAt: expect.any(String) });
      expect(message.channelMessageId).toMatch(/^wamid\./);
    },
  );

  it('that fail it before the answer put one word on the task', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'slow-after', delayMs: LATE_MS });
    await commentOn(dialogue, { html: 'Hello' });
    await tell(dialogue, ['failed', 'failed'], { withCallbackData: false });
    await messageOnce(dialogue, 'Hello', ['failed']);
    await noteOnce(dialogue, 'Not delivered to the customer:');
    await commentOn(dialogue, { html: 'Second' });
    await messageOnce(dialogue, 'Second', ['sent']);
    expect(await notesOn(dialogue)).toHaveLength(1);
  });
});
