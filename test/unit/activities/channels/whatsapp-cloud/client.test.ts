import { describe, expect, it } from '@jest/globals';
import type { OutgoingMessage } from '../../../../../activities/channels/channel.ts';
import { type Answer, aGraph, failureOf, graphError, httpFailure } from './fake-graph.ts';

const TO = { kind: 'phone', phone: '4915100000002' } as const;
const MESSAGE = { to: TO, content: { type: 'text', text: 'Hello' }, callbackData: 'row-1' } as const;

const SENT = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+4915100000002', wa_id: '4915100000002', user_id: 'DE.1' }],
  messages: [{ id: 'wamid.NEW' }],
};

describe('send', () => {
  it('asks once, with the international number and our mark, and returns the id', async () => {
    const { client, requests } = aGraph({ 'POST /106/messages': { body: SENT } });
    const receipt = await client.send({
      ...MESSAGE,
      content: { type: 'text', text: 'Hello', previewUrl: false },
      quotedChannelMessageId: 'wamid.OLD',
      notAfterMs: 77,
    });
    expect(receipt).toEqual({ channelMessageId: 'wamid.NEW', toPhone: '4915100000002', toBsuid: 'DE.1' });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      url: 'https://graph.example/v26.0/106/messages',
      headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
      deadlineMs: 8_000,
      notAfterMs: 77,
    });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+4915100000002',
      type: 'text',
      text: { body: 'Hello', preview_url: false },
      context: { message_id: 'wamid.OLD' },
      biz_opaque_callback_data: 'row-1',
    });
  });

  it('addresses a user id as recipient', async () => {
    const body = { contacts: [{ input: 'DE.1', user_id: 'DE.1' }], messages: [{ id: 'wamid.NEW' }] };
    const { client, requests } = aGraph({ 'POST /106/messages': { body } });
    const receipt = await client.send({ ...MESSAGE, to: { kind: 'bsuid', bsuid: 'DE.1' } });
    expect(receipt).toEqual({ channelMessageId: 'wamid.NEW', toBsuid: 'DE.1' });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ recipient: 'DE.1' });
    expect(JSON.parse(requests[0]?.body ?? '')).not.toHaveProperty('to');
  });

  it.each<[string, OutgoingMessage]>([
    ['a blank text', { ...MESSAGE, content: { type: 'text', text: ' \n' } }],
    ['a local number', { ...MESSAGE, to: { kind: 'phone', phone: '015100000002' } as const }],
    ['a number with its plus', { ...MESSAGE, to: { kind: 'phone', phone: '+4915100000002' } as const }],
    ['a mark that is too long', { ...MESSAGE, callbackData: 'x'.repeat(513) }],
  ])('refuses %s without asking', async (_name, message) => {
    const { client, requests } = aGraph({});
    expect(await failureOf(client.send(message))).toMatchObject({ kind: 'invalid-request', scope: 'message' });
    expect(requests).toHaveLength(0);
  });

  const outcomes: [name: string, answer: Answer, expected: object][] = [
    [
      'rate of the number',
      { status: 400, body: graphError(130429) },
      { kind: 'rate-limited', scope: 'connection', code: 130429 },
    ],
    [
      'rate of the pair',
      { status: 403, body: graphError(131056) },
      { kind: 'rate-limited', scope: 'conversation', retryAfterMs: 6_000 },
    ],
    [
      'expired token',
      { status: 401, body: graphError(190) },
      { kind: 'credentials-rejected', scope: 'connection', code: 190 },
    ],
    ['no payment', { status: 400, body: graphError(131042) }, { kind: 'credentials-rejected', scope: 'connection' }],
    [
      'a permission of the family of 200',
      { status: 403, body: graphError(230) },
      { kind: 'credentials-rejected', scope: 'connection' },
    ],
    [
      'closed window at once',
      { status: 400, body: graphError(131047) },
      { kind: 'template-required', scope: 'message' },
    ],
    ['not on WhatsApp', { status: 400, body: graphError(131026) }, { kind: 'recipient-unreachable', scope: 'message' }],
    [
      'a bad parameter',
      { status: 400, body: graphError(100) },
      { kind: 'invalid-request', scope: 'message', code: 100 },
    ],
    [
      'a bad parameter with HTTP 500',
      { status: 500, body: graphError(131009) },
      { kind: 'invalid-request', scope: 'message' },
    ],
    ['a code as text', { status: 400, body: { error: { code: '131047' } } }, { kind: 'template-required' }],
    [
      'an unknown failure',
      { status: 500, body: graphError(131000) },
      { kind: 'outcome-unknown', scope: 'message', code: 131000 },
    ],
    ['an overload', { status: 503, body: graphError(2) }, { kind: 'outcome-unknown', scope: 'message' }],
    ['maintenance', { status: 500, body: graphError(131057) }, { kind: 'unavailable', scope: 'connection' }],
    [
      'an unknown code, refused',
      { status: 400, body: graphError(999_999) },
      { kind: 'invalid-request', scope: 'message', code: 999_999 },
    ],
    [
      'an unknown code with HTTP 500',
      { status: 500, body: graphError(999_999) },
      { kind: 'outcome-unknown', code: 999_999 },
    ],
    [
      'an unknown code, transient',
      { status: 400, body: graphError(999_999, { is_transient: true }) },
      { kind: 'outcome-unknown' },
    ],
    [
      'HTML with HTTP 502',
      { status: 502, body: '<html>Bad gateway</html>' },
      { kind: 'outcome-unknown', scope: 'message' },
    ],
    ['HTML with HTTP 403', { status: 403, body: '<html>' }, { kind: 'invalid-request', scope: 'message' }],
    ['a request time-out', { status: 408, body: '' }, { kind: 'outcome-unknown' }],
    ['bare 401', { status: 401, body: '' }, { kind: 'credentials-rejected', scope: 'connection' }],
    [
      'bare 429',
      { status: 429, body: '', headers: { 'retry-after': '120' } },
      { kind: 'rate-limited', scope: 'connection', retryAfterMs: 120_000 },
    ],
    ['a redirect', { status: 302, body: '' }, { kind: 'outcome-unknown' }],
    ['a success that is no JSON', { body: 'OK' }, { kind: 'outcome-unknown', scope: 'message' }],
    ['a success without an id', { body: { messages: [] } }, { kind: 'outcome-unknown', scope: 'message' }],
    ['an error inside a success', { body: graphError(131047) }, { kind: 'template-required' }],
    ['a refused connection', httpFailure('never'), { kind: 'unavailable', scope: 'connection' }],
    ['an attempt that ended first', httpFailure('never', 'not-after'), { kind: 'unavailable', scope: 'message' }],
    ['a lost answer', httpFailure('maybe', 'deadline'), { kind: 'outcome-unknown', scope: 'message' }],
    ['a failure of no known form', new TypeError('boom'), { kind: 'outcome-unknown', scope: 'message' }],
  ];

  it.each(outcomes)('tells: %s', async (_name, answer, expected) => {
    const { client, requests } = aGraph({ 'POST /106/messages': answer });
    const error = await failureOf(client.send(MESSAGE));
    expect(error).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });

  it.each(outcomes)('says nothing about the customer or the token: %s', async (_name, answer) => {
    const { client } = aGraph({ 'POST /106/messages': answer });
    const error = await failureOf(client.send(MESSAGE));
    const said = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    expect(said).not.toMatch(/00000002|secret-token|Hello|something about/);
  });
});

describe('reads', () => {
  it('reads number, account and subscriptions', async () => {
    const { client, requests } = aGraph({
      'GET /106': {
        body: {
          id: '106',
          display_phone_number: '+49 151',
          status: 'CONNECTED',
          throughput: { level: 'HIGH' },
          is_on_biz_app: false,
        },
      },
      'GET /102': {
        body: {
          id: '102',
          name: 'Acme',
          account_review_status: 'APPROVED',
          owner_business_info: { id: '5', name: 'Acme Group' },
        },
      },
      'GET /102/subscribed_apps': {
        body: {
          data: [{ whatsapp_business_api_data: { id: '900', name: 'Parley' }, override_callback_uri: 'https://a' }],
        },
      },
      'POST /102/subscribed_apps': { body: { success: true } },
    });
    expect(await client.readNumber()).toEqual({
      displayPhone: '+49 151',
      status: 'CONNECTED',
      throughput: 'HIGH',
      onBusinessApp: false,
    });
    expect(await client.readAccount()).toEqual({
      name: 'Acme',
      reviewStatus: 'APPROVED',
      portfolioId: '5',
      portfolioName: 'Acme Group',
    });
    expect(await client.readSubscribedApps()).toEqual([{ appId: '900', overrideUrl: 'https://a' }]);
    await client.subscribe();
    expect(requests.every((request) => !request.url.includes('secret-token'))).toBe(true);
  });

  it('looks for the number on every page', async () => {
    const page = (id: string, after?: string) => ({
      body: { data: [{ id }], paging: after ? { cursors: { after }, next: 'https://graph.example/next' } : {} },
    });
    const owned = aGraph({ 'GET /102/phone_numbers': [page('1', 'c/1'), page('106')] });
    expect(await owned.client.ownsNumber()).toBe(true);
    expect(owned.requests[1]?.url).toContain('&after=c%2F1');
    const foreign = aGraph({ 'GET /102/phone_numbers': [page('1', 'c1'), page('2')] });
    expect(await foreign.client.ownsNumber()).toBe(false);
  });

  it('reads all templates on every page, whatever state they are in', async () => {
    const item = (name: string, status = 'APPROVED') => ({
      id: name,
      name,
      language: 'en',
      status,
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello' }],
    });
    const next = { cursors: { after: 'c/1' }, next: 'https://graph.example/next' };
    const { client, requests } = aGraph({
      'GET /102/message_templates': [
        { body: { data: [item('one'), { of: 'another form' }], paging: next } },
        { body: { data: [item('two', 'PAUSED')], paging: { cursors: { after: 'c2' } } } },
      ],
    });
    const found = await client.readTemplates();
    expect(found.map(({ name, status }) => [name, status])).toEqual([
      ['one', 'approved'],
      ['two', 'paused'],
    ]);
    expect(requests).toHaveLength(2);
    expect(requests[0]?.url).toMatch(/fields=[a-z_,]*components[a-z_,]*&limit=100$/);
    expect(requests[1]?.url).toContain('&after=c%2F1');
  });

  it('has no templates rather than half of them when a page fails', async () => {
    const paging = { cursors: { after: 'c1' }, next: 'https://graph.example/next' };
    const { client } = aGraph({
      'GET /102/message_templates': [{ body: { data: [], paging } }, { status: 403, body: graphError(200) }],
    });
    expect(await failureOf(client.readTemplates())).toMatchObject({ kind: 'credentials-rejected' });
  });

  it.each<[string, Answer, object]>([
    ['a failing server', { status: 500, body: '' }, { kind: 'unavailable', scope: 'connection' }],
    ['an overload', { status: 503, body: graphError(2) }, { kind: 'unavailable', scope: 'connection' }],
    ['a lost answer', httpFailure('maybe'), { kind: 'unavailable', scope: 'connection' }],
    [
      'a number that is not there',
      { status: 400, body: graphError(100) },
      { kind: 'invalid-request', scope: 'connection' },
    ],
    ['an answer of another form', { body: { id: '' } }, { kind: 'unexpected-response', scope: 'connection' }],
  ])('may be repeated after %s', async (_name, answer, expected) => {
    const { client } = aGraph({ 'GET /106': answer });
    expect(await failureOf(client.readNumber())).toMatchObject(expected);
  });

  it('does not take a refusal to subscribe for success', async () => {
    const { client } = aGraph({ 'POST /102/subscribed_apps': { body: { success: false } } });
    expect(await failureOf(client.subscribe())).toMatchObject({ kind: 'unexpected-response' });
  });
});

describe('markRead', () => {
  it('names the message, and may be repeated', async () => {
    const { client, requests } = aGraph({
      'POST /106/messages': [{ body: { success: true } }, httpFailure('maybe'), { body: { success: false } }],
    });
    await client.markRead('wamid.IN');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.IN',
    });
    expect(await failureOf(client.markRead('wamid.IN'))).toMatchObject({ kind: 'unavailable' });
    expect(await failureOf(client.markRead('wamid.IN'))).toMatchObject({ kind: 'unexpected-response' });
  });

  it('of a message that is too old says nothing about the connection', async () => {
    const { client } = aGraph({ 'POST /106/messages': { status: 400, body: graphError(131009) } });
    expect(await failureOf(client.markRead('wamid.IN'))).toMatchObject({ kind: 'invalid-request', scope: 'message' });
  });
});
