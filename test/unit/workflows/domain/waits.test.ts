import { describe, expect, it } from '@jest/globals';
import { DEFAULT_WAITS, waitsFromEnvironment, waitsOf, waitVariable } from '../../../../workflows/domain/waits.ts';

describe('waits', () => {
  it('names a setting after its wait', () => {
    expect(waitVariable('readBackFirstMs')).toBe('PARLEY_WAIT_READ_BACK_FIRST_MS');
  });

  it('holds only what the environment changes', () => {
    const changed = waitsFromEnvironment({ PARLEY_WAIT_IDLE_MS: '5', PARLEY_WAIT_LEASE_MS: '', OTHER: '1' });
    expect(changed).toEqual({ idleMs: 5 });
    expect(waitsOf(changed)).toEqual({ ...DEFAULT_WAITS, idleMs: 5 });
  });

  it('lists every wrong value at once', () => {
    const wrong = { PARLEY_WAIT_IDLE_MS: '-1', PARLEY_WAIT_LEASE_MS: '1.5' };
    expect(() => waitsFromEnvironment(wrong)).toThrow(/IDLE_MS[\s\S]*LEASE_MS/);
  });

  it('keeps the reach of an attempt shorter than the first look for what it did', () => {
    expect(DEFAULT_WAITS.callDeadlineMs).toBeLessThanOrEqual(8_000);
    expect(DEFAULT_WAITS.turnHeartbeatMs).toBeLessThan(DEFAULT_WAITS.turnTimeoutMs);
    expect(DEFAULT_WAITS.sweepOverdueMs).toBeLessThan(DEFAULT_WAITS.leaseMs);
  });
});
