import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;
const onPhoneApp = (isOnBizApp: boolean) => server.control('POST', `/graph/numbers/${ids.number}`, { isOnBizApp });
const card = { name: { formatted_name: 'Иван Петров', first_name: 'Иван' }, phones: [{ phone: '+79000000102' }] };

const failureOf = (wamid: unknown) =>
  until(() => server.receiver.statuses().find(({ id, status }) => id === wamid && status === 'failed'));

describe('what a customer sends', () => {
  const interactive = (type: string, reply: Fields) => ({ type: 'interactive', interactive: { type, [type]: reply } });
  const order = { catalog_id: '1', product_items: [{ product_retailer_id: 'a', quantity: 2, item_price: '9.5' }] };

  it.each<[string, Fields, Fields, string]>([
    ['text', { text: 'Hi' }, { type: 'text', text: { body: 'Hi' } }, 'Hi'],
    [
      'a place',
      { location: { latitude: 52.5, longitude: 13.4, name: 'Office' } },
      { type: 'location', location: { latitude: 52.5, longitude: 13.4, name: 'Office' } },
      'Office',
    ],
    ['cards', { contacts: [card] }, { type: 'contacts', contacts: [card], origin: 'other' }, 'Иван Петров'],
    [
      'a button',
      { button: { id: 'b1', title: 'Yes' } },
      interactive('button_reply', { id: 'b1', title: 'Yes' }),
      'Yes',
    ],
    [
      'a quick reply',
      { button: { payload: 'p', text: 'No' } },
      { type: 'button', button: { payload: 'p', text: 'No' } },
      'No',
    ],
    [
      'a choice',
      { list: { id: 'r1', title: 'Red', description: 'or so' } },
      interactive('list_reply', { id: 'r1', title: 'Red', description: 'or so' }),
      'Red',
    ],
    [
      'a broken Flow',
      { flow: { responseJson: '{"a":' } },
      interactive('nfm_reply', { name: 'flow', body: 'Sent', response_json: '{"a":' }),
      'Sent',
    ],
    ['an order', { order: { ...order, text: 'Soon' } }, { type: 'order', order: { ...order, text: 'Soon' } }, 'Soon'],
    [
      'a poll',
      { unsupported: { type: 'poll_creation' } },
      { type: 'unsupported', unsupported: { type: 'poll_creation' }, errors: [{ code: 131051 }] },
      '',
    ],
    [
      'a kind that does not exist yet',
      { message: { type: 'hologram', hologram: { depth: 3 }, extra: true } },
      { type: 'hologram', hologram: { depth: 3 }, extra: true },
      '[hologram]',
    ],
  ])('%s', async (_what, content, webhook, text) => {
    const { wamid, message } = await server.act(content);
    expect(message).toMatchObject({ id: wamid, from: ids.customer, ...webhook });
    const { type } = webhook;
    expect((await server.chat()).at(-1)).toMatchObject({ id: wamid, from: 'customer', type, text });
  });

  it('something unsupported without a type', async () => {
    const { message } = await server.act({ unsupported: { code: 131_060 } });
    expect(message).toMatchObject({ type: 'unsupported', errors: [{ code: 131060 }] });
    expect(message).not.toHaveProperty('unsupported');
  });

  it('replies, forwarded messages, referrals and groups', async () => {
    const own = await server.write(ids.customer, 'mine', { wait: true });
    const [sent] = (await server.send(customer, 'ours')).json.messages;
    const referral = { source_url: 'https://fb.me/ad', source_id: '77', source_type: 'ad', headline: 'Bikes' };
    const context = async (content: Fields) => (await server.act({ text: 'x', ...content })).message.context;
    expect(await context({ quoted: sent?.id })).toEqual({ from: `1555${'0'}${ids.number}`, id: sent?.id });
    expect(await context({ quoted: own })).toMatchObject({ from: ids.customer, id: own });
    expect(await context({ forwarded: 'once' })).toEqual({ forwarded: true });
    expect(await context({ forwarded: 'often' })).toEqual({ frequently_forwarded: true });
    expect(await context({})).toBeUndefined();
    const { message } = await server.act({ text: 'x', referral, group: 'G1' });
    expect(message).toMatchObject({ referral, group_id: 'G1' });
    expect((await server.chat()).at(-1)).toMatchObject({ referral, groupId: 'G1' });
  });

  it.each<[string, Fields, unknown]>([
    ['none', { timestamp: null }, undefined],
    ['a negative one', { timestamp: '-5' }, '-5'],
    ['nonsense', { timestamp: 'soon' }, 'soon'],
    ['the year 9999', { timestampMs: Date.UTC(9999, 11, 31) }, String(Date.UTC(9999, 11, 31) / 1_000)],
  ])('times: %s', async (_what, time, timestamp) => {
    const { message } = await server.act({ text: 'x', ...time });
    expect(message.timestamp).toBe(timestamp);
    expect('timestamp' in message).toBe(timestamp !== undefined);
  });

  it('an album, told in one POST', async () => {
    const picture = { from: ids.customer, media: { kind: 'image', size: 100 } };
    const album = { phoneNumberId: ids.number, messages: [picture, { ...picture, media: { kind: 'video', size: 9 } }] };
    await server.control('POST', '/graph/batches', album);
    expect(server.receiver.received).toHaveLength(1);
    expect(server.receiver.messages().map(({ type }) => type)).toEqual(['image', 'video']);
  });

  it('the first opening of the chat, which opens the window', async () => {
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    const { message } = await server.act({ requestWelcome: true });
    expect(message).toEqual(expect.objectContaining({ type: 'request_welcome', from: ids.customer }));
    const [sent] = (await server.send(customer, 'Welcome')).json.messages;
    await until(() => server.receiver.statuses().some(({ id, status }) => id === sent?.id && status === 'delivered'));
  });

  it('is refused without any content, or with senseless flags', async () => {
    const write = (content: Fields) =>
      server.call('POST', '/control/graph/messages', { phoneNumberId: ids.number, from: ids.customer, ...content });
    expect((await write({})).status).toBe(400);
    expect((await write({ text: 'x', forwarded: 'twice' })).status).toBe(400);
    expect((await write({ edit: { messageId: 'wamid.x' } })).status).toBe(400);
  });
});

describe('reactions of a customer', () => {
  it('come, replace each other and go in both encodings', async () => {
    const messageId = (await server.send(customer, 'ours')).json.messages[0]?.id;
    const react = async (reaction: Fields) => (await server.act({ reaction: { messageId, ...reaction } })).message;
    const shown = async () => (await server.chat()).at(-1)?.reactions;
    expect((await react({ emoji: '👍' })).reaction).toEqual({ message_id: messageId, emoji: '👍' });
    expect((await react({ emoji: '❤️' })).type).toBe('reaction');
    expect(await shown()).toMatchObject([{ from: 'customer', emoji: '❤️' }]);
    expect((await react({ emoji: null })).reaction).toEqual({ message_id: messageId });
    expect(await shown()).toEqual([]);
    await react({ emoji: '👍' });
    expect((await react({ emoji: null, encoding: 'empty' })).reaction).toEqual({ message_id: messageId, emoji: '' });
    expect(await shown()).toEqual([]);
    expect(await server.chat()).toHaveLength(2);
  });

  it('do not open the window', async () => {
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    await server.act({ reaction: { messageId: 'wamid.any', emoji: '👍' } });
    const [sent] = (await server.send(customer, 'x')).json.messages;
    expect((await failureOf(sent?.id)).errors[0]?.code).toBe(131047);
  });
});

describe('edits and deletions of a customer', () => {
  it('are told to a number in the phone app', async () => {
    await onPhoneApp(true);
    const messageId = await server.write(ids.customer, 'Helo');
    const edited = await server.act({ edit: { messageId, text: 'Hello' } });
    expect(edited.message).toMatchObject({
      type: 'edit',
      edit: { original_message_id: messageId, message: { type: 'text', text: { body: 'Hello' } } },
    });
    expect((await server.chat()).at(-1)).toMatchObject({ id: messageId, text: 'Hello', isEdited: true });
    const { message } = await server.act({ revoke: { messageId } });
    expect(message).toMatchObject({ type: 'revoke', revoke: { original_message_id: messageId } });
    expect((await server.chat()).at(-1)).toMatchObject({ id: messageId, text: '', isDeleted: true });
    expect(await server.chat()).toHaveLength(2);
  });

  it('change a caption', async () => {
    await onPhoneApp(true);
    const { wamid, message: first } = await server.act({ media: { kind: 'image', size: 50, caption: 'a' } });
    const { message } = await server.act({ edit: { messageId: wamid, text: 'b' } });
    const { id } = first.image as { id: string };
    expect(message.edit).toMatchObject({ message: { type: 'image', image: { id, caption: 'b' } } });
    expect((await server.chat()).at(-1)).toMatchObject({ text: 'b', media: { id } });
  });

  it('are something unsupported, or nothing, to others', async () => {
    await onPhoneApp(false);
    const messageId = await server.write(ids.customer, 'Helo', { wait: true });
    const { message } = await server.act({ edit: { messageId, text: 'Hello' } });
    expect(message).toMatchObject({ type: 'unsupported', unsupported: { type: 'edit' } });
    const body = { phoneNumberId: ids.number, from: ids.customer, revoke: { messageId }, wait: true };
    expect(await server.control('POST', '/graph/messages', body)).toMatchObject({ isTold: false });
    expect(server.receiver.messages()).toHaveLength(2);
    expect((await server.chat()).at(-1)).toMatchObject({ isEdited: true, isDeleted: true });
  });
});

describe('news of a customer', () => {
  it('a new BSUID is told without phone and contacts; the old one is good for nothing', async () => {
    const { userId } = (await server.control('GET', `/graph/customers/${ids.customer}/messages`)).customer as {
      userId: string;
    };
    await server.control('POST', `/graph/customers/${ids.customer}/user-id`);
    const message = await until(() => server.receiver.messages().find(({ type }) => type === 'system'));
    const system = message.system as { user_id: string };
    expect(system).toMatchObject({ type: 'user_changed_user_id', previous_user_id: userId });
    expect(system.user_id).not.toBe(userId);
    expect(message).not.toHaveProperty('from');
    expect(system).not.toHaveProperty('wa_id');
    expect(server.receiver.received.at(-1)?.values[0]).not.toHaveProperty('contacts');
    const to = (recipient: string) => server.send('', 'x', { to: undefined, recipient });
    expect([(await to(userId)).status, (await to(system.user_id)).status]).toEqual([400, 200]);
  });

  it('a changed identity, and whatever else the network says', async () => {
    const { message } = await server.act({ system: { hash: 'abc' } });
    expect(message).toMatchObject({
      type: 'system',
      system: { type: 'customer_identity_changed', body: expect.any(String) },
      identity: { acknowledged: false, hash: 'abc', created_timestamp: expect.any(String) },
    });
    const other = await server.act({ system: { type: 'customer_changed_number', wa_id: '79000000009', body: 'b' } });
    expect(other.message.system).toEqual({ type: 'customer_changed_number', wa_id: '79000000009', body: 'b' });
    expect(await server.chat()).toHaveLength(1);
  });
});
