import { describe, expect, it } from '@jest/globals';
import {
  FAILURE_KINDS,
  isFailureKind,
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
});
