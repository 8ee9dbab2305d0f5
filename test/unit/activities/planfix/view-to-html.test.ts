import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommentHtml } from '../../../../activities/planfix/comment-html.ts';
import { viewToHtml } from '../../../../activities/planfix/view-to-html.ts';
import { cutMark } from '../../../../workflows/domain/message-view.ts';
import { plainText } from '../../../../workflows/domain/rich-text.ts';
import type { ViewPart } from '../../../../workflows/domain/view-parts.ts';

const LIMIT = 65_536;
const FAMILY = '👨\u200d👩\u200d👧\u200d👦';
const words = (text: string): ViewPart => ({ kind: 'words', text });
const remark = (text: string): ViewPart => ({ kind: 'remark', text });

describe('a message, as HTML', () => {
  const cases: [name: string, parts: ViewPart[], html: string][] = [
    ['nothing', [], ''],
    ['words', [words('a\nb https://e.com')], 'a<br>b <a href="https://e.com">https://e.com</a>'],
    ['a remark', [remark('Forwarded.'), words('a')], '<i>Forwarded.</i><br>a'],
    ['a quote', [{ kind: 'quote', text: 'old' }, words('new')], '<blockquote>old</blockquote>new'],
    [
      'a quote with a link',
      [{ kind: 'quote', text: 'old', link: 'https://p.example/?a=1&b=2' }],
      '<blockquote><a href="https://p.example/?a=1&amp;b=2">old</a></blockquote>',
    ],
    [
      'a link',
      [{ kind: 'link', href: 'https://m.example/?q=1,2', text: 'Office' }],
      '<a href="https://m.example/?q=1,2">Office</a>',
    ],
    ['a link that would run', [{ kind: 'link', href: 'javascript:alert(1)', text: 'Office' }], 'Office'],
    [
      'a table',
      [
        remark('Order:'),
        {
          kind: 'table',
          rows: [
            ['SKU', '2'],
            ['Total', '3 EUR'],
          ],
        },
        words('a'),
      ],
      '<i>Order:</i><table><tr><td>SKU</td><td>2</td></tr><tr><td>Total</td><td>3 EUR</td></tr></table>a',
    ],
    [
      'markup in every place',
      [
        words('<b>"'),
        remark('<b>"'),
        { kind: 'quote', text: '<b>"' },
        { kind: 'link', href: 'https://e.com/"><b>', text: '<b>"' },
        { kind: 'table', rows: [['<b>"', '<b>"']] },
      ],
      '&lt;b&gt;&quot;<br><i>&lt;b&gt;&quot;</i><blockquote>&lt;b&gt;&quot;</blockquote>' +
        '<a href="https://e.com/&quot;&gt;&lt;b&gt;">&lt;b&gt;&quot;</a>' +
        '<table><tr><td>&lt;b&gt;&quot;</td><td>&lt;b&gt;&quot;</td></tr></table>',
    ],
  ];

  it.each(cases)('%s', (_name, parts, html) => {
    expect(viewToHtml(parts)).toBe(html);
  });

  it('reads back part by part', () => {
    const parts: ViewPart[] = [
      remark('Sent'),
      { kind: 'quote', text: 'old' },
      words('new'),
      { kind: 'table', rows: [['a', 'b']] },
    ];
    expect(plainText(parseCommentHtml(viewToHtml(parts)))).toMatch(/Sent\s+.*old\s+new\s+a \| b/);
  });
});

describe('a message that is too long', () => {
  it('of 65,536 characters is cut with the mark, and the remarks stay', () => {
    const text = 'я'.repeat(65_536);
    const parts = [remark('Forwarded.'), words(text), remark('File: it is empty.')];
    const html = viewToHtml(parts, { cutMark: cutMark('ru') });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(LIMIT);
    expect(Buffer.byteLength(html)).toBeGreaterThan(LIMIT - 300);
    expect(html).toMatch(/^<i>Forwarded\.<\/i><br>я+<br>\[Сообщение длиннее.*\]<br><i>File: it is empty\.<\/i>$/);
  });

  it('and one that just fits is whole', () => {
    const text = 'a'.repeat(65_536);
    expect(viewToHtml([words(text)])).toBe(text);
    expect(viewToHtml([words(`${text}a`)])).toMatch(/^a+<br>\[…\]$/);
  });

  it('of 4,096 emoji with joiners is cut without breaking one', () => {
    const html = viewToHtml([words(FAMILY.repeat(4_096)), remark('end')]);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(LIMIT);
    expect(html).toMatch(/<br>\[…\]<br><i>end<\/i>$/);
    expect(html.isWellFormed()).toBe(true);
    expect(html.replace('<br>[…]<br><i>end</i>', '').replaceAll(FAMILY, '')).not.toContain('\ufffd');
  });

  it('with a table of 100,000 rows keeps the first ones and says so', () => {
    const rows = Array.from({ length: 100_000 }, (_, index): [string, string] => [`row ${index}`, 'x']);
    const html = viewToHtml([{ kind: 'table', rows }, words('By Friday')], { cutMark: '[cut]' });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(LIMIT);
    expect(html).toMatch(/^<table><tr><td>row 0<\/td>.*<tr><td>\[cut\]<\/td><td><\/td><\/tr><\/table>/);
  });

  it('by one endless answer keeps the others', () => {
    const rows: [string, string][] = [
      ['long', 'x'.repeat(1_000_000)],
      ['short', 'y'],
    ];
    const html = viewToHtml([{ kind: 'table', rows }], { cutMark: '[cut]' });
    expect(html).toMatch(/x<br>\[cut\]<\/td><\/tr><tr><td>short<\/td><td>y<\/td><\/tr><\/table>$/);
  });

  it('by its remarks alone ends with the mark', () => {
    const html = viewToHtml(Array.from({ length: 5_000 }, () => remark('The card is empty.')));
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(LIMIT);
    expect(html).toMatch(/<\/i><br>\[…\]$/);
  });

  const text = fc.string({ unit: 'grapheme', maxLength: 80 });
  const part: fc.Arbitrary<ViewPart> = fc.oneof(
    text.map(words),
    text.map(remark),
    text.map((one): ViewPart => ({ kind: 'quote', text: one })),
    text.map((one): ViewPart => ({ kind: 'link', href: 'https://e.com', text: one })),
    fc.array(fc.tuple(text, text), { maxLength: 5 }).map((rows): ViewPart => ({ kind: 'table', rows })),
  );

  it('fits any limit, without markup of its own', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 60, max: 2_000 }), (parts, maxBytes) => {
        const html = viewToHtml(parts, { maxBytes, cutMark: '[cut]' });
        expect(Buffer.byteLength(html)).toBeLessThanOrEqual(maxBytes);
        const rest = html.replace(/<br>|<\/?(?:i|blockquote|table|tr|td)>|<a href="[^"<>]*">|<\/a>/g, '');
        expect(rest).not.toMatch(/[<>"']/);
        expect(html.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
