import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatWhatsAppText } from '../../../../../activities/channels/whatsapp/format-text.ts';
import type { Block, Inline } from '../../../../../workflows/domain/rich-text.ts';

const text = (value: string): Inline => ({ kind: 'text', text: value });
const bold = (...children: Inline[]): Inline => ({ kind: 'bold', children });
const italic = (...children: Inline[]): Inline => ({ kind: 'italic', children });
const strike = (...children: Inline[]): Inline => ({ kind: 'strike', children });
const code = (value: string): Inline => ({ kind: 'code', text: value });
const link = (href: string, ...children: Inline[]): Inline => ({ kind: 'link', href, children });
const lineBreak: Inline = { kind: 'line-break' };
const paragraph = (...children: Inline[]): Block => ({ kind: 'paragraph', children });
const list = (ordered: boolean, start: number, ...items: Block[][]): Block => ({ kind: 'list', ordered, start, items });

describe('inline', () => {
  it.each<[string, Inline[], string]>([
    ['plain text', [text('Good day')], 'Good day'],
    ['bold', [text('a '), bold(text('word')), text('.')], 'a *word*.'],
    ['italic and strike', [italic(text('one')), text(' '), strike(text('two'))], '_one_ ~two~'],
    ['a style in a style', [bold(text('very '), italic(text('loud')))], '*very _loud_*'],
    ['all of one text in two styles', [bold(italic(text('both')))], '*_both_*'],
    ['the order of nesting made no difference', [italic(bold(text('both')))], '*_both_*'],
    ['spaces moved out of the marks', [text('a'), bold(text(' b ')), text('c')], 'a *b* c'],
    ['no marks around nothing', [text('a'), bold(text(' ')), text('b')], 'a b'],
    ['no marks inside a word', [bold(text('A')), text('pple')], 'Apple'],
    ['no marks inside a Cyrillic word', [text('при'), bold(text('вет'))], 'привет'],
    ['no marks where the text holds one', [bold(text('2*3'))], '2*3'],
    ['neighbours of one style as one', [bold(text('a')), bold(text('b'))], '*ab*'],
    ['marks on each line of their own', [bold(text('one'), lineBreak, text('two'))], '*one*\n*two*'],
    ['line breaks', [text('one '), lineBreak, text(' two')], 'one\ntwo'],
    ["the writer's own asterisks", [text('*note* 2*2=4 _x_')], '*note* 2*2=4 _x_'],
    ['code', [text('run '), code('npm test'), text('.')], 'run `npm test`.'],
    ['code that holds a mark', [code('a`b')], 'a`b'],
    ['bold beside punctuation', [text('('), bold(text('x')), text(')')], '(*x*)'],
    ['an emoji beside bold', [text('👍'), bold(text('yes'))], '👍*yes*'],
  ])('writes %s', (_name, children, expected) => {
    expect(formatWhatsAppText([paragraph(...children)])).toBe(expected);
  });
});

describe('links', () => {
  it.each<[string, Inline[], string]>([
    [
      'text and address',
      [text('see '), link('https://example.com/a', text('the page'))],
      'see the page (https://example.com/a)',
    ],
    [
      'an address that is its own text once',
      [link('https://example.com/', text('www.example.com'))],
      'https://example.com/',
    ],
    ['an address without text', [link('https://example.com')], 'https://example.com'],
    [
      'mail and phone without their scheme',
      [link('mailto:a@b.example', text('a@b.example')), text(' '), link('tel:+4930', text('call'))],
      'a@b.example call (+4930)',
    ],
    [
      'no mark that would join the address',
      [bold(text('see '), link('https://example.com', text('https://example.com')))],
      '*see* https://example.com',
    ],
    ['a bold text of a link', [bold(link('https://example.com', text('page')))], '*page* (https://example.com)'],
  ])('writes %s', (_name, children, expected) => {
    expect(formatWhatsAppText([paragraph(...children)])).toBe(expected);
  });
});

describe('blocks', () => {
  it.each<[string, Block[], string]>([
    ['paragraphs apart', [paragraph(text('one')), paragraph(text('two'))], 'one\n\ntwo'],
    ['nothing for blank ones', [paragraph(text('one')), paragraph(text(' ')), paragraph()], 'one'],
    ['a list', [list(false, 1, [paragraph(text('a'))], [paragraph(bold(text('b')))])], '- a\n- *b*'],
    ['a numbered list from its start', [list(true, 9, [paragraph(text('a'))], [paragraph(text('b'))])], '9. a\n10. b'],
    [
      'a list in a list',
      [list(true, 1, [paragraph(text('a')), list(false, 1, [paragraph(text('b'))])], [paragraph(text('c'))])],
      '1. a\n   - b\n2. c',
    ],
    [
      'a quote',
      [{ kind: 'quote', children: [paragraph(text('one'), lineBreak, text('two')), paragraph(text('three'))] }],
      '> one\n> two\n>\n> three',
    ],
    ['a block of code', [{ kind: 'code-block', text: 'a *b*\n  c\n' }], '```a *b*\n  c```'],
  ])('writes %s', (_name, blocks, expected) => {
    expect(formatWhatsAppText(blocks)).toBe(expected);
  });
});

describe('any text', () => {
  const words = fc.stringMatching(/^[ a-zа-я.,!👍]{1,8}$/u).map(text);
  const inlines = fc.letrec<{ inline: Inline }>((tie) => ({
    inline: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      words,
      fc.constant(lineBreak),
      fc.record({
        kind: fc.constantFrom('bold' as const, 'italic' as const, 'strike' as const),
        children: fc.array(tie('inline'), { maxLength: 3 }),
      }),
    ),
  })).inline;
  const bare = (value: string) => value.replace(/[*_~]/g, '').replace(/\s+/g, '');
  const plain = (nodes: Inline[]): string =>
    nodes.map((node) => (node.kind === 'text' ? node.text : 'children' in node ? plain(node.children) : '')).join('');

  it('keeps every character and balances marks on every line', () => {
    fc.assert(
      fc.property(fc.array(inlines, { maxLength: 6 }), (children) => {
        const formatted = formatWhatsAppText([paragraph(...children)]);
        expect(bare(formatted)).toBe(bare(plain(children)));
        for (const line of formatted.split('\n')) {
          for (const mark of ['*', '_', '~']) expect((line.split(mark).length - 1) % 2).toBe(0);
          // A mark hugs its words: never "* word *".
          expect(line).not.toMatch(/(?:^|[\s(])[*_~]\s/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
