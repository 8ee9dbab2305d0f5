/** Planfix takes comments of 64 KB, HTML included (Planfix REST: limits). */
export const MAX_COMMENT_BYTES = 64 * 1024;

export const CUT_MARK = '[…]';

/**
 * What a customer wrote, as the HTML of a comment or description: every character shows as it was written, lines and
 * spaces kept, http(s) addresses clickable. Longer than `maxBytes` (UTF-8, of the HTML), it is cut and ends with
 * `cutMark` on a line of its own.
 */
export function textToHtml(text: string, options: { maxBytes?: number; cutMark?: string } = {}): string {
  const { maxBytes = MAX_COMMENT_BYTES, cutMark = CUT_MARK } = options;
  const clean = cleanText(text);
  const whole = clean.length <= maxBytes ? render(clean) : undefined;
  if (whole !== undefined && Buffer.byteLength(whole) <= maxBytes) return whole;

  const end = `<br>${escapeHtml(cutMark)}`;
  const room = maxBytes - Buffer.byteLength(end);
  let fits = 0;
  let tooLong = Math.min(clean.length, maxBytes) + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (Buffer.byteLength(render(prefix(clean, middle))) <= room) fits = middle;
    else tooLong = middle;
  }
  return render(prefix(clean, beginOfCharacter(clean, fits))) + end;
}

/** Escapes what HTML gives a meaning, for names and the like that become part of a comment. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** One kind of line end; no control characters, which would not survive storage. */
function cleanText(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
      .replaceAll('\t', '    ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
  );
}

/** Never between the halves of a surrogate pair. */
function prefix(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** A character as people count may be drawn from endlessly many; one of more units than this is cut. */
const MAX_UNITS_PER_CHARACTER = 64;

/** Where the character begins that a cut here would go through: half a family is another family. */
function beginOfCharacter(text: string, at: number): number {
  const begin = graphemes.segment(text).containing(at)?.index ?? at;
  return at - begin > MAX_UNITS_PER_CHARACTER ? at : begin;
}

/** Bounded, since what follows looks at each address more than once. */
const ADDRESS = /https?:\/\/[^\s<>"']{1,2000}/gi;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?…»”’*_~]+$/;

function render(text: string): string {
  let html = '';
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    if (URL.parse(address) === null) continue;
    html += renderPlain(text.slice(at, match.index));
    html += `<a href="${escapeHtml(address)}">${escapeHtml(address)}</a>`;
    at = match.index + address.length;
  }
  return html + renderPlain(text.slice(at));
}

/** A closing bracket belongs to the address only if its opening one does. */
function trimAddress(address: string): string {
  for (let current = address; ; ) {
    let next = current.replace(TRAILING, '');
    if (/[)\]}]$/.test(next)) {
      const [open, close] = next.endsWith(')') ? '()' : next.endsWith(']') ? '[]' : '{}';
      if (next.split(close ?? '').length > next.split(open ?? '').length) next = next.slice(0, -1);
    }
    if (next === current) return current;
    current = next;
  }
}

/** HTML collapses spaces: all but the last of several, and those that begin a line, are made to stay. */
function renderPlain(text: string): string {
  return escapeHtml(text)
    .replace(/^ +/gm, (run) => '&nbsp;'.repeat(run.length))
    .replace(/ {2,}/g, (run) => `${'&nbsp;'.repeat(run.length - 1)} `)
    .replaceAll('\n', '<br>');
}
