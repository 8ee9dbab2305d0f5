import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_CAPTION_LENGTH,
  type OutgoingFile,
  type OutgoingPart,
  planParts,
  reactionOf,
} from '../../../../workflows/domain/outgoing-parts.ts';

type Comment = Parameters<typeof planParts>[0];
const file = (name: string, sizeKb?: number): OutgoingFile => ({ planfixFile: name.length, name, sizeKb });
const JPG = file('a.jpg', 10);

/** `text`, `[name]`, `[name|caption]`, `{emoji}`; `^` before the one that quotes. */
const show = (parts: OutgoingPart[]) => parts.map(showPart).join(' ');
function showPart(part: OutgoingPart): string {
  const quote = part.quoted === undefined ? '' : `^${part.quoted}:`;
  if (part.kind === 'text') return quote + part.text;
  if (part.kind === 'reaction') return `${quote}{${part.emoji}}`;
  return `${quote}[${part.name}${part.caption === '' ? '' : `|${part.caption}`}]`;
}

describe('planParts', () => {
  it.each<[why: string, comment: Comment, expected: string]>([
    ['nothing', { text: [], files: [] }, ''],
    ['words', { text: ['a', 'b'], files: [] }, 'a b'],
    ['one file', { text: [], files: [JPG] }, '[a.jpg]'],
    ['words under a picture', { text: ['a'], files: [JPG] }, '[a.jpg|a]'],
    ['words under the first of several', { text: ['a'], files: [JPG, file('b.pdf')] }, '[a.jpg|a] [b.pdf]'],
    ['words under a document', { text: ['a'], files: [file('b.pdf'), JPG] }, '[b.pdf|a] [a.jpg]'],
    ['words under a file of no known type', { text: ['a'], files: [file('b')] }, '[b|a]'],
    ['words before a sound', { text: ['a'], files: [file('s.mp3'), JPG] }, 'a [s.mp3] [a.jpg]'],
    ['words before a sticker', { text: ['a'], files: [file('s.webp')] }, 'a [s.webp]'],
    ['words that were split', { text: ['a', 'b'], files: [JPG] }, 'a b [a.jpg]'],
    ['words before an empty file', { text: ['a'], files: [file('e.pdf', 0)] }, 'a [e.pdf]'],
    ['words before what will be refused', { text: ['a'], files: [file('e.pdf', 102_401)] }, 'a [e.pdf]'],
    ['words under what is just not too large', { text: ['a'], files: [file('e.pdf', 102_400)] }, '[e.pdf|a]'],
    ['a quote before words', { text: ['a', 'b'], files: [], quoted: 'm' }, '^m:a b'],
    ['a quote before a file with words', { text: ['a'], files: [JPG, JPG], quoted: 'm' }, '^m:[a.jpg|a] [a.jpg]'],
    ['a quote before words before a sound', { text: ['a'], files: [file('s.mp3')], quoted: 'm' }, '^m:a [s.mp3]'],
    ['a quote of nothing', { text: [], files: [], quoted: 'm' }, ''],
    ['a reaction', { text: ['👍'], files: [], quoted: 'm', reaction: '👍' }, '^m:{👍}'],
    ['a reaction to nothing', { text: ['👍'], files: [], reaction: '👍' }, '👍'],
    ['a reaction that is not allowed', { text: ['👍'], files: [], quoted: 'm' }, '^m:👍'],
    ['an emoji under a picture', { text: ['👍'], files: [JPG], quoted: 'm', reaction: '👍' }, '^m:[a.jpg|👍]'],
  ])('%s', (_, comment, expected) => {
    expect(show(planParts(comment))).toBe(expected);
  });

  it.each([
    [MAX_CAPTION_LENGTH, 1],
    [MAX_CAPTION_LENGTH + 1, 2],
  ])('%s characters beside a picture are %s messages', (length, messages) => {
    expect(planParts({ text: ['x'.repeat(length)], files: [JPG] })).toHaveLength(messages);
  });

  const comments: fc.Arbitrary<Comment> = fc.record({
    text: fc.array(fc.string({ minLength: 1, maxLength: 1_200 }), { maxLength: 3 }),
    files: fc.array(
      fc.record({
        planfixFile: fc.nat(),
        name: fc.constantFrom('a.jpg', 'a.mp3', 'a.webp', 'a.pdf', '', 'x'),
        sizeKb: fc.option(fc.nat(200_000), { nil: undefined }),
      }),
      { maxLength: 4 },
    ),
    quoted: fc.option(fc.string(), { nil: undefined }),
  });

  /** Every word once and in order, every file once and in order, one quote at most and only at the beginning. */
  const isWhole = (plan: typeof planParts) =>
    !fc.check(
      fc.property(comments, (comment) => {
        const parts = plan(comment);
        const words = parts.flatMap((part) =>
          part.kind === 'text' ? [part.text] : 'caption' in part ? [part.caption] : [],
        );
        const files = parts.flatMap((part) => (part.kind === 'file' ? [part.planfixFile] : []));
        const quotes = parts.map(({ quoted }) => quoted);
        return (
          words.filter((text) => text !== '').join('\n') === comment.text.join('\n') &&
          files.join() === comment.files.map(({ planfixFile }) => planfixFile).join() &&
          quotes.every((quoted, at) => (at === 0 ? quoted === comment.quoted : quoted === undefined))
        );
      }),
    ).failed;

  it('loses nothing, doubles nothing and keeps the order', () => {
    expect(isWhole(planParts)).toBe(true);
  });

  it.each<[string, typeof planParts]>([
    ['the first file only', (comment) => planParts({ ...comment, files: comment.files.slice(0, 1) })],
    ['the first text only', (comment) => planParts({ ...comment, text: comment.text.slice(0, 1) })],
    ['files first', (comment) => planParts(comment).toReversed()],
    ['a quote on each', (comment) => planParts(comment).map((part) => ({ ...part, quoted: 'm' }))],
  ])('would not with %s', (_, plan) => {
    expect(isWhole(plan)).toBe(false);
  });
});

const EMOJI: [written: string, expected: string | undefined][] = [
  ['👍', '👍'],
  [' 👍\n', '👍'],
  ['👍🏽', '👍🏽'],
  ['👍\ufe0f', '👍'],
  ['❤', '❤\ufe0f'],
  ['❤\ufe0f', '❤\ufe0f'],
  ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
  ['👩🏽‍💻', '👩🏽‍💻'],
  ['❤‍🔥', '❤\ufe0f‍🔥'],
  ['🏳\ufe0f‍🌈', '🏳\ufe0f‍🌈'],
  ['🇩🇪', '🇩🇪'],
  [
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  ],
  ['1\ufe0f\u20e3', '1\ufe0f\u20e3'],
  ['#\u20e3', '#\ufe0f\u20e3'],
  ['', undefined],
  ['ok', undefined],
  ['1', undefined],
  ['#', undefined],
  ['©', undefined],
  ['👍👍', undefined],
  ['👍 👍', undefined],
  ['👍!', undefined],
  ['👍🏽🏽', undefined],
  ['🇩', undefined],
  ['🇩🇪🇩🇪', undefined],
  ['🇿🇿', undefined],
  ['❤\ufe0e', undefined],
  ['👨‍', undefined],
  [`👍${'\u0301'.repeat(5_000)}`, undefined],
  [`👨${'‍👩'.repeat(4_096)}`, undefined],
  ['🙂'.repeat(4_096), undefined],
];

describe('reactionOf', () => {
  it.each(EMOJI)('%j is %j', (written, expected) => {
    expect(reactionOf(written)).toBe(expected);
  });

  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const pieces = fc.constantFrom(
    '👍',
    '❤',
    '\ufe0f',
    '\u200d',
    '🏽',
    '🇩',
    '🇪',
    '1',
    '\u20e3',
    'a',
    ' ',
    '👩',
    '🔥',
    '\u0301',
  );
  const texts = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''));
  const isOneEmoji = (reaction: (text: string) => string | undefined) =>
    !fc.check(
      fc.property(texts, (text) => {
        const emoji = reaction(text);
        if (emoji === undefined) return true;
        const isOne = [...graphemes.segment(emoji)].length === 1 && /\p{Emoji}/u.test(emoji) && !/^[\d#*]$/.test(emoji);
        return isOne && reaction(emoji) === emoji;
      }),
      { numRuns: 3_000 },
    ).failed;

  it('gives one visible emoji, in a spelling that it keeps', () => {
    expect(isOneEmoji(reactionOf)).toBe(true);
    expect(isOneEmoji((text) => (/^\p{Emoji}/u.test(text) ? text : undefined))).toBe(false);
  });
});
