/**
 * Names of files come from strangers: they may hold paths, turn the direction of writing so that `exe` reads as `jpg`,
 * or have no end. What is left here can be shown, stored and sent on as it is; escaping quotes is the business of
 * whoever writes a header.
 */
import { extensionOfMime } from './mime-types.ts';

export const MAX_FILE_NAME_LENGTH = 150;

const NAMELESS = 'file';

/** What cannot be seen, turns the direction of writing, or is half a character. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const SPACES = /[\s\p{Cc}\u2800]+/gu;
/** What Windows refuses in names, quotes excepted. */
const FORBIDDEN = /[<>:|?*]/g;
/** An end in figures is a version or a date, not a type. */
const EXTENSION = /\.(?=[^.]*\p{L})[\p{L}\p{N}_-]{1,16}$/u;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/** A name that is safe everywhere and never empty; its end is kept, or made from `mime` where it has none. Idempotent. */
export function cleanFileName(name: string | undefined, mime: string | undefined): string {
  const visible = visibleName(name ?? '');
  const written = EXTENSION.exec(visible)?.[0];
  const end = written ?? endByMime(mime);
  const stem = withoutEdges(written === undefined ? visible : visible.slice(0, -written.length)) || NAMELESS;
  const safe = RESERVED.test(`${stem}${end}`) ? `_${stem}` : stem;
  return shorten(safe, MAX_FILE_NAME_LENGTH - end.length) + end;
}

/** The last part of a path that holds anything but dots. */
function visibleName(name: string): string {
  const parts = name
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .split(/[\\/]/)
    .map((part) =>
      part
        .replace(SPACES, ' ')
        .replace(FORBIDDEN, '_')
        .replace(/[. ]+$/, ''),
    );
  return parts.findLast((part) => part !== '') ?? '';
}

/** A dot at the beginning hides a file. */
function withoutEdges(stem: string): string {
  return stem.replace(/^[. ]+|[. ]+$/g, '');
}

function endByMime(mime: string | undefined): string {
  const extension = mime === undefined ? undefined : extensionOfMime(mime);
  return extension === undefined ? '' : `.${extension}`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cut between characters as people see them; one that is longer than the whole limit is cut between code points. */
function shorten(stem: string, maxLength: number): string {
  if (stem.length <= maxLength) return stem;
  const border = graphemes.segment(stem).containing(maxLength)?.index || maxLength;
  const cut = stem.slice(0, border);
  return withoutEdges(cut.isWellFormed() ? cut : cut.slice(0, -1));
}
