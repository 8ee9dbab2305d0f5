import { describe, expect, it } from '@jest/globals';
import { CHECK_WORDS, wordsOf as checkWordsOf } from '../../../activities/check-words.ts';
import { checks } from '../../../web/texts/ru/checks.ts';
import { type FindingWords, health } from '../../../web/texts/ru/health.ts';
import { HEALTH_CODES, type HealthCode, wordsOf as healthWordsOf } from '../../../workflows/domain/self-check-words.ts';

type Words = { message: string; remedy?: string };

const MARK = '(detail)';
const DETAIL = '{{detail}}';

/** What a reader of Russian would not be told, of all that the worker can find. */
function compare(english: Readonly<Record<string, Words>>, russian: FindingWords): string[] {
  const codes = Object.keys(english);
  const unknown = Object.keys(russian).filter((code) => !codes.includes(code));
  return [
    ...unknown.map((code) => `${code} is never found`),
    ...Object.entries(english).flatMap(([code, { message, remedy }]) => {
      const words = russian[code];
      if (words === undefined) return [`${code} has no words`];
      const lacksRemedy = remedy !== undefined && words.remedy === undefined;
      const hasStrangeDetail = words.message.includes(DETAIL) && !message.includes(MARK);
      return [
        ...(lacksRemedy ? [`${code} has no remedy`] : []),
        ...(hasStrangeDetail ? [`${code} names what the API does not tell`] : []),
      ];
    }),
  ];
}

const wordsFor = <Code extends string>(codes: readonly Code[], wordsOf: (code: Code, detail: string) => Words) =>
  Object.fromEntries(codes.map((code) => [code, wordsOf(code, MARK)]));
const found = wordsFor(Object.keys(CHECK_WORDS), checkWordsOf);
const felt = wordsFor<HealthCode>(HEALTH_CODES, healthWordsOf);

describe('what checks find', () => {
  it('has words in Russian, with a remedy where there is one', () => {
    expect(compare(found, checks)).toEqual([]);
    expect(compare(felt, health)).toEqual([]);
  });

  it('control: what has none would be missed', () => {
    const made = { message: `Made up ${MARK}`, remedy: 'Unmake it' };
    expect(compare({ ...found, 'made-up': made }, checks)).toEqual(['made-up has no words']);
    expect(compare({ ...felt, 'made-up': made }, health)).toEqual(['made-up has no words']);
    const russian = { 'made-up': { message: `Придумано ${DETAIL}` }, lost: { message: 'Никто не найдёт' } };
    expect(compare({ 'made-up': made }, russian)).toEqual(['lost is never found', 'made-up has no remedy']);
    expect(compare({ 'made-up': { message: 'Plain' } }, { 'made-up': russian['made-up'] })).toEqual([
      'made-up names what the API does not tell',
    ]);
  });

  it('says what it is about', () => {
    expect(checkWordsOf('employee-unknown', 'user:9').message).toBe('Planfix knows no employee user:9');
    expect(checkWordsOf('webhook-unreachable', 'https://x.example/$&').message).toBe(
      'Meta cannot reach https://x.example/$&',
    );
  });
});
