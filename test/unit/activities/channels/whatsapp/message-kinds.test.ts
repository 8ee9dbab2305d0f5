import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { MessageEvent } from '../../../../../activities/channels/channel.ts';
import { parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';
import { viewToHtml } from '../../../../../activities/planfix/view-to-html.ts';
import { inboundRule } from '../../../../../workflows/domain/inbound-rules.ts';
import { MESSAGE_KINDS } from '../../../../../workflows/domain/message.ts';
import { ANSWER_CASES } from './kinds/answers.ts';
import { ECHO_CASES } from './kinds/echoes.ts';
import { FILE_CASES } from './kinds/files.ts';
import { comparable, expectedRead, FIXTURES, type KindCase, parseFixture, viewLines } from './kinds/kind-case.ts';
import { NOTICE_CASES } from './kinds/notices.ts';
import { PLACE_CASES } from './kinds/places.ts';
import { WORDS_CASES } from './kinds/words.ts';

const CASES = [WORDS_CASES, FILE_CASES, PLACE_CASES, ANSWER_CASES, NOTICE_CASES, ECHO_CASES].flat();
const named = CASES.map((one): [string, KindCase] => [one.fixture, one]);

function messageOf(fixture: string): MessageEvent {
  const [event, ...others] = parseFixture(fixture);
  expect(others).toEqual([]);
  if (event?.kind !== 'message') throw new Error(`${fixture} holds a ${event?.kind}`);
  return event;
}

describe('every kind of message', () => {
  it.each(named)('%s is read', (fixture, expected) => {
    const event = messageOf(fixture);
    expect(comparable(event)).toEqual(expectedRead(expected));
    expect(event).toMatchObject({ connectionKey: '106540352242922', accountKey: '102290129340398' });
    expect(event.eventKey).toBe(`message:${event.channelMessageId}`);
  });

  it.each(named)('%s is shown in English', (fixture, expected) => {
    expect(viewLines(messageOf(fixture), 'en')).toEqual(expected.en);
  });

  it.each(named)('%s is shown in Russian', (fixture, expected) => {
    expect(viewLines(messageOf(fixture), 'ru')).toEqual(expected.ru);
  });

  it('has a rule and a payload', () => {
    const kinds = new Set(CASES.map((one) => one.read.messageKind));
    expect([...kinds].sort()).toEqual([...MESSAGE_KINDS].sort());
    for (const kind of kinds) expect(inboundRule(kind)).toBeDefined();
  });

  it('is covered: no fixture with one message is left out', () => {
    const single = readdirSync(FIXTURES)
      .map((file) => file.replace('.json', ''))
      .filter((name) => parseFixture(name).every((event) => event.kind === 'message'))
      .filter((name) => parseFixture(name).length === 1);
    expect(single.filter((name) => !CASES.some((one) => one.fixture === name))).toEqual([]);
  });

  it('notices a difference', () => {
    const event = messageOf('text');
    const [expected] = CASES;
    if (expected === undefined) throw new Error('no cases');
    expect(comparable({ ...event, text: `${event.text} ` })).not.toEqual(expectedRead(expected));
    expect(viewLines({ ...event, content: { forwarded: 'once' } }, 'en')).not.toEqual(expected.en);
  });
});

describe('words', () => {
  it.each([
    ['4,096 emoji with joiners', '👨\u200d👩\u200d👧\u200d👦'.repeat(4_096)],
    ['65,536 characters', 'я'.repeat(65_536)],
    ['marks that turn the direction of writing', '\u202eabc\u202c \u2067משה\u2069'],
    ['white space', ' \n\t '],
  ])('come through untouched: %s', (_name, text) => {
    const body = readFileSync(new URL('text.json', FIXTURES), 'utf8');
    const changed = body.replace(/"body": ".*"/, () => `"body": ${JSON.stringify(text)}`);
    const [event] = parseWhatsAppBody(Buffer.from(changed));
    expect(event).toMatchObject({ kind: 'message', text });
    expect(viewLines(event as MessageEvent, 'en')).toEqual([`word: ${text}`]);
  });
});

describe('what a body must not get past', () => {
  it('keeps an echo in a group apart', () => {
    expect(parseFixture('echo-in-group')).toEqual([
      expect.objectContaining({ kind: 'ignored', reason: 'a message in a group' }),
    ]);
  });

  it('reports an echo to nobody', () => {
    expect(parseFixture('echo-without-recipient')).toEqual([
      expect.objectContaining({ kind: 'unreadable', reason: 'an echo without a recipient' }),
    ]);
  });

  it('reads all echoes of a change, each with its own customer', () => {
    const events = parseFixture('echoes-several');
    expect(events.map((event) => event.kind)).toEqual(['message', 'unreadable', 'message', 'ignored']);
    const names = events.map((event) => (event.kind === 'message' ? event.customer.name : undefined));
    expect(names).toEqual(['First', undefined, 'Second', undefined]);
  });
});

it('becomes no markup', () => {
  const html = viewToHtml([{ kind: 'words', text: messageOf('text-hostile-name').text }]);
  expect(html).toBe('Hi &lt;script&gt;alert(1)&lt;/script&gt;');
});
