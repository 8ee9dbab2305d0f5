import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planfixCalls } from '../support/account-world.ts';
import {
  type Content,
  commentOnce,
  echo,
  listedOnce,
  meet,
  type Person,
  putInPhoneApp,
  type ShownTask,
  say,
  taskOnce,
  tasksOf,
} from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, messageOnce, sentTo } from '../support/reply-world.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  await putInPhoneApp(parley, company);
});

afterAll(() => parley?.stop());

/** A customer with two tasks: the first one was done when they wrote again. */
async function writeTwice() {
  const person = await meet(parley, company);
  const opening = await say(person, { text: 'My boiler is cold' });
  const done = await taskOnce(person);
  await listedOnce(person, opening, 'posted');
  const more = await say(person, { text: 'It is a Vaillant' });
  const comment = await commentOnce(person, 'Vaillant');
  await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${done.id}`, { status: 3 });
  const { conversationId } = await listedOnce(person, more, 'posted');
  await eventually('the task known as done', async () => {
    type Tasks = { tasks: { planfixTask: number; isActive: boolean }[] };
    const { tasks } = await parley.rest<Tasks>('GET', `/v1/conversations/${conversationId}`);
    return tasks.some((task) => task.planfixTask === done.id && !task.isActive) || undefined;
  });
  const later = await say(person, { text: 'Now the roof leaks' });
  const current = await taskOnce(person, 2);
  await listedOnce(person, later, 'posted');
  return { person, opening, more, comment, done, current };
}

const added = async (person: Person, { id }: ShownTask, words: string) => {
  await commentOnce(person, words);
  return (
    (await tasksOf(person)).filter((task) => task.comments.some((one) => one.description.includes(words)))[0]?.id === id
  );
};

describe('what is about an earlier message', () => {
  it.each<[string, (id: string) => Content, string]>([
    ['a reaction', (messageId) => ({ reaction: { messageId, emoji: '🙏' } }), 'reacted: 🙏'],
    ['a reaction taken back', (messageId) => ({ reaction: { messageId, emoji: null } }), 'took the reaction back'],
    ['an edit', (messageId) => ({ edit: { messageId, text: 'It is a Bosch' } }), 'It is a Bosch'],
    ['a deletion', (messageId) => ({ revoke: { messageId } }), 'deleted a message'],
  ])('%s stands on the task of that message, also when another one is current', async (_name, content, words) => {
    const { person, more, comment, done } = await writeTwice();
    const message = await listedOnce(person, await say(person, content(more)), 'posted');
    expect(message.planfixTask).toBe(done.id);
    expect(await added(person, done, words)).toBe(true);
    const shown = await commentOnce(person, words);
    expect(shown.description).toContain(`/task/${done.id}?comment=${comment.id}">It is a Vaillant</a>`);
    expect(await tasksOf(person)).toHaveLength(2);
  });

  it('control: what says something new stands on the current task, and what it quotes is linked all the same', async () => {
    const { person, more, comment, done, current, opening } = await writeTwice();
    const message = await listedOnce(person, await say(person, { text: 'This one', quoted: more }), 'posted');
    expect(message).toMatchObject({ planfixTask: current.id, quotedChannelMessageId: more });
    expect((await commentOnce(person, 'This one')).description).toContain(
      `/task/${done.id}?comment=${comment.id}">It is a Vaillant</a>`,
    );
    await say(person, { text: 'And this', quoted: opening });
    expect((await commentOnce(person, 'And this')).description).toContain(`/task/${done.id}">My boiler is cold</a>`);
  });

  it('about one that is not known follows the conversation, says so and keeps the reference', async () => {
    const { person, current } = await writeTwice();
    const unknown = 'wamid.from-before-us';
    const reacted = await say(person, { reaction: { messageId: unknown, emoji: '🤔' } });
    const message = await listedOnce(person, reacted, 'posted');
    expect(message).toMatchObject({ planfixTask: current.id, quotedChannelMessageId: unknown });
    const shown = await commentOnce(person, '🤔');
    expect(shown.description).toContain('It is about a message that is not known here.');
    const quoting = await listedOnce(person, await say(person, { text: 'Hm', quoted: unknown }), 'posted');
    expect(quoting.quotedChannelMessageId).toBe(unknown);
    expect((await commentOnce(person, 'Hm')).description).toContain('In reply to a message that is not known here.');
  });

  it('about one whose task is gone for good follows the conversation, and blocks nothing', async () => {
    const { person, more, done, current } = await writeTwice();
    await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${done.id}`, { purge: true });
    const reacted = await say(person, { reaction: { messageId: more, emoji: '😢' } });
    await say(person, { text: 'Anyway' });
    await commentOnce(person, 'Anyway');
    expect(await listedOnce(person, reacted, 'posted')).toMatchObject({ planfixTask: current.id });
    const calls = await planfixCalls(parley, company, { method: 'POST', path: `/task/${done.id}/comments/` });
    expect(calls.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(1);
  });

  it('may be about what an employee or a colleague on the phone wrote', async () => {
    const { person, current: task } = await writeTwice();
    const dialogue = {
      parley,
      company,
      customer: person,
      task: task.id,
      contact: task.assigner?.id as `contact:${number}`,
    };
    const answer = await commentOn(dialogue, { html: '<p>We come <b>tomorrow</b></p>' });
    const sent = await eventually('the answer', async () => {
      const [message] = (await sentTo(dialogue)) as unknown as { id: string }[];
      return message?.id;
    });
    // It is in the chat before we know its id.
    await messageOnce(dialogue, 'We come *tomorrow*', ['sent', 'delivered', 'read']);
    await say(person, { reaction: { messageId: sent, emoji: '🎉' } });
    expect((await commentOnce(person, '🎉')).description).toContain(`?comment=${answer}">We come *tomorrow*</a>`);
    const staff = await echo(person, { text: 'Or on Friday' });
    const { id } = await commentOnce(person, 'Or on Friday');
    await say(person, { text: 'Friday is fine', quoted: staff });
    expect((await commentOnce(person, 'Friday is fine')).description).toContain(`?comment=${id}">Or on Friday</a>`);
  });
});
