import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aCustomer,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  problemOnce,
  problemsOf,
  putIntoTask,
  startDialogue,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
  untilReadAgain,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

const planfix = <T>(dialogue: Dialogue, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
  parley.sandbox.control<T>(method, `planfix/${dialogue.company.account}/${path}`, body);

/** A contact that an employee made by hand; its prefixed number. */
async function anotherContact(dialogue: Dialogue, contact: Record<string, unknown>): Promise<`contact:${number}`> {
  return (await planfix<{ ref: `contact:${number}` }>(dialogue, 'POST', 'contacts', contact)).ref;
}

const numberOf = (ref: string) => Number(ref.split(':')[1]);

const merge = (dialogue: Dialogue, into: string) =>
  planfix(dialogue, 'POST', 'contacts/merge', { from: numberOf(dialogue.contact), into: numberOf(into) });

/** The customer writes, and it is in Planfix; the comment, or the task that came of it. */
async function write(dialogue: Dialogue, text: string) {
  await writeAs(parley, dialogue.company, dialogue.customer, text);
  return eventually(`"${text}" in Planfix`, async () => {
    const posted = await messagesOf(dialogue, { direction: 'inbound', state: 'posted' });
    return posted.find((message) => message.text === text);
  });
}

describe.each(['missing', 'survivor'])(
  'a contact that was merged into another (its old number reads as %s)',
  (reads) => {
    it('is followed: replies to the survivor reach the customer, and what they write is the survivor’s', async () => {
      const dialogue = await startDialogue(parley, { planfixSettings: { mergedContactReads: reads } });
      const survivor = await anotherContact(dialogue, { name: 'Jane Roe, known before' });
      await merge(dialogue, survivor);
      await commentOn(dialogue, { html: 'to the survivor', notify: [survivor] });
      expect(await textsOnceThereAre(dialogue, 1)).toEqual(['to the survivor']);
      const { planfixComment } = await write(dialogue, 'Thank you');
      const comment = (await taskOf(dialogue))?.comments.find((entry) => entry.id === planfixComment);
      expect(comment).toMatchObject({ owner: { id: survivor }, description: 'Thank you' });
    });

    it('is followed too when the customer writes before anybody replies', async () => {
      const dialogue = await startDialogue(parley, { planfixSettings: { mergedContactReads: reads } });
      const survivor = await anotherContact(dialogue, { name: 'Jane Roe, known before' });
      await merge(dialogue, survivor);
      const { planfixComment } = await write(dialogue, 'Are you there?');
      const comment = (await taskOf(dialogue))?.comments.find((entry) => entry.id === planfixComment);
      expect(comment).toMatchObject({ owner: { id: survivor }, description: 'Are you there?' });
      await commentOn(dialogue, { html: 'to the survivor', notify: [survivor] });
      expect(await textsOnceThereAre(dialogue, 1)).toEqual(['to the survivor']);
      expect(await problemsOf(dialogue)).toEqual([]);
    });

    it('is the assigner of their next task', async () => {
      const dialogue = await startDialogue(parley, { planfixSettings: { mergedContactReads: reads } });
      const survivor = await anotherContact(dialogue, { name: 'Jane Roe, known before' });
      await merge(dialogue, survivor);
      await planfix(dialogue, 'POST', `tasks/${dialogue.task}`, { purge: true });
      const { planfixTask } = await write(dialogue, 'Hello again');
      const renewed = { ...dialogue, task: planfixTask as number };
      expect(await taskOf(renewed)).toMatchObject({ assigner: { id: survivor }, counterparty: { id: survivor } });
      await commentOn(renewed, { html: 'to the survivor', notify: [survivor] });
      expect(await textsOnceThereAre(renewed, 1)).toEqual(['to the survivor']);
      expect(await problemsOf(dialogue)).toEqual([]);
    });

    it('is no reason to use another contact while Planfix has it and refuses it (control)', async () => {
      const dialogue = await startDialogue(parley, { planfixSettings: { mergedContactReads: reads } });
      const { phone } = dialogue.customer;
      await anotherContact(dialogue, { name: 'Jane Roe, known before', phone });
      const rule = { target: 'planfix', account: dialogue.company.account, kind: 'refuse-owner', times: 1 };
      await parley.sandbox.control('POST', 'faults', { ...rule, method: 'POST', path: '/comments/$' });
      const { planfixComment } = await write(dialogue, 'Are you there?');
      const comment = (await taskOf(dialogue))?.comments.find((entry) => entry.id === planfixComment);
      expect(comment).toMatchObject({ owner: { id: 'user:9' } });
      await problemOnce(dialogue, 'contact-refused-as-owner');
    });
  },
);

describe('a contact that is gone without a successor', () => {
  it('does not make another person of the task the customer', async () => {
    const dialogue = await startDialogue(parley);
    const supplier = await anotherContact(dialogue, { name: 'A supplier', phone: '+49 30 5550199' });
    await planfix(dialogue, 'POST', `contacts/${numberOf(dialogue.contact)}`, { isDeleted: true });
    await commentOn(dialogue, { html: 'not for the customer', notify: [supplier] });
    await untilReadAgain(dialogue);
    // Control: the contact comes back, and its replies go.
    await planfix(dialogue, 'POST', `contacts/${numberOf(dialogue.contact)}`, { isDeleted: false });
    await commentOn(dialogue, { html: 'for the customer' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['for the customer']);
  });
});

describe.each([
  ['purged', { purge: true }],
  ['moved to the bin', { isDeleted: true }],
])('a task that was %s', (_, change) => {
  it('is replaced by the next message, and replies in the new one reach the customer', async () => {
    const dialogue = await startDialogue(parley);
    // Control: while it is there, messages go into it.
    expect((await write(dialogue, 'Still the old one')).planfixTask).toBe(dialogue.task);
    await planfix(dialogue, 'POST', `tasks/${dialogue.task}`, change);
    await eventually('the task as gone', async () => {
      const [message] = await messagesOf(dialogue);
      const path = `/v1/conversations/${message?.conversationId}`;
      const { tasks } = await parley.rest<{ tasks: { isActive: boolean }[] }>('GET', path);
      return tasks[0]?.isActive === false || undefined;
    });
    const { planfixTask } = await write(dialogue, 'Hello again');
    expect(planfixTask).not.toBe(dialogue.task);
    const renewed = { ...dialogue, task: planfixTask as number };
    expect((await write(renewed, 'One more')).planfixTask).toBe(planfixTask);
    await commentOn(renewed, { html: 'in the new task' });
    expect(await textsOnceThereAre(renewed, 1)).toEqual(['in the new task']);
    const { tasks } = await planfixOf(parley, dialogue.company);
    expect(tasks.filter((task) => task.id !== dialogue.task)).toHaveLength(1);
  });
});

describe('a task that was purged a moment ago', () => {
  it('loses no message that was still meant for it', async () => {
    const dialogue = await startDialogue(parley);
    await planfix(dialogue, 'POST', `tasks/${dialogue.task}`, { purge: true });
    const { planfixTask } = await write(dialogue, 'Hello again');
    expect(planfixTask).not.toBe(dialogue.task);
    expect(await taskOf(dialogue, planfixTask as number)).toMatchObject({ description: 'Hello again' });
  });
});

describe('a task whose number was lost with Planfix’s answer', () => {
  it('loses no reply that was written in it before we knew the number', async () => {
    const company = await connectCompany(parley);
    const customer = aCustomer();
    const fault = { target: 'planfix', account: company.account, method: 'POST', path: '/task/$', kind: 'drop-after' };
    await parley.sandbox.control('POST', 'faults', fault);
    await writeAs(parley, company, customer, 'Hello');
    const task = await eventually('the task', async () => (await planfixOf(parley, company)).tasks[0]);
    const contact = task.counterparty?.id as `contact:${number}`;
    const dialogue: Dialogue = { parley, company, customer, contact, task: task.id };
    await commentOn(dialogue, { html: 'a quick reply' });
    // Control: at that moment the task is nobody's for us.
    expect(await messagesOf(dialogue, { state: 'posted' })).toEqual([]);
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['a quick reply']);
    await commentOn(dialogue, { html: 'another', hint: false });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['a quick reply', 'another']);
    expect((await planfixOf(parley, company)).tasks).toHaveLength(1);
  });
});

describe('a task with two customers', () => {
  it('sends each of them what names them, and nothing else', async () => {
    const first = await startDialogue(parley);
    const second = await startDialogueIn(parley, first.company);
    const inbound = await messagesOf(second, { planfixTask: String(second.task) });
    await putIntoTask(parley, inbound[0]?.conversationId, first.task);
    await commentOn(first, { html: 'for the second', notify: [second.contact] });
    await commentOn(first, { html: 'for both', notify: [first.contact, second.contact] });
    await commentOn(first, { html: 'for the first', notify: [first.contact] });
    expect(await textsOnceThereAre(first, 2)).toEqual(['for both', 'for the first']);
    expect(await textsOnceThereAre(second, 2)).toEqual(['for the second', 'for both']);
  });
});

describe('one person in two numbers of a company', () => {
  it('is answered by the number that the task belongs to', async () => {
    const first = await startDialogue(parley);
    const company = await connectCompany(parley, { sameAccountAs: first.company });
    const { customer, contact } = first;
    await writeAs(parley, company, customer, 'Hello, other number');
    const task = await eventually('the second task', async () => (await planfixOf(parley, company)).tasks[1]);
    const second: Dialogue = { parley, company, customer, contact, task: task.id };
    await eventually('its number known', async () => (await messagesOf(second, { state: 'posted' }))[0]);
    await commentOn(second, { html: 'from the second number' });
    await commentOn(first, { html: 'from the first number' });
    expect(await textsOnceThereAre(first, 1)).toEqual(['from the first number']);
    expect(await textsOnceThereAre(second, 1)).toEqual(['from the second number']);
  });
});

describe('a conversation that is put into a task with old comments', () => {
  it('sends none of them, however long ago they were written', async () => {
    const dialogue = await startDialogue(parley);
    const { id: task } = await planfix<{ id: number }>(dialogue, 'POST', 'tasks', {
      name: 'An older matter',
      template: 10,
      status: 1,
      assigner: dialogue.contact,
    });
    const twoHoursAgo = Date.now() - 2 * 3_600_000;
    for (let index = 0; index < 40; index += 1) {
      await commentOn(dialogue, { task, html: `old ${index}`, dateMs: twoHoursAgo + index * 5_000, hint: false });
    }
    const [message] = await messagesOf(dialogue, { direction: 'inbound' });
    await putIntoTask(parley, message?.conversationId, task);
    const linked = { ...dialogue, task };
    await commentOn(linked, { html: 'new', hint: false });
    expect(await textsOnceThereAre(linked, 1)).toEqual(['new']);
    await commentOn(linked, { html: 'newer', hint: false });
    await messageOnce(linked, 'newer', ['sent', 'delivered']);
    expect(await textsOnceThereAre(linked, 2)).toEqual(['new', 'newer']);
  });
});
