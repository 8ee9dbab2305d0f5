import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  commentOnce,
  commentsOf,
  echo,
  type ListedMessage,
  listAll,
  listed,
  listedOnce,
  meet,
  type Person,
  putInPhoneApp,
  say,
  taskOnce,
  tasksOf,
} from '../support/chat-world.ts';
import { type Company, chatOf, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

async function connect(): Promise<Company> {
  const company = await connectCompany(parley);
  await putInPhoneApp(parley, company);
  return company;
}

const meetAll = (company: Company, count: number) =>
  Promise.all(Array.from({ length: count }, () => meet(parley, company)));

/** One after the other, since each is decided by what came before. */
async function echoToAll(people: readonly Person[], text: string): Promise<string[]> {
  const wamids: string[] = [];
  for (const person of people) wamids.push(await echo(person, { text }));
  return wamids;
}

const listedHold = (person: Person, wamid: string) =>
  eventually(`${wamid} as held`, async () => {
    const message = await listed(person, wamid);
    return message?.hold === 'held' ? message : undefined;
  });

/** Somebody who has a task already, on which nothing was added yet. */
async function withTask(person: Person): Promise<ListedMessage> {
  await say(person, { text: 'Good day' });
  await taskOnce(person);
  const mine = async () =>
    (await listAll<ListedMessage>(parley, '/v1/messages', { connectionId: person.company.connectionId })).find(
      (message) => message.text === 'Good day' && message.state === 'posted' && !seen.has(message.id),
    );
  const message = await eventually('what they wrote as posted', mine);
  seen.add(message.id);
  return message;
}
const seen = new Set<string>();

describe('what a colleague writes to many', () => {
  it('is held from the fourth on, whoever has a task, and comes before the answer', async () => {
    const company = await connect();
    const people = await meetAll(company, 6);
    const [, , , fourth, fifth, sixth] = people as [Person, Person, Person, Person, Person, Person];
    await withTask(fifth);
    const wamids = await echoToAll(people, 'We are closed on Monday');
    for (const index of [0, 1, 2]) {
      expect(await listedHold(people[index] as Person, wamids[index] as string)).toMatchObject({ reason: 'no-task' });
    }
    for (const index of [3, 4, 5]) {
      const held = await listedHold(people[index] as Person, wamids[index] as string);
      expect(held).toMatchObject({ reason: 'bulk', text: 'We are closed on Monday', planfixTask: null });
    }

    await say(fifth, { text: 'And on Tuesday?' });
    await commentOnce(fifth, 'And on Tuesday?');
    const comments = (await commentsOf(fifth)).map((comment) => comment.description);
    expect(comments.map((text) => /closed on Monday|on Tuesday/.exec(text)?.[0])).toEqual([
      'closed on Monday',
      'on Tuesday',
    ]);
    await say(fourth, { text: 'Thank you' });
    expect((await taskOnce(fourth)).description).toMatch(/We are closed on Monday.*Thank you$/s);
    expect(await listedOnce(fourth, wamids[3] as string, 'posted')).toMatchObject({ hold: 'released' });
    // Who does not answer has no task, and is not known to Planfix.
    expect(await tasksOf(sixth)).toEqual([]);
    expect((await listed(sixth, wamids[5] as string))?.hold).toBe('held');
  });

  it('is shown at once while it is said three times, or in other words (control)', async () => {
    const company = await connect();
    const people = await meetAll(company, 4);
    const last = people[3] as Person;
    await withTask(last);
    await echoToAll(people.slice(0, 3), 'We are closed on Monday');
    const wamid = await echo(last, { text: 'We are closed on Tuesday' });
    expect(await listedOnce(last, wamid, 'posted')).toMatchObject({ hold: null, reason: null });
    await commentOnce(last, 'We are closed on Tuesday');
  });

  it('comes alone when it is quoted; the rest comes with an answer without a quote', async () => {
    const company = await connect();
    const people = await meetAll(company, 4);
    const last = people[3] as Person;
    const [, , , monday] = await echoToAll(people, 'We are closed on Monday');
    const [, , , sale] = await echoToAll(people, 'Everything at half price');
    for (const wamid of [monday, sale]) await listedHold(last, wamid as string);
    await say(last, { text: 'Which things?', quoted: sale });
    const { description } = await taskOnce(last);
    expect(description).toMatch(/Everything at half price.*Which things\?$/s);
    expect(description).not.toContain('closed on Monday');
    expect((await listed(last, monday as string))?.hold).toBe('held');
    await say(last, { text: 'And when?' });
    await commentOnce(last, 'And when?');
    const comments = (await commentsOf(last)).map((comment) => comment.description);
    expect(comments.map((text) => /closed on Monday|And when/.exec(text)?.[0])).toEqual([
      'closed on Monday',
      'And when',
    ]);
  });

  it('holds what changes it, too', async () => {
    const company = await connect();
    const people = await meetAll(company, 4);
    const last = people[3] as Person;
    await withTask(last);
    const wamids = await echoToAll(people, 'We open at 9');
    const edit = await echo(last, { edit: { messageId: wamids[3], text: 'We open at 10' } });
    await listedHold(last, edit);
    await say(last, { text: 'See you' });
    await commentOnce(last, 'See you');
    const comments = (await commentsOf(last)).map((comment) => comment.description);
    expect(comments.map((text) => /open at 9$|open at 10|See you/.exec(text)?.[0])).toEqual([
      'open at 9',
      'open at 10',
      'See you',
    ]);
  });
});

describe('what a program sends to many', () => {
  const send = (conversationId: string, text: string) =>
    parley.rest<{ id: string; state: string }>('POST', '/v1/messages', { conversationId, text });
  const read = (id: string) => parley.rest<ListedMessage>('GET', `/v1/messages/${id}`);
  const arrived = (id: string) =>
    eventually(`message ${id} as sent`, async () => {
      const message = await read(id);
      return ['sent', 'delivered', 'read'].includes(message.state) ? message : undefined;
    });
  it('reaches everybody once, and stays out of tasks from the fourth on until they answer', async () => {
    const company = await connect();
    const people = await meetAll(company, 6);
    const conversations: string[] = [];
    for (const person of people) conversations.push((await withTask(person)).conversationId);
    const sent: string[] = [];
    for (const conversation of conversations) sent.push((await send(conversation, 'We open at *9*')).id);
    const messages = [];
    for (const id of sent) messages.push(await arrived(id));
    expect(messages.map((message) => message.hold)).toEqual([null, null, null, 'held', 'held', 'held']);
    expect(messages.map((message) => message.text)).toEqual(Array(6).fill('We open at *9*'));
    await commentOnce(people[2] as Person, 'We open at');

    const last = people[5] as Person;
    await say(last, { text: 'Really?' });
    await commentOnce(last, 'Really?');
    const comments = (await commentsOf(last)).map((comment) => comment.description);
    expect(comments.map((text) => /We open at|Really/.exec(text)?.[0])).toEqual(['We open at', 'Really']);
    expect(await commentsOf(people[4] as Person)).toEqual([]);
    await eventually('it as released', async () =>
      (await read(sent[5] as string)).hold === 'released' ? true : undefined,
    );
    for (const person of people) {
      const texts = (await chatOf(parley, company, person)).filter((item) => item.text === 'We open at *9*');
      expect(texts).toHaveLength(1);
    }
  });
});
