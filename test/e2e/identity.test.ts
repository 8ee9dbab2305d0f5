import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentOnce, meet, type Person, say, taskOnce, tasksOf } from '../support/chat-world.ts';
import {
  addressOnce,
  contactsIn,
  dialogueOf,
  knowing,
  placeOf,
  taskByNumber,
  tell,
} from '../support/identity-world.ts';
import { type Company, connectCompany, type Parley, startParley } from '../support/parley.ts';
import { commentOn, messageOnce } from '../support/reply-world.ts';

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
