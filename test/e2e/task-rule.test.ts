import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  conversationOf,
  planfixCalls,
  textsIn,
  textsOnce,
  untilAllPosted,
  untilFirstPoll,
  writeAndHear,
} from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  type Customer,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';

const FLAG_MS = 400;

let parley: Parley;

/** `sinceMs`: what Parley knows of the task is not newer than this. */
type Known = { company: Company; customer: Customer; task: number; sinceMs: number };

async function customerWithTask(settings: Record<string, unknown> = {}): Promise<Known> {
  const company = await connectCompany(parley, { settings });
  // The poll of a new account would tell about its tasks, too.
  await untilFirstPoll(parley, company);
  const customer = aCustomer();
  await writeAndHear(parley, company, customer, 'first');
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  const [task] = (await planfixOf(parley, company)).tasks;
  return { company, customer, task: task?.id as number, sinceMs: Date.now() };
}

/** An employee changes the task, and the customer writes once what Parley knew of it is too old to be trusted. */
async function changeThenWrite(known: Known, change: Record<string, unknown>): Promise<void> {
  const { company, customer, task, sinceMs } = known;
  await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task}`, change);
  await eventually('the flag as old', async () => Date.now() - sinceMs > 2 * FLAG_MS || undefined);
  await writeAndHear(parley, company, customer, 'second');
}

const LINKED = (task: number) =>
  new RegExp(`^<a href="[^"]*/task/${task}">Previous conversation: task ${task}</a><br><br>second$`);

const on = { newTaskWhenNoneActive: true };
const off = { newTaskWhenNoneActive: false };

describe('the rule for new tasks', () => {
  beforeAll(async () => {
    // Practically no poll: whether the task is active is asked when a message needs to know.
    parley = await startParley({ waits: { activeFlagMs: FLAG_MS, pollIntervalMs: 600_000 } });
  });
  afterAll(() => parley?.stop());

  it.each([
    ['done', { status: 6 }],
    ["in a status of the account's own that is inactive", { status: 102 }],
    ['in the bin', { isDeleted: true }],
  ])('when on: a task that is %s is followed by a new one, with a link to it', async (_, change) => {
    const known = await customerWithTask(on);
    await changeThenWrite(known, change);
    const next = await eventually('the new task', async () => {
      const { tasks } = await planfixOf(parley, known.company);
      return tasks.find((task) => task.id !== known.task);
    });
    expect(next.description).toMatch(LINKED(known.task));
    expect(next.comments).toEqual([]);
    await untilAllPosted(parley, known.company);
    const { tasks } = await conversationOf(parley, known.company, known.task);
    expect(tasks).toMatchObject([
      { planfixTask: next.id, isCurrent: true, previousPlanfixTask: known.task },
      { planfixTask: known.task, isCurrent: false },
    ]);
    expect((await planfixOf(parley, known.company)).contacts).toHaveLength(1);
    // Asked, not guessed.
    expect(await planfixCalls(parley, known.company, { method: 'GET', path: `/task/${known.task}` })).not.toEqual([]);
  });

  it.each([
    ['is in work', { status: 2 }],
    ["waits in a status of the account's own that is active", { status: 101 }],
  ])('when on: a task that %s gets the message', async (_, change) => {
    const known = await customerWithTask(on);
    await changeThenWrite(known, change);
    expect(await textsOnce(parley, known.company, 2)).toEqual([['first', 'second']]);
  });

  it.each([
    ['is done', { status: 6 }],
    ['is in the bin', { isDeleted: true }],
  ])('when off: a task that %s gets the message all the same', async (_, change) => {
    const known = await customerWithTask(off);
    await changeThenWrite(known, change);
    expect(await textsOnce(parley, known.company, 2)).toEqual([['first', 'second']]);
  });

  it.each([
    ['on', on],
    ['off', off],
  ])(
    'when %s: a task that was purged is followed by a new one, since there is nothing to link or to write into',
    async (_, settings) => {
      const known = await customerWithTask(settings);
      await changeThenWrite(known, { purge: true });
      await untilAllPosted(parley, known.company);
      expect(await textsIn(parley, known.company)).toEqual([['second']]);
    },
  );

  it('is each connection its own, and can be changed', async () => {
    const known = await customerWithTask(off);
    await parley.rest('PATCH', `/v1/connections/${known.company.connectionId}`, { settings: on });
    await changeThenWrite(known, { status: 6 });
    const texts = await textsOnce(parley, known.company, 2);
    expect(texts).toEqual([['first'], [expect.stringMatching(LINKED(known.task))]]);
  });
});

describe('what the poll sees of a task', () => {
  beforeAll(async () => {
    // The flag is trusted for long, so that only the poll can bring news of it.
    parley = await startParley({ waits: { activeFlagMs: 600_000 } });
  });
  afterAll(() => parley?.stop());

  it.each([
    ['is done', { status: 6 }],
    ['was moved to the bin', { isDeleted: true }],
  ])('is enough for a new task when the old one %s', async (_, change) => {
    const known = await customerWithTask(on);
    const { company, customer, task } = known;
    await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task}`, change);
    await eventually('the task as inactive', async () => {
      const [current] = (await conversationOf(parley, company, task)).tasks;
      return current?.isActive === false ? true : undefined;
    });
    await writeAndHear(parley, company, customer, 'second');
    const { tasks } = await eventually('two tasks', async () => {
      const dump = await planfixOf(parley, company);
      return dump.tasks.length === 2 ? dump : undefined;
    });
    expect(tasks[1]?.description).toMatch(LINKED(task));
  });
});
