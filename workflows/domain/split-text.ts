/**
 * Long text becomes several messages, in order, cut where a reader would pause: between paragraphs, else lines, else
 * sentences, else words, and only then inside a word, never inside what a reader sees as one character. Every message
 * is charged, so a cut is not taken so early that it makes the text a message longer than it needs.
 * (WhatsApp: types and limits)
 */

/** The network's limit is 4,096 "characters" without saying what those are: this many UTF-16 units are safe. */
export const SAFE_TEXT_LENGTH = 4_000;

/** Breaking white space: a non-breaking space holds an amount and its currency together. */
const SPACE = '[^\\S\\u00A0\\u202F\\u2007\\uFEFF]';
/** A mark that joins what is before it; a space under it is no border. */
const NOT_JOINED = '(?![\\p{M}\\u200D])';

/** Best first. Each matches the white space that a cut swallows; indentation of the next line is kept. */
const BORDERS: readonly RegExp[] = [
  new RegExp(`(?:[^\\S\\n]*\\n){2,}${NOT_JOINED}`, 'gu'),
  new RegExp(`(?:[^\\S\\n]*\\n)+${NOT_JOINED}`, 'gu'),
  new RegExp(`(?<=[.!?…。！？]["»”')]?)${SPACE}+${NOT_JOINED}`, 'gu'),
  new RegExp(`${SPACE}+${NOT_JOINED}`, 'gu'),
];

/** A border earlier than this part of the possible length is passed over for a lesser one that is later. */
const EARLIEST_CUT = 0.5;

/** Enough beyond the limit to see whether a character goes on. */
const LOOKAHEAD = 64;

/**
 * The pieces of a text, each ≤ `maxLength` UTF-16 units and none blank: blank text gives none. What is lost is white
 * space at the cuts and at both ends, nothing else.
 */
export function splitText(text: string, maxLength: number = SAFE_TEXT_LENGTH): string[] {
  if (!Number.isInteger(maxLength) || maxLength < 2) throw new RangeError('a piece needs at least two UTF-16 units');
  const pieces: string[] = [];
  let rest = withoutEdges(text);
  while (rest.length > maxLength) {
    const cut = findCut(rest, maxLength);
    const piece = rest.slice(0, cut.end).trimEnd();
    if (piece !== '') pieces.push(piece);
    rest = withoutEdges(rest.slice(cut.next));
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

type Cut = { end: number; next: number };

function findCut(text: string, maxLength: number): Cut {
  const view = text.slice(0, maxLength + LOOKAHEAD);
  for (const border of BORDERS) {
    const cut = lastMatch(view, border, maxLength);
    if (cut !== undefined && cut.end >= maxLength * EARLIEST_CUT) return cut;
  }
  const word = lastMatch(view, BORDERS[BORDERS.length - 1] as RegExp, maxLength);
  if (word !== undefined && word.end > 0) return word;
  const end = characterBorder(view, maxLength);
  return { end, next: end };
}

function lastMatch(text: string, border: RegExp, maxLength: number): Cut | undefined {
  let last: Cut | undefined;
  for (const match of text.matchAll(border)) {
    if (match.index > maxLength) break;
    last = { end: match.index, next: match.index + match[0].length };
  }
  return last;
}

/** The last border between visible characters; one character longer than the limit is cut between code points. */
function characterBorder(text: string, maxLength: number): number {
  const start = graphemes.segment(text).containing(maxLength)?.index ?? maxLength;
  if (start > 0) return start;
  return isHighSurrogate(text.charCodeAt(maxLength - 1)) ? maxLength - 1 : maxLength;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Blank lines before and white space after; the first line keeps its indentation. */
function withoutEdges(text: string): string {
  return text.trimEnd().replace(/^(?:[^\S\n]*\n)+/, '');
}
