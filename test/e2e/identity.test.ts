import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentOnce, meet, type Person, say, taskOnce, tasksOf } from '../support/chat-world.ts';
import {
  addressOnce,
  contactsIn,
  dialogueOf,
  knowing,
  meetTwice,
  placeOf,
  problemsLike,
  taskByNumber,
  tell,
  twoContactsOnce,
} from '../support/identity-world.ts';
import { type Company, chatOf, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, faultOfSends, messageOnce } from '../support/reply-world.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
});

afterAll(() => parley?.stop());

const change = (person: Person, what: string, body: unknown = {}) =>
  parley.sandbox.control<{ phone: string }>('POST', `graph/customers/${person.phone}${what}`, body);

/** A customer with a task. */
async function begin() {
  const person = await meet(parley, company);
  const place = await placeOf(person, await say(person, { text: 'Good day' }));
  return { person, place, task: await taskOnce(person) };
}

describe('the same conversation and task', () => {
  it('when the customer takes a username, and the phone is hidden from then on', async () => {
    const { person, place, task } = await begin();
    await change(person, '', { username: true });
    expect(await placeOf(person, await say(person, { text: 'Without a phone' }))).toEqual(place);
    await commentOn(dialogueOf(person, task), { html: 'We see you' });
    await messageOnce({ parley, company }, 'We see you', ['sent', 'delivered', 'read']);
    expect(await tasksOf(person)).toHaveLength(1);
    // Control: somebody else with a username is somebody else.
    const other = await meet(parley, company);
    await change(other, '', { username: true });
    expect((await placeOf(other, await say(other, { text: 'Hi' }))).conversationId).not.toBe(place.conversationId);
  });

  it('when the number changes: replies go to the new one', async () => {
    const { person, place, task } = await begin();
    const phone = `4916${randomInt(1e8, 1e9)}`;
    await change(person, '/phone', { phone });
    expect((await commentOnce(person, `changed their phone number to +${phone}`)).recipients.roles).toEqual([]);
    expect(await placeOf(person, await say({ ...person, phone }, { text: 'From the new phone' }))).toEqual(place);
    await commentOn(dialogueOf(person, task), { html: 'To the new phone' });
    expect(await addressOnce(dialogueOf(person, task), 'To the new phone')).toBe(`+${phone}`);
    expect(await tasksOf(person)).toHaveLength(1);
  });

  it('when the id is replaced by another one, and no phone is told', async () => {
    const { person, place, task } = await begin();
    await change(person, '', { username: true });
    await change(person, '/user-id');
    await commentOnce(person, 'WhatsApp gave the customer a new ID');
    expect(await placeOf(person, await say(person, { text: 'Under a new id' }))).toEqual(place);
    expect(await tasksOf(person)).toHaveLength(1);
    await commentOn(dialogueOf(person, task), { html: 'Still you' });
    await messageOnce({ parley, company }, 'Still you', ['sent', 'delivered', 'read']);
  });

  it.each([
    ['Brazil', '5511987654321', '551187654321', '551187654322'],
    ['Argentina', '5491123456789', '541123456789', '541123456780'],
    ['Mexico', '5215512345678', '525512345678', '525512345679'],
  ])('when a number of %s is spelled in its other way', async (_country, one, other, another) => {
    const person = await meet(parley, company, one);
    const place = await placeOf(person, await tell(person, { phone: one }, 'Hello'));
    const contacts = await contactsIn(parley, company);
    expect(await placeOf(person, await tell(person, { phone: other }, 'Again'))).toEqual(place);
    expect(await contactsIn(parley, company)).toEqual(contacts);
    // Control: one digit more makes another customer.
    const stranger = await placeOf(person, await tell({ ...person, name: 'Stranger' }, { phone: another }, 'Hi'));
    expect(stranger.conversationId).not.toBe(place.conversationId);
  });
});

describe('what sends and statuses tell', () => {
  it('joins the id of whom a reply went to: they are known by it alone', async () => {
    const person = await knowing(await meet(parley, company));
    const place = await placeOf(person, await tell(person, { phone: person.phone }, 'An old payload'));
    const task = await taskByNumber(person, place.planfixTask);
    await commentOn(dialogueOf(person, task), { html: 'Who are you?' });
    await messageOnce({ parley, company }, 'Who are you?', ['delivered', 'read']);
    expect(await placeOf(person, await tell(person, { bsuid: person.bsuid }, 'Me again'))).toEqual(place);
  });

  it('control: without a reply nobody knows that it is the same person', async () => {
    const person = await knowing(await meet(parley, company));
    const place = await placeOf(person, await tell(person, { phone: person.phone }, 'An old payload'));
    const other = await placeOf(person, await tell(person, { bsuid: person.bsuid }, 'Me again'));
    expect(other.conversationId).not.toBe(place.conversationId);
  });

  it('joins the phone to an id that came alone', async () => {
    const person = await knowing(await meet(parley, company));
    const place = await placeOf(person, await tell(person, { bsuid: person.bsuid }, 'I have a name'));
    const task = await taskByNumber(person, place.planfixTask);
    await commentOn(dialogueOf(person, task), { html: 'Good to know' });
    expect(await addressOnce(dialogueOf(person, task), 'Good to know')).toBe(person.bsuid);
    await messageOnce({ parley, company }, 'Good to know', ['delivered', 'read']);
    expect(await placeOf(person, await tell(person, { phone: person.phone }, 'And a phone'))).toEqual(place);
  });
});

describe('a customer by phone and one by id who are one person', () => {
  it('are linked: what they write goes to the elder; replies on either task go where they went', async () => {
    const { person, byPhone, byId, tasks } = await meetTwice(parley);
    const both = await placeOf(person, await tell(person, { phone: person.phone, bsuid: person.bsuid }, 'Both'));
    expect([byPhone.conversationId, byId.conversationId]).toContain(both.conversationId);
    expect(await twoContactsOnce(person)).toMatchObject({ reason: 'one-person' });
    for (const ids of [
      { phone: person.phone },
      { bsuid: person.bsuid },
      { phone: person.phone, bsuid: person.bsuid },
    ]) {
      expect(await placeOf(person, await tell(person, ids, `By ${Object.keys(ids)}`))).toEqual(byPhone);
    }
    expect(await tasksOf(person)).toHaveLength(2);
    await commentOn(dialogueOf(person, tasks.byId), { html: 'To the id' });
    expect(await addressOnce(dialogueOf(person, tasks.byId), 'To the id')).toBe(person.bsuid);
    await commentOn(dialogueOf(person, tasks.byPhone), { html: 'To the phone' });
    expect(await addressOnce(dialogueOf(person, tasks.byPhone), 'To the phone')).toBe(`+${person.phone}`);
  });

  it.each<['byPhone' | 'byId', 'byPhone' | 'byId']>([
    ['byId', 'byPhone'],
    ['byPhone', 'byId'],
  ])(
    'are two contacts until somebody merges that %s into that %s in Planfix: the problem is settled',
    async (one, other) => {
      const { company, person, tasks } = await meetTwice(parley);
      await placeOf(person, await tell(person, { phone: person.phone, bsuid: person.bsuid }, 'Both'));
      await twoContactsOnce(person);
      const numberOf = (task: { assigner: { id: string } | null }) =>
        Number(task.assigner?.id.slice('contact:'.length));
      const [from, into] = [numberOf(tasks[one]), numberOf(tasks[other])];
      expect(into).not.toBe(from);
      await parley.sandbox.control('POST', `planfix/${company.account}/contacts/merge`, { from, into });
      // Whoever answers on that task notifies the contact that is left there.
      const dialogue = dialogueOf(person, tasks[one]);
      await commentOn(dialogue, { html: 'After the merge', notify: [`contact:${into}`] });
      await messageOnce({ parley, company }, 'After the merge', ['sent', 'delivered', 'read']);
      await eventually('the problem as settled', async () =>
        (await problemsLike(person, 'two-contacts')).length === 0 ? true : undefined,
      );
      expect(await problemsLike(person, 'two-contacts', 'settled')).toHaveLength(1);
      // The comment was that conversation's: it went where its messages came from.
      const address = { byPhone: `+${person.phone}`, byId: person.bsuid }[one];
      expect(await addressOnce(dialogue, 'After the merge')).toBe(address);
    },
  );
});

describe('a phone that got a new owner', () => {
  it('is a problem; replies to the former owner never reach the new one', async () => {
    const company = await connectCompany(parley);
    const former = await knowing(await meet(parley, company));
    const owner = await knowing(await meet(parley, company));
    const before = await placeOf(former, await tell(former, { phone: former.phone, bsuid: former.bsuid }, 'Mine'));
    const task = await taskByNumber(former, before.planfixTask);
    const dialogue = dialogueOf(former, task);
    // Control: until then replies go to the phone.
    await commentOn(dialogue, { html: 'To your phone' });
    expect(await addressOnce(dialogue, 'To your phone')).toBe(`+${former.phone}`);
    await messageOnce({ parley, company }, 'To your phone', ['delivered', 'read']);

    const later = Date.now() + 5_000;
    const now = await placeOf(owner, await tell(owner, { phone: former.phone, bsuid: owner.bsuid }, 'Now mine', later));
    expect(now.conversationId).not.toBe(before.conversationId);
    expect(now.planfixTask).not.toBe(before.planfixTask);
    // Nor are they one contact, although they share the phone by which contacts are searched for.
    const ownersTask = await taskByNumber(owner, now.planfixTask);
    expect(ownersTask.assigner?.id).not.toBe(task.assigner?.id);
    const [problem] = await eventually('the conflict', async () => {
      const found = await problemsLike(former, 'identity-conflict');
      return found.length > 0 ? found : undefined;
    });
    expect(problem).toMatchObject({ conversationId: before.conversationId, reason: 'phone-has-new-owner' });
    // In the sandbox the former owner has the phone all the same, and a status would say so.
    await faultOfSends(dialogue, { kind: 'no-status' });
    await commentOn(dialogue, { html: 'For you alone' });
    expect(await addressOnce(dialogue, 'For you alone')).toBe(former.bsuid);
    await commentOn(dialogueOf(owner, ownersTask), { html: 'Welcome' });
    expect(await addressOnce(dialogue, 'Welcome')).toBe(`+${former.phone}`);
    const ofOwner = await chatOf(parley, company, owner);
    expect(ofOwner.map(({ text }) => text)).not.toContain('For you alone');
    expect(await tasksOf(former)).toHaveLength(1);
    await placeOf(former, await tell(former, { bsuid: former.bsuid }, 'Still me'));
    await commentOnce(former, 'Still me');
  });
});
