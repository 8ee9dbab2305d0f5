import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aCustomer,
  type Company,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';
import { messagesOf, startDialogueIn, taskOf } from '../support/reply-world.ts';
import {
  APPOINTMENT,
  APPOINTMENT_TEXT,
  answerAs,
  approveTemplate,
  startConversation,
  startPatiently,
  taskShowing,
  tasksShowing,
} from '../support/starts.ts';

const HEADING = 'To the customer, through the API:';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  await approveTemplate(parley, company);
});

afterAll(() => parley?.stop());

const requestTo = (to: unknown, more: Record<string, unknown> = {}) => ({
  ...{ connectionId: company.connectionId, to, template: APPOINTMENT },
  ...more,
});
const startTo = (to: unknown, more: Record<string, unknown> = {}, key?: string) =>
  startPatiently(parley, requestTo(to, more), key);
/** What nothing comes of may be asked for until its refusal is known. */
const refusedOnce = (to: unknown, more: Record<string, unknown> = {}) =>
  eventually('the refusal', async () => {
    const answer = await startConversation(parley, requestTo(to, more));
    return answer.status === 202 ? undefined : answer;
  });
const phoneOf = (customer: Customer) => `+${customer.phone}`;
const contactsWith = async (phone: string) =>
  (await planfixOf(parley, company)).contacts.filter(({ phones }) => JSON.stringify(phones).includes(phone));
const businessItems = async (customer: Customer) =>
  (await chatOf(parley, company, customer)).filter(({ from }) => from === 'business');
/** A template whose words are this test's own: identical ones count together. */
const saying = (word: string) => ({
  template: { name: 'appointment', language: 'en', parameters: { body: [word, 'Monday'] } },
});
const createContact = (contact: Record<string, unknown>) =>
  parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, contact);
const createTask = (task: Record<string, unknown>) =>
  parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/tasks`, {
    ...{ name: 'An older matter', template: 10, status: 1 },
    ...task,
  });

describe('somebody who never wrote', () => {
  it('gets the message; their contact is the assigner of a new task, and their answer comes into it', async () => {
    const customer = aCustomer('Jane Roe');
    const { status, location, body } = await startTo(phoneOf(customer), { name: 'Jane from the shop' });
    expect(status).toBe(201);
    expect(location).toBe(`/v1/conversations/${body.id}`);
    expect(['sent', 'delivered', 'read']).toContain(body.message?.state);
    const task = (await planfixOf(parley, company)).tasks.find(({ id }) => id === body.planfixTask);
    expect(task?.description).toContain(HEADING);
    expect(task?.description).toContain(APPOINTMENT_TEXT);
    const [contact] = await contactsWith(customer.phone);
    expect(contact?.name).toBe('Jane from the shop');
    expect(task).toMatchObject({ assigner: { id: `contact:${contact?.id}` }, comments: [] });
    expect(task?.assignees.users.length).toBeGreaterThan(0);
    expect(await businessItems(customer)).toHaveLength(1);
    await answerAs(parley, company, customer, 'I will be there');
    const shown = await eventually('their answer on the task', async () =>
      (await taskOf({ parley, company, customer, task: task?.id ?? 0, contact: 'contact:0' }))?.comments.find(
        ({ description }) => description.includes('I will be there'),
      ),
    );
    expect(shown.owner.id).toBe(`contact:${contact?.id}`);
    const messages = await messagesOf({ parley, company });
    const theirs = messages.filter(({ conversationId }) => conversationId === body.id);
    expect(theirs.map(({ direction }) => direction).sort()).toEqual(['inbound', 'note', 'outbound']);
    expect(await contactsWith(customer.phone)).toHaveLength(1);
  });

  it('who is somebody else gets a task and a contact of their own (control)', async () => {
    const [one, other] = [aCustomer(), aCustomer()];
    const first = await startTo(phoneOf(one), saying('six'));
    const second = await startTo(phoneOf(other), saying('six'));
    expect(first.body.planfixTask).not.toBe(second.body.planfixTask);
    expect(first.body.id).not.toBe(second.body.id);
    expect([await contactsWith(one.phone), await contactsWith(other.phone)].map((list) => list.length)).toEqual([1, 1]);
  });

  it('goes by the name of the contact that has the phone, unless another is given', async () => {
    const [one, other] = [aCustomer(), aCustomer()];
    await createContact({ name: 'Erika Mustermann', phone: phoneOf(one) });
    await createContact({ name: 'Max Mustermann', phone: phoneOf(other) });
    const unnamed = await startTo(phoneOf(one), saying('eight'));
    const named = await startTo(phoneOf(other), { ...saying('eight'), name: 'Mr M' });
    const { tasks } = await planfixOf(parley, company);
    const nameOf = (answer: typeof named) => tasks.find(({ id }) => id === answer.body.planfixTask)?.name;
    expect(nameOf(unnamed)).toContain('Erika Mustermann');
    expect(nameOf(named)).toContain('Mr M');
    expect(await contactsWith(one.phone)).toHaveLength(1);
  });

  it('and is not reached has that said on the new task', async () => {
    const customer = aCustomer();
    const fault = { target: 'graph', kind: 'error', code: 131026, phoneNumberId: company.phoneNumberId };
    await parley.sandbox.control('POST', 'faults', { ...fault, purpose: 'send' });
    const { status, body } = await startTo(phoneOf(customer), saying('seven'));
    expect([status, body.message?.state]).toEqual([201, 'refused']);
    const comment = await eventually('the outcome on the task', async () =>
      (await planfixOf(parley, company)).tasks
        .find(({ id }) => id === body.planfixTask)
        ?.comments.find(({ description }) => description.includes('Not delivered to the customer:')),
    );
    expect(comment.recipients.roles).toEqual(['assignee']);
  });
});

describe('somebody who has an active task', () => {
  it('keeps it, and their name; the message is a comment that notifies nobody', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const { body } = await startTo(phoneOf(dialogue.customer), { text: 'By the way', template: undefined, name: 'X' });
    expect(body.planfixTask).toBe(dialogue.task);
    const task = await taskOf(dialogue);
    const shown = task?.comments.filter(({ description }) => description.includes('By the way'));
    expect(shown).toMatchObject([{ notifiesContact: false, recipients: { users: [], groups: [], roles: [] } }]);
    const [contact] = await contactsWith(dialogue.customer.phone);
    expect(contact?.name).toBe(dialogue.customer.name);
    expect(await tasksShowing(parley, company, 'By the way')).toHaveLength(1);
  });

  it('gets a new one when that one is done (control)', async () => {
    const dialogue = await startDialogueIn(parley, company);
    await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${dialogue.task}`, { status: 3 });
    await eventually('the task as done', async () => {
      const { items } = await parley.rest<{ items: { id: string }[] }>(
        'GET',
        `/v1/conversations?planfixTask=${dialogue.task}`,
      );
      const row = await parley.rest<{ tasks: { isActive: boolean }[] }>('GET', `/v1/conversations/${items[0]?.id}`);
      return row.tasks.every(({ isActive }) => !isActive) || undefined;
    });
    await startTo(phoneOf(dialogue.customer), { text: 'A new matter', template: undefined });
    const task = await taskShowing(parley, company, 'A new matter');
    expect(task.id).not.toBe(dialogue.task);
  });
});

describe('somebody who hides their phone', () => {
  it('is written to by the id of the network, or by ours', async () => {
    const { phone } = aCustomer();
    const body = { phone, name: 'Hidden', username: `hidden.${phone}` };
    const { userId } = await parley.sandbox.control<{ userId: string }>('POST', 'graph/customers', body);
    const { phoneNumberId, connectionId } = company;
    await parley.sandbox.control('POST', 'graph/messages', { phoneNumberId, from: userId, text: 'who am I?' });
    const task = await taskShowing(parley, company, 'who am I?');
    // Planfix shows a new task a moment before its number is stored.
    const conversation = await eventually('the conversation of the task', async () => {
      const { items } = await parley.rest<{ items: { id: string; customerId: string }[] }>(
        'GET',
        `/v1/conversations?connectionId=${connectionId}&planfixTask=${task.id}`,
      );
      return items[0];
    });
    for (const identity of [userId, conversation.customerId]) {
      const { status, body: started } = await startTo({ identity }, saying(`for ${identity}`));
      expect([status, started.id, started.planfixTask]).toEqual([201, conversation.id, task.id]);
      expect(['sent', 'delivered', 'read']).toContain(started.message?.state);
    }
  });
});

describe('a contact of Planfix', () => {
  it('whom Parley does not know is written to by their phone, and stays the only one', async () => {
    const customer = aCustomer('Known in Planfix');
    const contact = await createContact({ name: customer.name, phone: `+${customer.phone}` });
    const { status, body } = await startTo({ contact: contact.id }, saying('eight'));
    expect([status, body.state]).toEqual([201, 'started']);
    const task = (await planfixOf(parley, company)).tasks.find(({ id }) => id === body.planfixTask);
    expect(task?.assigner?.id).toBe(`contact:${contact.id}`);
    expect(await businessItems(customer)).toHaveLength(1);
    expect(await contactsWith(customer.phone)).toHaveLength(1);
    // Now they are known, and Planfix is not asked again.
    const again = await startTo({ contact: contact.id }, saying('nine'));
    expect([again.body.id, again.body.planfixTask]).toEqual([body.id, body.planfixTask]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no phone', { name: 'Nobody' }],
    ['a landline only', { name: 'Office', phone: '+49 30 901820' }],
  ])('with %s is refused, and nothing is sent', async (_, given) => {
    const { id } = await createContact(given);
    const { status, body } = await refusedOnce({ contact: id }, saying('zero'));
    expect(status).toBe(422);
    expect(body.errors?.[0]).toMatchObject({ path: 'to.contact', message: expect.stringContaining('no phone') });
    expect((await messagesOf({ parley, company })).filter(({ text }) => text.includes('at zero on'))).toEqual([]);
  });

  it('that does not exist is refused', async () => {
    const { status, body } = await refusedOnce({ contact: 999_999 });
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'to.contact']);
  });
});

describe('a task that is named', () => {
  it('takes the conversation in, however often the same is said there', async () => {
    const customers = Array.from({ length: 5 }, () => aCustomer());
    for (const customer of customers) {
      const task = await createTask({ assigner: 'user:1' });
      const { status, body } = await startTo(phoneOf(customer), { ...saying('ten'), planfixTask: task.id });
      expect([status, body.planfixTask, body.message?.hold]).toEqual([201, task.id, null]);
      await answerAs(parley, company, customer, `Hello from ${customer.phone}`);
      const [shown] = await eventually('the answer in that task', async () => {
        const found = await tasksShowing(parley, company, `Hello from ${customer.phone}`);
        return found.length > 0 ? found : undefined;
      });
      expect(shown?.id).toBe(task.id);
    }
  });

  it('that does not exist is refused before anything leaves', async () => {
    const customer = aCustomer();
    const { status, body } = await refusedOnce(phoneOf(customer), { ...saying('eleven'), planfixTask: 999_999 });
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'planfixTask']);
    expect(await contactsWith(customer.phone)).toEqual([]);
  });
});

describe('while Planfix does not answer', () => {
  it('the answer is 202 with a place, where the outcome shows', async () => {
    const customer = aCustomer();
    const hang = { target: 'planfix', account: company.account, method: 'POST', path: '/task/', kind: 'hang' };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', { ...hang, times: 0 });
    const { status, location, body } = await startConversation(parley, requestTo(phoneOf(customer), saying('twelve')));
    await parley.sandbox.control('DELETE' as 'POST', `faults/${id}`);
    expect([status, location, body.planfixTask]).toEqual([202, `/v1/conversations/${body.id}`, null]);
    const shown = await eventually('the task', async () => {
      const row = await parley.rest<{ planfixTask: number | null }>('GET', `/v1/conversations/starts/${body.startId}`);
      return row.planfixTask ?? undefined;
    });
    const conversation = await parley.rest<{ tasks: { planfixTask: number }[] }>('GET', String(location));
    expect(conversation.tasks.map(({ planfixTask }) => planfixTask)).toEqual([shown]);
    await eventually('the message', async () => (await businessItems(customer).catch(() => []))[0]);
    expect(await businessItems(customer)).toHaveLength(1);
  });
});

describe('a request that is repeated', () => {
  it('with the same key starts once, and with another body is refused', async () => {
    const customer = aCustomer();
    const first = await startTo(phoneOf(customer), saying('thirteen'), 'key-13');
    const second = await startTo(phoneOf(customer), saying('thirteen'), 'key-13');
    expect(second.body.startId).toBe(first.body.startId);
    const other = requestTo(phoneOf(customer), saying('fourteen'));
    expect((await startConversation(parley, other, 'key-13')).status).toBe(409);
    expect(await businessItems(customer)).toHaveLength(1);
    // Control: without a key each request starts.
    await startTo(phoneOf(customer), saying('thirteen'));
    await eventually('the second message', async () => (await businessItems(customer)).length === 2 || undefined);
  });
});
