import { describe, expect, it } from '@jest/globals';
import { KNOWN_CODES } from '../../../../activities/channels/whatsapp/error-codes.ts';
import { FAILURE_KINDS } from '../../../../workflows/domain/failure-kinds.ts';
import { failureSentence } from '../../../../workflows/domain/failure-sentences.ts';

const LANGUAGES = ['en', 'ru'] as const;
const CODES = [undefined, ...KNOWN_CODES, 200];

describe('failureSentence', () => {
  it.each(LANGUAGES)('has whole sentences in %s for every kind and code', (language) => {
    for (const kind of FAILURE_KINDS) {
      for (const code of CODES) {
        const { sentence, remedy } = failureSentence(kind, code, language);
        for (const text of [sentence, remedy]) {
          expect(text).toMatch(/^\p{Lu}.{8,}\.$/u);
          expect(/\p{Script=Cyrillic}/u.test(text)).toBe(language === 'ru');
        }
      }
    }
  });

  it.each([131047, 131026, 131049, 131050, 131042, 131048, 190, 131053])('has its own words for %i', (code) => {
    for (const language of LANGUAGES) {
      const general = failureSentence('unexpected-response', undefined, language);
      expect(failureSentence('unexpected-response', code, language)).not.toEqual(general);
    }
  });

  it('falls back to the kind for a code it has no words for', () => {
    expect(failureSentence('unavailable', 999_999, 'en')).toEqual(failureSentence('unavailable', undefined, 'en'));
  });
});
