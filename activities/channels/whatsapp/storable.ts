/**
 * Postgres refuses NUL in text, lone surrogates in jsonb, and nobody can serialise a value nested a hundred thousand
 * deep: one such string in a body would make the whole transaction fail, and Meta send the whole body again for days.
 */
const MAX_DEPTH = 64;
const TOO_DEEP = '[nested too deeply]';

/** The value itself when it can be stored as it is; else a copy in which the offending parts are replaced. */
export function makeStorable(value: unknown): unknown {
  return isStorable(value, 0) ? value : toStorable(value, 0);
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth + 1));
  for (const [key, item] of Object.entries(value)) {
    if (!isStorableText(key) || !isStorable(item, depth + 1)) return false;
  }
  return true;
}

function toStorable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return toStorableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item) => toStorable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [toStorableText(key), toStorable(item, depth + 1)]),
  );
}

function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Ill-formed parts become U+FFFD, as in any UTF-8 encoding of such a string. */
export function toStorableText(text: string): string {
  return isStorableText(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD');
}
