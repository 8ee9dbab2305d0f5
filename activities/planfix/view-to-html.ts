import type { ViewPart } from '../../workflows/domain/view-parts.ts';
import { CUT_MARK, escapeHtml, MAX_COMMENT_BYTES, textToHtml } from './text-to-html.ts';

type Limits = { maxBytes: number; cutMark: string };
type Table = Extract<ViewPart, { kind: 'table' }>;

/** A text that is cut to less than this tells nothing. */
const MIN_CUT_BYTES = 200;
/** One endless answer must not push out the others. */
const MAX_CELL_BYTES = 16 * 1024;
const LINE_END = '<br>';

/**
 * What Planfix shows of a message, as the HTML of a comment or description: every text shows as it was written, none
 * of it becomes markup. Longer than `maxBytes`, words and tables are cut with `cutMark`; what Parley says around them
 * stays.
 */
export function viewToHtml(parts: readonly ViewPart[], options: Partial<Limits> = {}): string {
  const limits = { maxBytes: options.maxBytes ?? MAX_COMMENT_BYTES, cutMark: options.cutMark ?? CUT_MARK };
  const whole = join(parts.map((part) => ({ part, html: renderPart(part, limits) })));
  return Buffer.byteLength(whole) <= limits.maxBytes ? whole : cut(parts, limits);
}

function cut(parts: readonly ViewPart[], { maxBytes, cutMark }: Limits): string {
  const end = `${LINE_END}${escapeHtml(cutMark)}`;
  const costs = parts.map((part) => (isLong(part) ? 0 : bytesOf(part, renderPart(part, { maxBytes, cutMark }))));
  let later = costs.reduce((sum, cost) => sum + cost, 0);
  let room = maxBytes - Buffer.byteLength(end);
  const pieces: Piece[] = [];
  let isComplete = true;
  parts.forEach((part, index) => {
    later -= costs[index] ?? 0;
    const available = room - Math.min(later, Math.floor(room / 2));
    const html = renderWithin(part, { maxBytes: available - LINE_END.length, cutMark });
    if (html === undefined) {
      isComplete = false;
      return;
    }
    room -= bytesOf(part, html);
    pieces.push({ part, html });
  });
  return isComplete ? join(pieces) : join(pieces) + end;
}

/** Undefined: too little room for any of it. */
function renderWithin(part: ViewPart, limits: Limits): string | undefined {
  const { maxBytes } = limits;
  if (isLong(part) && maxBytes < MIN_CUT_BYTES + Buffer.byteLength(escapeHtml(limits.cutMark))) return undefined;
  const html = part.kind === 'table' ? renderTable(part, limits) : renderPart(part, limits);
  return Buffer.byteLength(html) <= maxBytes ? html : undefined;
}

function isLong(part: ViewPart): boolean {
  return part.kind === 'words' || part.kind === 'table';
}

function renderPart(part: ViewPart, limits: Limits): string {
  switch (part.kind) {
    case 'words':
      return textToHtml(part.text, limits);
    case 'remark':
      return `<i>${escapeHtml(part.text)}</i>`;
    case 'quote':
      return `<blockquote>${linked(part.link, part.text)}</blockquote>`;
    case 'link':
      return linked(part.href, part.text);
    case 'table':
      return renderTable(part, { ...limits, maxBytes: Number.POSITIVE_INFINITY });
  }
}

function linked(href: string | undefined, text: string): string {
  const html = textToHtml(text);
  if (href === undefined || !/^https?:\/\//i.test(href)) return html;
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}

/** As many rows as there is room for; one that says so takes the place of the others. */
function renderTable({ rows }: Table, { maxBytes, cutMark }: Limits): string {
  const last = renderRow([cutMark, ''], cutMark);
  let room = maxBytes - Buffer.byteLength('<table></table>') - Buffer.byteLength(last);
  let html = '';
  for (const row of rows) {
    const rendered = renderRow(row, cutMark);
    room -= Buffer.byteLength(rendered);
    if (room < 0) return `<table>${html}${last}</table>`;
    html += rendered;
  }
  return `<table>${html}</table>`;
}

function renderRow(row: readonly [string, string], cutMark: string): string {
  const cells = row.map((text) => `<td>${textToHtml(text, { maxBytes: MAX_CELL_BYTES, cutMark })}</td>`);
  return `<tr>${cells.join('')}</tr>`;
}

type Piece = { part: ViewPart; html: string };

/** Quotes and tables begin and end lines by themselves. */
function join(pieces: readonly Piece[]): string {
  return pieces.reduce((html, { part, html: next }, index) => {
    const before = pieces[index - 1]?.part;
    const needsLineEnd = before !== undefined && !isBlock(before) && !isBlock(part);
    return `${html}${needsLineEnd ? LINE_END : ''}${next}`;
  }, '');
}

function isBlock(part: ViewPart): boolean {
  return part.kind === 'quote' || part.kind === 'table';
}

function bytesOf(part: ViewPart, html: string): number {
  return Buffer.byteLength(html) + (isBlock(part) ? 0 : LINE_END.length);
}
