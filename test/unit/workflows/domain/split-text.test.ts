import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SAFE_TEXT_LENGTH, splitText } from '../../../../workflows/domain/split-text.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Texts with all that makes a cut hard: emoji of several parts, marks, flags, blank lines, long words. */
const hardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '\n',
        '\n\n',
        '. ',
        '\r\n',
        '\u00A0',
        '  - ',
        'word',
        'слово',
        '👨‍👩‍👧‍👦',
        '🇩🇪',
        'e\u0301',
        '👍🏽',
        ' \u0301',
        'x'.repeat(30),
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(''));

const lengths = fc.integer({ min: 40, max: 120 });

/** What stands between the pieces, or undefined where they are not the text's pieces in order. */
function gapsOf(text: string, pieces: string[]): string[] | undefined {
  const gaps: string[] = [];
  let position = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, position);
    if (at < 0) return undefined;
    gaps.push(text.slice(position, at));
    position = at + piece.length;
  }
  return [...gaps, text.slice(position)];
}

describe('splitText', () => {
  it('leaves a short text whole', () => {
    expect(splitText('One.\n\nTwo.')).toEqual(['One.\n\nTwo.']);
    expect(splitText('x'.repeat(SAFE_TEXT_LENGTH))).toHaveLength(1);
  });

  it('gives nothing for nothing', () => {
    expect(splitText('')).toEqual([]);
    expect(splitText(' \n \n')).toEqual([]);
  });

  it.each([
    ['between paragraphs', 'aaa bbb ccc\n\nddd eee\nfff', 20, ['aaa bbb ccc', 'ddd eee\nfff']],
    ['between lines', 'aaa bbb\nccc. ddd\neee fff', 18, ['aaa bbb\nccc. ddd', 'eee fff']],
    ['between sentences', 'One two. Three four. Five', 22, ['One two. Three four.', 'Five']],
    ['between words', 'one two three four', 10, ['one two', 'three four']],
    ['inside a word', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['before an early paragraph only if it must', 'a\n\nbbbb bbbb bbbb', 12, ['a\n\nbbbb bbbb', 'bbbb']],
    ['not at a space that holds', 'aaaa 5\u00A0000 km', 9, ['aaaa', '5\u00A0000 km']],
  ])('cuts %s', (_name, text, maxLength, expected) => {
    expect(splitText(text, maxLength)).toEqual(expected);
  });

  it('keeps the indentation of a list', () => {
    expect(splitText('- one one one\n  - two two', 14)).toEqual(['- one one one', '  - two two']);
  });

  it('joins short paragraphs into as few messages as fit', () => {
    const text = Array.from({ length: 100 }, (_, index) => `Paragraph ${index}`).join('\n\n');
    expect(splitText(text, 1_000)).toHaveLength(2);
  });

  it('refuses a length that no character fits into', () => {
    expect(() => splitText('text', 1)).toThrow(RangeError);
  });

  it('cuts a character that is longer than a piece, between its code points', () => {
    const pieces = splitText(`👍${'\u{1F3FD}'.repeat(20)}`, 5);
    expect(pieces.every((piece) => piece.isWellFormed() && piece.length <= 5)).toBe(true);
  });

  it('loses nothing but white space at the cuts, keeps the order and the limit', () => {
    fc.assert(
      fc.property(hardText, lengths, (text, maxLength) => {
        const pieces = splitText(text, maxLength);
        expect(gapsOf(text, pieces)?.join('').trim()).toBe('');
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(maxLength);
          expect(piece.trim()).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never cuts through a character', () => {
    fc.assert(
      fc.property(hardText, lengths, (text, maxLength) => {
        const borders = new Set([...segmenter.segment(text)].map((segment) => segment.index));
        let position = 0;
        for (const piece of splitText(text, maxLength)) {
          position = text.indexOf(piece, position);
          expect(borders.has(position)).toBe(true);
          expect(piece.isWellFormed()).toBe(text.isWellFormed());
          position += piece.length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('uses at most twice as many messages as the text is long', () => {
    fc.assert(
      fc.property(hardText, lengths, (text, maxLength) => {
        expect(splitText(text, maxLength).length).toBeLessThanOrEqual(Math.ceil((2 * text.length) / maxLength) + 1);
      }),
    );
  });
});
