import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  COEXISTENCE_NUMBER_LIMIT,
  decidePace,
  NUMBER_LIMIT,
  PAIR_LIMIT,
  type PaceLimit,
  pairRetryDelay,
  perSecond,
} from '../../../../workflows/domain/pacing.ts';

/** Times of the passes when somebody asks at each of `asksMs`. */
function passes(limit: PaceLimit, asksMs: number[]): number[] {
  let emptyAtMs: number | undefined;
  return asksMs.filter((nowMs) => {
    const pace = decidePace(limit, emptyAtMs, nowMs);
    if (pace.kind === 'pass') emptyAtMs = pace.emptyAtMs;
    return pace.kind === 'pass';
  });
}

describe('decidePace', () => {
  it('lets 45 messages to one customer go at once and then one in six seconds', () => {
    expect(passes(PAIR_LIMIT, Array(60).fill(0))).toHaveLength(45);
    const everySecond = Array.from({ length: 61 }, (_, second) => second * 1_000);
    expect(passes(PAIR_LIMIT, [...Array(45).fill(0), ...everySecond])).toHaveLength(45 + 10);
  });

  it('has its burst again after a rest', () => {
    const restedMs = 45 * 6_000;
    expect(passes(PAIR_LIMIT, [...Array(45).fill(0), ...Array(60).fill(restedMs)])).toHaveLength(90);
  });

  it.each([
    ['a number', NUMBER_LIMIT, 80],
    ['a number in the phone app', COEXISTENCE_NUMBER_LIMIT, 20],
  ])('holds %s to its rate', (_name, limit, perSecondAllowed) => {
    const everyMillisecond = Array.from({ length: 10_000 }, (_, millisecond) => millisecond);
    const count = passes(limit, everyMillisecond).length;
    expect(count).toBeGreaterThanOrEqual(perSecondAllowed * 10);
    expect(count).toBeLessThanOrEqual(perSecondAllowed * 11);
  });

  it('names the first time at which it would pass', () => {
    const state = fc.record({
      emptyAtMs: fc.integer({ min: 0, max: 600_000 }),
      nowMs: fc.integer({ min: 0, max: 600_000 }),
    });
    fc.assert(
      fc.property(state, ({ emptyAtMs, nowMs }) => {
        const pace = decidePace(PAIR_LIMIT, emptyAtMs, nowMs);
        if (pace.kind === 'pass') return;
        expect(pace.retryAtMs).toBeGreaterThan(nowMs);
        expect(decidePace(PAIR_LIMIT, emptyAtMs, pace.retryAtMs).kind).toBe('pass');
        expect(decidePace(PAIR_LIMIT, emptyAtMs, pace.retryAtMs - 1).kind).toBe('wait');
      }),
    );
  });

  it('never lets more pass in any span than burst and rate allow', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, (waits) => {
        let nowMs = 0;
        const asks = waits.map((wait) => (nowMs += wait));
        const times = passes(PAIR_LIMIT, asks);
        for (let from = 0; from < times.length; from += 7) {
          const spanMs = (times.at(-1) as number) - (times[from] as number);
          expect(times.length - from).toBeLessThanOrEqual(
            PAIR_LIMIT.burst + Math.floor(spanMs / PAIR_LIMIT.intervalMs),
          );
        }
      }),
    );
  });
});

it('turns a rate into an interval', () => {
  expect(perSecond(80)).toEqual({ intervalMs: 12.5, burst: 80 });
});

it('waits four times longer after each refusal, within bounds', () => {
  expect([0, 1, 2, 3, 50].map(pairRetryDelay)).toEqual([1_000, 4_000, 16_000, 64_000, 1_020_000]);
});
