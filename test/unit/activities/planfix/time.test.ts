import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localLabel, parseTimePoint, serverTime, sinceFilter } from '../../../../activities/planfix/time.ts';

const utc = (text: string) => Date.parse(text);

describe('a moment as Planfix writes it', () => {
  it.each([
    [{ dateTimeUtcSeconds: '2026-11-22T13:01:05+0000' }, 'UTC', utc('2026-11-22T13:01:05Z')],
    [{ datetime: '2026-11-22T13:01Z' }, 'Europe/Moscow', utc('2026-11-22T13:01Z')],
    [{ datetime: '2026-11-22T16:01+0300' }, 'UTC', utc('2026-11-22T13:01Z')],
    [{ datetime: '2026-11-22T16:01+03:00' }, 'UTC', utc('2026-11-22T13:01Z')],
    [{ datetime: 'soon', date: '22-11-2026', time: '16:01' }, 'Europe/Moscow', utc('2026-11-22T13:01Z')],
    [{ date: '22-11-2026', time: null }, 'UTC', utc('2026-11-22T00:00Z')],
    [{ date: '25-10-2026', time: '02:30' }, 'Europe/Berlin', utc('2026-10-25T01:30Z')],
    [{ date: '25-10-2026', time: '01:30' }, 'Europe/Berlin', utc('2026-10-24T23:30Z')],
    [{ date: '01-07-2026', time: '12:00' }, 'Pacific/Auckland', utc('2026-07-01T00:00Z')],
    [{ date: '2026-11-22' }, 'UTC', undefined],
    [{}, 'UTC', undefined],
    [null, 'UTC', undefined],
    [undefined, 'UTC', undefined],
  ])('%j in %s', (point, zone, expected) => {
    expect(parseTimePoint(point, zone)).toBe(expected);
  });

  it('in any zone comes back from its own label, but for the hour that occurs twice', () => {
    const zones = ['UTC', 'Europe/Moscow', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Niue'];
    const minutes = fc.integer({ min: utc('2020-01-01') / 60_000, max: utc('2035-01-01') / 60_000 });
    fc.assert(
      fc.property(minutes, fc.constantFrom(...zones, 'Australia/Lord_Howe', 'Pacific/Auckland'), (minute, zone) => {
        const at = minute * 60_000;
        const [date, time] = localLabel(at, zone).split(' ');
        const back = parseTimePoint({ date, time }, zone) ?? Number.NaN;
        expect(localLabel(back, zone)).toBe(localLabel(at, zone));
        expect(back).toBeGreaterThanOrEqual(at);
        expect(back - at).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a date filter', () => {
  it.each([
    ['2026-11-22T13:02:59Z', 'UTC', '22-11-2026 13:01'],
    ['2026-11-22T13:02:00Z', 'Europe/Moscow', '22-11-2026 16:01'],
    ['2026-12-31T21:00:30Z', 'Europe/Moscow', '31-12-2026 23:59'],
    // Before, in the first pass, in the second pass, and after the hour that Berlin repeats.
    ['2026-10-24T23:31:00Z', 'Europe/Berlin', '25-10-2026 01:30'],
    ['2026-10-25T00:31:00Z', 'Europe/Berlin', '25-10-2026 01:30'],
    ['2026-10-25T01:31:00Z', 'Europe/Berlin', '25-10-2026 02:30'],
    ['2026-10-25T02:31:00Z', 'Europe/Berlin', '25-10-2026 03:30'],
    ['2026-03-29T01:00:30Z', 'Europe/Berlin', '29-03-2026 01:59'],
  ])('since %s in %s', (since, zone, dateFrom) => {
    expect(sinceFilter(utc(since), zone)).toEqual({ dateType: 'otherDate_withTime', dateFrom });
  });

  it('is never read as later than the moment, nor as much earlier', () => {
    const minutes = fc.integer({ min: utc('2020-01-01') / 1000, max: utc('2035-01-01') / 1000 });
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const around = fc.constantFrom(utc('2026-10-25T00:00Z'), utc('2026-11-01T05:00Z'), utc('2026-04-04T15:00Z'));
    const nearFold = fc.tuple(around, fc.integer({ min: -7200, max: 7200 })).map(([at, by]) => at / 1000 + by);
    fc.assert(
      fc.property(fc.oneof(minutes, nearFold), fc.constantFrom(...zones), (second, zone) => {
        const at = second * 1000;
        const [date, time] = sinceFilter(at, zone).dateFrom.split(' ');
        const read = parseTimePoint({ date, time }, zone) ?? Number.NaN;
        expect(read).toBeLessThanOrEqual(at - 60_000);
        expect(read).toBeGreaterThan(at - 2 * 3_600_000 - 120_000);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('headers', () => {
  it.each([
    ['Sun, 22 Nov 2026 13:00:00 GMT', utc('2026-11-22T13:00:00Z')],
    ['yesterday', undefined],
    [undefined, undefined],
    [['a', 'b'], undefined],
  ])('the Date header %s', (header, expected) => {
    expect(serverTime(header)).toBe(expected);
  });
});
