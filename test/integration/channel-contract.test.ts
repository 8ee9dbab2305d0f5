import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelClient, OutgoingContent } from '../../activities/channels/channel.ts';
import { ChannelError } from '../../activities/channels/errors.ts';
import { PROVIDER_KINDS } from '../../workflows/domain/message.ts';
import {
  type ContractServer,
  missingFrom,
  type ProviderWorld,
  providerTable,
  startContractServer,
} from './channel-contract-providers.ts';
import type { Fields } from './sandbox-graph-receiver.ts';

const CUSTOMER = '491713920001';
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const DEADLINE_MS = 2_000;

let server: ContractServer;
let world: ProviderWorld;
let client: ChannelClient;

beforeAll(async () => {
  server = await startContractServer();
});

afterAll(() => server.close());

async function reset(kind: (typeof PROVIDER_KINDS)[number]): Promise<void> {
  await server.control('DELETE', '');
  await server.control('PUT', '/graph/settings', { statusDelayMs: 5, pairLimit: false, numberLimit: false });
  world = await providerTable[kind](server);
  client = world.connect();
  await server.control('POST', '/graph/customers', { phone: CUSTOMER, name: 'Anna' });
  await write('hello');
}

const write = async (text: string): Promise<string> => {
  const message = { phoneNumberId: world.phoneNumberId, from: CUSTOMER, text, wait: true };
  return (await server.control('POST', '/graph/messages', message)).wamid;
};

const send = (content: OutgoingContent, more: { quotedChannelMessageId?: string; via?: ChannelClient } = {}) => {
  const { via = client, ...rest } = more;
  return via.send({ to: { kind: 'phone', phone: CUSTOMER }, content, callbackData: 'row-1', ...rest });
};
const sendText = (text = 'hi') => send({ type: 'text', text });

/** What the customer's phone shows. */
const chat = async (): Promise<Fields[]> => {
  const path = `/graph/customers/${CUSTOMER}/messages?phoneNumberId=${world.phoneNumberId}`;
  return (await server.control('GET', path)).items;
};

async function failureOf(work: Promise<unknown>): Promise<ChannelError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChannelError);
  return error as ChannelError;
}

const fault = (rule: Fields) =>
  server.control('POST', '/faults', { target: 'graph', phoneNumberId: world.phoneNumberId, ...rule });

const upload = (body: Buffer, mime: string, name = 'file.bin') =>
  client.uploadMedia({ name, mime, size: body.length, body: Readable.from([body], { objectMode: false }) });

describe('the table of providers', () => {
  it('has every provider that is registered', () => {
    expect(missingFrom(providerTable, PROVIDER_KINDS)).toEqual([]);
  });

  it('would miss one that is not in it', () => {
    expect(missingFrom(providerTable, [...PROVIDER_KINDS, 'carrier-pigeon'])).toEqual(['carrier-pigeon']);
  });
});

describe.each(PROVIDER_KINDS)('what is sent by %s', (kind) => {
  beforeEach(() => reset(kind));

  it.each<[string, OutgoingContent, Fields]>([
    ['text', { type: 'text', text: 'Привет 👋' }, { type: 'text', text: 'Привет 👋' }],
    ['a place', { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Office' }, { type: 'location' }],
    [
      'a card',
      {
        type: 'contacts',
        contacts: [{ name: 'Ivan', phones: [{ number: '+79000000102' }], emails: [], addresses: [], urls: [] }],
      },
      { type: 'contacts' },
    ],
  ])('reaches the customer: %s', async (_what, content, shown) => {
    const { channelMessageId } = await send(content);
    expect((await chat()).at(-1)).toMatchObject({ id: channelMessageId, callbackData: 'row-1', ...shown });
  });

  it('reaches the customer: a template', async () => {
    const template = { phoneNumberId: world.phoneNumberId, name: 'ready', language: 'en', body: 'Order {{1}}' };
    await server.control('POST', '/graph/templates', template);
    await send({ type: 'template', name: 'ready', language: 'en', parameters: { body: ['77'] } });
    expect((await chat()).at(-1)).toMatchObject({ type: 'template', template: { body: 'Order 77' } });
  });

  it('reaches the customer: a reaction, and its end', async () => {
    const target = await write('look');
    await send({ type: 'reaction', emoji: '👍', targetChannelMessageId: target });
    expect((await chat()).at(-1)).toMatchObject({ reactions: [{ from: 'business', emoji: '👍' }] });
    await send({ type: 'reaction', emoji: '', targetChannelMessageId: target });
    expect((await chat()).at(-1)).toMatchObject({ reactions: [] });
  });

  it('quotes', async () => {
    const quotedChannelMessageId = await write('which one?');
    await send({ type: 'text', text: 'this' }, { quotedChannelMessageId });
    expect((await chat()).at(-1)).toMatchObject({ quoted: quotedChannelMessageId });
  });

  it.each<[Extract<OutgoingContent, { type: 'media' }>['media'], string, Buffer]>([
    ['image', 'image/png', PNG],
    ['video', 'video/mp4', Buffer.from('0000001866747970697d6f6d00000000', 'hex')],
    ['audio', 'audio/mpeg', Buffer.from('49443304000000000000', 'hex')],
    ['document', 'application/pdf', Buffer.from('%PDF-1.7 contract')],
    ['sticker', 'image/webp', Buffer.from('524946461200000057454250', 'hex')],
  ])('takes a file along: %s', async (media, mime, bytes) => {
    const { mediaId } = await upload(bytes, mime);
    await send({ type: 'media', media, mediaId, ...(media === 'image' ? { caption: 'look' } : {}) });
    expect((await chat()).at(-1)).toMatchObject({ type: media, media: { id: mediaId, mimeType: mime } });
    const kept = await fetch(`${server.origin}/control/graph/media/${mediaId}/bytes`);
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(bytes);
  });

  it('marks what was read', async () => {
    const id = await write('did you see it?');
    await client.markRead(id);
    expect((await chat()).at(-1)).toMatchObject({ id, readByBusiness: true });
  });
});

describe.each(PROVIDER_KINDS)('what %s refuses', (kind) => {
  beforeEach(() => reset(kind));

  it.each<[number, string, string]>([
    [190, 'credentials-rejected', 'connection'],
    [10, 'credentials-rejected', 'connection'],
    [131042, 'credentials-rejected', 'connection'],
    [130429, 'rate-limited', 'connection'],
    [131056, 'rate-limited', 'conversation'],
    [131047, 'template-required', 'message'],
    [131026, 'recipient-unreachable', 'message'],
    [131050, 'recipient-unreachable', 'message'],
    [131053, 'file-rejected', 'message'],
    [132001, 'invalid-request', 'message'],
    [131009, 'invalid-request', 'message'],
    [131057, 'unavailable', 'connection'],
    [131000, 'outcome-unknown', 'message'],
    [987654, 'invalid-request', 'message'],
  ])('code %i is %s of the %s', async (code, expectedKind, scope) => {
    await fault({ kind: 'error', code, purpose: 'send' });
    expect(await failureOf(sendText())).toMatchObject({ kind: expectedKind, scope, code });
  });

  it.each<[number, string, string]>([
    [401, 'credentials-rejected', 'connection'],
    [404, 'invalid-request', 'message'],
    [429, 'rate-limited', 'connection'],
    [503, 'outcome-unknown', 'message'],
  ])('HTTP %i in its own words is %s of the %s', async (status, expectedKind, scope) => {
    await fault({ kind: 'status', status, body: world.ownError(status), purpose: 'send' });
    const failure = await failureOf(sendText());
    expect(failure).toMatchObject({ kind: expectedKind, scope });
    expect(`${failure.message} ${failure.detail}`).not.toContain('49151');
  });

  it('a failing look says that it is temporary', async () => {
    await fault({ kind: 'status', status: 503, body: world.ownError(503), method: 'GET' });
    expect(await failureOf(client.readNumber())).toMatchObject({ kind: 'unavailable', scope: 'connection' });
  });

  it('other credentials', async () => {
    const stranger = world.connect({ accessToken: 'of somebody else' });
    expect(await failureOf(send({ type: 'text', text: 'hi' }, { via: stranger }))).toMatchObject({
      kind: 'credentials-rejected',
      scope: 'connection',
    });
    const { checks } = await stranger.check();
    expect(checks.find(({ name }) => name === 'credentials')).toMatchObject({ outcome: 'failed' });
  });

  it('what is wrong in itself, before it leaves', async () => {
    expect(await failureOf(sendText(' '))).toMatchObject({ kind: 'invalid-request', scope: 'message' });
    expect(await chat()).toHaveLength(1);
  });
});

describe.each(PROVIDER_KINDS)('answers of %s that are lost', (kind) => {
  beforeEach(() => reset(kind));

  it.each([
    ['drop-before', 1],
    ['drop-after', 2],
    ['hang-after', 2],
  ])('%s: nobody knows what became of it', async (faultKind, messages) => {
    await fault({ kind: faultKind, purpose: 'send' });
    const hasty = world.connect({ sendDeadlineMs: DEADLINE_MS });
    const failure = await failureOf(send({ type: 'text', text: 'hi' }, { via: hasty }));
    expect(failure).toMatchObject({ kind: 'outcome-unknown', scope: 'message' });
    expect(await chat()).toHaveLength(messages);
    await server.control('DELETE', '/faults');
  });

  it('what never left may be sent again', async () => {
    const { host } = new URL(server.origin);
    const nowhere = world.connect({ apiUrl: `http://${host.replace(/:\d+$/, ':9')}` });
    expect(await failureOf(send({ type: 'text', text: 'hi' }, { via: nowhere }))).toMatchObject({
      kind: 'unavailable',
      scope: 'connection',
    });
  });
});

describe.each(PROVIDER_KINDS)('files and lists of %s', (kind) => {
  beforeEach(() => reset(kind));

  const receive = async () => {
    const media = { kind: 'image', base64: PNG.toString('base64'), mimeType: 'image/png' };
    const { phoneNumberId } = world;
    await server.control('POST', '/graph/messages', { phoneNumberId, from: CUSTOMER, media, wait: true });
    const { media: shown } = (await chat()).at(-1) as { media: { id: string } };
    return shown.id;
  };

  it('fetches what a customer sent', async () => {
    const facts = await client.readMedia(await receive());
    expect(facts).toMatchObject({ mime: 'image/png', size: PNG.length });
    const { body } = await client.openMedia(facts);
    expect(Buffer.concat((await body.toArray()) as Buffer[])).toEqual(PNG);
  });

  it('says that a file is gone', async () => {
    expect(await failureOf(client.readMedia('4711'))).toMatchObject({
      kind: 'file-rejected',
      scope: 'message',
      refusal: 'file-expired',
    });
  });

  it('says that an address has to be read anew', async () => {
    const facts = await client.readMedia(await receive());
    await server.control('POST', '/clock', { advanceMs: 6 * 60_000 });
    expect(await failureOf(client.openMedia(facts))).toMatchObject({ kind: 'unavailable', scope: 'message' });
    await server.control('POST', '/clock', { skew: 0 });
  });

  it('takes no credentials to another host', async () => {
    const { url, verifications } = server.receiver;
    verifications.length = 0;
    const failure = await failureOf(client.openMedia({ url: `${url}?mid=1` }));
    expect(failure.scope).toBe('message');
    expect(verifications).toHaveLength(0);
    // The host that was not called would have noticed.
    await fetch(`${url}?mid=1`);
    expect(verifications).toHaveLength(1);
  });

  it('lists templates in every state', async () => {
    const { phoneNumberId } = world;
    const template = { phoneNumberId, name: 'ready', category: 'UTILITY', body: 'Order {{1}}' };
    await server.control('POST', '/graph/templates', { ...template, language: 'en' });
    await server.control('POST', '/graph/templates', { ...template, language: 'de', status: 'REJECTED' });
    const found = await client.readTemplates();
    expect(found.map(({ name, language, status }) => `${name} ${language} ${status}`).sort()).toEqual([
      'ready de rejected',
      'ready en approved',
    ]);
    expect(found[0]).toMatchObject({ category: 'utility', components: { body: { text: 'Order {{1}}' } } });
  });

  it('finds everything right, notices what is not, and mends it', async () => {
    const outcomes = async () =>
      (await client.check()).checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
    await client.subscribe();
    expect(await outcomes()).toEqual([]);
    await world.forgetAddress();
    expect(await outcomes()).toEqual(['subscription']);
    await client.subscribe();
    expect(await outcomes()).toEqual([]);
  });

  it('tells of the number', async () => {
    expect(await client.readNumber()).toMatchObject({ quality: 'GREEN', status: 'CONNECTED' });
    expect((await client.check()).number).toMatchObject({ displayPhone: '+49 30 5550100' });
  });
});
