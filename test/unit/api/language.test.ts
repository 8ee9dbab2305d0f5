import { describe, expect, it } from '@jest/globals';
import { languageOf } from '../../../api/language.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ru', 'ru'],
    ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
    ['en-GB, ru;q=0.5', 'en'],
    ['de, ru;q=0.4, en;q=0.3', 'ru'],
    ['de-DE, *;q=0.1', 'en'],
    ['ru;q=0', 'en'],
    ['ru;q=nonsense', 'en'],
    ['rumantsch', 'en'],
    [',;,=;q', 'en'],
  ])('is by the header %p %s', (header, expected) => {
    expect(languageOf({ query: {}, headers: { 'accept-language': header } })).toBe(expected);
  });

  it('is what the query says before the header', () => {
    expect(languageOf({ query: { language: 'en' }, headers: { 'accept-language': 'ru' } })).toBe('en');
  });
});
