import { placeWords, refusals } from '../texts/ru/refusals.ts';

const PLACE = /\{\{(\w+)\}\}/g;

type Pattern = { names: string[]; expression: RegExp; russian: string };

/** The more of a sentence is given, the earlier it is tried: what is most like it wins. */
const patterns: readonly Pattern[] = Object.entries(refusals)
  .filter(([english]) => english.search(PLACE) >= 0)
  .sort(([one], [other]) => given(other) - given(one))
  .map(([english, russian]) => ({
    names: [...english.matchAll(PLACE)].map(([, name = '']) => name),
    expression: expressionOf(english),
    russian,
  }));

function given(english: string): number {
  return english.replace(PLACE, '').length;
}

/** Split by a group, the names of the places are every second part. */
function expressionOf(english: string): RegExp {
  const parts = english.split(PLACE).map((part, at) => (at % 2 === 0 ? escaped(part) : '(.+)'));
  return new RegExp(`^${parts.join('')}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A sentence of a refusal in Russian, found by its English words; one that has no other words stays as it is. */
export function refusalInRussian(english: string): string {
  if (Object.hasOwn(refusals, english)) return refusals[english] ?? english;
  for (const { names, expression, russian } of patterns) {
    const values = expression.exec(english)?.slice(1);
    if (values) return fill(russian, Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])));
  }
  return english;
}

const fill = (russian: string, values: Readonly<Record<string, string>>) =>
  russian.replace(PLACE, (_, name: string) => wordOf(name, values[name] ?? ''));

/** States, types and the like are words of the API, too. */
const wordOf = (place: string, value: string) => placeWords[place]?.[value] ?? value;
