import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommentHtml } from '../../../../activities/planfix/comment-html.ts';
import { escapeHtml, textToHtml } from '../../../../activities/planfix/text-to-html.ts';
import { plainText } from '../../../../workflows/domain/rich-text.ts';

const link = (address: string) => `<a href="${address}">${address}</a>`;

describe('what a customer wrote, as HTML', () => {
  it.each([
    ['', ''],
    ['Hello', 'Hello'],
    ['a\nb\r\nc\rd\u2028e', 'a<br>b<br>c<br>d<br>e'],
    ['\n\na', '<br><br>a'],
    [`<b>"Tom" & 'Jerry'</b>`, '&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;'],
    ['&amp;', '&amp;amp;'],
    ['a  b   c', 'a&nbsp; b&nbsp;&nbsp; c'],
    ['  a\n b', '&nbsp;&nbsp;a<br>&nbsp;b'],
    ['a\tb', 'a&nbsp;&nbsp;&nbsp; b'],
    ['a\u0000b\u0007c\u007f', 'abc'],
    ['half \ud83d pair', 'half \ufffd pair'],
    ['see https://e.com', `see ${link('https://e.com')}`],
    ['https://e.com/a?b=1&c=2#d', link('https://e.com/a?b=1&amp;c=2#d')],
    ['(https://e.com/a_(b)).', `(${link('https://e.com/a_(b)')}).`],
    ['"https://e.com", he said!', `&quot;${link('https://e.com')}&quot;, he said!`],
    ['https://e.com…', `${link('https://e.com')}…`],
    ['HTTPS://E.com/я', link('HTTPS://E.com/я')],
    ['https://a.com https://b.com', `${link('https://a.com')}&nbsp;${link('https://b.com')}`],
    ['https://', 'https://'],
    ['javascript:alert(1) ftp://e.com www.e.com', 'javascript:alert(1) ftp://e.com www.e.com'],
    ['https://e.com/"onmouseover=', `${link('https://e.com/')}&quot;onmouseover=`],
  ])('%j', (text, html) => {
    expect(textToHtml(text)).toBe(html);
  });

  it('escapes names', () => {
    expect(escapeHtml(`<Jane & "Roe's">`)).toBe('&lt;Jane &amp; &quot;Roe&#39;s&quot;&gt;');
  });

  const words = fc
    .array(fc.oneof(fc.string(), fc.constantFrom('https://e.com/a?b=1', ' ', '  ', '\n', '<b>', '&nbsp;', '😀', 'п')))
    .map((parts) => parts.join(''));

  it('reads back as the same text, but for spaces at the ends of lines', () => {
    const seen = (text: string) =>
      text
        .replace(/ +$/gm, '')
        .replace(/^[ \n]*\n/, '')
        .trimEnd();
    fc.assert(
      fc.property(words, (text) => {
        const clean = [...text].filter((char) => char === '\n' || !/\p{Cc}/u.test(char)).join('');
        const back = plainText(parseCommentHtml(textToHtml(clean)));
        expect(seen(back)).toBe(seen(clean));
      }),
      { numRuns: 1000 },
    );
  });

  it('holds no markup but line breaks and links', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), words, (units, more) => {
        const text = `${String.fromCharCode(...units)}${more}`;
        const rest = textToHtml(text).replace(/<br>|<a href="[^"<>]*">|<\/a>/g, '');
        expect(/[<>"']/.test(rest)).toBe(false);
      }),
    );
  });
});

describe('a text that is too long', () => {
  it.each([
    ['letters', 'a'.repeat(70_000)],
    ['letters of two bytes', 'я'.repeat(40_000)],
    ['emoji', '😀'.repeat(20_000)],
    ['what grows when escaped', '"'.repeat(20_000)],
    ['spaces', `a${' '.repeat(70_000)}b`],
    ['links', 'https://e.com/abc '.repeat(3_000)],
    ['one endless address', `https://e.com/${'.'.repeat(70_000)}`],
  ])('is cut with a mark: %s', (_, text) => {
    const html = textToHtml(text);
    const bytes = Buffer.byteLength(html);
    expect(bytes).toBeLessThanOrEqual(65_536);
    expect(bytes).toBeGreaterThan(65_400);
    expect(html).toMatch(/<br>\[…\]$/);
    expect(html).not.toContain('\ufffd');
  });

  it('is cut between characters as people count them, unless one has no end', () => {
    const family = '👨‍👩‍👧‍👦';
    const [words] = textToHtml(family.repeat(4_096)).split('<br>');
    expect(words).toBe(family.repeat((words?.length ?? 0) / family.length));
    const endless = textToHtml(`a${'\u0301'.repeat(70_000)}`);
    expect(Buffer.byteLength(endless)).toBeGreaterThan(65_400);
  });

  it('is whole when it just fits', () => {
    const text = 'я'.repeat(32_768);
    expect(textToHtml(text)).toBe(text);
  });

  it('is cut to any limit', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 50, unit: 'grapheme' }),
        fc.integer({ min: 20, max: 200 }),
        (text, maxBytes) => {
          expect(Buffer.byteLength(textToHtml(text, { maxBytes, cutMark: '<cut>' }))).toBeLessThanOrEqual(maxBytes);
        },
      ),
    );
  });
});
