import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import { startWorker, type TestProcess } from '../support/processes.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  problemOnce,
  sendCalls,
  sentTo,
  startDialogue,
  textsOnceThereAre,
} from '../support/reply-world.ts';

const LEASE_MS = 3_000;

let parley: Parley;
let successor: TestProcess | undefined;

beforeAll(async () => {
  parley = await startParley({ waits: { leaseMs: LEASE_MS, turnTimeoutMs: 6_000, unknownHoldMs: 1_000 } });
  // Until a status says so, nobody knows what became of a send.
  await parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 3_600_000 });
});

afterAll(async () => {
  await successor?.stop('SIGKILL', 1_000);
  await parley?.stop();
});

/** The worker is inside a send: the network has the message (or has only the request), and does not answer. */
async function hangInSend(dialogue: Dialogue, kind: 'hang' | 'hang-after', text: string): Promise<string> {
  const rule = await faultOfSends(dialogue, { kind });
  await commentOn(dialogue, { html: text });
  await messageOnce(dialogue, text, ['sending', 'unknown']);
  await eventually('the call at the network', async () => {
    const faults = await parley.sandbox.control<{ faults: { id: string }[] } | { id: string }[]>('GET', 'faults');
    return JSON.stringify(faults).includes(`"id":"${rule}"`) ? undefined : true;
  });
  return rule;
}

async function tellStatus(dialogue: Dialogue, text: string, status: string): Promise<void> {
  const sent = (await sentTo(dialogue)).find((message) => message.text === text) as unknown as { id: string };
  await parley.sandbox.control('POST', 'graph/statuses', { wamid: sent.id, status });
}

describe('a worker that is killed inside a send', () => {
  it('after the message was taken: it is not sent again, and a status settles it', async () => {
    const dialogue = await startDialogue(parley);
    await hangInSend(dialogue, 'hang-after', 'before the crash');
    await parley.worker.stop('SIGKILL', 5_000);
    parley.worker = await parley.worker.startAgain();
    await messageOnce(dialogue, 'before the crash', ['unknown']);
    await commentOn(dialogue, { html: 'after the crash' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['before the crash', 'after the crash']);
    await tellStatus(dialogue, 'before the crash', 'delivered');
    await messageOnce(dialogue, 'before the crash', ['delivered']);
  });

  it('before the message was taken: a person decides, and it goes once', async () => {
    const dialogue = await startDialogue(parley);
    await hangInSend(dialogue, 'hang', 'never arrived');
    await parley.worker.stop('SIGKILL', 5_000);
    parley.worker = await parley.worker.startAgain();
    const { id } = await problemOnce(dialogue, 'unknown-send');
    // Control: it is the person's decision that sends it, nothing else did.
    expect(await sentTo(dialogue)).toEqual([]);
    await parley.rest('POST', `/v1/problems/${id}/resend`);
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['never arrived']);
    await messageOnce(dialogue, 'never arrived', ['sent']);
  });
});

describe('a worker that is frozen inside a send for longer than its lease', () => {
  it('sends nothing twice and keeps the order when it wakes beside its successor', async () => {
    const dialogue = await startDialogue(parley);
    await hangInSend(dialogue, 'hang-after', 'one');
    for (const html of ['two', 'three', 'four']) await commentOn(dialogue, { html });
    process.kill(parley.worker.pid, 'SIGSTOP');
    const frozenAtMs = Date.now();
    successor = await startWorker(parley.world, parley.waits);
    await eventually('frozen for long', async () => Date.now() - frozenAtMs > 2 * LEASE_MS || undefined);
    process.kill(parley.worker.pid, 'SIGCONT');
    await commentOn(dialogue, { html: 'five' });
    expect(await textsOnceThereAre(dialogue, 5)).toEqual(['one', 'two', 'three', 'four', 'five']);
    await messageOnce(dialogue, 'one', ['unknown']);
    await tellStatus(dialogue, 'one', 'delivered');
    await messageOnce(dialogue, 'one', ['delivered']);
    expect(await sendCalls(dialogue)).toHaveLength(5);
  });
});
