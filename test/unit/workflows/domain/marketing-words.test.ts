import { describe, expect, it } from '@jest/globals';
import { readMarketingWord } from '../../../../workflows/domain/marketing-words.ts';

const read = (text: string) => readMarketingWord(text, {});

describe('a message that is nothing but a word about marketing', () => {
  it.each(['stop', 'STOP', ' Stop! ', 'Unsubscribe.', 'opt-out', 'Стоп', 'СТОП ❗', 'отписаться', 'Stop promotions'])(
    'stops it: %j',
    (text) => expect(read(text)).toBe('stop'),
  );

  it.each(['start', 'Старт!', 'подписаться'])('allows it again: %j', (text) => expect(read(text)).toBe('start'));

  it.each([
    'please stop by tomorrow',
    'stop it, you two',
    'не останавливайтесь',
    'когда старт?',
    '',
    '!!!',
    `stop${' '.repeat(200)}`,
  ])('is no such word: %j', (text) => expect(read(text)).toBeUndefined());

  it("is a word of the connection's own, too, whatever its case and spelling", () => {
    const own = { marketingStopWords: ['Basta'], marketingStartWords: ['Ещё'] };
    expect(readMarketingWord('basta!', own)).toBe('stop');
    expect(readMarketingWord('еще', own)).toBe('start');
    // Control: without them they say nothing.
    expect([read('basta!'), read('еще')]).toEqual([undefined, undefined]);
  });
});
