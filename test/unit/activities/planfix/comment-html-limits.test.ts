import { describe, expect, it } from '@jest/globals';
import { Parser } from 'htmlparser2';
import { formatWhatsAppText } from '../../../../activities/channels/whatsapp/format-text.ts';
import { parseCommentHtml } from '../../../../activities/planfix/comment-html.ts';
import { plainText } from '../../../../workflows/domain/rich-text.ts';
import { splitText } from '../../../../workflows/domain/split-text.ts';

const textOf = (html: string) => plainText(parseCommentHtml(html));

describe('what is no text for the customer', () => {
  const SECRET = 'alert(1)';
  it.each([
    ['a comment with a script', `a<!-- <script>${SECRET}</script> -->b`],
    ['a comment inside a script', `a<script><!-- ${SECRET} --></script>b`],
    ['a comment that ends in a script', `a<!-- x --!><script>${SECRET}</script>b`],
    ['a script in capitals', `a<SCRIPT >${SECRET}</SCRIPT >b`],
    ['a script in a table in a table', `<table><tr><td><table><tr><td>a<script>${SECRET}</script>b</table></table>`],
    ['a script that is the element too deep', `${'<b>'.repeat(511)}a<script>${SECRET}</script>b`],
    ['a script inside the element too deep', `${'<b>'.repeat(511)}a<i><script>${SECRET}</script>b`],
    ['a script right after many elements', `a${'<b>'.repeat(512)}<script>${SECRET}</script>b`],
    ['an address that runs', `a<a href="javascript:${SECRET}"></a>b`],
    ['an attribute that runs', `a<img src=x onerror="${SECRET}">b`],
  ])('%s', (_, html) => {
    const text = textOf(html);
    expect(text).not.toContain(SECRET);
    expect(text.replace(/\W/g, '')).toBe('ab');
  });

  it('would be seen', () => {
    expect(textOf(`a&lt;script&gt;${SECRET}&lt;/script&gt;b`)).toContain(SECRET);
  });

  it('leaves what follows a comment that never ends', () => {
    expect(textOf('a<!-- b')).toBe('a');
  });
});

/** Each is repeated to the length that is asked for, after what begins it. */
const BULKS: [name: string, unit: string, before: string][] = [
  ['elements that stay open', '<b>', ''],
  ['lists that stay open', '<ul><li>x', ''],
  ['tables in tables', '<table><tr><td>x', ''],
  ['quotes in quotes', '<blockquote>x', ''],
  ['whole rows', '<tr><td>a</td><td>b</td></tr>', '<table>'],
  ['closing tags of nothing', '</i>', '<b>'.repeat(3_000)],
  ['crossed styles', '<b>a<i>b</b>c</i>', ''],
  ['paragraphs', '<p>a <b>b</b> c</p>', ''],
  ['lines', 'x<br>', ''],
  ['empty lines', '&nbsp;<br>', ''],
  ['entities', '&lt;', ''],
  ['brackets that open nothing', '<', ''],
  ['comments', '<!--x-->', ''],
  ['comments that stay open', '<!--', ''],
  ['preformatted lines', '<div>x&lt;</div>', '<pre>'],
  ['attributes', 'a=b ', '<p '],
  ['styles', '<p style="font-weight:bold;color:red">x</p>', ''],
  ['links', '<a href="https://e.com/comment/5">x</a>', '<blockquote>'],
  ['spaces', ' ', ''],
  ['words', 'word ', ''],
  ['joined emoji', '👩‍👧', ''],
];
const bulkOf = (unit: string, before: string, length: number) => before + unit.repeat(Math.ceil(length / unit.length));

type Method = (this: { length: number }, ...values: unknown[]) => unknown;

/**
 * The characters and elements that are passed over by built-in functions which look at all that they are called on:
 * what a list or text that grows is asked again and again is counted again and again.
 */
function stepsOf(work: () => void): number {
  let steps = 0;
  const counted: [prototype: object, name: string][] = [
    ...['indexOf', 'includes', 'unshift', 'shift', 'concat', 'findLast', 'findIndex', 'findLastIndex', 'join'].map(
      (name): [object, string] => [Array.prototype, name],
    ),
    ...['endsWith', 'trim', 'trimEnd', 'replace', 'replaceAll', 'split', 'toLowerCase'].map(
      (name): [object, string] => [String.prototype, name],
    ),
  ];
  const originals = counted.map(([prototype, name]) => Reflect.get(prototype, name) as Method);
  counted.forEach(([prototype, name], at) => {
    const original = originals[at] as Method;
    Reflect.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value: function counting(this: { length: number }, ...values: unknown[]) {
        steps += this.length;
        return Reflect.apply(original, this, values);
      },
    });
  });
  try {
    work();
  } finally {
    counted.forEach(([prototype, name], at) => {
      Reflect.defineProperty(prototype, name, { configurable: true, writable: true, value: originals[at] });
    });
  }
  return steps;
}

/** How many times the steps grow when the length grows fourfold: 4 where they follow the length, 16 by its square. */
function growth(work: (html: string) => void, unit: string, before = ''): number {
  const [short, long] = [20_000, 80_000].map((length) => bulkOf(unit, before, length));
  return (
    stepsOf(() => work(long ?? '')) /
    Math.max(
      stepsOf(() => work(short ?? '')),
      20_000,
    )
  );
}

describe('the work on the HTML of a comment', () => {
  it.each(BULKS)('follows its length: %s', (_, unit, before) => {
    expect(growth(parseCommentHtml, unit, before)).toBeLessThan(5);
  });

  it('would not in a parser that nests without end', () => {
    const bare = (html: string) => new Parser({ onclosetag: () => undefined }).end(html);
    expect(growth(bare, '<b>')).toBeGreaterThan(10);
    expect(growth(bare, '</i><b>')).toBeGreaterThan(10);
  });

  it('would not where a growing text is asked for its end', () => {
    const growing = (html: string) => {
      let text = '';
      for (const letter of html) if (!text.endsWith(' ')) text += letter;
    };
    expect(growth(growing, 'x')).toBeGreaterThan(10);
  });

  it.each(BULKS)('ends for 1 MB, and gives not much more than that: %s', (_, unit, before) => {
    const tree = parseCommentHtml(bulkOf(unit, before, 1_000_000));
    // The plain text gives each item of a list a line of its own, and an indent for each level.
    expect(plainText(tree).length).toBeLessThanOrEqual(2_000_000);
  });
});

describe('long comments', () => {
  it('keep every word, deeper than browsers nest, too', () => {
    const words = Array.from({ length: 5_000 }, (_, at) => `w${at}`);
    const nested = words.map((word) => `<div>${word}`).join('');
    expect(textOf(nested).split('\n')).toEqual(words);
    // Control: a lost word would show.
    expect(textOf(nested.replace('w4000', '')).split('\n')).not.toEqual(words);
  });

  it('begin anew where elements nest too deep', () => {
    const bold = [{ kind: 'bold', children: [{ kind: 'text', text: 'a' }] }];
    expect(parseCommentHtml(`${'<b>'.repeat(511)}a`)).toEqual([{ kind: 'paragraph', children: bold }]);
    const plain = [{ kind: 'text', text: 'a' }];
    expect(parseCommentHtml(`${'<b>'.repeat(512)}a</b>`)).toEqual([{ kind: 'paragraph', children: plain }]);
  });

  it('of nested tables keep every cell', () => {
    const nested = Array.from({ length: 400 }, (_, at) => `<table><tr><td>c${at}</td><td>`).join('');
    expect(textOf(nested).match(/c\d+/g)).toEqual(Array.from({ length: 400 }, (_, at) => `c${at}`));
  });

  it('of 65,536 characters arrive whole, in messages that fit', () => {
    const html = `<p>${'Слово '.repeat(10_922)}конец</p>`;
    expect(html.length).toBeGreaterThan(65_536);
    const messages = splitText(formatWhatsAppText(parseCommentHtml(html)));
    expect(messages.every((message) => message.length <= 4_096)).toBe(true);
    expect(messages.join(' ')).toBe(`${'Слово '.repeat(10_922)}конец`);
  });

  it('of 4,096 joined emoji break none of them', () => {
    const family = '👨‍👩‍👧‍👦';
    const messages = splitText(formatWhatsAppText(parseCommentHtml(`<p>${family.repeat(4_096)}</p>`)));
    expect(messages.join('')).toBe(family.repeat(4_096));
    expect(messages.filter((message) => message.replaceAll(family, '') !== '')).toEqual([]);
    // Control: a cut at the same length anywhere would break one.
    expect(family.repeat(400).slice(0, 4_000).replaceAll(family, '')).not.toBe('');
  });
});
