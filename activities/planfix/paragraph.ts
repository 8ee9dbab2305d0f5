import type { Inline } from '../../workflows/domain/rich-text.ts';

export type Style = { bold: boolean; italic: boolean; strike: boolean; code: boolean; href: string | undefined };

type Run = { text: string; style: Style; isBreak: boolean };
/** While it grows: text that is looked into after each addition would be copied as often. */
type GrowingRun = Run & { endsInSpace: boolean };

/** Runs of text on their way to one paragraph; white space collapses as a browser collapses it. */
export type Paragraph = {
  addText: (text: string, style: Style) => void;
  addLineBreak: () => void;
  isEmpty: () => boolean;
  isAtLineStart: () => boolean;
  /** The paragraph's content; empty when nothing of it can be seen. */
  finish: () => Inline[];
};

export const PLAIN: Style = { bold: false, italic: false, strike: false, code: false, href: undefined };

/** Left behind by editors: byte order mark, zero-width space, soft hyphen. The joiner stays, emoji are made with it. */
const INVISIBLE = /[\ufeff\u200b\u00ad]/g;

export function createParagraph(): Paragraph {
  const runs: GrowingRun[] = [];
  return {
    addText: (text, style) => {
      const visible = text.replace(INVISIBLE, '').replace(/[ \t\n\r\f]+/g, ' ');
      const previous = runs.at(-1);
      const afterSpace = previous === undefined || previous.isBreak || previous.endsInSpace;
      const collapsed = afterSpace && visible.startsWith(' ') ? visible.slice(1) : visible;
      if (collapsed === '') return;
      const endsInSpace = collapsed.endsWith(' ');
      // The parser hands over each entity apart from the text around it.
      if (previous?.style === style && !previous.isBreak) {
        previous.text += collapsed;
        previous.endsInSpace = endsInSpace;
      } else {
        runs.push({ text: collapsed, style, isBreak: false, endsInSpace });
      }
    },
    addLineBreak: () => {
      trimLine(runs);
      runs.push({ text: '\n', style: PLAIN, isBreak: true, endsInSpace: false });
    },
    isEmpty: () => runs.length === 0,
    isAtLineStart: () => runs.at(-1)?.isBreak ?? true,
    finish: () => {
      trimLine(runs);
      const first = runs.findIndex((run) => !isInvisible(run));
      if (first < 0) return [];
      // Empty lines at the beginning go, the indentation of the first line stays.
      const start = runs.findLastIndex((run, at) => at < first && run.isBreak) + 1;
      const end = runs.findLastIndex((run) => !isInvisible(run)) + 1;
      return nest(styleBreaks(runs.slice(start, end)), 0);
    },
  };
}

function isInvisible(run: Run): boolean {
  return run.isBreak || run.text.trim() === '';
}

/** Spaces at the end of a line cannot be seen, also those that do not collapse. */
function trimLine(runs: Run[]): void {
  for (let last = runs.at(-1); last !== undefined && !last.isBreak; last = runs.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== '') return;
    runs.pop();
  }
}

const LEVELS = ['href', 'bold', 'italic', 'strike', 'code'] as const;

/** A line break inside a styled stretch belongs to it, one at its border does not. `code` stays on its line. */
function styleBreaks(runs: readonly Run[]): Run[] {
  const styled = [...runs];
  let after = PLAIN;
  for (let at = styled.length - 1; at >= 0; at -= 1) {
    const run = styled[at];
    if (run?.isBreak === true) styled[at] = { ...run, style: after };
    else if (run !== undefined) after = run.style;
  }
  let before = PLAIN;
  return styled.map((run) => {
    if (run.isBreak) return { ...run, style: commonStyle(before, run.style) };
    before = run.style;
    return run;
  });
}

function commonStyle(a: Style, b: Style): Style {
  return {
    bold: a.bold && b.bold,
    italic: a.italic && b.italic,
    strike: a.strike && b.strike,
    code: false,
    href: a.href === b.href ? a.href : undefined,
  };
}

/** Neighbours with the same style share one node; the outermost node is the link, the innermost the code. */
function nest(runs: readonly Run[], level: number): Inline[] {
  const key = LEVELS[level];
  if (key === undefined) return plain(runs);
  const inlines: Inline[] = [];
  for (let from = 0; from < runs.length; ) {
    const value = runs[from]?.style[key];
    let to = from + 1;
    while (to < runs.length && runs[to]?.style[key] === value) to += 1;
    // Not spread into one call: its arguments have to fit on the stack.
    for (const inline of wrap(runs.slice(from, to), key, value, level + 1)) inlines.push(inline);
    from = to;
  }
  return inlines;
}

function wrap(
  group: readonly Run[],
  key: (typeof LEVELS)[number],
  value: string | boolean | undefined,
  level: number,
): Inline[] {
  if (value === false || value === undefined) return nest(group, level);
  if (key === 'code') return [{ kind: 'code', text: ordinarySpaces(group.map(({ text }) => text).join('')) }];
  const children = nest(group, level);
  return key === 'href' ? [{ kind: 'link', href: String(value), children }] : [{ kind: key, children }];
}

function plain(runs: readonly Run[]): Inline[] {
  const inlines: Inline[] = [];
  for (const { text, isBreak } of runs) {
    const last = inlines.at(-1);
    if (isBreak) inlines.push({ kind: 'line-break' });
    else if (last?.kind === 'text') last.text += ordinarySpaces(text);
    else inlines.push({ kind: 'text', text: ordinarySpaces(text) });
  }
  return inlines;
}

export function ordinarySpaces(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
