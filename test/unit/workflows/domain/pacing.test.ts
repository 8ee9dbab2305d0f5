import { expect, it } from '@jest/globals';
import { pairRetryDelay } from '../../../../workflows/domain/pacing.ts';

it('waits four times longer after each refusal, within bounds', () => {
  expect([0, 1, 2, 3, 50].map(pairRetryDelay)).toEqual([1_000, 4_000, 16_000, 64_000, 1_020_000]);
});
