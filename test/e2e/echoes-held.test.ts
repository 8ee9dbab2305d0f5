import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planfixCalls } from '../support/account-world.ts';
import {
  type Content,
  commentOnce,
  echo,
  listed,
  listedOnce,
  meet,
  type Person,
  putInPhoneApp,
  say,
  taskOnce,
  tasksOf,
} from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

const FLAG_MS = 400;

let parley: Parley;

beforeAll(async () => {
  // Practically no poll: whether the task is active is asked when a message needs to know.
  parley = await startParley({ waits: { activeFlagMs: FLAG_MS, pollIntervalMs: 600_000 } });
});

afterAll(() => parley?.stop());

async function connect(settings: Record<string, unknown> = {}): Promise<Company> {
  const company = await connectCompany(parley, { settings });
  await putInPhoneApp(parley, company);
  const poll = { method: 'POST', path: '/task/list' };
  await eventually('the first poll', async () => (await planfixCalls(parley, company, poll)).length > 0 || undefined);
  return company;
}

/** A customer whose task is done, which Parley has not heard of. */
async function beDone(settings: Record<string, unknown> = {}) {
  const company = await connect(settings);
  const person = await meet(parley, company);
  const wamid = await say(person, { text: 'Good day' });
  await listedOnce(person, wamid, 'posted');
  const task = await taskOnce(person);
  await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task.id}`, { status: 6 });
  const doneAt = Date.now();
  await eventually('the flag as old', async () => Date.now() - doneAt > 2 * FLAG_MS || undefined);
  return { person, wamid, task };
}

const heldOnce = (person: Person, wamid: string) =>
  eventually('the echo as held', async () => {
    const message = await listed(person, wamid);
    return message?.hold === 'held' ? message : undefined;
  });

describe('what a colleague writes when the task is done', () => {
  it('opens no task, although Parley only learns then that it is done; the answer brings it', async () => {
    const { person, task } = await beDone();
    const wamid = await echo(person, { text: 'Thank you for coming' });
    expect(await heldOnce(person, wamid)).toMatchObject({ reason: 'no-task', state: 'received', planfixTask: null });
    expect(await tasksOf(person)).toEqual([expect.objectContaining({ id: task.id, comments: [] })]);
    await say(person, { text: 'It leaks again' });
    expect((await taskOnce(person, 2)).description).toMatch(/Thank you for coming.*It leaks again$/s);
    expect(await listed(person, wamid)).toMatchObject({ hold: 'released', state: 'posted' });
  });

  it.each([
    ['openTaskForEchoes', { openTaskForEchoes: true }, 2],
    ['newTaskWhenNoneActive off', { newTaskWhenNoneActive: false }, 1],
  ])('control: with %s it is posted at once', async (_name, settings, count) => {
    const { person } = await beDone(settings);
    const wamid = await echo(person, { text: 'Thank you for coming' });
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ hold: null });
    expect(await tasksOf(person)).toHaveLength(count);
  });

  it.each<[string, (id: string) => Content, string]>([
    ['a reaction', (messageId) => ({ reaction: { messageId, emoji: '👌' } }), 'A colleague reacted: 👌'],
    ['a deletion', (messageId) => ({ revoke: { messageId } }), 'A colleague deleted a message.'],
  ])('%s stands on the task of what it is about, at once', async (_name, content, words) => {
    const { person, task } = await beDone();
    const first = await say(person, { text: 'It leaks again' });
    await listedOnce(person, first, 'posted');
    const next = await taskOnce(person, 2);
    const own = await echo(person, { text: 'We come' });
    await commentOnce(person, 'We come');
    await parley.sandbox.control('POST', `planfix/${person.company.account}/tasks/${next.id}`, { status: 6 });
    const settled = Date.now();
    await eventually('the flag as old', async () => Date.now() - settled > 2 * FLAG_MS || undefined);
    // Now it is known that nothing is active.
    await heldOnce(person, await echo(person, { text: 'Thank you' }));
    const sign = await listedOnce(person, await echo(person, content(own)), 'posted');
    expect(sign).toMatchObject({ hold: null, planfixTask: next.id });
    expect((await commentOnce(person, words)).description).toContain(`/task/${next.id}?comment=`);
    expect((await taskOnce(person)).id).toBe(task.id);
    expect(await tasksOf(person)).toHaveLength(2);
  });
});

describe('what a colleague changes in something that is held', () => {
  it('comes with it when it is quoted', async () => {
    const person = await meet(parley, await connect());
    const meant = await echo(person, { text: 'It costs 10' });
    const edit = await echo(person, { edit: { messageId: meant, text: 'It costs 12' } });
    const other = await echo(person, { text: 'Spring sale' });
    for (const wamid of [meant, edit, other]) await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { text: 'Agreed', quoted: meant }), 'posted');
    const { description } = await taskOnce(person);
    expect(description).toMatch(/It costs 10.*It costs 12.*Agreed$/s);
    expect(description).not.toContain('Spring sale');
    expect((await listed(person, other))?.hold).toBe('held');
  });

  it('opens the description, too, when it is all that is left', async () => {
    const person = await meet(parley, await connect());
    const unknown = await echo(person, { reaction: { messageId: 'wamid.before-us', emoji: '👌' } });
    const text = await echo(person, { text: 'See you' });
    for (const wamid of [unknown, text]) await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { text: 'Yes' }), 'posted');
    const { description, comments } = await taskOnce(person);
    expect(description).toMatch(/A colleague reacted: 👌.*not known here.*See you.*Yes$/s);
    expect(comments).toEqual([]);
    for (const wamid of [unknown, text]) {
      expect(await listed(person, wamid)).toMatchObject({ hold: 'released', state: 'posted' });
    }
  });
});
