import { describe, expect, it } from '@jest/globals';
import { CHECK_WORDS } from '../../../activities/check-words.ts';
import { inRussian } from '../../../web/problems/problem-detail.ts';
import { problemFindings } from '../../../web/texts/ru/problem-findings.ts';
import { SENTENCES, type SentenceCode, sentenceOf, tell } from '../../../workflows/domain/problem-findings.ts';
import { HEALTH_CODES } from '../../../workflows/domain/self-check-words.ts';
import { START_REFUSALS } from '../../../workflows/domain/start-refusals.ts';

const placesOf = (text: string) => new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));
const isCyrillic = (text: string) => /[а-яё]/i.test(text);

const codes = [
  ...(Object.keys(SENTENCES) as (keyof typeof SENTENCES)[]),
  ...START_REFUSALS.map((reason) => `start:${reason}` as const),
] satisfies SentenceCode[];
const english = Object.fromEntries(codes.map((code) => [code, sentenceOf(code)]));

/** What a reader of either language would not be told, of all that a problem can say. */
function compare(english: Readonly<Record<string, string>>, russian: Readonly<Record<string, string>>): string[] {
  const unknown = Object.keys(russian).filter((code) => english[code] === undefined);
  return [
    ...unknown.map((code) => `${code} is never said`),
    ...Object.entries(english).flatMap(([code, sentence]) => {
      const words = russian[code];
      if (words === undefined) return [`${code} has no words`];
      const isStrange = !placesOf(words).isSubsetOf(placesOf(sentence));
      return [
        ...(sentence === '' || isCyrillic(sentence) ? [`${code} is not in English`] : []),
        ...(isCyrillic(words) ? [] : [`${code} is not in Russian`]),
        ...([sentence, words].some((text) => /[.!]$/.test(text)) ? [`${code} has a full stop`] : []),
        ...(isStrange ? [`${code} names what is not told`] : []),
      ];
    }),
  ];
}

describe('what problems say', () => {
  it('has words in both languages, that name the same', () => {
    expect(compare(english, problemFindings)).toEqual([]);
  });

  it('control: what has none would be missed', () => {
    expect(compare({ ...english, 'made-up': 'Made up' }, problemFindings)).toEqual(['made-up has no words']);
    const russian = { lost: 'Никто не скажет', plain: 'Plain {{what}}.' };
    expect(compare({ plain: 'Просто' }, russian)).toEqual([
      'lost is never said',
      'plain is not in English',
      'plain is not in Russian',
      'plain has a full stop',
      'plain names what is not told',
    ]);
  });

  it('can be said in Russian of every check, too', () => {
    const found = [
      ...Object.keys(CHECK_WORDS).map((code) => `check:${code}`),
      ...HEALTH_CODES.map((code) => `health:${code}`),
    ].map((code) => inRussian({ detail: code, findings: [{ code, values: { detail: 'X' } }] }));
    expect(found.filter((words) => words === null || !isCyrillic(words))).toEqual([]);
  });
});

describe('a problem', () => {
  const told = tell(
    ['account-restricted-until', { until: '2026-12-01 10:00' }],
    ['network-reason', { reason: 'SPAM' }],
  );

  it('says in Russian what it says in English', () => {
    expect(told.detail).toBe('WhatsApp restricted the account until 2026-12-01 10:00 UTC. Its reason: SPAM');
    expect(inRussian(told)).toBe('WhatsApp ограничил аккаунт до 2026-12-01 10:00 UTC. Причина: SPAM');
  });

  it('names each check that failed in a line of its own, once', () => {
    const unknown = { code: 'check:employee-unknown', values: { detail: 'user:9' } };
    const findings = [unknown, { code: 'check:registrations-used-up', values: {} }, unknown];
    const [one, other, ...more] = inRussian({ detail: 'x', findings })?.split('\n') ?? [];
    expect(one).toMatch(/^Planfix не знает сотрудника user:9\. .*[^.]\.$/);
    expect(isCyrillic(other ?? '')).toBe(true);
    expect(more).toEqual([]);
  });

  it.each([
    ['without codes', []],
    ['with a code that is not known', [...told.findings, { code: 'check:made-up', values: {} }]],
    ['with a code of any object', [{ code: 'toString', values: {} }]],
    ['with a code whose value is missing', [{ code: 'account-restricted-until', values: {} }]],
  ])('control: %s it stays in English as a whole', (_, findings) => {
    expect(inRussian({ detail: told.detail, findings })).toBe(told.detail);
  });
});
