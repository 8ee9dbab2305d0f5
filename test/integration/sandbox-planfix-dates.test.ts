import { describe, expect, it } from '@jest/globals';
import { dateTest } from '../sandbox/planfix/date-filter.ts';
import { localToInstant, parseTimePoint, toTimePoint, zoneOffsetMs } from '../sandbox/planfix/time.ts';

const berlin = 'Europe/Berlin';
const hourMs = 3_600_000;

describe('times of a zone', () => {
  it('follow its change of clocks', () => {
    expect(zoneOffsetMs(berlin, Date.parse('2026-10-25T00:59:59Z'))).toBe(2 * hourMs);
    expect(zoneOffsetMs(berlin, Date.parse('2026-10-25T01:00:00Z'))).toBe(hourMs);
    expect(localToInstant(berlin, Date.UTC(2026, 9, 24, 12))).toBe(Date.parse('2026-10-24T10:00:00Z'));
    expect(localToInstant(berlin, Date.UTC(2026, 9, 26, 12))).toBe(Date.parse('2026-10-26T11:00:00Z'));
    expect(() => zoneOffsetMs('Mars/Base', 0)).toThrow(RangeError);
  });

  it('are read in every shape that requests use', () => {
    const atMs = Date.parse('2026-11-22T12:58:00Z');
    expect(parseTimePoint({ dateTimeUtcSeconds: '2026-11-22T12:58:00+0000' }, berlin)).toBe(atMs);
    expect(parseTimePoint({ datetime: '2026-11-22T12:58Z' }, berlin)).toBe(atMs);
    expect(parseTimePoint({ datetime: '22-11-2026 13:58' }, berlin)).toBe(atMs);
    expect(parseTimePoint({ date: '22-11-2026', time: '13:58' }, berlin)).toBe(atMs);
    expect(parseTimePoint({ date: '31-02-2026' }, berlin)).toBeUndefined();
    expect(parseTimePoint('soon', berlin)).toBeUndefined();
  });

  it('are written in UTC or in the zone of the employee', () => {
    const atMs = Date.parse('2026-11-22T23:30:15Z');
    expect(toTimePoint(atMs, berlin, true)).toEqual({
      date: '23-11-2026',
      time: '00:30',
      datetime: '2026-11-22T23:30Z',
      dateTimeUtcSeconds: '2026-11-22T23:30:15+0000',
    });
  });
});

describe('date filters', () => {
  const context = { nowMs: Date.parse('2026-11-22T23:30:00Z'), timeZone: berlin, precision: 'minute' as const };
  const test = (operator: string, value: object, iso: string): boolean =>
    dateTest(operator, value, context)(Date.parse(iso));

  it.each([
    [{ dateType: 'today' }, '2026-11-22T23:00:00Z', true],
    [{ dateType: 'today' }, '2026-11-22T22:59:59Z', false],
    [{ dateType: 'yesterday' }, '2026-11-22T22:59:59Z', true],
    [{ dateType: 'thisWeek' }, '2026-11-22T22:59:59Z', false],
    [{ dateType: 'lastWeek' }, '2026-11-22T22:59:59Z', true],
    [{ dateType: 'lastMonth' }, '2026-10-31T22:59:59Z', true],
    [{ dateType: 'last', dateValue: 3 }, '2026-11-19T23:00:00Z', true],
    [{ dateType: 'last', dateValue: 3 }, '2026-11-19T22:59:59Z', false],
    [{ dateType: 'in', dateValue: 1 }, '2026-11-24T12:00:00Z', true],
    [{ dateType: 'otherDate', dateValue: '21-11-2026' }, '2026-11-20T23:00:00Z', true],
    [{ dateType: 'otherRange', dateFrom: '20-11-2026', dateTo: '21-11-2026' }, '2026-11-21T22:59:00Z', true],
    [{ dateType: 'otherDate_withTime', dateFrom: '21-11-2026 13:00' }, '2026-11-21T12:00:59Z', true],
  ])('%j holds %s: %s', (value, iso, expected) => {
    expect(test('equal', value, iso)).toBe(expected);
    expect(test('notequal', value, iso)).toBe(!expected);
  });

  it('compare with the whole range', () => {
    const value = { dateType: 'otherDate_withTime', dateFrom: '21-11-2026 13:00' };
    expect(test('gt', value, '2026-11-21T12:00:59Z')).toBe(false);
    expect(test('gt', value, '2026-11-21T12:01:00Z')).toBe(true);
    expect(test('gtAndEqual', value, '2026-11-21T12:00:00Z')).toBe(true);
    expect(test('lt', value, '2026-11-21T11:59:59Z')).toBe(true);
    expect(test('ltAndEqual', value, '2026-11-21T12:00:59Z')).toBe(true);
  });

  it('refuse what cannot be read', () => {
    for (const value of [null, {}, { dateType: 'someday' }, { dateType: 'otherDate', dateFrom: '2026-11-22' }]) {
      expect(() => dateTest('gt', value, context)).toThrow();
    }
    expect(() => dateTest('like', { dateType: 'today' }, context)).toThrow('Wrong operator like');
  });
});
