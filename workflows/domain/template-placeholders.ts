/** The places of a template that take a value: `{{1}}` by position, `{{first_name}}` by name. */
const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** Each once: names in the order in which they stand, positions from 1 to the highest. */
export function placeholdersOf(text: string, format: 'positional' | 'named'): string[] {
  const found = new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name as string));
  if (format === 'named') return [...found];
  const highest = Math.max(0, ...[...found].map(Number).filter(Number.isSafeInteger));
  return Array.from({ length: highest }, (_, index) => String(index + 1));
}

/** One pass, so that a value is never read as a template; a placeholder without a value stays. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => values.get(name) ?? placeholder);
}

/** A variable of whoever made the text, which was not filled in: nobody wants to send that. */
export const holdsPlaceholder = (text: string): boolean => /\{\{[^{}]*\}\}/.test(text);
