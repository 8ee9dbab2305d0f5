import { PlanfixFailure } from './failure.ts';
import { dayMs, localToInstant, parseLocal, startOfDay, zoneOffsetMs } from './time.ts';

type DateContext = { nowMs: number; timeZone: string; precision: 'minute' | 'exact' };

type Range = { fromMs: number; toMs: number };

const minuteMs = 60_000;

/**
 * Builds a test for instants from a date object of a filter (Planfix REST: tasks, "Date object"). Dates are in the time
 * zone of the token's employee. Every `dateType` is a half-open range: "equal" is inside, "gt" after its end, "lt"
 * before its start, so with minute precision nothing of the named minute itself is "greater".
 * Throws a PlanfixFailure (500, code 41) for what cannot be read.
 */
export function dateTest(
  operator: string,
  value: unknown,
  context: DateContext,
): (atMs: number | undefined) => boolean {
  const { fromMs, toMs } = readRange(value, context);
  const tests: Record<string, (atMs: number) => boolean> = {
    equal: (atMs) => atMs >= fromMs && atMs < toMs,
    notequal: (atMs) => atMs < fromMs || atMs >= toMs,
    gt: (atMs) => atMs >= toMs,
    gtAndEqual: (atMs) => atMs >= fromMs,
    lt: (atMs) => atMs < fromMs,
    ltAndEqual: (atMs) => atMs < toMs,
  };
  const test = tests[operator];
  if (test === undefined) throw new PlanfixFailure(500, 41, `Wrong operator ${operator}`);
  return (atMs) => atMs !== undefined && test(atMs);
}

function readRange(value: unknown, context: DateContext): Range {
  if (typeof value !== 'object' || value === null) throw new PlanfixFailure(500, 41, 'Wrong date value');
  const { dateType, dateValue, dateFrom, dateTo } = value as Record<string, unknown>;
  switch (dateType) {
    case 'otherDate':
      return wholeDays(readLocal(dateFrom ?? dateValue), 1, context);
    case 'otherDate_withTime':
      return exactly(readLocal(dateFrom ?? dateValue), context);
    case 'otherRange':
      return {
        fromMs: wholeDays(readLocal(dateFrom), 1, context).fromMs,
        toMs: wholeDays(readLocal(dateTo), 1, context).toMs,
      };
    case 'otherRange_withTime':
      return {
        fromMs: exactly(readLocal(dateFrom), context).fromMs,
        toMs: exactly(readLocal(dateTo), context).toMs,
      };
    case 'last':
    case 'next':
    case 'in':
      return countedDays(dateType, readCount(dateValue), context);
    default:
      return namedRange(dateType, context);
  }
}

function readLocal(text: unknown): number {
  const local = typeof text === 'string' ? parseLocal(text) : undefined;
  if (local === undefined) throw new PlanfixFailure(500, 41, 'Wrong date value');
  return local;
}

function readCount(value: unknown): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw new PlanfixFailure(500, 41, 'Wrong date value');
  return count;
}

function exactly(localMs: number, { timeZone, precision }: DateContext): Range {
  const fromMs = localToInstant(timeZone, localMs);
  return { fromMs, toMs: fromMs + (precision === 'minute' ? minuteMs : 1) };
}

function wholeDays(localMs: number, count: number, { timeZone }: DateContext): Range {
  const day = Math.floor(localMs / dayMs) * dayMs;
  return { fromMs: localToInstant(timeZone, day), toMs: localToInstant(timeZone, day + count * dayMs) };
}

function localToday({ nowMs, timeZone }: DateContext): number {
  const start = startOfDay(timeZone, nowMs);
  return start + zoneOffsetMs(timeZone, start);
}

function countedDays(dateType: 'last' | 'next' | 'in', count: number, context: DateContext): Range {
  const today = localToday(context);
  if (dateType === 'last') return wholeDays(today - count * dayMs, count + 1, context);
  if (dateType === 'next') return wholeDays(today + dayMs, count, context);
  return wholeDays(today + count * dayMs, 1, context);
}

function namedRange(dateType: unknown, context: DateContext): Range {
  const today = localToday(context);
  const date = new Date(today);
  const monday = today - ((date.getUTCDay() + 6) % 7) * dayMs;
  const month = (shift: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + shift, 1);
  const months = (shift: number): Range => ({
    fromMs: localToInstant(context.timeZone, month(shift)),
    toMs: localToInstant(context.timeZone, month(shift + 1)),
  });
  switch (dateType) {
    case 'today':
      return wholeDays(today, 1, context);
    case 'yesterday':
      return wholeDays(today - dayMs, 1, context);
    case 'tomorrow':
      return wholeDays(today + dayMs, 1, context);
    case 'thisWeek':
      return wholeDays(monday, 7, context);
    case 'lastWeek':
      return wholeDays(monday - 7 * dayMs, 7, context);
    case 'nextWeek':
      return wholeDays(monday + 7 * dayMs, 7, context);
    case 'thisMonth':
      return months(0);
    case 'lastMonth':
      return months(-1);
    case 'nextMonth':
      return months(1);
    default:
      throw new PlanfixFailure(500, 41, `Wrong dateType ${String(dateType)}`);
  }
}
