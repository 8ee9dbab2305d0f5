import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aCustomer,
  type Company,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
});

afterAll(() => parley?.stop());

/** The company's tasks once there are that many. */
const tasks = (count: number) =>
  eventually(`${count} tasks`, async () => {
    const { tasks } = await planfixOf(parley, company);
    return tasks.length >= count ? tasks : undefined;
  });

describe('the main job', () => {
  it('makes a task of a message, and a message of a comment that notifies the customer', async () => {
    const customer = aCustomer();
    await writeAs(parley, company, customer, 'Hello,\nis my order ready?');
    const [task] = await tasks(1);
    expect(task).toMatchObject({ description: 'Hello,<br>is my order ready?' });
    expect(task?.name).toMatch(/^Jane Roe \(WhatsApp, \+49 /);
    expect(task?.assigner?.id).toMatch(/^contact:\d+$/);
    expect(task?.counterparty?.id).toBe(task?.assigner?.id);
    expect(task?.assignees.users.map((user) => user.id)).toEqual(['user:3']);

    await writeAs(parley, company, customer, 'And the invoice?');
    const comment = await eventually('the second message as a comment', async () => {
      const dump = await planfixOf(parley, company);
      return dump.tasks[0]?.comments[0];
    });
    expect(comment).toMatchObject({
      description: 'And the invoice?',
      owner: { id: task?.assigner?.id },
      notifiesContact: false,
    });

    await parley.sandbox.control('POST', `planfix/${company.account}/comments`, {
      task: task?.id,
      author: 'user:3',
      html: '<p>It is <b>ready</b>.</p>',
      notify: [task?.assigner?.id],
    });
    const answer = await eventually('the answer in the chat', async () => {
      const chat = await chatOf(parley, company, customer);
      return chat.find((message) => message.text?.includes('ready') && message.from === 'business');
    });
    expect(answer.text).toContain('It is *ready*.');
  });
});
