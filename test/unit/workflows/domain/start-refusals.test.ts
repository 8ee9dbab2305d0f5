import { describe, expect, it } from '@jest/globals';
import { isStartRefusal, startRefusalSentence } from '../../../../workflows/domain/start-refusals.ts';

describe('why a conversation cannot be started', () => {
  it.each(['en', 'ru'] as const)('is said with a remedy in %s, to be followed by a full stop', (language) => {
    for (const reason of ['landline', 'window-closed', 'contact-without-phone', 'no-such-task'] as const) {
      for (const sentence of startRefusalSentence(reason, language)) {
        expect(sentence).toMatch(language === 'ru' ? /[а-я]/ : /[a-z]/);
        expect(sentence).not.toMatch(/[.!]$/);
      }
    }
  });

  it('knows its own words only', () => {
    expect(isStartRefusal('own-number')).toBe(true);
    expect(isStartRefusal('toString')).toBe(false);
  });
});
