import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCommentHtml } from '../../../../activities/planfix/comment-html.ts';
import type { Block, Inline } from '../../../../workflows/domain/rich-text.ts';
import { plainText } from '../../../../workflows/domain/rich-text.ts';

/** A short notation for trees: b[…], i[…], s[…], `…`, a(href)[…], ⏎; p(…), ul(…), ol1(…), q(…), pre(…). */
function show(blocks: Block[]): string {
  return blocks.map(showBlock).join(' ');
}
function showBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `p(${showInline(block.children)})`;
    case 'list':
      return `${block.ordered ? `ol${block.start}` : 'ul'}(${block.items.map(show).join(' / ')})`;
    case 'quote':
      return `q(${show(block.children)})`;
    case 'code-block':
      return `pre(${block.text})`;
  }
}
const LETTER = { bold: 'b', italic: 'i', strike: 's' } as const;
function showInline(children: Inline[]): string {
  return children
    .map((child) => {
      if (child.kind === 'text') return child.text;
      if (child.kind === 'line-break') return '⏎';
      if (child.kind === 'code') return `\`${child.text}\``;
      if (child.kind === 'link') return `a(${child.href})[${showInline(child.children)}]`;
      return `${LETTER[child.kind]}[${showInline(child.children)}]`;
    })
    .join('');
}

const CASES: [name: string, html: string, expected: string][] = [
  ['nothing', '', ''],
  ['plain text', 'It is ready', 'p(It is ready)'],
  ['white space collapses', '  a \n\t b  ', 'p(a b)'],
  ['white space between elements', '<p>a</p>\n  <p>b</p>\n', 'p(a) p(b)'],
  ['white space across elements', 'a <b> b </b> c', 'p(a b[b ]c)'],
  ['no-break spaces stay, as spaces', 'a&nbsp;&nbsp;b', 'p(a  b)'],
  ['entities', '&lt;b&gt; &amp;amp; &quot;x&quot; &#128512; &euro; &copy', 'p(<b> &amp; "x" 😀 € ©)'],
  ['paragraphs', '<p>a</p><p>b</p>', 'p(a) p(b)'],
  ['empty paragraphs', '<p>a</p><p></p><p>&nbsp;</p><p><br></p><p>b</p>', 'p(a) p(b)'],
  ['unclosed paragraphs', '<p>a<p>b', 'p(a) p(b)'],
  ['divs are lines', '<div>a</div><div>b</div>', 'p(a⏎b)'],
  ['an empty line between divs', '<div>a</div><div><br></div><div>b</div>', 'p(a⏎⏎b)'],
  ['an empty line of a no-break space', '<div>a</div><div>&nbsp;</div><div>b</div>', 'p(a⏎⏎b)'],
  ['nested divs begin one line', '<div><div><div>a</div></div></div><div><div>b</div></div>', 'p(a⏎b)'],
  ['text around divs', 'a<div>b</div>c', 'p(a⏎b⏎c)'],
  ['line breaks', 'a<br>b<br/>c</br>d', 'p(a⏎b⏎c⏎d)'],
  ['a line break at the end of a div shows not', '<div>a<br></div><div>b</div>', 'p(a⏎b)'],
  ['spaces around line breaks', 'a <br> b', 'p(a⏎b)'],
  ['line breaks around everything', '<br><br>a<br><br>', 'p(a)'],
  ['line breaks between paragraphs', '<p>a</p><br><p>b</p>', 'p(a) p(b)'],
  ['bold', '<b>a</b><strong>b</strong>', 'p(b[ab])'],
  ['italic', '<i>a</i><em>b</em>', 'p(i[ab])'],
  ['strike', '<s>a</s><strike>b</strike><del>c</del>', 'p(s[abc])'],
  ['underline is plain', '<u>a</u><ins>b</ins>', 'p(ab)'],
  ['code', 'run <code>a  b</code>', 'p(run `a b`)'],
  ['styles in styles', '<b>a<i>b</i></b><i>c</i>', 'p(b[ai[b]]i[c])'],
  ['crossed styles', '<b>a<i>b</b>c</i>', 'p(b[ai[b]]c)'],
  ['styles around blocks', '<b><p>a</p><p>b</p></b>', 'p(b[a]) p(b[b])'],
  ['styles across lines', '<b>a<br>b</b><br>c', 'p(b[a⏎b]⏎c)'],
  ['styles that hold nothing', 'a<b></b><i> </i>b', 'p(ai[ ]b)'],
  ['style attributes', '<span style="font-weight: 700; font-style:italic">a</span>', 'p(b[i[a]])'],
  ['crossed out by attribute', '<span style="text-decoration:underline line-through">a</span>', 'p(s[a])'],
  [
    'Google Docs',
    '<b style="font-weight:normal;" id="docs-internal-guid-1"><p><span style="font-weight:400">a</span> <span style="font-weight:700">b</span></p></b>',
    'p(a b[b])',
  ],
  [
    'Word',
    '<p class=MsoNormal><span lang=EN-GB>a<o:p></o:p></span></p><!--[if gte mso 9]><xml>x</xml><![endif]--><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b<span style="mso-hide:all">x</span></p>',
    'p(a) p(b)',
  ],
  ['headings are bold', '<h1>a</h1>b<h3>c</h3>', 'p(b[a]) p(b) p(b[c])'],
  ['links', 'see <a href="https://e.com/?a=1&amp;b=2">the page</a>.', 'p(see a(https://e.com/?a=1&b=2)[the page].)'],
  ['bold links', '<b><a href="https://e.com">a</a></b>', 'p(a(https://e.com)[b[a]])'],
  ['links without text', '<a href="https://e.com"></a>', 'p(a(https://e.com)[https://e.com])'],
  ['links around an image', '<a href="https://e.com"><img src="x" alt="Logo"></a>', 'p(a(https://e.com)[Logo])'],
  ['links around a nameless image', '<a href="https://e.com"><img src="x"></a>', 'p(a(https://e.com)[https://e.com])'],
  [
    'mail and phone links',
    '<a href="mailto:a@e.com">a</a> <a href="tel:+44">b</a>',
    'p(a(mailto:a@e.com)[a] a(tel:+44)[b])',
  ],
  ['links without a scheme', '<a href="//e.com/x">a</a>', 'p(a(https://e.com/x)[a])'],
  ['links with spaces', '<a href=" https://e.com/a b ">a</a>', 'p(a(https://e.com/a%20b)[a])'],
  [
    'scripts, anchors and pages inside are text',
    '<a href="javascript:alert(1)">a</a> <a href="#x">b</a> <a href="/task/1">c</a> <a>d</a>',
    'p(a b c d)',
  ],
  ['mentions are text', '<a class="mention" href="/user/5" data-id="5">@Ann Lee</a>, look', 'p(@Ann Lee, look)'],
  ['images are their alternative text', 'a <img alt=" 😀 " src="x"> b<img src="y">', 'p(a 😀 b)'],
  ['scripts and styles', 'a<script>var b = "<p>x</p>";</script><style>p{}</style><title>t</title>c', 'p(ac)'],
  ['hidden things', 'a<span style="display: none">x<b>y</b></span>b', 'p(ab)'],
  ['comments', 'a<!-- x -->b', 'p(ab)'],
  ['lists', '<ul><li>a</li><li>b</li></ul>', 'ul(p(a) / p(b))'],
  ['ordered lists', '<ol start="3"><li>a<li>b</ol>', 'ol3(p(a) / p(b))'],
  ['ordered lists that start oddly', '<ol start="x"><li>a</ol>', 'ol1(p(a))'],
  ['lists between text', 'a<ul><li>b</li></ul>c', 'p(a) ul(p(b)) p(c)'],
  ['nested lists', '<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>', 'ul(p(a) ol1(p(b)) / p(c))'],
  ['lists right inside lists', '<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>', 'ul(p(a) ul(p(b)) / p(c))'],
  ['paragraphs in items', '<ul><li><p>a</p><p>b</p></li></ul>', 'ul(p(a) p(b))'],
  ['empty items and lists', '<ul><li></li><li>a</li></ul><ol></ol>', 'ul(p(a))'],
  ['text right inside a list', '<ul>a<li>b</li></ul>', 'ul(p(a) / p(b))'],
  ['items outside a list', '<li>a</li><li>b</li>', 'p(a⏎b)'],
  ['quotes', '<blockquote>a<blockquote><p>b</p></blockquote></blockquote>c', 'q(p(a) q(p(b))) p(c)'],
  ['lists in quotes', '<blockquote><ul><li>a</li></ul></blockquote>', 'q(ul(p(a)))'],
  ['empty quotes', '<blockquote> </blockquote>', ''],
  ['preformatted', '<pre>\n a\n  <b>b</b>\r\nc&nbsp;d\n</pre>e', 'pre( a\n  b\nc d) p(e)'],
  ['preformatted lines', '<pre><div>a</div><div>b</div>c<br>d</pre>', 'pre(a\nbc\nd)'],
  [
    'tables are lines',
    '<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>z',
    'p(b[x] | b[y]⏎1 | 2) p(z)',
  ],
  [
    'cells that hold paragraphs',
    '<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td></td><td><p>d</p></td></tr></table>',
    'p(a | b⏎| d)',
  ],
  [
    'tables that lay out a page',
    'x<table><tr><td><table><tr><td><p>a</p><p>b</p></td></tr></table></td></tr></table>',
    'p(x) p(a) p(b)',
  ],
  ['rules and definition lists', 'a<hr>b<dl><dt>c</dt><dd>d</dd></dl>', 'p(a) p(b) p(c⏎d)'],
  ['invisible characters', '\ufeffa\u200bb&shy;c', 'p(abc)'],
  ['joined emoji', '👩‍👧', 'p(👩‍👧)'],
  ['stray closing tags', 'a</div></b></li></blockquote>b</p>c', 'p(ab) p(c)'],
  ['unclosed everything', '<ul><li><b>a<blockquote><i>b', 'ul(p(b[a]) q(p(b[i[b]])))'],
  ['broken tags', 'a < b <3 <a href="https://e.com', 'p(a < b <3)'],
  ['upper case', '<P>a<BR>b</P><STRONG>c</STRONG>', 'p(a⏎b) p(b[c])'],
];

describe('the HTML of a comment', () => {
  it.each(CASES)('%s', (_, html, expected) => {
    expect(show(parseCommentHtml(html))).toBe(expected);
  });

  const TAGS = [
    'p',
    'div',
    'b',
    'i',
    's',
    'ul',
    'ol',
    'li',
    'blockquote',
    'pre',
    'a',
    'td',
    'tr',
    'table',
    'br',
    'code',
  ];
  const soup = fc
    .array(
      fc.oneof(
        fc.constantFrom(...TAGS).map((tag) => `<${tag}>`),
        fc.constantFrom(...TAGS).map((tag) => `</${tag}>`),
        fc.constantFrom(
          '<a href="https://e.com">',
          '&nbsp;',
          '&lt;',
          ' ',
          '\n',
          '<',
          '&',
          '<!--',
          '-->',
          '<img alt=x>',
        ),
        fc.string(),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(''));

  const codeUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

  it('of any kind becomes a sound tree, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(soup, codeUnits), (html) => {
        expect(flaws(parseCommentHtml(html))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every word of what is not hidden', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TAGS), { maxLength: 30 }), (tags) => {
        const html = tags.map((tag, at) => `<${tag}>w${at} `).join('');
        const words = plainText(parseCommentHtml(html)).match(/w\d+/g) ?? [];
        expect(words).toEqual(tags.map((__, at) => `w${at}`));
      }),
    );
  });

  it.each(['<div>', '<ul><li>', '<blockquote>', '<b><i>', '<table><tr><td>', '<ol>'])(
    'nested without end stays shallow: %s',
    (tag) => {
      const html = `${tag.repeat(Math.floor(60_000 / tag.length))}deep`;
      const text = plainText(parseCommentHtml(html));
      expect(text).toContain('deep');
      expect(JSON.stringify(parseCommentHtml(html)).length).toBeLessThan(5_000);
    },
  );
});

/** What is wrong with a tree: nothing in it is empty, and only code blocks hold line ends. */
function flaws(blocks: Block[]): string[] {
  return blocks.flatMap(blockFlaws);
}

function blockFlaws(block: Block): string[] {
  switch (block.kind) {
    case 'paragraph':
      return inlineFlaws(block.children);
    case 'quote':
      return block.children.length === 0 ? ['empty quote'] : flaws(block.children);
    case 'code-block':
      return block.text.trim() === '' ? ['empty code block'] : [];
    case 'list':
      return block.items.some((item) => item.length === 0) ? ['empty item'] : block.items.flatMap(flaws);
  }
}

function inlineFlaws(children: Inline[]): string[] {
  if (children.length === 0) return ['nothing inside'];
  return children.flatMap((child) => {
    if (child.kind === 'line-break') return [];
    if (child.kind !== 'text' && child.kind !== 'code') return inlineFlaws(child.children);
    return child.text === '' || child.text.includes('\n') ? [`text ${JSON.stringify(child.text)}`] : [];
  });
}
