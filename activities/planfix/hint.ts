/** What a scenario of Planfix tells us of a comment: numbers only, to be read again by REST. */
export type Hint = { task: number; comment: number };
export type ParsedHint = { kind: 'hint'; hint: Hint } | { kind: 'refused'; reason: string };

/**
 * Reads what a scenario posts, already split into fields by whoever took the form or JSON apart. Values are what a
 * person composed of variables: numbers as strings, spaces around them, thousands separators, an array of one. The
 * reason of a refusal names the field, never its value.
 */
export function parseHint(body: unknown): ParsedHint {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { kind: 'refused', reason: 'expected the fields task and comment' };
  }
  const fields = new Map(Object.entries(body).map(([key, value]) => [key.trim().toLowerCase(), value]));
  const task = parseNumber(fields.get('task'));
  if (typeof task === 'string') return { kind: 'refused', reason: `task ${task}` };
  const comment = parseNumber(fields.get('comment'));
  if (typeof comment === 'string') return { kind: 'refused', reason: `comment ${comment}` };
  return { kind: 'hint', hint: { task, comment } };
}

/** Groups of three with any of the usual separators, or plain digits; a number sign in front is common. */
const NUMBER = /^[#№]? ?(\d{1,15}|\d{1,3}(?:[ \u00a0\u202f,.'’]\d{3})+)$/;

/** A number as people and variables write it, or why it is none. */
export function parseNumber(value: unknown): number | string {
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (single === undefined || single === null || single === '') return 'is missing';
  if (typeof single !== 'string' && typeof single !== 'number') return 'is not a number';
  const text = String(single).trim();
  if (text === '') return 'is missing';
  if (text.includes('{{')) return 'holds a variable that Planfix did not fill in';
  const digits = NUMBER.exec(text)?.[1]?.replace(/\D/g, '');
  if (digits === undefined || digits.length > 15) return 'is not a number';
  const number = Number(digits);
  return number > 0 ? number : 'is not a number';
}
