import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messagesOf,
  putIntoTask,
  startDialogue,
  startDialogueIn,
  textsOnceThereAre,
  textsTo,
  untilReadAgain,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

async function conversationOf(dialogue: Dialogue): Promise<string> {
  const [message] = await messagesOf(dialogue, { direction: 'inbound' });
  if (!message) throw new Error('the customer has not written');
  return message.conversationId;
}

/** A task that an employee made, with comments that told the customer something, each in the given words. */
async function aTaskWithComments(dialogue: Dialogue, texts: string[]): Promise<number> {
  const { company, contact } = dialogue;
  const task = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/tasks`, {
    name: 'An older matter',
    template: 10,
    status: 1,
    assigner: contact,
  });
  for (const html of texts) await commentOn(dialogue, { task: task.id, html });
  return task.id;
}

const linkTo = (conversationId: string, planfixTask: number) => putIntoTask(parley, conversationId, planfixTask);

describe('a conversation that is put into a task with forty comments for the customer', () => {
  it('sends none of them, sends the next one, and posts what the customer writes there', async () => {
    // No scenario tells of them: of one that it tells of, the customer is to hear, whatever task it stands in.
    const dialogue = await startDialogue(parley, { hint: false });
    const old = Array.from({ length: 40 }, (_, index) => `old ${index}`);
    const task = await aTaskWithComments(dialogue, old);
    await linkTo(await conversationOf(dialogue), task);
    const linked = { ...dialogue, task };
    await commentOn(linked, { html: 'new' });
    expect(await textsOnceThereAre(linked, 1)).toEqual(['new']);
    await writeAs(parley, dialogue.company, dialogue.customer, 'Thank you');
    await commentOn(linked, { html: 'newer' });
    await untilReadAgain(linked);
    expect(await textsOnceThereAre(linked, 2)).toEqual(['new', 'newer']);
    const theirs = await eventually('what the customer wrote as posted', async () =>
      (await messagesOf(linked, { state: 'posted' })).find((message) => message.text === 'Thank you'),
    );
    expect(theirs.planfixTask).toBe(task);
  });

  it('would send comments of a task that was its own when they were written (control)', async () => {
    const dialogue = await startDialogue(parley);
    const texts = ['one', 'two', 'three'];
    for (const html of texts) await commentOn(dialogue, { html });
    expect(await textsOnceThereAre(dialogue, 3)).toEqual(texts);
  });
});

describe('a task that a conversation cannot go on in', () => {
  it('is refused with the remedy where Planfix does not know it, and nothing changes', async () => {
    const dialogue = await startDialogue(parley);
    await expect(linkTo(await conversationOf(dialogue), 999_999)).rejects.toThrow(/422.*no such task.*remedy/s);
    await commentOn(dialogue, { html: 'still here' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['still here']);
  });

  it('is refused where the same customer writes into it by another number', async () => {
    const first = await startDialogue(parley);
    const company = await connectCompany(parley, { sameAccountAs: first.company });
    const second = await startDialogueIn(parley, company, { from: first.customer.phone });
    const twice = linkTo(await conversationOf(second), first.task);
    await expect(twice).rejects.toThrow(/422.*another number/s);
    expect(await textsTo(second)).toEqual([]);
  });
});
