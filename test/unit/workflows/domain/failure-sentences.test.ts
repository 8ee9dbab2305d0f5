import { describe, expect, it } from '@jest/globals';
import { failureOfCode, KNOWN_CODES } from '../../../../activities/channels/whatsapp/error-codes.ts';
import { sentencesOfCode } from '../../../../workflows/domain/code-sentences.ts';
import { FAILURE_KINDS, isOwnRefusal, OWN_REFUSALS } from '../../../../workflows/domain/failure-kinds.ts';
import { failureSentence } from '../../../../workflows/domain/failure-sentences.ts';
import type { FileFailure } from '../../../../workflows/domain/view-words.ts';

const LANGUAGES = ['en', 'ru'] as const;
const CODES = [...KNOWN_CODES, 200];
const REFUSALS = Object.keys(OWN_REFUSALS).filter(isOwnRefusal);

/** Codes that mean the same to an agent, and are to be answered in the same way. All others differ. */
const ALIKE = [
  [1, 131000],
  [2, 131016, 133004],
  [131057, 2494100],
  [100, 131008, 135000],
  [132000, 132012, 132018],
  [131055, 134100],
  [0, 190],
  [3, 10, 200, 131005],
  [368, 131031],
  [131045, 133010],
];

/** Complete, or it would not compile. */
const FILE_FAILURES: Record<FileFailure, true> = {
  expired: true,
  'too-large': true,
  'refused-type': true,
  'digest-mismatch': true,
  empty: true,
  'refused-address': true,
  unavailable: true,
};

/** Pairs of codes that share a sentence without being alike. */
function confused(sentenceOf: (code: number) => string): [number, number][] {
  const first = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const code of CODES) {
    const other = first.get(sentenceOf(code));
    if (other === undefined) first.set(sentenceOf(code), code);
    else if (!ALIKE.some((codes) => codes.includes(code) && codes.includes(other))) pairs.push([other, code]);
  }
  return pairs;
}

describe('failureSentence', () => {
  it.each(LANGUAGES)('has whole sentences in %s for every kind, refusal and code', (language) => {
    const all = [
      ...[...FAILURE_KINDS, ...REFUSALS].map((word) => failureSentence(word, undefined, language)),
      ...CODES.map((code) => failureSentence(failureOfCode(code).kind, code, language)),
    ];
    for (const { sentence, remedy } of all) {
      for (const text of [sentence, remedy]) {
        expect(text).toMatch(/^\p{Lu}.{8,}\.$/u);
        expect(/\p{Script=Cyrillic}/u.test(text)).toBe(language === 'ru');
        expect(text.replace(/WhatsApp|Meta|Parley|Flow|PDF|JPEG|MP4|ZIP/g, '')).toMatch(
          language === 'ru' ? /^[^a-z]*$/ : /^[\x20-\x7e]*$/,
        );
      }
    }
  });

  it.each(LANGUAGES)('says something of its own in %s for every code', (language) => {
    const general = new Set(
      FAILURE_KINDS.filter((kind) => kind !== 'template-required').map(
        (kind) => failureSentence(kind, undefined, language).sentence,
      ),
    );
    for (const code of CODES) {
      expect(sentencesOfCode(code)).toBeDefined();
      expect(general).not.toContain(failureSentence('unexpected-response', code, language).sentence);
    }
  });

  it.each(LANGUAGES)('never says the same in %s of codes that differ', (language) => {
    expect(confused((code) => failureSentence('unexpected-response', code, language).sentence)).toEqual([]);
    // The kind alone would say the same of a blocked customer and of one without WhatsApp.
    const byKind = confused((code) => failureSentence(failureOfCode(code).kind, undefined, language).sentence);
    expect(byKind).toContainEqual([131026, 130403].sort((a, b) => CODES.indexOf(a) - CODES.indexOf(b)));
  });

  it.each(LANGUAGES)('says the same in %s of codes that are alike', (language) => {
    for (const codes of ALIKE) {
      const said = codes.map((code) => failureSentence('unexpected-response', code, language));
      expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    }
  });

  it('names the remedy that fits', () => {
    const remedy = (code: number) => failureSentence('unexpected-response', code, 'en').remedy;
    expect(remedy(131047)).toMatch(/template/);
    expect(remedy(130403)).toMatch(/Unblock/);
    expect(remedy(131042)).toMatch(/payment method/);
    expect(remedy(131062)).toMatch(/number/);
    expect(remedy(134101)).toMatch(/ten minutes/);
    expect(failureSentence('file-too-large', undefined, 'en').remedy).toMatch(/link.*smaller/);
  });

  it('has words of its own for each of our refusals, whatever the code', () => {
    const said = REFUSALS.map((word) => failureSentence(word, 131053, 'en').sentence);
    expect(new Set(said).size).toBe(REFUSALS.length);
    expect(said).not.toContain(failureSentence('file-rejected', 131053, 'en').sentence);
  });

  it('never advises to send again what may have arrived', () => {
    const doubtful = failureSentence('outcome-unknown', undefined, 'en');
    for (const code of CODES) expect(failureSentence('outcome-unknown', code, 'en')).toEqual(doubtful);
  });

  it('falls back to the kind for a code it has no words for', () => {
    expect(failureSentence('unavailable', 999_999, 'en')).toEqual(failureSentence('unavailable', undefined, 'en'));
  });

  it('takes the whole family of permissions for one', () => {
    expect(failureSentence('credentials-rejected', 294, 'en')).toEqual(failureSentence('invalid-request', 10, 'en'));
    expect(failureSentence('credentials-rejected', 300, 'en')).not.toEqual(
      failureSentence('invalid-request', 10, 'en'),
    );
  });
});

describe('our own refusals', () => {
  it('belong to kinds, name all that a file can fail with, and are told from other words', () => {
    for (const kind of Object.values(OWN_REFUSALS)) expect(FAILURE_KINDS).toContain(kind);
    expect(REFUSALS).toHaveLength(Object.keys(OWN_REFUSALS).length);
    for (const reason of Object.keys(FILE_FAILURES)) expect(isOwnRefusal(`file-${reason}`)).toBe(true);
    expect(['', 'toString', 'file-rejected', undefined, null, 3].some(isOwnRefusal)).toBe(false);
  });
});
