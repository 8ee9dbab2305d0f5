import type { ParameterFormat } from '../model.ts';

const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

/** The placeholders of a text, each once, in the order of their first use. */
export const placeholdersOf = (text: string): string[] => [
  ...new Set([...text.matchAll(placeholder)].map(([, place]) => String(place))),
];

export const fillPlaceholders = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(placeholder, (_match, place: string) => values.get(place) ?? '');

const isPosition = (place: string): boolean => /^\d+$/.test(place);

/** `NAMED` as soon as one placeholder is a name. */
export const formatOf = (texts: readonly string[]): ParameterFormat =>
  texts.flatMap(placeholdersOf).every(isPosition) ? 'POSITIONAL' : 'NAMED';

/** Positions run from 1 without a gap; names are lower case letters, digits and underscores. */
export function placeholdersFit(text: string, format: ParameterFormat): boolean {
  const places = placeholdersOf(text);
  if (format === 'NAMED') return places.every((place) => /^[a-z_][a-z0-9_]*$/.test(place));
  const positions = places.map(Number).sort((a, b) => a - b);
  return positions.every((position, index) => position === index + 1);
}
