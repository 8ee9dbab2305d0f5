import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  notesOn,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';
import { approveTemplate } from '../support/starts.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  await approveTemplate(parley, company);
});

afterAll(() => parley?.stop());

const DAY_MS = 24 * 3_600_000;

/** A task that an employee made for the customer, as the dialogue would be if it stood there. */
async function inTaskByHand(dialogue: Dialogue, task: Record<string, unknown> = {}): Promise<Dialogue> {
  const created = await parley.sandbox.control<{ id: number }>('POST', `planfix/${dialogue.company.account}/tasks`, {
    ...{ name: 'By hand', template: 10, status: 1, assigner: dialogue.contact },
    ...task,
  });
  return { ...dialogue, task: created.id };
}

const noteOnce = (dialogue: Dialogue, containing: string) =>
  eventually(`a note with "${containing}"`, async () =>
    (await notesOn(dialogue)).find(({ description }) => description.includes(containing)),
  );

/** Hints are read one after the other: when this later one is through, those before it are. */
async function untilHintsAreRead(): Promise<void> {
  const dialogue = await startDialogueIn(parley, company);
  await commentOn(dialogue, { html: 'marker' });
  await textsOnceThereAre(dialogue, 1);
}

describe('an employee writes to the customer in a task that Parley has never seen', () => {
  it('while the customer may be answered: it is sent, and the conversation goes on there', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const there = await inTaskByHand(dialogue);
    await commentOn(there, { html: 'internal, before', notify: [] });
    await commentOn(there, { html: 'We found it' });
    expect(await textsOnceThereAre(there, 1)).toEqual(['We found it']);
    await commentOn(there, { html: 'And one more' });
    expect(await textsOnceThereAre(there, 2)).toEqual(['We found it', 'And one more']);
    await writeAs(parley, company, dialogue.customer, 'Great');
    await eventually('their answer there', async () =>
      (await taskOf(there))?.comments.find(({ description }) => description.includes('Great')),
    );
    expect(await notesOn(there)).toEqual([]);
  });

  it('after 24 hours: nothing is sent, and the task names the templates, once and to the author alone', async () => {
    const dialogue = await startDialogueIn(parley, company, { timestampMs: Date.now() - DAY_MS - 60_000 });
    const there = await inTaskByHand(dialogue);
    await commentOn(there, { html: 'Hello again' });
    const note = await noteOnce(there, 'Not sent to the customer');
    expect(note.description).toContain('24 hours');
    expect(note.description).toContain('<b>appointment</b> (en)');
    expect(note.description).toContain('We expect you at {{1}} on {{2}}');
    expect(note.description).toContain('fields: body.1, body.2');
    expect(note.description).toContain(`task=${there.task}`);
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [{ id: 'user:3' }], roles: [] } });
    await untilHintsAreRead();
    expect(await notesOn(there)).toHaveLength(1);
    expect(await textsTo(there)).toEqual([]);
  });

  it('that nobody outside is told of: nothing happens, and no more of what robots write', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const there = await inTaskByHand(dialogue);
    await commentOn(there, { html: 'between us', notify: ['user:2'] });
    await commentOn(there, { html: 'I am a robot', author: 'user:9' });
    await untilHintsAreRead();
    expect(await textsTo(there)).toEqual([]);
    expect((await taskOf(there))?.comments).toHaveLength(2);
    // Control: the same words by an employee to the customer are sent.
    await commentOn(there, { html: 'to you' });
    expect(await textsOnceThereAre(there, 1)).toEqual(['to you']);
  });

  it('about a contact without a phone: the task says so', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const contact = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, {
      name: 'Nobody',
    });
    const there = await inTaskByHand(dialogue, { assigner: `contact:${contact.id}` });
    await commentOn(there, { html: 'Hello', notify: [`contact:${contact.id}`] });
    await noteOnce(there, 'no phone that can be on WhatsApp');
  });
});

describe('of several numbers', () => {
  it('the one whose tasks are of this template is meant, else the one that the customer wrote to last', async () => {
    const first = await connectCompany(parley);
    const second = await connectCompany(parley, { sameAccountAs: first, settings: { taskTemplate: 11 } });
    const dialogue = await startDialogueIn(parley, first);
    const elsewhere = await startDialogueIn(parley, second);
    // The customer wrote to the first number; tasks of template 11 are the second's, where their window was never open.
    const ofSecond = await inTaskByHand(dialogue, { template: 11 });
    await commentOn(ofSecond, { html: 'By the second' });
    await noteOnce(ofSecond, 'Not sent to the customer');
    const ofNobody = await inTaskByHand(dialogue, { template: 12 });
    await commentOn(ofNobody, { html: 'By the latest' });
    expect(await textsOnceThereAre(ofNobody, 1)).toEqual(['By the latest']);
    expect(await textsTo(elsewhere)).toEqual([]);
  });

  it('none can be told for somebody who wrote to none: the task says so', async () => {
    const first = await connectCompany(parley, { settings: { taskTemplate: 10 } });
    await connectCompany(parley, { sameAccountAs: first, settings: { taskTemplate: 11 } });
    const dialogue = await startDialogueIn(parley, first);
    const contact = await parley.sandbox.control<{ id: number }>('POST', `planfix/${first.account}/contacts`, {
      name: 'Stranger',
      phone: '+4915799887766',
    });
    const there = await inTaskByHand(dialogue, { template: 12, assigner: `contact:${contact.id}` });
    await commentOn(there, { html: 'Hello', notify: [`contact:${contact.id}`] });
    await noteOnce(there, 'not clear by which of your WhatsApp numbers');
  });
});
