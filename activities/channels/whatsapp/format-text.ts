/**
 * Neutral formatted text → WhatsApp's own marks. WhatsApp shows a mark only where it hugs its words, begins and ends on
 * one line and stands apart from letters; anywhere else the reader would see stray asterisks, so there the text goes
 * without. There is no way to escape a mark: text that holds some already is left as it was written.
 * (WhatsApp: formatting marks in text)
 */
import { type Block, type Inline, inlineText, type RichText } from '../../../workflows/domain/rich-text.ts';

const STYLES = ['bold', 'italic', 'strike'] as const;
type Style = (typeof STYLES)[number];

const MARKS: Readonly<Record<Style, string>> = { bold: '*', italic: '_', strike: '~' };
const CODE_MARK = '`';
const CODE_BLOCK_MARK = '```';
const QUOTE_PREFIX = '> ';

/** A stretch of one line with the same styles; `code` is verbatim. */
type Run = { text: string; styles: ReadonlySet<Style>; code: boolean };

export function formatWhatsAppText(blocks: RichText): string {
  return formatBlocks(blocks, '\n\n').trim();
}

function formatBlocks(blocks: readonly Block[], separator: string): string {
  return blocks
    .map(formatBlock)
    .filter((text) => text.trim() !== '')
    .join(separator);
}

function formatBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return formatInlines(block.children);
    case 'list':
      return block.items.map((item, index) => formatItem(block, item, index)).join('\n');
    case 'quote':
      return prefixLines(formatBlocks(block.children, '\n\n'), QUOTE_PREFIX, QUOTE_PREFIX);
    case 'code-block':
      return formatCodeBlock(block.text);
  }
}

function formatItem(list: { ordered: boolean; start: number }, item: readonly Block[], index: number): string {
  const marker = list.ordered ? `${list.start + index}. ` : '- ';
  return prefixLines(formatBlocks(item, '\n'), marker, ' '.repeat(marker.length));
}

function prefixLines(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : others}${line}`.trimEnd())
    .join('\n');
}

function formatCodeBlock(text: string): string {
  const code = text.replace(/^\n+|\s+$/g, '');
  return code === '' || code.includes(CODE_BLOCK_MARK) ? code : `${CODE_BLOCK_MARK}${code}${CODE_BLOCK_MARK}`;
}

function formatInlines(children: readonly Inline[]): string {
  return toLines(children)
    .map((line) => formatLine(line).trim())
    .join('\n');
}

function toLines(children: readonly Inline[]): Run[][] {
  const lines: Run[][] = [[]];
  collectRuns(lines, children, new Set());
  return lines;
}

function collectRuns(lines: Run[][], nodes: readonly Inline[], styles: ReadonlySet<Style>): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        addText(lines, node.text, styles, false);
        break;
      case 'code':
        addText(lines, node.text, styles, true);
        break;
      case 'line-break':
        lines.push([]);
        break;
      case 'link':
        collectLink(lines, node, styles);
        break;
      default:
        collectRuns(lines, node.children, new Set([...styles, node.kind]));
    }
  }
}

/** The address stands outside of all marks: a closing mark beside it would become part of the link. */
function collectLink(lines: Run[][], link: Extract<Inline, { kind: 'link' }>, styles: ReadonlySet<Style>): void {
  const address = link.href.replace(/^(?:mailto|tel):/, '');
  const shown = inlineText(link.children).trim();
  if (shown === '' || isSameAddress(shown, link.href)) {
    addText(lines, address, new Set(), false);
    return;
  }
  collectRuns(lines, link.children, styles);
  addText(lines, ` (${address})`, new Set(), false);
}

function addText(lines: Run[][], text: string, styles: ReadonlySet<Style>, code: boolean): void {
  for (const [index, part] of text.split('\n').entries()) {
    if (index > 0) lines.push([]);
    if (part !== '') lines.at(-1)?.push({ text: part, styles, code });
  }
}

/** "example.com" and "https://www.example.com/" lead to the same place, so that it is shown once. */
function isSameAddress(text: string, href: string): boolean {
  const bare = (address: string) =>
    address
      .toLowerCase()
      .replace(/^(?:https?:\/\/|mailto:|tel:)/, '')
      .replace(/^www\./, '')
      .replace(/\/$/, '');
  return bare(text) === bare(href);
}

/** Marks for the whole line, the outer style first; each group knows the characters beside it. */
function formatLine(runs: readonly Run[]): string {
  return markUp(runs, STYLES, '', '');
}

function markUp(runs: readonly Run[], styles: readonly Style[], before: string, after: string): string {
  const [style, ...inner] = styles;
  if (style === undefined) return joinRuns(runs, before, after);
  let result = '';
  const groups = groupBy(runs, style);
  groups.forEach((group, index) => {
    const previous = lastCharacter(result) || before;
    const next = firstCharacter(groups[index + 1]) || after;
    const isStyled = group[0]?.styles.has(style) === true;
    result += isStyled ? wrap(group, inner, MARKS[style], previous, next) : markUp(group, inner, previous, next);
  });
  return result;
}

function wrap(group: readonly Run[], inner: readonly Style[], mark: string, previous: string, next: string): string {
  const plain = group.map((run) => run.text).join('');
  const lead = plain.slice(0, plain.length - plain.trimStart().length);
  const tail = plain.trim() === '' ? '' : plain.slice(plain.trimEnd().length);
  const isFree = isApart(lead === '' ? previous : ' ', mark) && isApart(tail === '' ? next : ' ', mark);
  if (plain.trim() === '' || plain.includes(mark) || !isFree) return markUp(group, inner, previous, next);
  const content = markUp(group, inner, mark, mark).trim();
  return `${lead}${mark}${content}${mark}${tail}`;
}

/** Beside a letter, a digit or its own like, a mark is not seen as one. */
function isApart(character: string, mark: string): boolean {
  return character === '' || !(character === mark || /[\p{L}\p{N}\p{M}]/u.test(character));
}

function groupBy(runs: readonly Run[], style: Style): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]?.styles.has(style) === run.styles.has(style)) last.push(run);
    else groups.push([run]);
  }
  return groups;
}

function joinRuns(runs: readonly Run[], before: string, after: string): string {
  return runs
    .map((run, index) => {
      if (!run.code || run.text.includes(CODE_MARK) || run.text.trim() !== run.text) return run.text;
      const previous = lastCharacter(runs[index - 1]?.text ?? '') || before;
      const next = firstCharacter(runs.slice(index + 1)) || after;
      const isFree = isApart(previous, CODE_MARK) && isApart(next, CODE_MARK);
      return isFree ? `${CODE_MARK}${run.text}${CODE_MARK}` : run.text;
    })
    .join('');
}

function lastCharacter(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}

function firstCharacter(runs: readonly Run[] | undefined): string {
  return [...(runs?.[0]?.text.slice(0, 2) ?? '')][0] ?? '';
}
