import type { components } from '../api/schema.generated.ts';
import { checks } from '../texts/ru/checks.ts';
import { health } from '../texts/ru/health.ts';
import { problemFindings } from '../texts/ru/problem-findings.ts';

type Finding = components['schemas']['OpenProblem']['findings'][number];
export type ProblemDetail = { detail: string | null; findings: readonly Finding[] };

/**
 * What a problem says, in Russian. The API speaks English; where one of its codes has no other words, or it gives none,
 * all of it stays as the API says it. Findings of checks are a line each; all else is said in a row.
 */
export function inRussian({ detail, findings }: ProblemDetail): string | null {
  const sentences = findings.map(sentenceOf);
  if (sentences.length === 0 || sentences.includes(undefined)) return detail;
  return [...new Set(sentences)].join(findings.some(({ code }) => code.startsWith('check:')) ? '\n' : '. ');
}

const PLACE = /\{\{(\w+)\}\}/g;

/** Undefined: there are no words for it, or they name what was not told. */
function sentenceOf({ code, values: { because, ...values } }: Finding): string | undefined {
  const reason = because === undefined ? undefined : sentenceOf({ code: because, values });
  return fill(wordsOf(code), reason === undefined ? values : { ...values, detail: reason });
}

function fill(words: string | undefined, values: Finding['values']): string | undefined {
  const named = words?.matchAll(PLACE) ?? [];
  if ([...named].some(([, name = '']) => values[name] === undefined)) return undefined;
  return words?.replace(PLACE, (_, name: string) => values[name]?.replace(/\.$/, '') ?? '');
}

const AREAS = { check: checks, health };

function wordsOf(code: string): string | undefined {
  const [area, word = ''] = code.split(':');
  if (area !== 'check' && area !== 'health') return own(problemFindings, code);
  const words = own(AREAS[area], word);
  return words && [words.message, words.remedy].flatMap((text) => (text ? `${text}.` : [])).join(' ');
}

const own = <Words>(all: Readonly<Record<string, Words>>, code: string): Words | undefined =>
  Object.hasOwn(all, code) ? all[code] : undefined;
