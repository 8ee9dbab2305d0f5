import { describe, expect, it } from '@jest/globals';
import { isBulk, isNear, memberAsSaid } from '../../../../workflows/domain/bulk.ts';
import { fingerprintText } from '../../../../workflows/domain/fingerprint.ts';

const WINDOW_MS = 5 * 60_000;

describe('the window', () => {
  it.each([
    [0, true],
    [WINDOW_MS - 1, true],
    [WINDOW_MS, false],
    [WINDOW_MS + 1, false],
  ])('of five minutes holds what is %i ms away, on either side: %s', (ms, near) => {
    expect(isNear(WINDOW_MS, WINDOW_MS + ms, WINDOW_MS)).toBe(near);
    expect(isNear(WINDOW_MS, WINDOW_MS - ms, WINDOW_MS)).toBe(near);
  });

  it('lets three identical messages through, and not the fourth', () => {
    expect([0, 1, 2, 3, 4].map(isBulk)).toEqual([false, false, false, true, true]);
  });
});

describe('two messages', () => {
  const said = (text: string, digests: string[] = [], templateName?: string) =>
    fingerprintText({ text, digests, templateName });

  it.each([
    ['white space', said('Sale  today\n'), said(' Sale today')],
    ['the way in which a letter is composed', said('Caf\u00e9'), said('Cafe\u0301')],
    ['the order of their files', said('', ['a', 'b']), said('', ['b', 'a'])],
    ['the words, by one template', said('Order 1', [], 'order'), said('Order 2', [], 'order')],
  ])('are identical whatever %s', (_name, one, other) => {
    expect(one).toBe(other);
  });

  it.each([
    ['words', said('Order 1'), said('Order 2')],
    ['the case of a letter', said('sale'), said('Sale')],
    ['files', said('Sale', ['a']), said('Sale', ['b'])],
    ['a file that the other one lacks', said('Sale', ['a']), said('Sale')],
    ['a template of that name', said('order'), said('order', [], 'order')],
  ])('differ by %s', (_name, one, other) => {
    expect(one).not.toBe(other);
  });
});

describe('a message of a mailing', () => {
  const template = { template: { name: 'sale', language: 'en' } };

  it('says what all say, unless it has words of its own', () => {
    const shared = { text: 'Sale', content: template };
    expect(memberAsSaid({ text: '', content: null }, shared)).toEqual(shared);
    expect(memberAsSaid({ text: 'Sale for Ann', content: null }, shared)).toEqual({
      text: 'Sale for Ann',
      content: null,
    });
  });
});
