import { describe, expect, it } from '@jest/globals';
import { decideWindow, SERVICE_WINDOW_MS } from '../../../../workflows/domain/service-window.ts';

const WROTE_AT = Date.UTC(2026, 10, 26, 9, 30);
const windowExpiresAtMs = WROTE_AT + SERVICE_WINDOW_MS;
const clock = (hours: number, minutes: number, seconds: number, ms: number) =>
  WROTE_AT + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms;

describe('the 24-hour window', () => {
  it.each([
    ['as the customer writes', clock(0, 0, 0, 0), 'free-form'],
    ['at 23:59:59.999', clock(23, 59, 59, 999), 'free-form'],
    ['at 24:00:00.000', clock(24, 0, 0, 0), 'template-required'],
    ['at 24:00:00.001', clock(24, 0, 0, 1), 'template-required'],
    ['before the message, by a clock that is behind', clock(0, 0, -5, 0), 'free-form'],
  ])('%s: %s → %s', (_, nowMs, decision) => {
    expect(decideWindow({ windowExpiresAtMs, nowMs })).toBe(decision);
  });

  it('is closed to somebody who never wrote', () => {
    expect(decideWindow({ windowExpiresAtMs: undefined, nowMs: WROTE_AT })).toBe('template-required');
  });
});
