import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Parley, planfixOf, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  messagesOf,
  noteOnce,
  notesOn,
  sendCalls,
  sentTo,
  startDialogue,
  taskOf,
  textsOnceThereAre,
} from '../support/reply-world.ts';

const HOUR_MS = 3_600_000;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

const changeTask = (dialogue: Dialogue, change: Record<string, unknown>) =>
  parley.sandbox.control('POST', `planfix/${dialogue.company.account}/tasks/${dialogue.task}`, change);

/** The network tells a status of the newest message of the business. */
async function tellStatus(dialogue: Dialogue, status: string, errors?: number): Promise<void> {
  const { id: wamid } = (await sentTo(dialogue)).at(-1) as unknown as { id: string };
  await parley.sandbox.control('POST', 'graph/statuses', {
    wamid,
    status,
    ...(errors === undefined ? {} : { errors }),
  });
}

describe('a reply that the network takes, and only then finds too late', () => {
  it('waits, is told to whoever wrote it and to nobody else, and leaves once when the customer writes', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'async-error', code: 131047 });
    await commentOn(dialogue, { html: 'Too &lt;late&gt;', author: 'user:4' });
    const waiting = await messageOnce(dialogue, 'Too <late>', ['waiting']);
    expect(waiting).toMatchObject({ reason: 'template-required', reasonCode: 131047, channelMessageId: null });
    const note = await noteOnce(dialogue, 'Waits for the customer:');
    expect(note.description).toContain('«Too &lt;late&gt;»');
    expect(note.recipients).toMatchObject({ users: [{ id: 'user:4' }], groups: [], roles: [] });
    await writeAs(parley, dialogue.company, dialogue.customer, 'Are you there?');
    const sent = await messageOnce(dialogue, 'Too <late>', ['delivered']);
    // What is told of the first attempt once more, with our own token, is about a message that is no more.
    const [first] = await sentTo(dialogue);
    await parley.sandbox.control('POST', 'graph/statuses', {
      wamid: (first as unknown as { id: string }).id,
      status: 'failed',
      errors: 131047,
      withCallbackData: true,
      atMs: Date.now() + 1_000,
    });
    // Control: a reply that is delivered leaves no word on the task.
    await commentOn(dialogue, { html: 'In time' });
    await messageOnce(dialogue, 'In time', ['delivered']);
    expect(await messageOnce(dialogue, 'Too <late>', ['delivered'])).toMatchObject({
      channelMessageId: sent.channelMessageId,
    });
    expect((await sendCalls(dialogue)).length).toBe(3);
    expect(await notesOn(dialogue)).toHaveLength(1);
  });
});

describe('a reply that fails', () => {
  it('after it counted as sent puts a word on the task', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'no-status' });
    await commentOn(dialogue, { html: 'Hello' });
    await messageOnce(dialogue, 'Hello', ['sent']);
    await tellStatus(dialogue, 'failed', 131026);
    expect(await messageOnce(dialogue, 'Hello', ['failed'])).toMatchObject({ reasonCode: 131026 });
    expect((await noteOnce(dialogue)).description).toContain('Not delivered to the customer:');
  });

  it('with a certain refusal says so once, and lets the next go', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'error', code: 131026 });
    await commentOn(dialogue, { html: 'first' });
    await commentOn(dialogue, { html: 'second' });
    await messageOnce(dialogue, 'first', ['refused']);
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['second']);
    await noteOnce(dialogue, '«first»');
    expect(await sendCalls(dialogue)).toHaveLength(2);
    expect(await notesOn(dialogue)).toHaveLength(1);
  });

  it('has its word on the task in which it was written, also after the customer has a newer one', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'no-status' });
    await commentOn(dialogue, { html: 'Solved?' });
    await messageOnce(dialogue, 'Solved?', ['sent']);
    await changeTask(dialogue, { status: 3 });
    await eventually('the flag of the finished task', async () => {
      const conversation = await conversationOf(dialogue);
      return conversation.tasks[0]?.isActive === false || undefined;
    });
    await writeAs(parley, dialogue.company, dialogue.customer, 'Another question');
    const next = await eventually('the next task', async () => (await planfixOf(parley, dialogue.company)).tasks[1]);
    await tellStatus(dialogue, 'failed', 131026);
    expect((await noteOnce(dialogue)).description).toContain('«Solved?»');
    expect((await taskOf(dialogue, next.id))?.comments).toEqual([]);
  });

  it('makes no task when its own is purged', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'no-status' });
    await commentOn(dialogue, { html: 'Hello' });
    await messageOnce(dialogue, 'Hello', ['sent']);
    await changeTask(dialogue, { purge: true });
    await tellStatus(dialogue, 'failed', 131026);
    await eventually('the note put aside', async () => {
      const [note] = await messagesOf(dialogue, { direction: 'note' });
      return note?.state === 'ignored' || undefined;
    });
    // Control: a message of the customer does make one, and only that one.
    await writeAs(parley, dialogue.company, dialogue.customer, 'Hello again');
    await eventually('the next task', async () => (await planfixOf(parley, dialogue.company)).tasks[0]);
    await messageOnceInbound(dialogue, 'Hello again');
    const { tasks } = await planfixOf(parley, dialogue.company);
    expect(tasks.map((task) => task.description)).toEqual(['Hello again']);
  });

  it('says nothing once the network has delivered it after all', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'no-status' });
    await commentOn(dialogue, { html: 'Hello' });
    await messageOnce(dialogue, 'Hello', ['sent']);
    // Planfix is away while the two statuses come.
    const rule = { target: 'planfix', account: dialogue.company.account, kind: 'status', status: 503, times: 0 };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
    await tellStatus(dialogue, 'failed', 131026);
    await messageOnce(dialogue, 'Hello', ['failed']);
    await tellStatus(dialogue, 'delivered');
    await messageOnce(dialogue, 'Hello', ['delivered']);
    await parley.sandbox.control('DELETE', `faults/${id}`);
    await writeAs(parley, dialogue.company, dialogue.customer, 'Thanks');
    await messageOnceInbound(dialogue, 'Thanks');
    expect((await taskOf(dialogue))?.comments.map((comment) => comment.description)).toEqual(['Hello', 'Thanks']);
  });
});

describe('a reply a day later', () => {
  // The last one of this file: from here on the sandbox is a day ahead of us, and so is its Planfix.
  it('waits by the word of the network, and leaves when the customer opens the window again', async () => {
    const dialogue = await startDialogue(parley);
    await parley.sandbox.control('POST', 'clock', { advanceMs: 25 * HOUR_MS });
    await commentOn(dialogue, { html: 'Good morning' });
    const message = await messageOnce(dialogue, 'Good morning', ['waiting']);
    expect(message).toMatchObject({ reason: 'template-required', reasonCode: 131047 });
    expect((await noteOnce(dialogue)).description).toContain('More than 24 hours');
    await writeAs(parley, dialogue.company, dialogue.customer, 'Are you there?');
    await messageOnceInbound(dialogue, 'Are you there?');
    await messageOnce(dialogue, 'Good morning', ['delivered']);
    await commentOn(dialogue, { html: 'Yes, here' });
    await messageOnce(dialogue, 'Yes, here', ['delivered']);
  });
});

type ShownConversation = { tasks: { planfixTask: number; isActive: boolean; isCurrent: boolean }[] };

async function conversationOf(dialogue: Dialogue): Promise<ShownConversation> {
  const [message] = await messagesOf(dialogue);
  return parley.rest('GET', `/v1/conversations/${message?.conversationId}`);
}

const messageOnceInbound = (dialogue: Dialogue, text: string) =>
  eventually(`"${text}" in Planfix`, async () =>
    (await messagesOf(dialogue, { state: 'posted' })).find((message) => message.text === text),
  );
