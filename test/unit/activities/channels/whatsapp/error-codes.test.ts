import { describe, expect, it } from '@jest/globals';
import {
  failureOfCode,
  failureOfSend,
  isKnownCode,
  KNOWN_CODES,
} from '../../../../../activities/channels/whatsapp/error-codes.ts';

/** The decision table of the facts, by what is to be done. */
const BY_TREATMENT: Record<string, { codes: number[]; kinds: string[]; scopes: string[] }> = {
  'refused for rate': {
    codes: [130429, 131056, 4, 80007, 133016],
    kinds: ['rate-limited'],
    scopes: ['connection', 'conversation'],
  },
  'passing faults': {
    codes: [131000, 131016, 2, 1, 133004, 131057, 2494100, 134101],
    kinds: ['unavailable'],
    scopes: ['message', 'connection'],
  },
  'out of reach': {
    codes: [131047, 131026, 131049, 131050, 130472, 130403, 131030, 130497, 131062, 137000],
    kinds: ['recipient-unreachable', 'template-required'],
    scopes: ['message'],
  },
  'our request': {
    codes: [
      131021, 100, 33, 131008, 131009, 135000, 131051, 132000, 132001, 132005, 132007, 132012, 132018, 132015, 132016,
      132068, 131055, 134100, 131061, 131063, 131064,
    ],
    kinds: ['invalid-request'],
    scopes: ['message'],
  },
  files: { codes: [131053, 131052], kinds: ['file-rejected'], scopes: ['message'] },
  'stop everything': {
    codes: [190, 0, 3, 10, 200, 250, 299, 131005, 368, 131031, 131042, 134011, 131045, 133010, 131037],
    kinds: ['credentials-rejected'],
    scopes: ['connection'],
  },
};

describe('failureOfCode', () => {
  it.each(Object.entries(BY_TREATMENT))('knows the codes of: %s', (_name, { codes, kinds, scopes }) => {
    for (const code of codes) {
      expect(isKnownCode(code)).toBe(true);
      const failure = failureOfCode(code);
      expect(kinds).toContain(failure.kind);
      expect(scopes).toContain(failure.scope);
      expect(failure.code).toBe(code);
    }
  });

  it('holds the pair limit to its conversation', () => {
    expect(failureOfCode(131056)).toMatchObject({ scope: 'conversation', retryAfterMs: 6_000 });
    expect(failureOfCode(130429)).toMatchObject({ scope: 'connection', retryAfterMs: 1_000 });
  });

  it('says so when it does not know a code', () => {
    expect(isKnownCode(424242)).toBe(false);
    expect(failureOfCode(424242)).toMatchObject({ kind: 'unexpected-response', scope: 'message', code: 424242 });
  });

  it('has a wait for every code that is to be waited for', () => {
    for (const failure of KNOWN_CODES.map(failureOfCode)) {
      if (failure.kind === 'rate-limited') expect(failure.retryAfterMs).toBeGreaterThanOrEqual(1_000);
    }
  });
});

describe('failureOfSend', () => {
  it('does not call a message unsent that may have gone', () => {
    const unknown = KNOWN_CODES.filter((code) => failureOfSend(code).kind === 'outcome-unknown');
    expect(unknown.sort((a, b) => a - b)).toEqual([1, 2, 131000, 131016, 133004]);
    for (const code of unknown) expect(failureOfSend(code).scope).toBe('message');
  });

  it('agrees with the status in everything else', () => {
    for (const code of KNOWN_CODES) {
      const sent = failureOfSend(code);
      if (sent.kind !== 'outcome-unknown') expect(sent).toEqual(failureOfCode(code));
    }
  });
});
