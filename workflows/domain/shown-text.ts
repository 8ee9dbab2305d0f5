/**
 * What customers wrote, made fit to stand inside a sentence of ours: names and excerpts. It stays on one line, turns no
 * direction of writing, hides no characters, and has an end.
 */

/** Controls, and the marks that turn, embed or isolate a direction of writing. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const MAX_NAME_LENGTH = 120;
const MAX_EXCERPT_LENGTH = 160;
/** A character as people count may be drawn from endlessly many. */
const MAX_UNITS_PER_CHARACTER = 16;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A name for a sentence; undefined when nothing visible is left of it. */
export function shownName(name: string | undefined): string | undefined {
  return shorten(name ?? '', MAX_NAME_LENGTH) || undefined;
}

/** The beginning of a text, as a reminder of which one is meant. */
export function excerptOf(text: string | undefined): string | undefined {
  return shorten(text ?? '', MAX_EXCERPT_LENGTH) || undefined;
}

function shorten(text: string, maxCharacters: number): string {
  const maxUnits = maxCharacters * MAX_UNITS_PER_CHARACTER;
  const head = text.slice(0, maxUnits).toWellFormed();
  // White space first: line ends are controls, too, and would glue words together.
  const line = head.replace(/\s+/g, ' ').replace(CONTROLS, '').trim();
  const characters = [...graphemes.segment(line)].map(({ segment }) => segment);
  const isWhole = text.length <= maxUnits && characters.length <= maxCharacters;
  return isWhole ? line : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
