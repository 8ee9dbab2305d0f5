import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelEvent, MessageEvent, StatusEvent } from '../../activities/channels/channel.ts';
import { MESSAGE_KINDS, PROVIDER_KINDS, type ProviderKind } from '../../workflows/domain/message.ts';
import { traitsOf } from '../../workflows/domain/providers.ts';
import {
  type ContractServer,
  type ProviderWorld,
  providerTable,
  startContractServer,
} from './channel-contract-providers.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { until } from './sandbox-graph-server.ts';

const CUSTOMER = '491713920001';
const LONGEST_KEY = 300;

let server: ContractServer;
let world: ProviderWorld;

beforeAll(async () => {
  server = await startContractServer();
});

afterAll(() => server.close());

async function reset(kind: ProviderKind): Promise<void> {
  await server.control('DELETE', '');
  await server.control('PUT', '/graph/settings', { statusDelayMs: 5, pairLimit: false, numberLimit: false });
  world = await providerTable[kind](server);
  await server.control('POST', '/graph/customers', { phone: CUSTOMER, name: 'Anna' });
  server.receiver.received.length = 0;
}

const write = (content: Fields) =>
  server.control('POST', '/graph/messages', {
    phoneNumberId: world.phoneNumberId,
    from: CUSTOMER,
    wait: true,
    ...content,
  });

/** Everything that has come so far, as the provider's webhook half reads it. */
const events = (): ChannelEvent[] => server.receiver.received.flatMap(({ raw }) => world.webhook.parse(raw));

const newest = () => {
  const last = server.receiver.received.at(-1);
  if (last === undefined) throw new Error('nothing has come');
  return last;
};

async function messageOf(content: Fields): Promise<MessageEvent> {
  const { wamid } = await write(content);
  const found = events().find((event) => event.kind === 'message' && event.channelMessageId === wamid);
  if (found?.kind !== 'message') throw new Error('no such message has come');
  return found;
}

async function statusOf(channelMessageId: string, status: string): Promise<StatusEvent> {
  const isIt = (event: ChannelEvent) =>
    event.kind === 'status' && event.channelMessageId === channelMessageId && event.status === status;
  return (await until(() => events().find(isIt))) as StatusEvent;
}

const sendText = async () =>
  (
    await world.connect().send({
      to: { kind: 'phone', phone: CUSTOMER },
      content: { type: 'text', text: 'hi' },
      callbackData: 'row-1',
    })
  ).channelMessageId;

const card = { name: { formatted_name: 'Ivan', first_name: 'Ivan' }, phones: [{ phone: '+79000000102' }] };
const media = (kind: string, mimeType: string) => ({ media: { kind, size: 64, mimeType } });

/** One of each kind; `earlier` is a message of the customer that some of them are about. */
const contents = (earlier: string): Fields[] => [
  { text: 'Привет 👋' },
  media('image', 'image/jpeg'),
  media('audio', 'audio/ogg'),
  media('video', 'video/mp4'),
  media('document', 'application/pdf'),
  media('sticker', 'image/webp'),
  { location: { latitude: 52.5, longitude: 13.4, name: 'Office' } },
  { contacts: [card] },
  { button: { id: 'b1', title: 'Yes' } },
  { button: { payload: 'p', text: 'No' } },
  { reaction: { messageId: earlier, emoji: '👍' } },
  { order: { catalog_id: '1', product_items: [{ product_retailer_id: 'a', quantity: 2, item_price: '9.5' }] } },
  { system: {} },
  { edit: { messageId: earlier, text: 'better' } },
  { revoke: { messageId: earlier } },
  { requestWelcome: true },
  { unsupported: { type: 'poll_creation' } },
];

describe.each(PROVIDER_KINDS)('what comes from %s', (kind) => {
  beforeEach(() => reset(kind));

  it('is understood, whatever the kind', async () => {
    const earlier = (await write({ text: 'first' })).wamid;
    const found: MessageEvent[] = [];
    for (const content of contents(earlier)) found.push(await messageOf(content));
    expect(new Set(found.map(({ messageKind }) => messageKind))).toEqual(new Set(MESSAGE_KINDS));
    for (const message of found) {
      expect(message).toMatchObject({ direction: 'inbound', connectionKey: world.connectionKey });
      expect(message.customer).toMatchObject({ phone: CUSTOMER });
    }
    expect(found[0]).toMatchObject({ text: 'Привет 👋', customer: { name: 'Anna' } });
    expect(found[1]?.media).toMatchObject({ mime: 'image/jpeg', mediaId: expect.any(String) });
  });

  it('is kept so that it can be read again, with the same key', async () => {
    const earlier = (await write({ text: 'first' })).wamid;
    for (const content of contents(earlier)) await write(content);
    const id = await sendText();
    await statusOf(id, 'delivered');
    const first = events();
    expect(events().map(({ eventKey }) => eventKey)).toEqual(first.map(({ eventKey }) => eventKey));
    expect(new Set(first.map(({ eventKey }) => eventKey)).size).toBe(first.length);
    for (const event of first) {
      expect(event.eventKey.length).toBeLessThanOrEqual(LONGEST_KEY);
      expect(world.webhook.parse(Buffer.from(JSON.stringify(event.raw)))).toEqual([event]);
    }
  });

  it('comes twice with one key', async () => {
    await write({ text: 'once more', copies: 3 });
    const keys = events().map(({ eventKey }) => eventKey);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('tells what became of a message that was sent', async () => {
    await write({ text: 'hello' });
    const id = await sendText();
    const delivered = await statusOf(id, 'delivered');
    expect(delivered).toMatchObject({ connectionKey: world.connectionKey, callbackData: 'row-1', errors: [] });
    expect(delivered.recipient).toMatchObject({ phone: CUSTOMER });
    await server.control('POST', '/graph/read', { customer: CUSTOMER, phoneNumberId: world.phoneNumberId });
    await statusOf(id, 'read');
  });

  it('tells why a message never arrived', async () => {
    await write({ text: 'hello' });
    const { phoneNumberId } = world;
    await server.control('POST', '/faults', { target: 'graph', phoneNumberId, kind: 'async-error', code: 131026 });
    const { errors } = await statusOf(await sendText(), 'failed');
    expect(errors).toMatchObject([{ kind: 'recipient-unreachable', scope: 'message', code: 131026 }]);
  });

  it('tells what a colleague wrote on the phone', async () => {
    const { phoneNumberId } = world;
    const echo = { phoneNumberId, to: CUSTOMER, text: 'from the phone', wait: true };
    const { wamid } = await server.control('POST', '/graph/echoes', echo);
    const found = events().find((event) => event.kind === 'message' && event.channelMessageId === wamid);
    expect(found).toMatchObject({
      direction: 'echo',
      connectionKey: world.connectionKey,
      text: 'from the phone',
      customer: { phone: CUSTOMER },
    });
  });
});

describe.each(PROVIDER_KINDS)('who %s is', (kind) => {
  beforeEach(() => reset(kind));

  it('is proven by every webhook', async () => {
    await write({ text: 'Привет' });
    const request = world.requestOf(newest());
    expect(world.webhook.verify(request, [world.secret])).toBe(true);
    expect(world.webhook.verify(request, ['an older secret', world.secret])).toBe(true);
  });

  it('is proven of these very bytes, where an app signs them', async () => {
    await write({ text: 'Привет' });
    const request = world.requestOf(newest());
    const body = Buffer.from(request.body);
    body[body.length - 5] = (body.at(-5) ?? 0) ^ 1;
    const isSigned = traitsOf(kind).webhookAuthenticity === 'app-signature';
    expect(world.webhook.verify({ ...request, body }, [world.secret])).toBe(!isSigned);
  });

  it('is not proven by anything else', async () => {
    await write({ text: 'Привет' });
    const request = world.requestOf(newest());
    const { verify } = world.webhook;
    expect(verify(world.forged(request), [world.secret])).toBe(false);
    expect(verify(world.bare(request), [world.secret])).toBe(false);
    expect(verify(request, ['another secret'])).toBe(false);
    expect(verify(request, [])).toBe(false);
    expect(verify(world.bare(request), [''])).toBe(false);
    expect(verify({ ...world.bare(request), addressSecret: '' }, [''])).toBe(false);
  });
});

describe.each(PROVIDER_KINDS)('reading what comes from %s', (kind) => {
  beforeAll(() => reset(kind));

  const isSound = (event: ChannelEvent) => {
    expect(event.eventKey.length).toBeLessThanOrEqual(LONGEST_KEY);
    expect(JSON.stringify(event.raw)).not.toContain('\\u0000');
  };
  const read = (body: Uint8Array | string) => {
    const found = world.webhook.parse(typeof body === 'string' ? Buffer.from(body) : body);
    expect(found.length).toBeGreaterThan(0);
    found.forEach(isSound);
  };

  it('never fails over bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read));
  });

  it('never fails over JSON', () => {
    fc.assert(fc.property(fc.json(), read));
  });

  it('never fails over envelopes in disorder', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const change = fc.record({
      field: fc.constantFrom('messages', 'smb_message_echoes', 'history', 'smb_app_state_sync', 'account_update', 'x'),
      value: fc.oneof(
        value,
        fc.record({
          metadata: fc.oneof(value, fc.constant({ display_phone_number: '49305550100', phone_number_id: '106' })),
          messages: fc.oneof(value, fc.array(value)),
          message_echoes: fc.oneof(value, fc.array(value)),
          statuses: fc.oneof(value, fc.array(value)),
          history: fc.oneof(value, fc.array(value)),
          state_sync: fc.oneof(value, fc.array(value)),
          contacts: value,
        }),
      ),
    });
    const body = fc.oneof(
      fc.record({
        object: value,
        entry: fc.array(fc.record({ id: value, changes: fc.array(change) }), { minLength: 1 }),
      }),
      fc.record({ id: value, event: fc.constantFrom('history', 'smb_app_state_sync', 'messages'), data: value }),
    );
    fc.assert(
      fc.property(body, (one) => {
        const found = world.webhook.parse(Buffer.from(JSON.stringify(one)));
        found.forEach(isSound);
      }),
    );
  });

  it('would notice a reader that fails', () => {
    const failing = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString());
    expect(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), failing))).toThrow();
  });
});
