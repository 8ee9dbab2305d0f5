import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { newest, type Receiver, signatureOf, startReceiver } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
let second: Receiver;

beforeAll(async () => {
  server = await startGraphServer();
  second = await startReceiver();
});

beforeEach(async () => {
  await server.reset();
  second.received.length = 0;
});

afterAll(async () => {
  await server.close();
  await second.close();
});

const customer = `+${ids.customer}`;

describe('the bytes', () => {
  it('are escaped in lower case and signed as they are sent', async () => {
    await server.write(ids.customer, 'Привет 👋 a/b', { wait: true });
    const { raw, signature, right } = newest(server.receiver);
    expect(raw.toString('latin1')).toContain('"body":"\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442 \\ud83d\\udc4b a/b"');
    expect(raw.every((byte) => byte < 0x80)).toBe(true);
    expect(signature).toBe(right);
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(raw.toString())));
    expect(signatureOf(rewritten, ids.secret)).not.toBe(signature);
    expect(server.receiver.messages()).toMatchObject([{ type: 'text', text: { body: 'Привет 👋 a/b' } }]);
  });

  it('can have their slashes escaped as well', async () => {
    await server.control('PUT', '/graph/settings', { escapeSlashes: true });
    await server.write(ids.customer, 'a/b', { wait: true });
    expect(server.receiver.received[0]?.raw.toString()).toContain('a\\/b');
    expect(server.receiver.messages()).toMatchObject([{ text: { body: 'a/b' } }]);
  });

  it('tell who wrote to whom', async () => {
    const wamid = await server.write(ids.customer, 'Hi', { wait: true, timestampMs: 1_764_000_000_500 });
    expect(JSON.parse(newest(server.receiver).text)).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: ids.waba,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: `15550${ids.number}`, phone_number_id: ids.number },
                contacts: [
                  {
                    profile: { name: 'Anna Петрова' },
                    wa_id: ids.customer,
                    user_id: expect.stringMatching(/^DE\.\d{20}$/),
                  },
                ],
                messages: [
                  {
                    from: ids.customer,
                    from_user_id: expect.stringMatching(/^DE\.\d{20}$/),
                    id: wamid,
                    timestamp: '1764000000',
                    type: 'text',
                    text: { body: 'Hi' },
                  },
                ],
              },
            },
          ],
        },
      ],
    });
  });
});

describe('statuses', () => {
  const told = (id: string) => server.receiver.statuses().filter((status) => status.id === id);
  const sendText = async (more: object = {}) =>
    String((await server.send(customer, 'Hello', { biz_opaque_callback_data: 'row', ...more })).json.messages[0]?.id);

  it('come after the answer with the callback data, the price and no conversation', async () => {
    const id = await sendText();
    await until(() => told(id).length === 2);
    const byStatus = Object.fromEntries(told(id).map((status) => [status.status, status]));
    expect(byStatus).toMatchObject({
      sent: { recipient_id: ids.customer, biz_opaque_callback_data: 'row' },
      delivered: { recipient_id: ids.customer, biz_opaque_callback_data: 'row' },
    });
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' };
    expect(byStatus.sent).toMatchObject({ pricing });
    expect(byStatus.sent).not.toHaveProperty('conversation');
    expect(server.receiver.received).toHaveLength(2);
  });

  it('carry a conversation, and no charge, in the days when there was one', async () => {
    await server.control('PUT', '/graph/settings', { payloadVersion: 'v23.0' });
    await server.control('POST', '/clock', { setMs: Date.UTC(2026, 8, 1) });
    await server.write(ids.customer, 'Hi');
    const id = await sendText();
    await until(() => told(id).length === 2);
    expect(told(id).find(({ status }) => status === 'sent')).toMatchObject({
      conversation: { id: expect.any(String), expiration_timestamp: expect.any(String) },
      pricing: { billable: false, type: 'free_customer_service' },
    });
  });

  it('can come in the reverse order, repeated, and with "read"', async () => {
    const settings = { statusOrder: 'reversed', statusJitter: 0, statusCopies: 1, autoRead: true, statusDelayMs: 300 };
    await server.control('PUT', '/graph/settings', settings);
    const id = await sendText();
    await until(() => told(id).length === 6);
    const order = told(id).map(({ status }) => status);
    expect(order).toEqual(['read', 'read', 'delivered', 'delivered', 'sent', 'sent']);
  });

  it('skip "delivered" when the chat is opened first', async () => {
    await server.control('PUT', '/graph/settings', { statusDelayMs: 3_000, statusJitter: 0 });
    const id = await sendText();
    const opened = await server.control('POST', '/graph/read', { customer: ids.customer, phoneNumberId: ids.number });
    expect(opened).toEqual({ read: 1 });
    const later = await sendText();
    await until(() => told(later).length === 2);
    expect(told(id).map(({ status }) => status)).toEqual(['read', 'sent']);
  });

  it('can be told by hand, with or without the callback data', async () => {
    await server.control('POST', '/faults', { target: 'graph', kind: 'no-status' });
    const id = await sendText();
    const sent = await server.control('POST', '/graph/statuses', {
      wamid: id,
      status: 'delivered',
      withCallbackData: false,
    });
    expect(sent).toEqual({ statuses: [200] });
    await server.control('POST', '/graph/statuses', { wamid: id, status: 'failed', errors: 131_026 });
    expect(told(id)).toMatchObject([{ status: 'delivered' }, { status: 'failed', errors: [{ code: 131026 }] }]);
    expect(told(id)[0]).not.toHaveProperty('biz_opaque_callback_data');
  });
});

describe('verification', () => {
  const app = { appId: ids.app, appSecret: ids.secret };

  it('asks each address that is set, and delivers only where it was answered', async () => {
    const refused = await server.control('POST', '/graph/apps', { ...app, verifyToken: 'no', callbackUrl: second.url });
    expect(refused).toMatchObject({
      verified: false,
      verification: [{ url: second.url, verified: false, status: 403 }],
    });
    await server.write(ids.customer, 'unheard', { wait: true });
    expect(second.received).toEqual([]);
    const passed = await server.control('POST', '/graph/apps', {
      ...app,
      verifyToken: ids.verifyToken,
      callbackUrl: second.url,
    });
    expect(passed).toMatchObject({ verified: true });
    expect(second.verifications.at(-1)?.get('hub.mode')).toBe('subscribe');
    await server.write(ids.customer, 'heard', { wait: true });
    expect(second.messages()).toMatchObject([{ text: { body: 'heard' } }]);
  });

  it('reports an address where nobody is', async () => {
    const callbackUrl = 'http://127.0.0.1:1/hook';
    const answer = await server.control('POST', '/graph/apps', { ...app, verifyToken: 'x', callbackUrl });
    expect(answer).toMatchObject({ verification: [{ verified: false, status: 0 }] });
  });
});

describe('raw webhooks', () => {
  const raw = (more: object) =>
    server.control('POST', '/graph/webhooks', { appId: ids.app, body: { n: 'ä1' }, ...more });

  it('are sent once, whatever the answer', async () => {
    server.receiver.answers.push(500);
    expect(await raw({})).toEqual({ statuses: [500] });
    const { text, signature, right } = newest(server.receiver);
    expect({ text, signature }).toEqual({ text: '{"n":"\\u00e41"}', signature: right });
    expect((await server.control('GET', '/graph/deliveries')).counts.pending).toBe(0);
  });

  it('can be many at once', async () => {
    expect(await raw({ copies: 3, concurrently: true })).toEqual({ statuses: [200, 200, 200] });
  });

  it.each([
    [{ secret: 'another' }, (header: unknown) => expect(header).toHaveLength(71)],
    [{ signature: null }, (header: unknown) => expect(header).toBeUndefined()],
    [{ signature: 'sha1=abc' }, (header: unknown) => expect(header).toBe('sha1=abc')],
    [{ mutate: 'truncate-signature' }, (header: unknown) => expect(header).toHaveLength(69)],
    [{ mutate: 'non-hex' }, (header: unknown) => expect(header).toMatch(/^sha256=[0-9a-f]{63}g$/)],
    [{ mutate: 'flip-byte' }, (header: unknown) => expect(header).toHaveLength(71)],
  ])('carry a wrong signature with %j', async (wrong, check) => {
    await raw(wrong);
    const { signature, right, text } = newest(server.receiver);
    check(signature);
    expect(signature).not.toBe(right);
    expect(() => JSON.parse(text)).not.toThrow();
  });
});
