import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ChannelEvent, StatusEvent } from '../../../../../activities/channels/channel.ts';
import { parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';

const FIXTURES = new URL('../../../../fixtures/whatsapp-cloud/', import.meta.url);
const NUMBER = '106540352242922';
const ACCOUNT = '102290129340398';

function parseFixture(name: string): ChannelEvent[] {
  return parseWhatsAppBody(readFileSync(new URL(`${name}.json`, FIXTURES)));
}

function parseValue(value: unknown): ChannelEvent[] {
  return parseWhatsAppBody(Buffer.from(JSON.stringify(value)));
}

function only<K extends ChannelEvent['kind']>(events: ChannelEvent[], kind: K): Extract<ChannelEvent, { kind: K }> {
  expect(events.map((event) => event.kind)).toEqual([kind]);
  return events[0] as Extract<ChannelEvent, { kind: K }>;
}

function envelopeOf(value: unknown): unknown {
  const head = { messaging_product: 'whatsapp', metadata: { phone_number_id: NUMBER } };
  const change = { field: 'messages', value: { ...head, ...(value as object) } };
  return { object: 'whatsapp_business_account', entry: [{ id: ACCOUNT, changes: [change] }] };
}

function aText(id: string, more: object = {}): object {
  return { id, from: '4915100000002', timestamp: '1764000000', type: 'text', text: { body: `text of ${id}` }, ...more };
}

describe('messages', () => {
  it('keeps a group apart from the people in it', () => {
    expect(only(parseFixture('text-in-group'), 'ignored').reason).toBe('a message in a group');
  });

  it('reports a message that nobody sent', () => {
    expect(only(parseFixture('text-without-sender'), 'unreadable').reason).toBe('a message without a sender');
  });

  it('never gives one person the ids of another whose card is the only one', () => {
    const contacts = [{ profile: { name: 'Other' }, wa_id: '4915100000077', user_id: 'DE.77' }];
    const event = only(parseValue(envelopeOf({ contacts, messages: [aText('wamid.1')] })), 'message');
    expect(event.customer).toEqual({ phone: '4915100000002' });
  });

  it('takes ids and times as numbers too', () => {
    const numeric = aText('wamid.1', { from: 4915100000002, timestamp: 1764000000 });
    const event = only(parseValue(envelopeOf({ messages: [numeric] })), 'message');
    expect(event).toMatchObject({ customer: { phone: '4915100000002' }, sentAtMs: 1_764_000_000_000 });
  });

  it.each([
    ['an id that no index can hold', { id: 'w'.repeat(5_000) }],
    ['no id', { id: undefined }],
  ])('reports %s as unreadable', (_name, broken) => {
    const event = only(parseValue(envelopeOf({ messages: [aText('wamid.1', broken)] })), 'unreadable');
    expect(event.eventKey.length).toBeLessThanOrEqual(300);
  });

  it('drops a quoted id that is no id and keeps the message', () => {
    const quoting = aText('wamid.1', { context: { id: { not: 'text' } } });
    const event = only(parseValue(envelopeOf({ messages: [quoting] })), 'message');
    expect(event.quotedChannelMessageId).toBeUndefined();
  });
});

describe('statuses', () => {
  const cases: [fixture: string, expected: Partial<StatusEvent>][] = [
    [
      'status-sent',
      { status: 'sent', pricing: { model: 'PMP', type: 'regular', category: 'service', billable: true }, errors: [] },
    ],
    ['status-delivered', { status: 'delivered' }],
    ['status-read', { status: 'read' }],
    ['status-played', { status: 'read' }],
    ['status-old-version', { status: 'sent', pricing: { model: 'CBP', category: 'service', billable: true } }],
    [
      'status-failed-window-closed',
      {
        status: 'failed',
        errors: [expect.objectContaining({ kind: 'template-required', scope: 'message', code: 131047 })] as never,
      },
    ],
    ['status-failed-without-code', { errors: [expect.objectContaining({ kind: 'unexpected-response' })] as never }],
  ];

  it.each(cases)('reads %s', (fixture, expected) => {
    const event = only(parseFixture(fixture), 'status');
    expect(event).toMatchObject({
      connectionKey: NUMBER,
      channelMessageId: 'wamid.SENT1',
      atMs: 1_764_000_100_000,
      callbackData: '0193d1b0-0000-7000-8000-000000000001',
      ...expected,
    });
  });

  it('keeps no text of the network, which may quote a phone', () => {
    const { raw: _raw, recipient: _recipient, ...rest } = only(parseFixture('status-failed-window-closed'), 'status');
    expect(JSON.stringify(rest)).not.toMatch(/151|customer \+|Re-engagement/);
  });

  it('tells the participants of a group apart', () => {
    const events = parseFixture('status-in-group');
    expect(events).toHaveLength(2);
    expect(new Set(events.map((event) => event.eventKey)).size).toBe(2);
    for (const event of events) expect(event.eventKey).not.toContain('49151');
  });

  it('tells the statuses of one message apart, and the same status not', () => {
    const keys = ['status-sent', 'status-read', 'status-played', 'status-read'].map(
      (name) => parseFixture(name)[0]?.eventKey,
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('ignores a status word that is not known', () => {
    expect(only(parseFixture('status-unknown-word'), 'ignored').reason).toBe('a status that is not known: deleted');
  });
});

describe('everything else in a body', () => {
  it('reads an error without a message', () => {
    const event = only(parseFixture('errors-only'), 'channel-error');
    expect(event).toMatchObject({ connectionKey: NUMBER, failure: { kind: 'rate-limited', scope: 'connection' } });
  });

  it('names what it has nothing to do for', () => {
    expect(only(parseFixture('user-actions'), 'ignored').reason).toBe('nothing to do for user_actions');
    expect(only(parseFixture('empty-change'), 'ignored').reason).toContain('without messages');
  });

  it.each(['account-template-approved', 'account-field-unknown'])('keeps %s whole', (fixture) => {
    const event = only(parseFixture(fixture), 'account-event');
    expect(event.accountKey).toBe(ACCOUNT);
    expect(event.raw).toEqual(JSON.parse(readFileSync(new URL(`${fixture}.json`, FIXTURES), 'utf8')));
  });

  it('reads all that one change holds', () => {
    const kinds = parseFixture('mixture-of-everything').map((event) => event.kind);
    expect(kinds).toEqual(['message', 'status', 'channel-error', 'ignored']);
  });

  it('walks every entry and every change, in order, each with its own number', () => {
    const events = parseFixture('two-entries-several-changes');
    const seen = events.map((event) => [event.accountKey, event.connectionKey, event.kind]);
    expect(seen).toEqual([
      [ACCOUNT, NUMBER, 'message'],
      [ACCOUNT, NUMBER, 'message'],
      [ACCOUNT, NUMBER, 'message'],
      ['300000000000003', '200000000000007', 'status'],
    ]);
    const names = events.map((event) => (event.kind === 'message' ? event.customer.name : undefined));
    expect(names).toEqual(['First', undefined, 'Third', undefined]);
  });

  it('lets no item hurt another', () => {
    const events = parseFixture('poisonous-items-among-good');
    expect(events.map((event) => event.kind)).toEqual([
      'message',
      'unreadable',
      'unreadable',
      'unreadable',
      'message',
      'message',
      'unreadable',
      'message',
      'unreadable',
      'status',
      'unreadable',
    ]);
    expect(events[5]).toMatchObject({ reason: 'the content is missing or of an unknown shape' });
  });

  it('reports lists that are none', () => {
    const events = parseFixture('lists-of-wrong-type');
    expect(events.map((event) => event.kind)).toEqual(['unreadable', 'unreadable']);
  });

  it('reads a message without a number as unreadable and keeps its key', () => {
    const value = { messages: [aText('wamid.1')], metadata: {} };
    expect(only(parseValue(envelopeOf(value)), 'unreadable').eventKey).toBe('message:wamid.1');
  });

  it.each([
    ['no JSON', '{"entry": ['],
    ['nothing', ''],
    ['a number', '7'],
    ['an entry that is none', '{"entry":[null]}'],
    ['a change that is none', '{"entry":[{"id":"1","changes":["x"]}]}'],
    ['a field without a name', '{"entry":[{"id":"1","changes":[{"field":"","value":{}}]}]}'],
  ])('makes one unreadable event of %s', (_name, body) => {
    const event = only(parseWhatsAppBody(Buffer.from(body)), 'unreadable');
    expect(event.eventKey).toMatch(/^unreadable:[0-9a-f]{64}$/);
  });
});

describe('stored events', () => {
  const names = readdirSync(FIXTURES).map((file) => file.replace('.json', ''));

  it.each(names)('reads the raw slices of %s to the same events again', (name) => {
    const events = parseFixture(name);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(parseValue(event.raw)).toEqual([event]);
    }
  });

  it.each(names)('gives %s the same keys every time', (name) => {
    const keys = (events: ChannelEvent[]) => events.map((event) => event.eventKey);
    expect(keys(parseFixture(name))).toEqual(keys(parseFixture(name)));
  });

  it.each([
    ['NUL', 'a\u0000b', 'a\ufffdb'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('replaces what a database cannot hold: %s', (_name, written, stored) => {
    const body = JSON.stringify(envelopeOf({ messages: [aText('wamid.1', { text: { body: written } })] }));
    const event = only(parseWhatsAppBody(Buffer.from(body)), 'message');
    expect(event.text).toBe(stored);
    expect(JSON.stringify(event.raw)).not.toMatch(/\\u0000|\\ud800/);
  });

  it('survives bottomless nesting', () => {
    const depth = 200_000;
    const poison = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const good = JSON.stringify(aText('wamid.1'));
    const body = JSON.stringify(envelopeOf({ messages: ['PLACE'] })).replace('"PLACE"', `{"a":${poison}},${good}`);
    const events = parseWhatsAppBody(Buffer.from(body));
    expect(events.map((event) => event.kind)).toEqual(['unreadable', 'message']);
    expect(JSON.stringify(events).length).toBeLessThan(10_000);
  });
});

describe('a full body', () => {
  it('is 1,000 items of 3 MB, all of which are read', () => {
    const contacts = Array.from({ length: 500 }, (_, index) => ({
      profile: { name: 'N' },
      wa_id: `49151${1_000_000 + index}`,
    }));
    const messages = Array.from({ length: 500 }, (_, index) =>
      aText(`wamid.${index}`, { from: `49151${1_000_000 + index}`, text: { body: 'я'.repeat(2_700) } }),
    );
    const status = { status: 'read', timestamp: '1764000000', recipient_id: '4915100000002' };
    const statuses = Array.from({ length: 500 }, (_, index) => ({ id: `wamid.S${index}`, ...status }));
    const body = Buffer.from(JSON.stringify(envelopeOf({ contacts, messages, statuses })));
    expect(body.length).toBeGreaterThan(2.5 * 1024 * 1024);
    const kinds = parseWhatsAppBody(body).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'message')).toHaveLength(500);
    expect(kinds.filter((kind) => kind === 'status')).toHaveLength(500);
  });
});
