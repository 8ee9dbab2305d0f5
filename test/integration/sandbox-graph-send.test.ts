import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;

async function chat(of: string = ids.customer) {
  const { items } = await server.control('GET', `/graph/customers/${of}/messages?phoneNumberId=${ids.number}`);
  return items;
}

describe('sending a text', () => {
  it('answers with the input, the wa_id and a message id, and shows it on the phone', async () => {
    const answer = await server.send(customer, 'Hello', { biz_opaque_callback_data: 'row-1' });
    expect(answer).toMatchObject({
      status: 200,
      json: { messaging_product: 'whatsapp', contacts: [{ input: customer, wa_id: ids.customer }] },
    });
    const id = answer.json.messages[0]?.id;
    expect(id).toMatch(/^wamid\.[A-Za-z0-9+/=]{50,80}$/);
    expect(Buffer.from(String(id).slice(6), 'base64').toString('latin1')).toContain(ids.customer);
    expect(await chat()).toMatchObject([
      { from: 'customer', text: 'first' },
      { from: 'business', text: 'Hello', id, reached: true, callbackData: 'row-1' },
    ]);
  });

  it.each([
    ['no product', { messaging_product: undefined }, 100, '(#100) The parameter messaging_product is required.'],
    ['another product', { messaging_product: 'sms' }, 100, '(#100) Param messaging_product must be one of {WHATSAPP}.'],
    ['nobody', { to: undefined }, 100, '(#100) The parameter to is required.'],
    ['a name', { to: 'Anna' }, 131009, '(#131009) Parameter value is not valid'],
    ['an unknown BSUID', { to: undefined, recipient: 'US.999' }, 131009, '(#131009) Parameter value is not valid'],
    ['itself', { to: `+1 555 0${ids.number}` }, 131021, '(#131021) Recipient cannot be sender'],
    ['no text object', { text: undefined }, 100, "(#100) The parameter text['body'] is required."],
    ['an empty text', { text: { body: '' } }, 100, "(#100) The parameter text['body'] is required."],
    ['a number as text', { text: { body: 5 } }, 100, "(#100) Param text['body'] must be a string."],
    [
      '4097 characters',
      { text: { body: 'x'.repeat(4097) } },
      100,
      "(#100) Param text['body'] must be at most 4096 characters long.",
    ],
    ['long callback data', { biz_opaque_callback_data: 'x'.repeat(513) }, 100, expect.stringContaining('at most 512')],
    ['a quote without id', { context: { id: 'x' } }, 100, "(#100) The parameter context['message_id'] is required."],
    ['an unknown type', { type: 'letter' }, 100, expect.stringContaining('Param type must be one of {AUDIO')],
    [
      'a type that is not emulated',
      { type: 'interactive', interactive: { type: 'button' } },
      131051,
      '(#131051) Unsupported message type',
    ],
  ])('refuses %s', async (_what, change, code, message) => {
    const answer = await server.send(customer, 'Hello', change);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({ code, message, type: 'OAuthException' });
    expect(answer.json.error.fbtrace_id).toEqual(expect.stringMatching(/^A[\w-]{20,}$/));
    expect(await chat()).toHaveLength(1);
  });

  it('takes exactly 4096 characters', async () => {
    expect((await server.send(customer, 'x'.repeat(4096))).status).toBe(200);
  });

  it('refuses what is no JSON object', async () => {
    expect((await server.graph('POST', `/${ids.number}/messages`, '{"to":')).json.error.code).toBe(100);
  });

  it('keeps the quoted message', async () => {
    const quoted = await server.write(ids.customer, 'which one?');
    await server.send(customer, 'That one', { context: { message_id: quoted } });
    expect((await chat()).at(-1)).toMatchObject({ quoted });
  });
});

describe('addresses', () => {
  it('takes a number without "+" as local to the business', async () => {
    const answer = await server.send('(917) 139-20001', 'Hello');
    expect(answer.json.contacts).toEqual([{ input: '(917) 139-20001', wa_id: '191713920001' }]);
    await server.control('PUT', '/graph/settings', { missingPlus: 'accept' });
    expect((await server.send(ids.customer, 'Hello')).json.contacts).toMatchObject([{ wa_id: ids.customer }]);
  });

  it('answers with the wa_id that a Brazilian has, not the one dialled', async () => {
    await server.control('POST', '/graph/customers', { phone: '551187654321', name: 'Bia' });
    const answer = await server.send('+55 11 98765-4321', 'Oi');
    expect(answer.json.contacts).toEqual([{ input: '+55 11 98765-4321', wa_id: '551187654321' }]);
  });

  it('reaches a customer with a username by BSUID and hides the phone', async () => {
    const { userId } = await server.control('POST', '/graph/customers', { name: 'Lena', username: true });
    await server.write(userId, 'Hi', { wait: true });
    const answer = await server.send('', 'Hello', { to: undefined, recipient: userId });
    expect(answer.json.contacts).toEqual([{ input: userId, user_id: userId }]);
    const delivered = await until(() => server.receiver.statuses().find(({ status }) => status === 'delivered'));
    expect(delivered).toMatchObject({ recipient_user_id: userId });
    expect(delivered).not.toHaveProperty('recipient_id');
    const written = server.receiver.messages().find(({ from_user_id: from }) => from === userId);
    expect(written).not.toHaveProperty('from');
    const state = JSON.stringify(await server.control('GET', '/state'));
    expect(state).toContain('Lena');
    expect(state).not.toMatch(/447700\d{6}/);
  });

  it('gives each portfolio its own BSUID', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400900', { wabaId: '300900', businessId: '500900' }));
    const { userId } = await server.control('POST', '/graph/customers', { phone: '79000000001', name: 'Иван' });
    await server.write(userId, 'one');
    await server.control('POST', '/graph/messages', { phoneNumberId: '400900', from: userId, text: 'two' });
    await until(() => server.receiver.messages().length === 2);
    const [first, second] = server.receiver.messages().map(({ from_user_id: from }) => String(from));
    expect(new Set([first, second]).size).toBe(2);
    const foreign = [first, second].find((id) => id !== userId);
    expect(await server.send('', 'x', { to: undefined, recipient: foreign })).toMatchObject({ status: 400 });
    expect(await server.send('', 'x', { to: undefined, recipient: userId })).toMatchObject({ status: 200 });
  });

  it('tells of a changed phone with old and new ids, and drops the old BSUID', async () => {
    const before = (await server.control('GET', `/graph/customers/${ids.customer}/messages`)).customer as {
      userId: string;
    };
    await server.control('POST', `/graph/customers/${ids.customer}/phone`, { phone: '+49 171 3920009' });
    const system = await until(() => server.receiver.messages().find(({ type }) => type === 'system'));
    expect(system).toMatchObject({
      from: ids.customer,
      from_user_id: before.userId,
      system: { type: 'user_changed_number', wa_id: '491713920009', previous_user_id: before.userId },
    });
    expect(server.receiver.received[0]?.values[0]).not.toHaveProperty('contacts');
    const toOld = await server.send('', 'x', { to: undefined, recipient: before.userId });
    expect(toOld.json.error.code).toBe(131009);
    const { user_id: current } = system.system as { user_id: string };
    expect((await server.send('', 'x', { to: undefined, recipient: current })).status).toBe(200);
  });
});

describe('read receipts', () => {
  it('mark the message and those before it, without a status', async () => {
    const second = await server.write(ids.customer, 'second');
    const third = await server.write(ids.customer, 'third');
    const receipt = { messaging_product: 'whatsapp', status: 'read', message_id: second };
    expect((await server.graph('POST', `/${ids.number}/messages`, receipt)).json).toEqual({ success: true });
    const read = (await chat()).filter(({ status }) => status === 'read').map(({ text }) => text);
    expect(read).toEqual(['first', 'second']);
    expect((await chat()).find(({ id }) => id === third)).toMatchObject({ status: 'delivered' });
    const unknown = await server.graph('POST', `/${ids.number}/messages`, { ...receipt, message_id: 'wamid.x' });
    expect(unknown.json.error.code).toBe(131009);
  });
});

describe('the service window', () => {
  it('fails a reply after the 200 once 24 hours have passed, and opens again when they write', async () => {
    await server.control('POST', '/clock', { advanceMs: 24 * 3_600_000 + 1_000 });
    const late = await server.send(customer, 'Too late', { biz_opaque_callback_data: 'row-2' });
    expect(late.status).toBe(200);
    const failed = await until(() => server.receiver.statuses()[0]);
    expect(failed).toMatchObject({
      status: 'failed',
      id: late.json.messages[0]?.id,
      recipient_id: ids.customer,
      biz_opaque_callback_data: 'row-2',
      errors: [{ code: 131047, title: 'Re-engagement message', error_data: { details: expect.any(String) } }],
    });
    expect(failed).not.toHaveProperty('recipient_user_id');
    expect((await chat()).at(-1)).toMatchObject({ reached: false, status: 'failed' });
    await server.write(ids.customer, 'Still there?');
    await server.send(customer, 'Yes');
    await until(async () => (await chat()).at(-1)?.status === 'delivered');
  });

  it('refuses at once where the setting says so', async () => {
    await server.control('PUT', '/graph/settings', { windowRefusal: 'sync' });
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    expect(await server.send(customer, 'x')).toMatchObject({ status: 400, json: { error: { code: 131047 } } });
    expect(await chat()).toHaveLength(1);
  });

  it('is one for each number and customer, and was never open for a stranger', async () => {
    const other = { phoneNumberId: '400200', from: ids.customer, text: 'x' };
    await server.control('POST', '/graph/numbers', numberOf('400200'));
    await server.send('+79000000002', 'Who are you?');
    await until(() => server.receiver.statuses().some(({ errors }) => errors?.[0]?.code === 131047));
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    await server.control('POST', '/graph/messages', other);
    const answer = await server.send(customer, 'x');
    const { id } = answer.json.messages[0] ?? {};
    await until(() => server.receiver.statuses().some((status) => status.id === id && status.status === 'failed'));
  });
});

describe('limits', () => {
  it('allow a burst of 45 to one customer, then one per interval', async () => {
    // Long enough for a busy machine: within the usual six seconds there is room for one more.
    await server.control('PUT', '/graph/settings', { pairIntervalMs: 60_000 });
    const answers = [];
    for (let index = 0; index < 46; index += 1) answers.push(await server.send(customer, `message ${index}`));
    expect(answers.slice(0, 45).every(({ status }) => status === 200)).toBe(true);
    expect(answers[45]).toMatchObject({ status: 400, json: { error: { code: 131056 } } });
    await server.control('PUT', '/graph/settings', { pairIntervalMs: 1 });
    await until(async () => (await server.send(customer, 'again')).status === 200);
  });

  it('count both directions of a number', async () => {
    await server.control('PUT', '/graph/settings', { numberPerSecond: 1, pairLimit: false });
    // A second later there is room again, so that one try may come too late on a busy machine.
    await until(async () => {
      await server.write(ids.customer, 'a');
      return (await server.send(customer, 'b')).json.error?.code === 130429;
    });
    await server.control('PUT', '/graph/settings', { numberLimit: false });
    expect((await server.send(customer, 'g')).status).toBe(200);
  });

  it('fail for a number that is not on WhatsApp', async () => {
    await server.control('PUT', '/graph/settings', { unknownRecipient: 'undeliverable' });
    expect((await server.send('+79000000003', 'x')).status).toBe(200);
    const failed = await until(() => server.receiver.statuses()[0]);
    expect(failed.errors[0]?.code).toBe(131026);
  });
});
