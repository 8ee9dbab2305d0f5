import { describe, expect, it } from '@jest/globals';
import { wordsOfProblem } from '../../../api/problem-words.ts';
import { possibleDecisions } from '../../../db/problem-decisions.ts';
import { PROBLEM_KINDS } from '../../../db/problems.ts';

/** What is wrong with the words of these kinds. */
function faultsOf(kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) =>
    (['en', 'ru'] as const).flatMap((language) => {
      const { title, remedy } = wordsOfProblem(kind, language);
      const isRussian = /[а-яё]/i.test(title) && /[а-яё]/i.test(remedy);
      return [
        ...(title === kind || title === '' ? [`${kind}: no title in ${language}`] : []),
        ...(remedy.length < 10 ? [`${kind}: no remedy in ${language}`] : []),
        ...(isRussian === (language === 'ru') ? [] : [`${kind}: not in ${language}`]),
      ];
    }),
  );
}

describe('words of problems', () => {
  it('are there for every kind, in both languages', () => {
    expect(faultsOf(PROBLEM_KINDS)).toEqual([]);
  });

  it('would be missed', () => {
    expect(faultsOf(['something-new'])).toContain('something-new: no title in en');
  });

  it('name a kind that ends by itself as one that cannot be decided', () => {
    expect(possibleDecisions('account-paused')).toEqual([]);
    expect(possibleDecisions('parked')).toEqual(['retry', 'discard']);
    expect(possibleDecisions('something-new')).toEqual([]);
  });
});
