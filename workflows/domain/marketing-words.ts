/**
 * Words by which a customer stops marketing or allows it again. Only a message that is nothing else counts: "stop" does,
 * "please stop by tomorrow" does not.
 */

const STOP_WORDS = [
  'stop',
  'stop all',
  'stopall',
  'stop promotions',
  'unsubscribe',
  'opt out',
  'optout',
  'стоп',
  'отписаться',
  'отписка',
  'отпишите',
  'отпишите меня',
  'не присылайте',
  'стоп реклама',
];
const START_WORDS = ['start', 'unstop', 'subscribe', 'opt in', 'optin', 'старт', 'подписаться', 'подпишите меня'];

/** Longer texts are no word of this kind, and need not be looked through. */
const LONGEST = 100;

export type MarketingWords = {
  marketingStopWords?: readonly string[] | undefined;
  marketingStartWords?: readonly string[] | undefined;
};

/** What the customer asks for with this whole message, by the built-in words and a connection's own. */
export function readMarketingWord(text: string, own: MarketingWords): 'stop' | 'start' | undefined {
  if (text.length > LONGEST) return undefined;
  const said = normalise(text);
  if (said === '') return undefined;
  const isOneOf = (words: readonly string[]) => words.some((word) => normalise(word) === said);
  if (isOneOf([...STOP_WORDS, ...(own.marketingStopWords ?? [])])) return 'stop';
  return isOneOf([...START_WORDS, ...(own.marketingStartWords ?? [])]) ? 'start' : undefined;
}

/** Case, punctuation, emoji and white space say nothing; neither does the Russian "ё". */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
