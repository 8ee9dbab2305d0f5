import { afterEach, describe, expect, it } from '@jest/globals';
import { createClock, type SandboxClock } from '../sandbox/core/clock.ts';

let clock: SandboxClock;

afterEach(() => clock.reset());

/** A clock that only moves when it is told to. */
function stoppedClock(): SandboxClock {
  clock = createClock();
  clock.freeze();
  clock.set(0);
  return clock;
}

describe('scheduled tasks', () => {
  it('run by their time, in whatever order they came', () => {
    const { schedule, advance } = stoppedClock();
    const ran: number[] = [];
    const times = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 1_000);
    for (const dueMs of times) schedule(dueMs, () => ran.push(dueMs));
    advance(499);
    expect(ran).toEqual(times.filter((dueMs) => dueMs <= 499).toSorted((a, b) => a - b));
    advance(501);
    expect(ran).toEqual(times.toSorted((a, b) => a - b));
  });

  it('are left out when cancelled, by another task as well', () => {
    const { schedule, advance } = stoppedClock();
    const ran: string[] = [];
    const cancelFirst = schedule(1, () => ran.push('cancelled before'));
    schedule(2, () => cancelLast());
    const cancelLast = schedule(3, () => ran.push('cancelled meanwhile'));
    schedule(3, () => ran.push('kept'));
    cancelFirst();
    advance(10);
    expect(ran).toEqual(['kept']);
  });

  it('may schedule themselves anew without end', () => {
    const { schedule, advance, now } = stoppedClock();
    let runs = 0;
    const again = (): void => {
      runs += 1;
      schedule(now(), again);
    };
    again();
    advance(1);
    expect(runs).toBe(2);
    advance(1);
    expect(runs).toBe(3);
  });

  it('are forgotten by a reset, which also lets the clock run', () => {
    const { schedule, advance, reset, isFrozen, skewMs } = stoppedClock();
    let ran = false;
    schedule(5, () => {
      ran = true;
    });
    reset();
    advance(10);
    expect([ran, isFrozen()]).toEqual([false, false]);
    expect(Math.abs(skewMs() - 10)).toBeLessThan(5_000);
  });

  it('run by themselves while the clock runs, and wait while it stands', async () => {
    clock = createClock();
    const ran: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.schedule(clock.now() + 20, () => ran.push('after the stop'));
    clock.freeze();
    const stoppedMs = clock.now();
    await new Promise((done) => setImmediate(done));
    expect([clock.now(), ran]).toEqual([stoppedMs, []]);
    clock.unfreeze();
    clock.schedule(clock.now() + 40, resolve);
    await promise;
    expect(ran).toEqual(['after the stop']);
  });
});
