import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  messagesOf,
  noteOnce,
  notesOn,
  problemsOf,
  sendCalls,
  sendPatiently,
  sendThroughApi,
  sentTo,
  startDialogue,
  startDialogueIn,
  taskOf,
  textsTo,
  untilReadAgain,
} from '../support/reply-world.ts';
import { approveTemplate } from '../support/template-world.ts';

const COPY = 'To the customer, through the API:';
const TEMPLATE = { name: 'appointment', language: 'en', body: 'We expect you at {{1}} on {{2}}' };

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley, { settings: { defaultCountry: 'DE' } });
  await approveTemplate(parley, company, TEMPLATE);
});

afterAll(() => parley?.stop());

const send = async (dialogue: Dialogue, content: Record<string, unknown>) =>
  sendPatiently(parley, { conversationId: await conversationOf(dialogue), ...content });

const inboundOf = async (dialogue: Dialogue) =>
  (await messagesOf(dialogue, { direction: 'inbound' })).filter((message) => message.planfixTask === dialogue.task);
const conversationOf = async (dialogue: Dialogue) => (await inboundOf(dialogue))[0]?.conversationId ?? '';

type ChatItem = { id: string; type: string; text: string; payload: unknown; quoted: unknown; category: string };
const itemsTo = async (dialogue: Dialogue) => (await sentTo(dialogue)) as unknown as ChatItem[];

describe('a message of a program', () => {
  it.each<[string, Record<string, unknown>, string, unknown, string]>([
    ['a text', { text: 'It is *ready*' }, 'text', { body: 'It is *ready*' }, 'ready'],
    [
      'a place',
      { location: { latitude: 52.5, longitude: 13.4, name: 'Office' } },
      'location',
      { latitude: 52.5, longitude: 13.4, name: 'Office' },
      'Office',
    ],
    [
      'contacts',
      { contacts: [{ name: 'Jane Roe', phones: ['0151 23456789'] }] },
      'contacts',
      [{ name: { formatted_name: 'Jane Roe' }, phones: [{ phone: '+4915123456789' }] }],
      'Jane Roe',
    ],
    [
      'a template',
      { template: { name: 'appointment', language: 'en', parameters: { body: ['five', 'Monday'] } } },
      'template',
      { name: 'appointment', language: { code: 'en' } },
      'Template appointment (en)',
    ],
  ])('%s is with the customer, and its copy on the task', async (_, content, type, payload, copied) => {
    const dialogue = await startDialogueIn(parley, company);
    const { status, location, body } = await send(dialogue, content);
    expect([status, location]).toEqual([201, `/v1/messages/${body.id}`]);
    expect(['sent', 'delivered']).toContain(body.state);
    expect(await itemsTo(dialogue)).toMatchObject([{ type, payload }]);
    const note = await noteOnce(dialogue, COPY);
    expect(note.description).toContain(copied);
    // An internal one: it tells nobody, and nobody takes it for an answer.
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [], groups: [], roles: [] } });
    await untilReadAgain(dialogue);
    expect(await itemsTo(dialogue)).toHaveLength(1);
    expect(await problemsOf(dialogue)).toEqual([]);
  });

  it('can quote what the customer wrote, and react to it', async () => {
    const dialogue = await startDialogueIn(parley, company);
    const [theirs] = await inboundOf(dialogue);
    await send(dialogue, { text: 'Yes', quotes: theirs?.id });
    expect(JSON.stringify((await itemsTo(dialogue)).map((item) => item.quoted))).toContain(theirs?.channelMessageId);
    expect(await send(dialogue, { reaction: { to: theirs?.id, emoji: '👍' } })).toMatchObject({ status: 201 });
    const path = `graph/customers/${dialogue.customer.phone}/messages?phoneNumberId=${company.phoneNumberId}`;
    const chat = () => parley.sandbox.control<{ items: { id: string; reactions: { emoji: string }[] }[] }>('GET', path);
    const reactions = async () => (await chat()).items.find(({ id }) => id === theirs?.channelMessageId)?.reactions;
    expect(await reactions()).toMatchObject([{ emoji: '👍' }]);
    await send(dialogue, { reaction: { to: theirs?.id, emoji: '' } });
    expect(await reactions()).toEqual([]);
  });

  it('keeps its place between those of employees', async () => {
    const dialogue = await startDialogueIn(parley, company);
    await commentOn(dialogue, { html: 'one' });
    await messageOnce({ parley, company }, 'one', ['sent', 'delivered', 'read']);
    await send(dialogue, { text: 'two' });
    await commentOn(dialogue, { html: 'three' });
    await messageOnce({ parley, company }, 'three', ['sent', 'delivered', 'read']);
    expect(await textsTo(dialogue)).toEqual(['one', 'two', 'three']);
  });

  it('that the network refuses is answered so, and said on the task to the assignees', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'error', code: 131026 });
    expect(await send(dialogue, { text: 'into the void' })).toMatchObject({
      status: 201,
      body: { state: 'refused', reason: 'recipient-unreachable' },
    });
    const note = await noteOnce(dialogue, 'Not delivered to the customer:');
    expect(note.description).toContain('«into the void»');
    expect(note).toMatchObject({ notifiesContact: false, recipients: { roles: ['assignee'] } });
    expect(await sendCalls(dialogue)).toHaveLength(1);
  });

  it('whose outcome takes longer is answered with its place, and looked up there', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'error', code: 131056 });
    const message = { conversationId: await conversationOf(dialogue), text: 'slowly' };
    const { status, location, body } = await sendThroughApi(parley, message);
    expect([status, body.state]).toEqual([202, 'ready']);
    await messageOnce(dialogue, 'slowly', ['delivered']);
    expect(await parley.rest('GET', String(location))).toMatchObject({ id: body.id, state: 'delivered' });
  });
});

describe('after 24 hours', () => {
  it('a template reaches the customer where a text is refused', async () => {
    const dialogue = await startDialogueIn(parley, company, { timestampMs: Date.now() - 25 * 3_600_000 });
    const refused = await send(dialogue, { text: 'Hello?' });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'text' }] } });
    const template = { name: 'appointment', language: 'en', parameters: { body: ['five', 'Monday'] } };
    expect((await send(dialogue, { template })).status).toBe(201);
    const [item] = await itemsTo(dialogue);
    expect(item?.type).toBe('template');
    // It opens no window for us: an employee's words wait, and leave with the customer's own.
    await commentOn(dialogue, { html: 'See you' });
    await messageOnce({ parley, company }, 'See you', ['waiting']);
    await noteOnce(dialogue, 'Waits for the customer:');
    await writeAs(parley, company, dialogue.customer, 'Gladly', { quoted: item?.id });
    await messageOnce({ parley, company }, 'See you', ['delivered']);
    const answer = await eventually('their answer on the task', async () =>
      (await taskOf(dialogue))?.comments.find((comment) => comment.description.includes('Gladly')),
    );
    expect(answer.description).toContain('We expect you at five on Monday');
    expect(await notesOn(dialogue)).toHaveLength(2);
  });
});
