import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aCustomer,
  type Company,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  type PlanfixComment,
  planfixOf,
  startParley,
} from '../support/parley.ts';
import { startDialogueIn } from '../support/reply-world.ts';
import { answerAs, approveTemplate, tasksShowing } from '../support/starts.ts';

const HEADING = 'To the customer, by a button or scenario:';

let parley: Parley;
let company: Company;
let secret: string;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  const path = `/v1/planfix-accounts/${company.planfixAccountId}/hint-secret`;
  secret = (await parley.rest<{ hintSecret: string }>('POST', path)).hintSecret;
  await approveTemplate(parley, company);
});

afterEach(() => parley.sandbox.control('DELETE' as 'POST', 'faults'));
afterAll(() => parley?.stop());

/** What a button sends; the words are the test's own. */
async function press(word: string, fields: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await fetch(`${parley.api.url}/webhooks/planfix/${company.planfixAccountId}/send`, {
    method: 'POST',
    headers: { 'x-parley-secret': secret },
    body: new URLSearchParams({
      ...{ template: 'appointment', language: 'en', 'body.1': word, 'body.2': 'Monday' },
      ...fields,
    }),
  });
  return { status: response.status, text: await response.text() };
}

const createContact = (contact: Record<string, unknown>) =>
  parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, contact);
const createTask = (task: Record<string, unknown>) =>
  parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/tasks`, {
    ...{ name: 'By hand', template: 10, status: 1 },
    ...task,
  });
const commentsOn = async (task: number): Promise<PlanfixComment[]> =>
  (await planfixOf(parley, company)).tasks.find(({ id }) => id === task)?.comments ?? [];
const commentOnce = (task: number, containing: string) =>
  eventually(`"${containing}" on the task`, async () =>
    (await commentsOn(task)).find(({ description }) => description.includes(containing)),
  );
const itemsTo = async (customer: Customer) =>
  (await chatOf(parley, company, customer)).filter(({ from }) => from === 'business');

/** All that reached the customer, once there is as much: the task may show a message before the network has it. */
const itemsOnce = (customer: Customer, count: number) =>
  eventually(`${count} messages at the customer`, async () => {
    const items = await itemsTo(customer).catch(() => []);
    return items.length >= count ? items : undefined;
  });

describe('a button on a task', () => {
  it('writes to its contact by the phone that Planfix knows, and the task shows it to nobody in particular', async () => {
    const customer = aCustomer();
    const contact = await createContact({ name: customer.name, phone: `+${customer.phone}` });
    const task = await createTask({ assigner: `contact:${contact.id}` });
    const { status, text } = await press('amber', { task: String(task.id) });
    expect([status, text]).toEqual([200, expect.stringContaining('asks Planfix')]);
    const shown = await commentOnce(task.id, 'amber');
    expect(shown.description).toContain(HEADING);
    expect(shown).toMatchObject({ notifiesContact: false, recipients: { users: [], groups: [], roles: [] } });
    expect(await itemsOnce(customer, 1)).toHaveLength(1);
    await answerAs(parley, company, customer, 'Fine with me');
    expect((await commentOnce(task.id, 'Fine with me')).owner.id).toBe(`contact:${contact.id}`);
    expect(await tasksShowing(parley, company, 'Fine with me')).toHaveLength(1);
    // Pressed again: said so, and nothing is sent.
    expect((await press('amber', { task: String(task.id) })).text).toContain('Already asked for');
    expect(await itemsTo(customer)).toHaveLength(1);
    // Control: other words are another message.
    await press('bronze', { task: String(task.id) });
    await commentOnce(task.id, 'bronze');
    expect(await itemsOnce(customer, 2)).toHaveLength(2);
  });

  it('with a task that a conversation stands in needs no question', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const { text } = await press('copper', { task: String(dialogue.task) });
    expect(text).toContain(`It will be shown in task ${dialogue.task}`);
    await commentOnce(dialogue.task, 'copper');
    expect(await itemsOnce(dialogue.customer, 1)).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown> | undefined, string]>([
    ['whose contact has no phone', { name: 'Nobody' }, 'no phone that can be on WhatsApp'],
    [
      'whose contact has a landline only',
      { name: 'Office', phone: '+49 30 901820' },
      'no phone that can be on WhatsApp',
    ],
    ['that is of no contact', undefined, 'are no contacts'],
  ])('%s has that said to employees, once', async (_, contact, sentence) => {
    const assigner = contact === undefined ? 'user:1' : `contact:${(await createContact(contact)).id}`;
    const task = await createTask({ assigner });
    expect((await press('dun', { task: String(task.id) })).text).toContain(`a comment on task ${task.id} says why`);
    const note = await commentOnce(task.id, sentence);
    expect(note.description).toContain('Not sent to the customer');
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [], roles: ['assignee'] } });
    // It may be put right and pressed again.
    expect((await press('dun', { task: String(task.id) })).text).not.toContain('Already');
    await eventually('the second refusal', async () => (await commentsOn(task.id)).length === 2 || undefined);
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['with a contact alone', async () => ({ contact: String((await createContact({ name: 'Nobody' })).id) })],
    ['with a task that is not there', async () => ({ task: '987654', phone: `+${aCustomer().phone}` })],
  ])('%s has it listed as a problem, as its answer says', async (_, make) => {
    const fields = await make();
    expect((await press('drab', fields)).text).toContain('the list of problems in Parley');
    await eventually('the problem', async () => {
      const { items } = await parley.rest<{ items: { detail: string }[] }>('GET', '/v1/problems?kind=start-refused');
      const about = fields.contact === undefined ? `task ${fields.task}` : `contact ${fields.contact}`;
      return items.some(({ detail }) => detail.startsWith(`A request for ${about} in Planfix.`)) || undefined;
    });
  });

  it('has the refusal of the network said on the task', async () => {
    const customer = aCustomer();
    const task = await createTask({ assigner: 'user:1' });
    const { phoneNumberId } = company;
    const fault = { target: 'graph', kind: 'error', code: 131026, phoneNumberId, purpose: 'send' };
    await parley.sandbox.control('POST', 'faults', fault);
    expect((await press('ecru', { task: String(task.id), phone: `+${customer.phone}` })).status).toBe(200);
    const note = await commentOnce(task.id, 'Not delivered to the customer:');
    expect(note.recipients.roles).toEqual(['assignee']);
    expect(await commentsOn(task.id)).toHaveLength(2);
  });
});

describe('while Planfix does not answer', () => {
  it('the form is answered at once, and its note comes once when it is back', async () => {
    const contact = await createContact({ name: 'Nobody' });
    const task = await createTask({ assigner: `contact:${contact.id}` });
    const path = `/task/${task.id}/comments/`;
    // The comment is made, and its answer is lost.
    await parley.sandbox.control('POST', 'faults', {
      target: 'planfix',
      account: company.account,
      path,
      kind: 'drop-after',
    });
    const away = { target: 'planfix', account: company.account, kind: 'hang', times: 0 };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', away);
    expect((await press('fawn', { task: String(task.id) })).status).toBe(200);
    // Control: that was sooner than Planfix, which has said nothing.
    expect(await commentsOn(task.id)).toEqual([]);
    await parley.sandbox.control('DELETE' as 'POST', `faults/${id}`);
    await commentOnce(task.id, 'Not sent to the customer');
    await parley.worker.stop('SIGKILL', 1_000);
    parley.worker = await parley.worker.startAgain();
    await eventually('the request as told', async () => {
      const { items } = await parley.sandbox.control<{ items: unknown[] }>(
        'GET',
        `requests?${new URLSearchParams({ target: 'planfix', account: company.account, path: `/task/${task.id}/comments/list` })}`,
      );
      return items.length > 0 || undefined;
    });
    expect(await commentsOn(task.id)).toHaveLength(1);
  });
});
