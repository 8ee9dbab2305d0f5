import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { excerptOf, shownName } from '../../../../workflows/domain/shown-text.ts';

const FAMILY = '👨\u200d👩\u200d👧\u200d👦';

describe('a name in a sentence', () => {
  it.each([
    ['Anna', 'Anna'],
    [' Anna \t\r\n Kovacs ', 'Anna Kovacs'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['\u2066a\u2069\u200fb\u0000c\ufeff', 'abc'],
    ['half \ud83d', 'half \ufffd'],
    ['משה', 'משה'],
    ['<b>"&', '<b>"&'],
    [FAMILY, FAMILY],
  ])('%j', (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  it.each([undefined, '', ' \n', '\u202e\u0007'])('is none when nothing is visible: %j', (name) => {
    expect(shownName(name)).toBeUndefined();
  });

  it('has an end, even where one character is endless', () => {
    expect(shownName('x'.repeat(300))).toBe(`${'x'.repeat(119)}…`);
    expect((shownName(`a${'\u0301'.repeat(1_000_000)}`) ?? '').length).toBeLessThan(2_000);
  });

  it('stands on one line and turns nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const shown = shownName(name) ?? '';
        expect(shown).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('an excerpt', () => {
  it('never ends within an emoji', () => {
    expect(excerptOf(FAMILY.repeat(4_096))).toBe(`${FAMILY.repeat(159)}…`);
  });

  it('is the whole when that is short', () => {
    expect(excerptOf('Two\nlines')).toBe('Two lines');
  });
});
