import { describe, expect, it } from '@jest/globals';
import { plainText, type RichText } from '../../../../workflows/domain/rich-text.ts';

const paragraph = (text: string): RichText[number] => ({ kind: 'paragraph', children: [{ kind: 'text', text }] });

describe('plain text of formatted text', () => {
  const cases: [RichText, string][] = [
    [[], ''],
    [[paragraph('a'), paragraph('b')], 'a\n\nb'],
    [
      [
        {
          kind: 'paragraph',
          children: [
            { kind: 'bold', children: [{ kind: 'italic', children: [{ kind: 'text', text: 'a' }] }] },
            { kind: 'line-break' },
            {
              kind: 'link',
              href: 'https://e.com',
              children: [{ kind: 'strike', children: [{ kind: 'text', text: 'b' }] }],
            },
            { kind: 'code', text: 'c' },
          ],
        },
      ],
      'a\nbc',
    ],
    [
      [
        {
          kind: 'list',
          ordered: true,
          start: 3,
          items: [
            [paragraph('a'), { kind: 'list', ordered: false, start: 1, items: [[paragraph('b')], [paragraph('c')]] }],
            [paragraph('d')],
          ],
        },
      ],
      '3. a\n  - b\n  - c\n4. d',
    ],
    [
      [
        { kind: 'quote', children: [paragraph('a')] },
        { kind: 'code-block', text: 'x\n  y' },
      ],
      'a\n\nx\n  y',
    ],
  ];
  it.each(cases)('%#', (blocks, text) => {
    expect(plainText(blocks)).toBe(text);
  });
});
