import { describe, expect, it } from '@jest/globals';
import {
  failureOfCode,
  failureOfSend,
  isKnownCode,
  KNOWN_CODES,
} from '../../../../../activities/channels/whatsapp/error-codes.ts';
import {
  type FailureKind,
  type FailureScope,
  isTooFast,
  RETRY_CLASS,
  type RetryClass,
} from '../../../../../workflows/domain/failure-kinds.ts';

/**
 * Meta's decision table, row by row: what is to be done with a code. `sent` is the kind as the answer to a send, where
 * the message may have gone although it is refused.
 */
const TABLE: {
  codes: number[];
  kind: FailureKind;
  scope: FailureScope;
  retry: RetryClass;
  sent?: 'outcome-unknown';
}[] = [
  // Refused for rate: safe to retry.
  { codes: [130429, 4, 80007, 133016], kind: 'rate-limited', scope: 'connection', retry: 'retry' },
  { codes: [131056], kind: 'rate-limited', scope: 'conversation', retry: 'retry' },
  // Transient, but the message may have gone.
  {
    codes: [131000, 131016, 2, 1, 133004],
    kind: 'unavailable',
    scope: 'message',
    retry: 'retry',
    sent: 'outcome-unknown',
  },
  { codes: [131057, 2494100], kind: 'unavailable', scope: 'connection', retry: 'retry' },
  { codes: [134101], kind: 'unavailable', scope: 'message', retry: 'retry' },
  // Reach or permission: not again as it is.
  { codes: [131047], kind: 'template-required', scope: 'message', retry: 'give-up' },
  {
    codes: [131026, 131049, 131050, 130472, 130403, 131030, 130497, 131062, 137000],
    kind: 'recipient-unreachable',
    scope: 'message',
    retry: 'give-up',
  },
  // The number is limited: everything on it waits.
  { codes: [131048], kind: 'rate-limited', scope: 'connection', retry: 'retry' },
  // Our request is wrong.
  {
    codes: [
      131021, 100, 33, 131008, 131009, 135000, 131051, 132000, 132001, 132005, 132007, 132012, 132018, 132015, 132016,
      132068, 131055, 134100, 131061, 131063, 131064,
    ],
    kind: 'invalid-request',
    scope: 'message',
    retry: 'give-up',
  },
  { codes: [132069], kind: 'rate-limited', scope: 'message', retry: 'retry' },
  { codes: [131053, 131052], kind: 'file-rejected', scope: 'message', retry: 'give-up' },
  // Stop everything, alert a person.
  {
    codes: [190, 0, 3, 10, 200, 250, 299, 131005, 368, 131031, 131042, 134011, 131045, 133010, 131037],
    kind: 'credentials-rejected',
    scope: 'connection',
    retry: 'await-change',
  },
  // Beside the table: events that Meta lost on accounts without storage.
  { codes: [131035, 131036], kind: 'unexpected-response', scope: 'message', retry: 'retry-few' },
];
const ROWS = TABLE.flatMap(({ codes, ...row }) => codes.map((code) => [code, row] as const));

/** The least wait, where the table names one. */
const WAITS: [code: number, ms: number][] = [
  [130429, 1_000],
  [131056, 6_000],
  [131057, 60_000],
  [134101, 600_000],
  [133016, 72 * 3_600_000],
  [132069, 3_600_000],
];

describe('failureOfCode', () => {
  it.each(ROWS)('treats %i as the table says', (code, { kind, scope, retry, sent = kind }) => {
    expect(isKnownCode(code)).toBe(true);
    const failure = failureOfCode(code);
    expect([failure.code, failure.kind, failure.scope, RETRY_CLASS[failure.kind]]).toEqual([code, kind, scope, retry]);
    expect(failureOfSend(code)).toEqual({ ...failure, kind: sent });
  });

  it('knows no code that the table does not have', () => {
    const inTable = new Set(ROWS.map(([code]) => code));
    expect(KNOWN_CODES.filter((code) => !inTable.has(code))).toEqual([]);
    // A code that is missing would be noticed.
    expect([...KNOWN_CODES, 424_242].filter((code) => !inTable.has(code))).toEqual([424_242]);
  });

  it.each(WAITS)('lets %i wait', (code, ms) => {
    expect(failureOfCode(code).retryAfterMs).toBe(ms);
  });

  it('takes the throughput of a number alone for something that a slower pace mends', () => {
    expect(KNOWN_CODES.filter((code) => isTooFast(failureOfCode(code)))).toEqual([130429]);
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
