import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationWorkflowId } from '../../workflows/domain/ids.ts';
import { faultOfPlanfix } from '../support/account-world.ts';
import {
  commentOnce,
  commentsOf,
  conversationOfId,
  echo,
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
import { breakDownloads } from '../support/files.ts';
import { aChunk, manyMessages } from '../support/history-bodies.ts';
import { chatOfBefore, importedOnce, messagesOf, takeOver, tell, tellByPhone } from '../support/history-chats.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { holdRows } from '../support/inbound-locks.ts';
import { untilBlocked } from '../support/locks.ts';
import { type Company, connectCompany, eventually, type Parley, planfixOf, startParley } from '../support/parley.ts';
import { APPOINTMENT, APPOINTMENT_TEXT, approveTemplate, startPatiently, taskShowing } from '../support/starts.ts';

const BEFORE = ['Do you repair roofs?', 'We do', 'Good to know'];
/** Each with who wrote it, oldest first, before what the customer writes now. */
const IN_ORDER = /<b>Person.*Do you repair roofs\?.*<b>Colleague \(phone\).*We do.*<b>Person.*Good to know/s;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

async function connect(settings: Record<string, unknown> = {}): Promise<Company> {
  const company = await connectCompany(parley, { settings });
  await putInPhoneApp(parley, company);
  return company;
}

const someone = async (settings?: Record<string, unknown>) => meet(parley, await connect(settings));

const heldOnce = (person: Person, wamid: string) =>
  eventually('the echo as held', async () => ((await listed(person, wamid))?.hold === 'held' ? true : undefined));

/** Whoever writes now is answered; by then whatever was to come of what came before has come. */
async function untilSettled(person: Person): Promise<void> {
  const other = await meet(parley, person.company);
  await listedOnce(other, await say(other, { text: 'Another one' }), 'posted');
}

describe('a thousand messages of fifty chats', () => {
  it('are taken over without anything happening; who writes then has one task, with their chat before', async () => {
    const person = await someone();
    const { company } = person;
    const told = [...manyMessages(49, 20), ...chatOfBefore(person, BEFORE)];
    const contacts = (await planfixOf(parley, company)).contacts.length;
    await tell(parley, company, aChunk(told));
    const imported = await importedOnce(parley, company, told.length);
    expect(imported).toHaveLength(told.length);
    expect(new Set(imported.map(({ state, reason }) => `${state} ${reason}`))).toEqual(new Set(['ignored history']));
    const conversations = await listAll<{ id: string; windowClosesAt: string | null }>(parley, '/v1/conversations', {
      connectionId: company.connectionId,
    });
    expect(conversations).toHaveLength(50);
    expect(conversations.filter(({ windowClosesAt }) => windowClosesAt !== null)).toEqual([]);
    await untilSettled(person);
    // Only the one who has just written is there.
    expect((await planfixOf(parley, company)).tasks).toHaveLength(1);
    expect((await planfixOf(parley, company)).contacts).toHaveLength(contacts + 1);
    for (const { id } of conversations.slice(0, 5)) {
      await expect(parley.temporal.workflow.getHandle(conversationWorkflowId(id)).describe()).rejects.toThrow(
        /not found/i,
      );
    }
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const [task, ...others] = await tasksOf(person);
    expect(others).toEqual([]);
    expect(task?.comments).toEqual([]);
    expect(task?.description).toMatch(IN_ORDER);
    expect(task?.description).toMatch(/Good to know.*<\/blockquote>.*Can you come\?$/s);
    expect(task?.description).toMatch(/<\/b>, \d{1,2} \w{3,4} \d{4}/);
    const [told0] = (await messagesOf(parley, company)).filter(({ text }) => text === 'We do');
    expect(told0).toMatchObject({ state: 'posted', planfixTask: task?.id, planfixComment: null, isHistory: true });
  });

  it('control: the same message as a live one opens a task and a window', async () => {
    const person = await someone();
    const wamid = await say(person, { text: 'Do you repair roofs?' });
    const { conversationId, planfixTask } = await listedOnce(person, wamid, 'posted');
    expect(planfixTask).toBe((await taskOnce(person)).id);
    expect((await conversationOfId(parley, conversationId)).windowClosesAt).not.toBeNull();
  });

  it('are shown as far as there is room, the newest of them', async () => {
    const person = await someone({ language: 'ru' });
    await takeOver(
      person,
      chatOfBefore(
        person,
        Array.from({ length: 70 }, (_, index) => `Line ${index + 1};`),
      ),
    );
    await say(person, { text: 'Now' });
    const { description } = await taskOnce(person);
    const lines = [...description.matchAll(/Line (\d+);/g)].map(([, line]) => Number(line));
    expect(lines).toEqual(Array.from({ length: 30 }, (_, index) => 41 + index));
    expect(description).toContain('… более ранние сообщения — в WhatsApp');
    expect(description).toContain('Ранее, в приложении WhatsApp Business:');
  });
});

describe('a task that begins with what we write', () => {
  it('tells what was said before', async () => {
    const person = await someone();
    const { company, phone } = person;
    await approveTemplate(parley, company);
    await takeOver(person, chatOfBefore(person, BEFORE));
    const { connectionId } = company;
    const answer = await startPatiently(parley, { connectionId, to: `+${phone}`, template: APPOINTMENT });
    expect(answer.status).toBe(201);
    const { description } = await taskShowing(parley, company, APPOINTMENT_TEXT);
    expect(description).toMatch(/Do you repair roofs\?.*Good to know.*<\/blockquote>.*We expect you at five/s);
  });
});

describe("the business's own address book", () => {
  const add = (person: Person, name: string) =>
    tell(
      parley,
      person.company,
      { state_sync: [{ type: 'contact', action: 'add', contact: { full_name: name, phone_number: person.phone } }] },
      'smb_app_state_sync',
    );
  const contactsOf = async ({ company }: Person) => (await planfixOf(parley, company)).contacts.map(({ name }) => name);

  it('names the contact of who writes later; nothing is renamed afterwards', async () => {
    const person = await someone();
    await add(person, 'Anna the plumber');
    await eventually('the name as known', async () => (await customersNamed('Anna the plumber')) || undefined);
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    expect(await contactsOf(person)).toEqual(expect.arrayContaining(['Anna the plumber']));
    expect((await planfixOf(parley, person.company)).tasks[0]?.name).toMatch(/^Anna the plumber/);
    await add(person, 'Anna the roofer');
    await eventually('the new name as known', async () => (await customersNamed('Anna the roofer')) || undefined);
    await listedOnce(person, await say(person, { text: 'Tomorrow?' }), 'posted');
    expect(await contactsOf(person)).toEqual(expect.arrayContaining(['Anna the plumber']));
    expect(await contactsOf(person)).not.toContain('Anna the roofer');
  });

  it('control: without it the contact is called what they call themselves', async () => {
    const person = await someone();
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    expect(await contactsOf(person)).toContain(person.name);
  });

  const customersNamed = (name: string) =>
    withDatabase(parley, async (db) => {
      const rows = await db.selectFrom('customer').where('name', '=', name).select('id').execute();
      return rows.length > 0;
    });
});

describe('what was held', () => {
  it('is released by nothing that is taken over, but by the customer', async () => {
    const person = await someone();
    const wamid = await echo(person, { text: 'Spring sale' });
    await heldOnce(person, wamid);
    await takeOver(person, chatOfBefore(person, BEFORE));
    await untilSettled(person);
    expect(await listed(person, wamid)).toMatchObject({ hold: 'held', planfixTask: null });
    expect(await tasksOf(person)).toEqual([]);
    await say(person, { text: 'How much?' });
    const { description } = await taskOnce(person);
    expect(description).toMatch(/Good to know.*<\/blockquote>.*Spring sale.*How much\?$/s);
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ hold: 'released' });
  });
});

describe('a connection that wants no history', () => {
  it('gets none', async () => {
    const person = await someone({ historyDays: 0 });
    await tell(parley, person.company, aChunk(chatOfBefore(person, BEFORE)));
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const { description } = await taskOnce(person);
    expect(description).toMatch(/^Can you come\?$/);
    expect((await messagesOf(parley, person.company)).map(({ text }) => text)).toEqual(['Can you come?']);
  });
});

describe('a message that comes live, too', () => {
  it('before its history is there once', async () => {
    const person = await someone();
    const chat = chatOfBefore(person, BEFORE);
    const wamid = await say(person, { text: 'Good to know', id: chat[2]?.id });
    await listedOnce(person, wamid, 'posted');
    await takeOver(person, chat.slice(0, 2));
    await tell(parley, person.company, aChunk(chat));
    await untilSettled(person);
    const texts = (await messagesOf(parley, person.company)).map(({ text }) => text);
    expect(texts.filter((text) => text === 'Good to know')).toHaveLength(1);
    const task = await taskOnce(person);
    expect([task.description, task.comments]).toEqual(['Good to know', []]);
  });

  it('after its history opens the task, and stands in it once', async () => {
    const person = await someone();
    const chat = chatOfBefore(person, BEFORE);
    await takeOver(person, chat);
    const wamid = await say(person, { text: 'Good to know', id: chat[2]?.id });
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ isHistory: false });
    const { description } = await taskOnce(person);
    expect(description).toMatch(/We do.*<\/blockquote>.*Good to know$/s);
    expect(description.match(/Good to know/g)).toHaveLength(1);
  });
});

describe('the same chunks again', () => {
  it('change nothing, neither before the task nor after it; the next task tells none of it', async () => {
    const person = await someone();
    const { company } = person;
    const chunk = aChunk(chatOfBefore(person, BEFORE));
    await takeOver(person, chatOfBefore(person, BEFORE));
    const before = await messagesOf(parley, company);
    for (const _ of [1, 2]) await tell(parley, company, chunk);
    await tell(parley, company, { ...chunk, another: true });
    await untilSettled(person);
    const own = (await messagesOf(parley, company)).filter(({ text }) => text !== 'Another one');
    expect(own).toEqual(before);
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const task = await taskOnce(person);
    await tell(parley, company, chunk);
    await untilSettled(person);
    expect(await tasksOf(person)).toEqual([task]);
    await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task.id}`, { status: 6 });
    await eventually('a second task', async () => {
      await say(person, { text: 'It leaks again' });
      return (await tasksOf(person))[1];
    });
    const { description } = await taskOnce(person, 2);
    expect(description).toContain('It leaks again');
    expect(description).not.toContain('Do you repair roofs?');
  });

  it('what is handed over after the task is told by the next one', async () => {
    const person = await someone();
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const task = await taskOnce(person);
    await takeOver(person, chatOfBefore(person, BEFORE));
    await untilSettled(person);
    expect(await tasksOf(person)).toEqual([task]);
    await parley.sandbox.control('POST', `planfix/${person.company.account}/tasks/${task.id}`, { status: 6 });
    await eventually('a second task', async () => {
      await say(person, { text: 'It leaks again' });
      return (await tasksOf(person))[1];
    });
    expect((await taskOnce(person, 2)).description).toMatch(IN_ORDER);
  });
});

describe('trouble', () => {
  it.each(['drop-after', 'drop-before'])('a task whose creation got no answer (%s) tells of it once', async (kind) => {
    const person = await someone();
    await takeOver(person, chatOfBefore(person, BEFORE));
    await faultOfPlanfix(parley, person.company, { kind, method: 'POST', path: '/task/$', times: 1 });
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const [task, ...others] = await tasksOf(person);
    expect(others).toEqual([]);
    expect(task?.description).toMatch(IN_ORDER);
    expect(task?.description.match(/We do/g)).toHaveLength(1);
  });

  it('a worker that is killed while it takes over goes on where it was', async () => {
    const person = await someone();
    const { company } = person;
    await takeOver(person, chatOfBefore(person, BEFORE));
    const [{ conversationId = '' } = {}] = await messagesOf(parley, company);
    // It can go as far as the chat in the middle that somebody else is at.
    const held = await holdRows(parley, 'select from conversation where id = $1', [conversationId]);
    const id = `wamid.${person.name}.later`;
    const all = [...manyMessages(25, 16), { id, phone: person.phone }, ...manyMessages(25, 16, 1_000)];
    await tell(parley, company, aChunk(all));
    await untilBlocked(parley.world.databaseUrl, 'conversation');
    await parley.worker.stop('SIGKILL', 1_000);
    await held.release();
    const before = (await messagesOf(parley, company)).length;
    expect([before > BEFORE.length, before < all.length]).toEqual([true, true]);
    parley.worker = await parley.worker.startAgain();
    await importedOnce(parley, company, all.length + BEFORE.length);
    await untilSettled(person);
    const ids = (await messagesOf(parley, company)).filter(({ isHistory }) => isHistory);
    expect(ids).toHaveLength(all.length + BEFORE.length);
    expect(new Set(ids.map(({ channelMessageId }) => channelMessageId)).size).toBe(ids.length);
  });
});

describe('what is said about a message of before', () => {
  it('shows it', async () => {
    const person = await someone();
    const chat = chatOfBefore(person, BEFORE);
    await takeOver(person, chat);
    await listedOnce(person, await say(person, { text: 'Then come', quoted: chat[1]?.id }), 'posted');
    const { description } = await taskOnce(person);
    expect(description).toMatch(/<blockquote>We do<\/blockquote>Then come$/);
    await say(person, { reaction: { messageId: chat[1]?.id, emoji: '👍' } });
    const comment = await commentOnce(person, 'The customer reacted: 👍');
    expect(comment.description).toContain('We do');
    await say(person, { text: 'Really', quoted: 'wamid.nobody-knows' });
    expect((await commentOnce(person, 'Really')).description).toContain('not known here');
  });
});

describe('files of before', () => {
  const picture = { kind: 'image', size: 4_000 };
  const thread = ({ phone, name }: Person, daysAgo: number) => ({
    ...{ phone, name },
    messages: [
      { from: 'customer', text: 'Look at this', daysAgo },
      { from: 'customer', media: picture, daysAgo: daysAgo - 0.01 },
    ],
  });

  it('come with the task, and notify nobody', async () => {
    const person = await someone();
    await tellByPhone(person, [thread(person, 2)]);
    await eventually('the file as known', async () => {
      const messages = await messagesOf(parley, person.company);
      return messages.some(({ kind, files }) => kind === 'image' && files.length === 1) || undefined;
    });
    await say(person, { text: 'Can you come?' });
    const task = await eventually('the file in the task', async () => {
      const [found] = await tasksOf(person);
      const files = [...(found?.files ?? []), ...(found?.comments ?? []).flatMap((comment) => comment.files)];
      return files.length === 1 ? found : undefined;
    });
    expect(task.description).toMatch(/Look at this.*<i>Photo<\/i>.*Can you come\?$/s);
    for (const { recipients } of task.comments) expect(recipients).toMatchObject({ users: [], roles: [] });
  });

  it('that come later than the task are added to it, and notify nobody', async () => {
    const person = await someone();
    await tellByPhone(person, [thread(person, 2)]);
    await eventually('the file as known', async () => {
      const messages = await messagesOf(parley, person.company);
      return messages.some(({ kind }) => kind === 'image') || undefined;
    });
    const away = await breakDownloads(person, { kind: 'status', status: 503, times: 0 });
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    await away.remove();
    const comment = await eventually('the file in a comment', async () =>
      (await commentsOf(person)).find(({ files }) => files.length === 1),
    );
    expect(comment.recipients).toMatchObject({ users: [], groups: [], roles: [] });
    expect(comment.description).toMatch(/Sent \d{1,2} \w+ \d{4}.*<i>Photo<\/i>/s);
    expect((await taskOnce(person)).files).toEqual([]);
  });

  it('that do not follow leave their word', async () => {
    const person = await someone();
    await tellByPhone(person, [thread(person, 20)]);
    await importedOnce(parley, person.company, 2);
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    const task = await taskOnce(person);
    expect(task.description).toMatch(/Look at this.*\[Picture or file\].*Can you come\?$/s);
    expect(task.files).toEqual([]);
  });

  it('that cannot be fetched leave their word, and nobody is told', async () => {
    const person = await someone();
    await tellByPhone(person, [thread(person, 2)]);
    await eventually('the file as known', async () => {
      const messages = await messagesOf(parley, person.company);
      return messages.some(({ kind }) => kind === 'image') || undefined;
    });
    await breakDownloads(person, { kind: 'wrong-digest', times: 0 });
    await listedOnce(person, await say(person, { text: 'Can you come?' }), 'posted');
    await eventually('the file as failed', async () => {
      const messages = await messagesOf(parley, person.company);
      return messages.some(({ files }) => files[0]?.state === 'failed') || undefined;
    });
    await untilSettled(person);
    const task = await taskOnce(person);
    expect(task.description).toMatch(/Look at this.*<i>Photo<\/i>.*Can you come\?$/s);
    expect(task.comments).toEqual([]);
  });
});
