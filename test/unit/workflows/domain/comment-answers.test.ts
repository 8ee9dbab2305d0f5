import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommentHtml } from '../../../../activities/planfix/comment-html.ts';
import { textToHtml } from '../../../../activities/planfix/text-to-html.ts';
import { commentOfLink, matchQuote, splitAnswer } from '../../../../workflows/domain/comment-answers.ts';
import { plainText } from '../../../../workflows/domain/rich-text.ts';

const SITE = 'acme.planfix.com';
const PAGE = `https://${SITE}/task/5?comment=12`;

describe('commentOfLink', () => {
  it.each<[href: string, expected: number | undefined]>([
    [PAGE, 12],
    [`https://${SITE}/task/5/?a=1&comment=12&b=2#x`, 12],
    [`HTTPS://ACME.planfix.com/task/5?comment=12`, 12],
    [`//${SITE}/task/5?comment=12`, 12],
    ['/task/5?comment=12', 12],
    ['/task/5#comment12', 12],
    ['task/5/#comment-12', undefined],
    ['/task/5/#comment-12', 12],
    [`https://${SITE}/comment/12`, 12],
    ['/comment/12/', 12],
    [' /comment/12 ', 12],
    ['/task/5', undefined],
    ['/task/5?comment=', undefined],
    ['/task/5?comment=12a', undefined],
    ['/task/5?mycomment=12', undefined],
    ['/task/x?comment=12', undefined],
    ['/contact/5?comment=12', undefined],
    ['#comment12', undefined],
    ['/comment/0', undefined],
    ['/comment/99999999999', undefined],
    ['/comment/2147483647', 2_147_483_647],
    ['https://forum.example/task/5?comment=12', undefined],
    [`https://${SITE}@evil.example/comment/12`, undefined],
    [`https://${SITE}.evil.example/comment/12`, undefined],
    [`javascript://${SITE}/comment/12`, undefined],
    ['', undefined],
  ])('%s: %s', (href, expected) => {
    expect(commentOfLink(href, SITE)).toBe(expected);
  });
});

describe('splitAnswer', () => {
  const split = (html: string, hasFiles = false) => {
    const { rest, ...recognised } = splitAnswer(parseCommentHtml(html), { site: SITE, hasFiles });
    return { ...recognised, rest: plainText(rest) };
  };
  const link = (href: string) => `<a href="${href}">Ann</a>`;

  it.each<[why: string, html: string, expected: ReturnType<typeof split>]>([
    ['nothing', '', { rest: '' }],
    ['no quote', '<p>Yes</p>', { rest: 'Yes' }],
    ['a quote later', '<p>Yes</p><blockquote>a</blockquote>', { rest: 'Yes\n\na' }],
    ['a quote', '<blockquote>a b</blockquote><p>Yes</p>', { quotedText: 'a b', rest: 'Yes' }],
    [
      'a quote with a link to the comment',
      `<blockquote>${link(PAGE)}<p>a</p></blockquote>Yes`,
      { answersComment: 12, quotedText: 'Ann\n\na', rest: 'Yes' },
    ],
    [
      'a link inside Planfix',
      `<blockquote>${link('/task/5?comment=12')} a</blockquote>Yes`,
      { answersComment: 12, quotedText: 'Ann a', rest: 'Yes' },
    ],
    [
      'a link that is an attribute',
      '<blockquote cite="/comment/12">a</blockquote>Yes',
      { answersComment: 12, quotedText: 'a', rest: 'Yes' },
    ],
    [
      'the same link twice',
      `<blockquote>${link('/comment/12')} ${link(PAGE)}</blockquote>Yes`,
      { answersComment: 12, quotedText: 'Ann Ann', rest: 'Yes' },
    ],
    [
      'links to two comments',
      `<blockquote>${link('/comment/12')} ${link('/comment/13')}</blockquote>Yes`,
      { quotedText: 'Ann Ann', rest: 'Yes' },
    ],
    [
      'a link to a comment elsewhere',
      `<blockquote>${link('https://forum.example/comment/12')}</blockquote>Yes`,
      { quotedText: 'Ann', rest: 'Yes' },
    ],
    ['a link after the quote', `<blockquote>a</blockquote>${link('/comment/12')}`, { quotedText: 'a', rest: 'Ann' }],
    [
      'a quote that quotes',
      `<blockquote><blockquote>${link('/comment/11')} before</blockquote><p>a</p></blockquote>Yes`,
      { quotedText: 'a', rest: 'Yes' },
    ],
    [
      'two quotes',
      '<blockquote>a</blockquote><p>Yes</p><blockquote>b</blockquote>',
      { quotedText: 'a', rest: 'Yes\n\nb' },
    ],
    ['an empty quote', '<blockquote><br></blockquote>Yes', { rest: 'Yes' }],
    ['only a quote', `<blockquote>${link(PAGE)} a</blockquote>`, { rest: 'Ann a' }],
  ])('%s', (_, html, expected) => {
    expect(split(html)).toEqual(expected);
  });

  it('takes a quote off that has only files beside it', () => {
    const html = `<blockquote>${link(PAGE)} a</blockquote>`;
    expect(split(html, true)).toEqual({ answersComment: 12, quotedText: 'Ann a', rest: '' });
    expect(split(html, false)).toEqual({ rest: 'Ann a' });
  });
});

describe('matchQuote', () => {
  const earlier = (...texts: string[]) => texts.map((text, at) => ({ id: at + 1, text }));
  it.each<[why: string, quoted: string, texts: string[], expected: number | undefined]>([
    ['the whole', 'When will it come?', ['Hello', 'When will it come?'], 2],
    ['no message', 'a', [], undefined],
    ['another', 'Bye', ['Hello'], undefined],
    ['nothing', ' ', ['', ' '], undefined],
    ['other spaces and lines', 'a b\n\nc', ['a  b\nc '], 1],
    ['formatting', 'a b c', ['*a* _b_ ~c~'], 1],
    ['a quote sign', 'a b', ['> a\n> b'], 1],
    ['letters in parts', 'й', ['и\u0306'], 1],
    ['the beginning', 'When will', ['When will it come?', 'Who will'], 1],
    ['the beginning of two', 'When will', ['When will it come?', 'When will you call?'], undefined],
    ['the beginning of a word', 'When wil', ['When will it come?'], undefined],
    ['a beginning with an ellipsis', 'When wil…', ['When will it come?'], 1],
    ['a beginning with three dots', 'When will ...', ['When will it come?'], 1],
    ['only an ellipsis', '…', ['When will it come?'], undefined],
    ['an ellipsis that was written', 'Well…', ['Well…', 'Well then'], 1],
    ['the same twice', 'Yes', ['Yes', 'No', 'Yes'], undefined],
    ['the whole of one, the beginning of another', 'Yes', ['Yes', 'Yes, please'], 1],
    ['the end', 'come?', ['When will it come?'], undefined],
    ['other letters', 'when will it come?', ['When will it come?'], undefined],
    ['more than the message', 'Hello there', ['Hello'], undefined],
    ['the name of whom it quotes above it', 'Ann Lee\nWhen will…', ['Hello', 'When will it come?'], 2],
    ['a name above what two say', 'Ann Lee\n\nYes', ['Yes', 'Yes'], undefined],
    ['a sentence above it', 'On the phone:\nYes', ['Yes'], undefined],
    ['a name alone', 'Ann Lee\n', ['Hello'], undefined],
  ])('%s', (_, quoted, texts, expected) => {
    expect(matchQuote(quoted, earlier(...texts))).toBe(expected);
  });

  const words = fc.stringMatching(/^[a-zа-я ]{1,30}$/).filter((text) => text.trim() !== '');
  type Match = (quoted: string, candidates: { id: number; text: string }[]) => number | undefined;
  const isCertain = (match: Match) =>
    !fc.check(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), fc.nat(4), (texts, at) => {
        const quoted = texts[at % texts.length] ?? '';
        const found = match(quoted, earlier(...texts));
        const same = earlier(...texts).filter(
          ({ text }) => text.replace(/\s+/g, ' ').trim() === quoted.replace(/\s+/g, ' ').trim(),
        );
        return same.length === 1 ? found === same[0]?.id : found === undefined;
      }),
      { numRuns: 500, seed: 7, examples: [[['yes', 'yes'], 0]] },
    ).failed;

  it('finds what is repeated whole, and nothing where two are the same', () => {
    expect(isCertain(matchQuote)).toBe(true);
    expect(isCertain((quoted, candidates) => candidates.find(({ text }) => text.startsWith(quoted))?.id)).toBe(false);
  });

  it('finds a message of any text by the quote that Planfix shows of it', () => {
    const long = fc
      .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
      .filter((text) => /[\p{L}\p{N}]/u.test(text));
    fc.assert(
      fc.property(long, (text) => {
        const html = `<blockquote>${textToHtml(text)}</blockquote>Yes`;
        const { quotedText } = splitAnswer(parseCommentHtml(html), { site: SITE, hasFiles: false });
        expect(
          matchQuote(quotedText ?? '', [
            { id: 1, text: `not ${text}` },
            { id: 2, text },
          ]),
        ).toBe(2);
      }),
    );
  });

  it('passes through long texts once', () => {
    const text = 'word '.repeat(13_107);
    expect(matchQuote(`${text.slice(0, 160)}…`, earlier(text, `x${text}`))).toBe(1);
  });
});
