import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aCustomer,
  type Company,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  startParley,
} from '../support/parley.ts';
import { messagesOf, startDialogueIn, taskOf } from '../support/reply-world.ts';
import { answerAs, approveTemplate, startPatiently, taskShowing, tasksShowing } from '../support/starts.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  await approveTemplate(parley, company);
});

afterEach(() => parley.sandbox.control('DELETE' as 'POST', 'faults'));
afterAll(() => parley?.stop());

const startTo = ({ phone }: Customer, word: string) =>
  startPatiently(parley, {
    connectionId: company.connectionId,
    to: `+${phone}`,
    template: { name: 'appointment', language: 'en', parameters: { body: [word, 'Monday'] } },
  });
/** Nobody has written to them yet; their phone is there to be looked at. */
async function aStranger(): Promise<Customer> {
  const customer = aCustomer();
  await parley.sandbox.control('POST', 'graph/customers', customer);
  return customer;
}

const itemsTo = async (customer: Customer) =>
  (await chatOf(parley, company, customer)).filter(({ from }) => from === 'business');
const arrived = (customer: Customer) =>
  eventually('the message on their phone', async () => (await itemsTo(customer))[0]);

/** Three others get the same first, so that what follows is held. */
async function afterThree(word: string): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    const { body } = await startTo(aCustomer(), word);
    expect(body.message?.hold).toBeNull();
  }
}

/** The fourth of many: sent, and kept out of every task. */
async function heldFor(customer: Customer, word: string): Promise<void> {
  const { status, body } = await startTo(customer, word);
  expect([status, body.message?.hold, body.planfixTask]).toEqual([202, 'held', null]);
}

const shownIn = (text: string, ...parts: string[]) => parts.map((part) => text.indexOf(part));

describe('a message that is held', () => {
  it('opens the task of a stranger together with their answer, with its date, once', async () => {
    await afterThree('azure');
    const customer = await aStranger();
    await heldFor(customer, 'azure');
    await arrived(customer);
    expect(await tasksShowing(parley, company, 'azure')).toHaveLength(3);
    await answerAs(parley, company, customer, 'Yes, azure it is');
    const task = await taskShowing(parley, company, 'Yes, azure it is');
    const [heading, date, message, answer] = shownIn(
      task.description,
      'To the customer, through the API:',
      'Sent ',
      'We expect you at azure',
      'Yes, azure it is',
    ) as [number, number, number, number];
    expect(heading).toBeGreaterThanOrEqual(0);
    expect([heading, date, message, answer]).toEqual([heading, date, message, answer].toSorted((a, b) => a - b));
    expect(task.comments).toEqual([]);
    expect(await itemsTo(customer)).toHaveLength(1);
    const own = await eventually('the message on the task', async () =>
      (await messagesOf({ parley, company }, { direction: 'outbound' })).find(
        ({ planfixTask }) => planfixTask === task.id,
      ),
    );
    expect(own).toMatchObject({ hold: 'released' });
  });

  it('becomes a comment that notifies nobody, before the answer, where there is a task', async () => {
    const dialogue = await startDialogueIn(parley, company);
    await afterThree('beige');
    await heldFor(dialogue.customer, 'beige');
    await arrived(dialogue.customer);
    await answerAs(parley, company, dialogue.customer, 'Beige is fine');
    const comments = await eventually('both on the task', async () => {
      const task = await taskOf(dialogue);
      return task && task.comments.length >= 2 ? task.comments : undefined;
    });
    expect(comments.map(({ description }) => /beige/i.exec(description)?.[0])).toEqual(['beige', 'Beige']);
    expect(comments[0]).toMatchObject({ notifiesContact: false, recipients: { users: [], groups: [], roles: [] } });
    expect(comments[1]?.recipients.roles).toEqual(['assignee']);
    expect(comments).toHaveLength(2);
  });

  it('that did not arrive says so when the customer writes, and that it failed', async () => {
    await afterThree('cream');
    const customer = await aStranger();
    const { phoneNumberId } = company;
    await parley.sandbox.control('POST', 'faults', {
      ...{ target: 'graph', kind: 'error', code: 131026, phoneNumberId, purpose: 'send' },
    });
    await heldFor(customer, 'cream');
    await eventually('the refusal', async () =>
      (await messagesOf({ parley, company }, { state: 'refused' })).find(({ reason }) => reason !== null),
    );
    await answerAs(parley, company, customer, 'Why does nobody write?');
    const task = await taskShowing(parley, company, 'Why does nobody write?');
    expect(task.description).toContain('Not delivered (');
    expect(task.description).not.toContain('Sent ');
    await eventually('why', async () =>
      (await tasksShowing(parley, company, 'Not delivered to the customer:')).find(({ id }) => id === task.id),
    );
  });
});
