import { Parser } from 'htmlparser2';
import type { RichText } from '../../workflows/domain/rich-text.ts';
import { type BlockTree, type Container, createBlockTree } from './block-tree.ts';
import { type Attributes, isHidden, styleInside } from './element-style.ts';
import { createParagraph, ordinarySpaces, type Paragraph, PLAIN, type Style } from './paragraph.ts';

/** Browsers nest elements no deeper either. The parser looks through all that is open, so this bounds its work. */
const MAX_DEPTH = 512;
/** Their content is no markup, which a parser that begins after their tag could not know. */
const RAW_TEXT = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext']);

/**
 * The HTML of a comment as formatted text, as a browser would show it: what editors, Word and Google Docs produce,
 * and whatever else is pasted. Tables become lines with ` | ` between cells, images their alternative text. Never
 * throws, takes time in proportion to the length, and nests no deeper than a renderer can follow.
 */
export function parseCommentHtml(html: string): RichText {
  const state: State = {
    tree: createBlockTree(),
    paragraph: createParagraph(),
    frames: [{ style: PLAIN, skip: false, pre: false, margin: 0, cells: 0, rows: 0 }],
    preformatted: [],
    pending: 0,
    cellBegins: false,
    linkIsEmpty: false,
  };
  for (let rest = html; rest !== ''; ) rest = parsePart(state, rest);
  flush(state);
  return state.tree.finish();
}

/** Parses to the end, or to where elements nest too deep: there all are closed, and the rest is for another parser. */
function parsePart(state: State, html: string): string {
  let isTooDeep = false;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      openElement(state, name, attributes);
      isTooDeep = state.frames.length > MAX_DEPTH && !RAW_TEXT.has(name);
      if (isTooDeep) parser.pause();
    },
    onclosetag: () => closeElement(state),
    ontext: (text) => takeText(state, text),
  });
  parser.write(html);
  if (!isTooDeep) {
    parser.end();
    return '';
  }
  while (state.frames.length > 1) closeElement(state);
  return html.slice(parser.endIndex + 1);
}

/** 0: none, 1: what follows begins a new line, 2: a new paragraph. */
type Margin = 0 | 1 | 2;

/** What an open element means for the text inside it, and what ends with it. */
type Frame = {
  style: Style;
  skip: boolean;
  pre: boolean;
  closes?: 'container' | 'pre' | 'link';
  margin: Margin;
  cells: number;
  rows: number;
};

type State = {
  tree: BlockTree;
  paragraph: Paragraph;
  frames: Frame[];
  /** In pieces: a text that is looked into while it grows is copied each time. */
  preformatted: string[];
  /** The margin since the last visible content; it takes effect with the next. */
  pending: Margin;
  /** Set where a table cell begins: the margin of its first element does not end the row. */
  cellBegins: boolean;
  linkIsEmpty: boolean;
};

const SKIPPED = new Set([
  ...['script', 'style', 'head', 'title', 'template', 'noscript', 'iframe', 'object', 'svg', 'math', 'canvas'],
  ...['video', 'audio', 'select', 'datalist'],
]);
/** Elements with a margin above and below. */
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'dl', 'figure', 'hr', 'fieldset']);
/** Elements that only begin a new line. */
const LINES = new Set([
  ...['div', 'section', 'article', 'header', 'footer', 'main', 'aside', 'nav', 'address', 'center', 'form', 'li'],
  ...['figcaption', 'details', 'summary', 'dt', 'dd', 'tr', 'caption', 'body'],
]);
const ROW_GROUPS = new Set(['tbody', 'thead', 'tfoot']);

function marginOf(name: string): Margin {
  if (PARAGRAPHS.has(name)) return 2;
  return LINES.has(name) ? 1 : 0;
}

function innermost(state: State): Frame {
  const frame = state.frames.at(-1);
  if (frame === undefined) throw new Error('the outermost frame is never closed');
  return frame;
}

function openElement(state: State, name: string, attributes: Attributes): void {
  const parent = innermost(state);
  const frame: Frame = {
    style: styleInside(name, attributes, parent.style),
    skip: parent.skip || SKIPPED.has(name) || isHidden(attributes),
    pre: parent.pre,
    margin: 0,
    cells: 0,
    rows: 0,
  };
  state.frames.push(frame);
  if (frame.skip) return;
  if (frame.pre) {
    const startsLine = marginOf(name) > 0 && state.preformatted.at(-1)?.endsWith('\n') === false;
    if (name === 'br' || startsLine) state.preformatted.push('\n');
    return;
  }
  if (openContainer(state, name, attributes, frame)) return;
  if (name === 'td' || name === 'th') openCell(state, parent);
  else openBlock(state, name, frame, parent);
  openInline(state, name, attributes, frame);
}

function openContainer(state: State, name: string, attributes: Attributes, frame: Frame): boolean {
  if (name === 'pre') {
    flush(state);
    state.preformatted = [];
    frame.pre = true;
    frame.closes = 'pre';
    return true;
  }
  const container = containerOf(state, name, attributes);
  if (container === undefined) return false;
  flush(state);
  if (state.tree.open(container)) frame.closes = 'container';
  return true;
}

function containerOf(state: State, name: string, attributes: Attributes): Container | undefined {
  switch (name) {
    case 'ul':
    case 'menu':
    case 'ol': {
      const start = Number.parseInt(attributes.start ?? '1', 10);
      return { kind: 'list', ordered: name === 'ol', start: Number.isSafeInteger(start) ? start : 1, items: [] };
    }
    case 'li':
      return state.tree.innermost() === 'list' ? { kind: 'item', blocks: [] } : undefined;
    case 'blockquote':
      return { kind: 'quote', blocks: [], links: attributes.cite === undefined ? [] : [attributes.cite] };
    default:
      return undefined;
  }
}

function openCell(state: State, row: Frame): void {
  row.cells += 1;
  if (row.cells === 1) {
    beginContent(state);
  } else {
    // A margin left by the cell before does not break the row.
    state.pending = 0;
    state.paragraph.addText(' | ', PLAIN);
  }
  state.cellBegins = true;
}

function openBlock(state: State, name: string, frame: Frame, parent: Frame): void {
  frame.margin = marginOf(name);
  raise(state, frame.margin);
  // A table counts its rows through the groups that may stand between them. Cells that hold paragraphs leave a
  // paragraph's margin behind, but the rows of one table are lines all the same.
  if (ROW_GROUPS.has(name)) frame.rows = parent.rows++;
  if (name === 'tr' && parent.rows++ > 0 && state.pending === 2) state.pending = 1;
}

function openInline(state: State, name: string, attributes: Attributes, frame: Frame): void {
  if (name === 'br') {
    const startsParagraph = state.pending === 2;
    beginContent(state);
    if (!startsParagraph || !state.paragraph.isEmpty()) state.paragraph.addLineBreak();
  } else if (name === 'img') {
    addText(state, attributes.alt?.trim() ?? '', frame.style);
  } else if (name === 'a') {
    if (attributes.href !== undefined) state.tree.addLink(attributes.href);
    if (frame.style.href === undefined) return;
    frame.closes = 'link';
    state.linkIsEmpty = true;
  }
}

function closeElement(state: State): void {
  const frame = state.frames.length > 1 ? state.frames.pop() : undefined;
  if (frame === undefined || frame.skip) return;
  if (frame.closes === 'container') {
    flush(state);
    state.tree.close();
  } else if (frame.closes === 'pre') {
    const text = state.preformatted.join('').replaceAll('\r\n', '\n').replace(/^\n/, '').trimEnd();
    if (text !== '') state.tree.add({ kind: 'code-block', text });
  } else if (frame.closes === 'link' && state.linkIsEmpty) {
    addText(state, frame.style.href ?? '', frame.style);
  } else if (frame.margin > 0) {
    state.cellBegins = false;
    raise(state, frame.margin);
  }
}

function takeText(state: State, text: string): void {
  const frame = innermost(state);
  if (frame.skip) return;
  if (frame.pre) state.preformatted.push(ordinarySpaces(text));
  else addText(state, text, frame.style);
}

function addText(state: State, text: string, style: Style): void {
  if (/^[ \t\n\r\f]*$/.test(text)) {
    if (state.pending > 0 || state.paragraph.isAtLineStart()) return;
  } else {
    beginContent(state);
  }
  state.paragraph.addText(text, style);
}

function raise(state: State, margin: Margin): void {
  if (!state.cellBegins && margin > state.pending) state.pending = margin;
}

/** Lets the margin before visible content take effect. */
function beginContent(state: State): void {
  if (state.pending === 2) flush(state);
  else if (state.pending === 1 && !state.paragraph.isAtLineStart()) state.paragraph.addLineBreak();
  state.pending = 0;
  state.cellBegins = false;
  state.linkIsEmpty = false;
}

function flush(state: State): void {
  state.pending = 0;
  const children = state.paragraph.finish();
  if (children.length > 0) state.tree.add({ kind: 'paragraph', children });
  state.paragraph = createParagraph();
}
