import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Company, connectCompany, eventually, type Parley, planfixOf, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
});

afterAll(() => parley?.stop());

/** Somebody whose phone the business may not see. */
async function aHiddenCustomer() {
  const phone = `4915${randomInt(1e8, 1e9)}`;
  const known = await parley.sandbox.control<{ userId: string }>('POST', 'graph/customers', {
    phone,
    name: 'Jane Roe',
    username: `jane.${randomInt(1e6)}`,
  });
  return { phone, userId: known.userId };
}

const write = (from: string, text: string) =>
  parley.sandbox.control('POST', 'graph/messages', { phoneNumberId: company.phoneNumberId, from, text });

const contactsOf = async () => (await planfixOf(parley, company)).contacts.filter(({ name }) => name === 'Jane Roe');
const phonesOf = (contact: { phones: unknown }) => JSON.stringify(contact.phones);

describe('a phone that was hidden', () => {
  it('is added to the contact as soon as it turns up, once', async () => {
    const { phone, userId } = await aHiddenCustomer();
    await write(userId, 'who am I?');
    const [made] = await eventually('the contact', async () => {
      const found = await contactsOf();
      return found.length > 0 ? found : undefined;
    });
    // Control: the contact was made without it.
    expect(phonesOf(made as { phones: unknown })).not.toContain(phone);
    await parley.sandbox.control('POST', `graph/customers/${userId}`, { username: false });
    await write(phone, 'here is my number');
    const withPhone = await eventually('the phone of the contact', async () => {
      const [contact] = await contactsOf();
      return contact && phonesOf(contact).replace(/\D/g, '').includes(phone) ? contact : undefined;
    });
    await write(phone, 'and again');
    await eventually('the third message', async () => {
      const { tasks } = await planfixOf(parley, company);
      return tasks[0]?.comments.find((comment) => comment.description.includes('and again'));
    });
    expect(await contactsOf()).toHaveLength(1);
    expect(withPhone.phones).toHaveLength(1);
    const { tasks } = await planfixOf(parley, company);
    expect(tasks).toHaveLength(1);
  });

  it('that another contact has is a problem for a person', async () => {
    const { phone, userId } = await aHiddenCustomer();
    await write(userId, 'hello');
    await eventually('a second task', async () => {
      const { tasks } = await planfixOf(parley, company);
      return tasks.length > 1 ? tasks : undefined;
    });
    await parley.sandbox.control('POST', `planfix/${company.account}/contacts`, {
      name: 'Jane Old',
      phones: [{ number: `+${phone}`, type: 1 }],
    });
    await parley.sandbox.control('POST', `graph/customers/${userId}`, { username: false });
    await write(phone, 'my number');
    const problem = await eventually('the problem', async () => {
      const { items } = await parley.rest<{ items: { detail: string }[] }>('GET', '/v1/problems?kind=two-contacts');
      return items[0];
    });
    expect(problem.detail).toMatch(/^Contacts \d+ and \d+ in Planfix are one person/);
  });
});
