import { describe, expect, it } from '@jest/globals';
import {
  FAILURE_KINDS,
  isFailureKind,
  isPausing,
  isTooFast,
  PAUSING_KINDS,
  RETRY_CLASS,
} from '../../../../workflows/domain/failure-kinds.ts';

describe('failure kinds', () => {
  it('are told from other words', () => {
    expect(FAILURE_KINDS.every(isFailureKind)).toBe(true);
    expect([undefined, null, '', 'timeout', 'Unavailable'].some(isFailureKind)).toBe(false);
  });

  it('that may have had an effect are never repeated or paused upon', () => {
    expect(RETRY_CLASS['outcome-unknown']).toBe('read-back');
    expect(PAUSING_KINDS.has('outcome-unknown')).toBe(false);
  });

  it('that pause a connection are those that pass by themselves or by a change outside', () => {
    expect([...PAUSING_KINDS].map((kind) => RETRY_CLASS[kind])).toEqual(['retry', 'retry', 'await-change']);
  });

  it('that only say that a number was too fast pause nothing, until they ask for a longer wait', () => {
    const limit = { kind: 'rate-limited', scope: 'connection', retryAfterMs: 1_000 } as const;
    expect([isTooFast(limit), isPausing(limit)]).toEqual([true, false]);
    // Controls: a minute, or a wait that nobody tells, is another limit; a customer's own one concerns no number.
    for (const retryAfterMs of [60_000, undefined]) {
      expect([isTooFast({ ...limit, retryAfterMs }), isPausing({ ...limit, retryAfterMs })]).toEqual([false, true]);
    }
    const ofPair = { ...limit, scope: 'conversation' } as const;
    expect([isTooFast(ofPair), isPausing(ofPair)]).toEqual([false, false]);
    expect(isPausing({ ...limit, kind: 'unavailable' })).toBe(true);
  });
});
