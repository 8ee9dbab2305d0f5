import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationOf, type ShownTask, textsOnce, untilAllPosted, writeAndHear } from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  type Parley,
  type PlanfixTask,
  planfixOf,
  startParley,
} from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  // Employees are read again for each task.
  parley = await startParley({ waits: { directoryMs: 1 } });
});

afterAll(() => parley?.stop());

/** What a new customer's message makes in Planfix, and what Parley says of it. */
async function firstTask(
  company: Company,
  name = 'Jane Roe',
): Promise<{ task: PlanfixTask; shown: ShownTask; phone: string }> {
  const customer = aCustomer(name);
  await writeAndHear(parley, company, customer, 'Hello');
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  const task = (await planfixOf(parley, company)).tasks.at(-1) as PlanfixTask;
  const [shown] = (await conversationOf(parley, company, task.id)).tasks;
  return { task, shown: shown as ShownTask, phone: customer.phone };
}

const usersOf = ({ assignees }: PlanfixTask) => assignees.users.map((user) => user.id);
const groupsOf = ({ assignees }: PlanfixTask) => assignees.groups.map((group) => group.id);

type Case = {
  title: string;
  settings: Record<string, unknown>;
  primaryAdmin?: string;
  /** Employees who leave before the customer writes. */
  leave?: number[];
  users: string[];
  groups?: number[];
  reason: string;
};

const WITHOUT = { taskTemplate: 11 };
const CASES: Case[] = [
  {
    title: "the template's assignee",
    settings: { taskTemplate: 10 },
    users: ['user:3'],
    reason: 'template-and-settings',
  },
  {
    title: "the template's and the additional one",
    settings: { taskTemplate: 10, additionalAssignees: ['user:4'] },
    users: ['user:3', 'user:4'],
    reason: 'template-and-settings',
  },
  {
    title: 'the group of the template',
    settings: { taskTemplate: 12 },
    users: [],
    groups: [1],
    reason: 'template-and-settings',
  },
  {
    title: 'the additional one alone, where the template has nobody',
    settings: { ...WITHOUT, additionalAssignees: ['user:4'] },
    users: ['user:4'],
    reason: 'template-and-settings',
  },
  {
    title: 'an additional group alone',
    settings: { ...WITHOUT, additionalAssignees: ['group:1'] },
    users: [],
    groups: [1],
    reason: 'template-and-settings',
  },
  { title: 'the primary admin, where nobody is named', settings: WITHOUT, users: ['user:1'], reason: 'primary-admin' },
  {
    title: 'the primary admin, where the only one who is named has left',
    settings: { taskTemplate: 13 },
    users: ['user:1'],
    reason: 'primary-admin',
  },
  {
    title: 'who configured the connection, where the primary admin has left too',
    settings: WITHOUT,
    leave: [1],
    users: ['user:2'],
    reason: 'configured-by',
  },
  {
    title: 'whoever is left of those who are named',
    settings: { taskTemplate: 10, additionalAssignees: ['user:4'] },
    leave: [3],
    users: ['user:4'],
    reason: 'template-and-settings',
  },
  {
    title: 'who configured the connection, where the settings put them first',
    settings: { ...WITHOUT, fallbackOrder: ['configured-by', 'primary-admin'] },
    users: ['user:2'],
    reason: 'configured-by',
  },
  {
    title: 'nobody, where the only one to fall back to has left',
    settings: { ...WITHOUT, fallbackOrder: ['configured-by'] },
    leave: [2],
    users: [],
    reason: 'nobody',
  },
  { title: 'nobody, where all have left', settings: WITHOUT, leave: [1, 2], users: [], reason: 'nobody' },
];

describe('a new task', () => {
  it.each(CASES)('is given to $title', async ({ settings, leave = [], users, groups = [], reason }) => {
    const company = await connectCompany(parley, { settings });
    for (const user of leave) {
      await parley.sandbox.control('POST', `planfix/${company.account}/users/${user}`, { active: false });
    }
    const { task, shown } = await firstTask(company);
    expect({ users: usersOf(task), groups: groupsOf(task) }).toEqual({ users, groups });
    const named = [...users, ...groups.map((group) => `group:${group}`)];
    expect(shown).toMatchObject({ assignees: named, assigneeReason: reason });
  });

  it('is never given to a robot, whoever named it', async () => {
    const company = await connectCompany(parley, { settings: WITHOUT });
    await makeRobot(company, 1);
    const { task, shown } = await firstTask(company);
    expect(usersOf(task)).toEqual(['user:2']);
    expect(shown.assigneeReason).toBe('configured-by');
    const named = await connectCompany(parley, { settings: { taskTemplate: 10, additionalAssignees: ['user:4'] } });
    await makeRobot(named, 4);
    expect(usersOf((await firstTask(named)).task)).toEqual(['user:3']);
  });

  it('of a customer without a name is called by their number', async () => {
    const company = await connectCompany(parley);
    const { task, phone } = await firstTask(company, ' ');
    expect(task.name.split(' (WhatsApp, ')[0]?.replace(/\D/g, '')).toBe(phone);
    expect(task.assigner?.name.replace(/\D/g, '')).toBe(phone);
    // Control: whoever has a name is called by it.
    expect((await firstTask(await connectCompany(parley), 'Jane Roe')).task.name).toMatch(
      /^Jane Roe \(WhatsApp, \+49 /,
    );
  });
});

/** The account's administrator makes a robot of an employee. */
const makeRobot = (company: Company, user: number) =>
  parley.sandbox.control('POST', `planfix/${company.account}/users/${user}`, { role: 'Robot' });
