import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelEvent } from '../../../../../activities/channels/channel.ts';
import type { HistoryMessage } from '../../../../../activities/channels/history.ts';
import { parseEnvelope, parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';
import { readContactSync } from '../../../../../activities/channels/whatsapp/read-contact-sync.ts';
import { readHistory } from '../../../../../activities/channels/whatsapp/read-history.ts';
import { FIXTURES, parseFixture } from './kinds/kind-case.ts';

const BUSINESS = '15550000001';

const parse = (body: unknown): ChannelEvent[] => parseWhatsAppBody(Buffer.from(JSON.stringify(body)));
const ofKind = <K extends ChannelEvent['kind']>(events: readonly ChannelEvent[], kind: K) =>
  events.filter((event): event is Extract<ChannelEvent, { kind: K }> => event.kind === kind);

/** What the worker makes of the stored pieces. */
const readAll = (events: readonly ChannelEvent[]): HistoryMessage[] =>
  ofKind(events, 'history').flatMap(({ raw }) => readHistory(raw).items);
const unreadOf = (events: readonly ChannelEvent[]): number =>
  ofKind(events, 'history').reduce((sum, { raw }) => sum + readHistory(raw).unreadable, 0);

function bodyOf(value: object, field = 'history'): unknown {
  const metadata = { display_phone_number: BUSINESS, phone_number_id: '106540352242922' };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  return { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes: [change] }] };
}

const aMessage = (id: string, more: object = {}) => ({
  id,
  from: '4915100000002',
  timestamp: '1763000000',
  type: 'text',
  text: { body: `text of ${id}` },
  history_context: { status: 'READ' },
  ...more,
});

const chunkOf = (threads: unknown, metadata: object = { phase: 1, chunk_order: 1, progress: 7 }) =>
  bodyOf({ history: [{ metadata, threads }] });

describe('a piece of history', () => {
  it('tells who wrote to whom, when, and how it fared', () => {
    const events = parseFixture('account-history');
    expect(events.map(({ kind }) => kind)).toEqual(['history', 'history-progress']);
    const anna = { phone: '4915100000002', bsuid: 'DE.13491208655302741918' };
    expect(readAll(events)).toEqual([
      expect.objectContaining({
        direction: 'echo',
        channelMessageId: 'wamid.H1',
        customer: anna,
        sentAtMs: 1_763_000_000_000,
        messageKind: 'text',
        text: 'Hello',
        content: { historyStatus: 'read' },
      }),
      expect.objectContaining({
        direction: 'inbound',
        channelMessageId: 'wamid.H2',
        customer: anna,
        messageKind: 'unsupported',
        content: expect.objectContaining({ placeholder: true, historyStatus: 'delivered' }),
      }),
    ]);
    expect(readAll(events)[1]).not.toHaveProperty('reason');
  });

  it('reads the older form, whose threads have no context and whose echoes name nobody', () => {
    const phone = '4915100000002';
    expect(readAll(parseFixture('history-old-form'))).toEqual([
      expect.objectContaining({ direction: 'inbound', customer: { phone }, text: 'Good day' }),
      expect.objectContaining({ direction: 'echo', customer: { phone }, content: { historyStatus: 'error' } }),
    ]);
  });

  it('reads a thread with somebody whose phone is hidden', () => {
    const customer = { bsuid: 'DE.13491208655302741918', username: 'anna.k' };
    expect(readAll(parseFixture('history-hidden-phone'))).toEqual([
      expect.objectContaining({ direction: 'inbound', customer, text: 'Me again' }),
      expect.objectContaining({ direction: 'echo', customer, text: 'Welcome' }),
    ]);
  });

  it.each([
    ['the business', `+${BUSINESS}`, 'echo'],
    ['somebody else', '4915100000002', 'inbound'],
  ])('control: what %s wrote has its own direction', (_name, from, direction) => {
    const thread = { id: '4915100000002', messages: [aMessage('wamid.1', { from })] };
    expect(readAll(parse(chunkOf([thread])))[0]?.direction).toBe(direction);
  });

  it('has progress of its own, which a piece read again does not repeat', () => {
    const events = parseFixture('account-history');
    const [progress] = ofKind(events, 'history-progress');
    expect(progress).toMatchObject({ progress: 55, connectionKey: '106540352242922' });
    const [piece] = ofKind(events, 'history');
    expect(parseEnvelope(piece?.raw)).toEqual([piece]);
    expect(parseEnvelope(progress?.raw)).toEqual([progress]);
  });

  it('has one key in whatever body it comes, and another one when anything in it differs', () => {
    const thread = (text: string) => [{ id: '1555', messages: [aMessage('wamid.1', { text: { body: text } })] }];
    const keyOf = (body: unknown) => ofKind(parse(body), 'history')[0]?.eventKey;
    const first = chunkOf(thread('a')) as { entry: object[] };
    const later = { ...first, entry: [{ ...first.entry[0], time: 1_800_000_000 }] };
    expect(keyOf(later)).toBe(keyOf(first));
    expect(keyOf(chunkOf(thread('b')))).not.toBe(keyOf(first));
  });
});

describe('files that follow', () => {
  it('name the message that they belong to', () => {
    const [event, ...others] = parseFixture('history-file-of-customer');
    expect(others).toEqual([]);
    expect(readHistory(event?.raw).items).toEqual([
      expect.objectContaining({
        direction: 'inbound',
        channelMessageId: 'wamid.H2',
        messageKind: 'image',
        text: 'The roof',
        media: expect.objectContaining({ mediaId: '1003383421387256' }),
        customer: expect.objectContaining({ phone: '4915100000002', bsuid: 'DE.13491208655302741918' }),
      }),
    ]);
  });

  it('of the business may name nobody; in a thread such a message is not understood', () => {
    const [event] = parseFixture('history-file-of-business');
    expect(readHistory(event?.raw).items).toEqual([
      expect.objectContaining({ direction: 'echo', channelMessageId: 'wamid.H7', customer: {} }),
    ]);
    const events = parse(chunkOf([{ messages: [aMessage('wamid.1', { from: BUSINESS })] }]));
    expect([readAll(events).length, unreadOf(events)]).toEqual([0, 1]);
  });
});

describe('a history that is not shared', () => {
  it.each(['history-declined', 'history-declined-bare'])('is told in the form of %s', (name) => {
    const events = parseFixture(name);
    expect(events).toEqual([expect.objectContaining({ kind: 'history-progress', declined: true })]);
    expect(parseEnvelope(JSON.parse(JSON.stringify(events[0]?.raw)))).toEqual([
      expect.objectContaining({ kind: 'history-progress', declined: true, eventKey: events[0]?.eventKey }),
    ]);
  });

  it('control: another error is no refusal of the owner', () => {
    expect(parse(bodyOf({ history: [{ errors: [{ code: 1 }] }] }))).toEqual([
      expect.objectContaining({ kind: 'ignored', reason: 'the history was not shared (code 1)' }),
    ]);
  });
});

describe('a body with thousands of messages', () => {
  const threads = (count: number, each: number) =>
    Array.from({ length: count }, (_, chat) => ({
      id: `49151${chat + 1_000_000}`,
      messages: Array.from({ length: each }, (__, index) => aMessage(`wamid.${chat}.${index}`)),
    }));
  const sizeOf = (events: readonly ChannelEvent[]) =>
    events.reduce((sum, { raw }) => sum + JSON.stringify(raw).length, 0);

  it.each([
    ['many chats', threads(1_000, 5)],
    ['one long chat', threads(1, 5_000)],
  ])('is stored in pieces that are together as large as it: %s', (_name, many) => {
    const body = chunkOf(many);
    const events = parse(body);
    const pieces = ofKind(events, 'history');
    expect(pieces.map(({ items }) => items)).toEqual(Array(25).fill(200));
    expect(sizeOf(events)).toBeLessThan(JSON.stringify(body).length * 1.1);
    const ids = readAll(events).map(({ channelMessageId }) => channelMessageId);
    expect(ids).toEqual(many.flatMap(({ messages }) => messages.map(({ id }) => id)));
  });

  it('costs as many reads of its items as it has, however many there are', () => {
    const readsOf = (each: number) => {
      let reads = 0;
      const counted = threads(1, each).map(({ id, messages }) => ({
        id,
        messages: new Proxy(messages, {
          get: (list, key) => {
            if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
            return Reflect.get(list, key);
          },
        }),
      }));
      parseEnvelope(chunkOf(counted));
      return reads / each;
    };
    expect(readsOf(8_000)).toBeLessThanOrEqual(readsOf(1_000) * 1.01);
    expect(readsOf(1_000)).toBeGreaterThan(0);
  });
});

describe('the address book', () => {
  it('names people by what the owner calls them', () => {
    const [event, ...others] = parseFixture('contact-sync-several');
    expect(others).toEqual([]);
    expect(event).toMatchObject({ kind: 'contact-sync', items: 5 });
    expect(readContactSync(event?.raw)).toEqual({
      unreadable: 2,
      items: [
        {
          customer: { phone: '4915100000002', bsuid: 'DE.13491208655302741918', name: 'Anna Kovacs' },
          isRemoved: false,
          atMs: 1_764_000_000_000,
        },
        { customer: { phone: '4915100000003' }, isRemoved: true, atMs: 1_764_000_001_000 },
        { customer: { bsuid: 'DE.2222', name: 'Boris', username: 'boris' }, isRemoved: false },
      ],
    });
  });

  it('of thousands is stored in pieces', () => {
    const one = (index: number) => ({
      type: 'contact',
      action: 'add',
      contact: { full_name: `Name ${index}`, phone_number: `49151${1_000_000 + index}` },
    });
    const events = parse(
      bodyOf({ state_sync: Array.from({ length: 450 }, (_, index) => one(index)) }, 'smb_app_state_sync'),
    );
    expect(events.map((event) => event.kind === 'contact-sync' && event.items)).toEqual([200, 200, 50]);
    expect(new Set(events.map(({ eventKey }) => eventKey)).size).toBe(3);
    for (const event of events) expect(parseEnvelope(event.raw)).toEqual([event]);
  });
});

describe('whatever an app hands over', () => {
  const names = ['account-history', 'history-hidden-phone', 'history-file-of-customer', 'contact-sync-several'];
  const texts = [...names, 'history-declined', 'history-file-of-business'].map((name) =>
    readFileSync(new URL(`${name}.json`, FIXTURES), 'utf8'),
  );
  const poison = fc.oneof(
    fc.jsonValue({ depthSize: 'small' }),
    fc.constantFrom(null, '', '\u0000', '\ud800', -1, '9'.repeat(400), [], {}, [null], [[]]),
  );

  /** Puts `value` in the place of the n-th value within. */
  function changed(text: string, place: number, value: unknown): unknown {
    const body = JSON.parse(text) as object;
    const places: [owner: Record<string, unknown>, key: string][] = [];
    const collect = (inner: unknown): void => {
      if (typeof inner !== 'object' || inner === null) return;
      for (const [key, next] of Object.entries(inner)) {
        places.push([inner as Record<string, unknown>, key]);
        collect(next);
      }
    };
    collect(body);
    const [owner, key] = places[place % places.length] ?? [{}, ''];
    owner[key] = value;
    return body;
  }

  it('never throws, keeps its keys short, and is read again the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), poison, (text, place, value) => {
        const events = parse(changed(text, place, value));
        for (const event of events) {
          expect(event.eventKey.length).toBeLessThanOrEqual(300);
          readHistory(event.raw);
          readContactSync(event.raw);
          if (event.kind === 'unreadable') continue;
          expect(parseEnvelope(event.raw)).toEqual([event]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read from anything at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        for (const read of [readHistory(raw), readContactSync(raw)]) expect(Array.isArray(read.items)).toBe(true);
      }),
    );
  });
});
