import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelEvent, MessageEvent } from '../../../../../activities/channels/channel.ts';
import { parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';
import { viewToHtml } from '../../../../../activities/planfix/view-to-html.ts';
import { viewMessage } from '../../../../../workflows/domain/message-view.ts';
import { FIXTURES } from './kinds/kind-case.ts';

type Item = { [key: string]: unknown };
type Body = { entry: [{ changes: [{ value: { messages?: Item[]; message_echoes?: Item[] } }] }] };

const BODIES = readdirSync(FIXTURES)
  .map((file) => readFileSync(new URL(file, FIXTURES), 'utf8'))
  .filter((text) => parse(text).every((event) => event.kind === 'message') && parse(text).length === 1);

/** Without these a message belongs to nobody or is of no kind; who hides the phone is named in `system` alone. */
const NEEDED = new Set(['id', 'from', 'from_user_id', 'to', 'to_user_id', 'type', 'system']);

function parse(text: string): ChannelEvent[] {
  return parseWhatsAppBody(Buffer.from(text));
}

function itemOf(body: Body): Item {
  const { messages, message_echoes: echoes } = body.entry[0].changes[0].value;
  const [item] = messages ?? echoes ?? [];
  if (item === undefined) throw new Error('a fixture without a message');
  return item;
}

/** Every place in a message that something else can be put into. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesOf(inner, [...path, key])]);
}

function put(item: Item, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) item[key] = value;
  else put(item[key] as Item, rest, value);
}

function changed(text: string, place: number, value: unknown, may: (path: string[]) => boolean): string {
  const body = JSON.parse(text) as Body;
  const item = itemOf(body);
  const places = placesOf(item).filter(may);
  const path = places[place % places.length];
  if (path !== undefined) put(item, path, value);
  return JSON.stringify(body);
}

const poison = fc.oneof(
  fc.jsonValue({ depthSize: 'small' }),
  fc.constantFrom(null, '', ' ', '\u0000', '\ud800', -1, 1e308, '9'.repeat(400), [], {}, [null], '{"a":"\\u0000"}'),
  fc.constant(Array.from({ length: 500 }).reduce<unknown>((inner) => [inner], 'deep')),
);

function expectStorable(value: unknown): void {
  JSON.stringify(value, (key, inner: unknown) => {
    for (const text of [key, inner].filter((one) => typeof one === 'string')) {
      if (!text.isWellFormed() || text.includes('\0')) throw new Error('not storable');
    }
    return inner;
  });
}

describe('a message with anything in any place', () => {
  it('is never lost, can be stored, and can be shown', () => {
    const mayChange = (path: string[]) => path.length > 1 || !NEEDED.has(path[0] ?? '');
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), fc.nat(), poison, (text, place, value) => {
        const events = parse(changed(text, place, value, mayChange));
        expect(events.map((event) => event.kind)).toEqual(['message']);
        const event = events[0] as MessageEvent;
        expect(event.channelMessageId).toBe(itemOf(JSON.parse(text) as Body).id);
        expectStorable(event);
        const { direction, messageKind: kind, content } = event;
        const parts = viewMessage({ direction, kind, text: event.text, content, attachments: [] }, 'ru');
        expect(viewToHtml(parts)).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes one event, whatever is changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), fc.nat(), poison, (text, place, value) => {
        const events = parse(changed(text, place, value, () => true));
        expect(events).toHaveLength(1);
        expectStorable(events);
      }),
      { numRuns: 1_000 },
    );
  });

  it('would be seen if it could not be stored', () => {
    expect(() => expectStorable({ a: ['\u0000'] })).toThrow('not storable');
    expect(() => expectStorable({ '\ud800': 1 })).toThrow('not storable');
  });

  it('would be seen if it were lost', () => {
    const lost = BODIES.map((text) => parse(changed(text, 0, null, (path) => path[0] === 'id'))[0]?.kind);
    expect(new Set(lost)).toEqual(new Set(['unreadable']));
  });
});
