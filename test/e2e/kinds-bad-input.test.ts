import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { textsIn } from '../support/account-world.ts';
import {
  type Content,
  commentOnce,
  commentsOf,
  conversationOfId,
  echo,
  listAll,
  listed,
  listedOnce,
  meet,
  say,
  taskOnce,
  tasksOf,
} from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
});

afterAll(() => parley?.stop());

const HOUR_MS = 60 * 60_000;
const newPerson = (where = company) => meet(parley, where);

type Event = { kind: string; subject: string | null; reason: string | null };
const putAside = (where = company) =>
  listAll<Event>(parley, '/v1/events', { connectionId: where.connectionId, putAside: 'true' });

/** A customer with a task. */
async function begin(where = company) {
  const person = await newPerson(where);
  const wamid = await say(person, { text: 'Good day' });
  return { person, task: await taskOnce(person), ...(await listedOnce(person, wamid, 'posted')) };
}

describe('a time that cannot be true', () => {
  it.each<[string, Content]>([
    ['is missing', { timestamp: null }],
    ['is negative', { timestamp: '-5' }],
    ['is of the year 9999', { timestampMs: Date.UTC(9999, 11, 31) }],
    ['is none', { timestamp: 'soon' }],
    ['is of the next week', { timestampMs: Date.now() + 7 * 24 * HOUR_MS }],
  ])('%s: the message arrives, and its window is that of its arrival', async (_name, time) => {
    const beganMs = Date.now();
    const person = await newPerson();
    const wamid = await say(person, { text: 'When?', ...time });
    const message = await listedOnce(person, wamid, 'posted');
    expect(Date.parse(message.channelAt ?? '')).toBeGreaterThanOrEqual(beganMs - 1_000);
    expect(Date.parse(message.channelAt ?? '')).toBeLessThanOrEqual(Date.now());
    const { windowClosesAt } = await conversationOfId(parley, message.conversationId);
    expect(Date.parse(windowClosesAt ?? '') - 24 * HOUR_MS).toBe(Date.parse(message.channelAt ?? ''));
    await say(person, { text: 'And now?' });
    expect((await commentOnce(person, 'And now?')).description).toBe('And now?');
  });

  it('control: one that can be true counts as it is', async () => {
    const person = await newPerson();
    const timestampMs = Math.floor(Date.now() / 1_000) * 1_000 - 5 * HOUR_MS;
    const message = await listedOnce(person, await say(person, { text: 'Then', timestampMs }), 'posted');
    expect(Date.parse(message.channelAt ?? '')).toBe(timestampMs);
    const { windowClosesAt } = await conversationOfId(parley, message.conversationId);
    expect(Date.parse(windowClosesAt ?? '')).toBe(timestampMs + 24 * HOUR_MS);
  });
});

const FAMILY = '👨‍👩‍👧‍👦';

describe('a long text', () => {
  it.each([
    ['65,536 letters', 'a'.repeat(65_536), 'a'.repeat(65_000)],
    ['65,536 letters of two bytes', 'я'.repeat(65_536), 'я'.repeat(30_000)],
    ['4,096 emoji with joiners', FAMILY.repeat(4_096), FAMILY.repeat(2_000)],
  ])('of %s stands on the task as far as Planfix takes it, and whole in the API', async (_name, text, beginning) => {
    const { person } = await begin();
    const wamid = await say(person, { text });
    const message = await listedOnce(person, wamid, 'posted');
    expect(message.text).toBe(text);
    const [comment] = await commentsOf(person);
    expect(comment?.description.startsWith(beginning)).toBe(true);
    const isWhole = comment?.description === text;
    expect(comment?.description.includes('longer than Planfix takes')).toBe(!isWhole);
    // No character is cut in two.
    const [words] = comment?.description.split('<br>') ?? [];
    expect(text.startsWith(words ?? 'x')).toBe(true);
    expect((words?.length ?? 0) % (text.startsWith(FAMILY) ? FAMILY.length : 1)).toBe(0);
  });

  it('may be the first: the task opens with it', async () => {
    const person = await newPerson();
    await listedOnce(person, await say(person, { text: FAMILY.repeat(4_096) }), 'posted');
    expect((await taskOnce(person)).description.startsWith(FAMILY.repeat(2_000))).toBe(true);
  });
});

const MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)><b>bold</b>';
const INERT = '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;bold&lt;/b&gt;';

describe('markup in what the customer says', () => {
  it.each<[string, Content]>([
    ['a text', { text: MARKUP }],
    ['a caption', { media: { kind: 'image', size: 50, caption: MARKUP } }],
    ['a place', { location: { latitude: 1, longitude: 2, name: MARKUP, address: MARKUP } }],
    ['a card', { contacts: [{ name: { formatted_name: MARKUP } }] }],
    ['a choice', { list: { id: 'x', title: MARKUP, description: MARKUP } }],
    ['a form', { flow: { responseJson: JSON.stringify({ [MARKUP]: MARKUP }) } }],
    ['an order', { order: { catalog_id: '1', text: MARKUP, product_items: [{ product_retailer_id: MARKUP }] } }],
    ['an advertisement', { text: 'x', referral: { headline: MARKUP, body: MARKUP, source_id: MARKUP } }],
  ])('in %s shows as it was written', async (_name, content) => {
    const { person } = await begin();
    await listedOnce(person, await say(person, content), 'posted');
    const [comment] = await commentsOf(person);
    expect(comment?.description).toContain(INERT);
    expect(comment?.description).not.toMatch(/<script|<img|<b>/);
  });

  it('leads nowhere but to the web', async () => {
    const { person } = await begin();
    const url = 'javascript:alert(1)';
    const location = { latitude: 1, longitude: 2, url };
    await listedOnce(person, await say(person, { location }), 'posted');
    await listedOnce(person, await say(person, { text: 'x', referral: { source_url: url } }), 'posted');
    const texts = (await commentsOf(person)).map((comment) => comment.description);
    expect(texts).toHaveLength(2);
    expect(texts.join()).not.toContain('javascript:');
  });

  it('control: an employee who writes markup writes markup', async () => {
    const { person, task } = await begin();
    const body = { task: task.id, author: 'user:3', html: MARKUP, notify: [] };
    await parley.sandbox.control('POST', `planfix/${company.account}/comments`, body);
    expect((await commentOnce(person, 'bold')).description).toContain('<b>');
  });
});

describe('a message in a group', () => {
  it('is refused and kept with its reason, and so is an echo; the same person alone is heard', async () => {
    const where = await connectCompany(parley);
    const person = await newPerson(where);
    const wamid = await say(person, { text: 'Hi all', group: 'G1' });
    const staff = await echo(person, { message: { type: 'text', text: { body: 'Hi' }, group_id: 'G1' } });
    const reasons = async () =>
      (await putAside(where)).filter(({ subject, reason }) => subject !== undefined && reason?.includes('group'));
    await eventually('both put aside', async () => ((await reasons()).length === 2 ? true : undefined));
    expect(await reasons()).toEqual(Array(2).fill(expect.objectContaining({ reason: 'a message in a group' })));
    await listedOnce(person, await say(person, { text: 'Just me' }), 'posted');
    expect(await textsIn(parley, where)).toEqual([['Just me']]);
    expect([await listed(person, wamid), await listed(person, staff)]).toEqual([undefined, undefined]);
  });
});

/** Letters that no database can compress. */
const noise = (length: number, radix = 36) =>
  Array.from({ length }, () => Math.floor(Math.random() * radix).toString(radix)).join('');

describe('a body with poison in it', () => {
  const poison: [string, unknown][] = [
    ['nothing', null],
    ['a number', 42],
    ['a list', [[[]]]],
    ['no id', { from: '4915100000001', type: 'text', text: { body: 'x' } }],
    ['an id that is no text', { from: '4915100000001', id: { a: 1 }, type: 'text' }],
    ['no sender', { id: 'wamid.poison-1', timestamp: '1', type: 'text', text: { body: 'x' } }],
    ['no type', { from: '4915100000001', id: 'wamid.poison-2' }],
    ['an endless id', { from: '4915100000001', id: noise(5_000), type: 'text', text: { body: 'x' } }],
    ['an endless sender', { from: noise(5_000, 10), id: 'wamid.poison-3', type: 'text', text: { body: 'x' } }],
    ['a sender with NUL', { from: '49151\u0000', id: 'wamid.poison-4', type: 'text', text: { body: 'x' } }],
  ];

  it.each(poison)('%s: it alone is put aside, its neighbours arrive in order', async (_name, item) => {
    const where = await connectCompany(parley);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const said = (person: number, text: string) => ({
      from: `49151000000${10 + person}`,
      id: `wamid.${randomUUID()}`,
      timestamp,
      type: 'text',
      text: { body: text },
    });
    const messages: unknown[] = Array.from({ length: 12 }, (_, index) => said(index % 2, `line ${index}`));
    messages.splice(6, 0, item);
    const metadata = { phone_number_id: where.phoneNumberId };
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: where.wabaId, changes: [{ field: 'messages', value: { metadata, messages } }] }],
    };
    const { statuses } = await parley.sandbox.control<{ statuses: number[] }>('POST', 'graph/webhooks', {
      appId: where.appId,
      body,
    });
    expect(statuses).toEqual([200]);
    const texts = await eventually('12 texts', async () => {
      const all = await textsIn(parley, where);
      return all.flat().length >= 12 ? all : undefined;
    });
    const expected = [0, 1].map((person) => Array.from({ length: 6 }, (_, at) => `line ${person + 2 * at}`));
    expect(texts.toSorted((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1))).toEqual(expected);
    expect(await putAside(where)).toEqual([
      expect.objectContaining({ kind: 'unreadable', reason: expect.stringMatching(/./) }),
    ]);
  });
});

describe('what is endless or unwritable beside the words', () => {
  it.each<[string, Content]>([
    ['a quoted id', { context: { id: noise(9_000) } }],
    ['an id with NUL and half a letter', { context: { id: 'wamid.\u0000\ud83d' } }],
    ['an advertisement', { referral: { source_type: 'ad', headline: noise(90_000), source_url: noise(9_000) } }],
    ['a product', { context: { referred_product: { product_retailer_id: `\u0000${noise(9_000)}` } } }],
    ['a kind', { type: noise(9_000) }],
    ['what is not asked for', { more: { deep: JSON.parse(`${'['.repeat(900)}1e400${']'.repeat(900)}`) } }],
  ])('%s: the message arrives', async (_name, more) => {
    const { person } = await begin();
    await say(person, { message: { type: 'text', text: { body: 'Hello' }, ...more } });
    await say(person, { text: 'And on' });
    await commentOnce(person, 'And on');
    const [comment, ...others] = await commentsOf(person);
    expect(others).toHaveLength(1);
    expect(comment?.description).toContain('type' in more ? 'cannot be shown here' : 'Hello');
  });
});

describe('a text without its words', () => {
  it('is no poison: the task says that the content did not reach us', async () => {
    const person = await newPerson();
    await say(person, { message: { type: 'text', text: { body: 7 } } });
    expect((await taskOnce(person)).description).toContain('The content of this message did not reach us.');
    expect(await tasksOf(person)).toHaveLength(1);
  });
});
