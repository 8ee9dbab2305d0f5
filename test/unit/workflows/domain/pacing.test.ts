import { expect, it } from '@jest/globals';
import { messagesPerSecond, numberPace, pairRetryDelay, slowness } from '../../../../workflows/domain/pacing.ts';

it('waits four times longer after each refusal, within bounds', () => {
  expect([0, 1, 2, 3, 50].map(pairRetryDelay)).toEqual([1_000, 4_000, 16_000, 64_000, 1_020_000]);
});

it.each([
  [{}, 80],
  [{ throughput: 'STANDARD' }, 80],
  [{ throughput: 'HIGH' }, 1_000],
  [{ throughput: 'HIGH', onBusinessApp: true }, 20],
  [{ throughput: 'NOT_APPLICABLE', onBusinessApp: false }, 80],
])('takes from what the network tells of a number (%j) that it may send %i a second', (number, expected) => {
  expect(messagesPerSecond(number)).toBe(expected);
});

it('spaces the messages of a number by what it may send, and lets a second of them go at once', () => {
  expect(numberPace(null, 15)).toEqual({ intervalMs: 15, burst: 80 });
  expect(numberPace(20, 15)).toEqual({ intervalMs: 60, burst: 20 });
  expect(numberPace(1_000, 15)).toEqual({ intervalMs: 1.2, burst: 1_000 });
});

it('halves the speed of a number once for each step that it is to be slow, and gives it back in the same steps', () => {
  const at = [0, 1, 1_000, 1_001, 2_000, 3_500, 6_000, 99_000].map((slowForMs) => slowness(slowForMs, 1_000));
  expect(at).toEqual([1, 2, 2, 4, 4, 16, 64, 64]);
  expect(slowness(-5_000, 1_000)).toBe(1);
});
