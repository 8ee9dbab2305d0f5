/**
 * Planfix's times: minutes, no seconds, and filters in the zone of the token's employee (Planfix REST: time, filters).
 * Never order anything by them alone.
 */
import { z } from 'zod';

/** As Planfix writes a moment; which of the forms are there depends on the field. */
export const timePointSchema = z.object({
  date: z.string().nullish(),
  time: z.string().nullish(),
  datetime: z.string().nullish(),
  dateTimeUtcSeconds: z.string().nullish(),
});
export type TimePoint = z.infer<typeof timePointSchema>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})$/;
const LOCAL = /^(\d{2})-(\d{2})-(\d{4})(?: (\d{2}):(\d{2}))?$/;

/**
 * Milliseconds since the epoch, the start of the minute where Planfix tells no seconds; undefined when nothing in it
 * can be read. Without a zone of its own the moment is taken in `timeZone`.
 */
export function parseTimePoint(point: TimePoint | null | undefined, timeZone: string): number | undefined {
  if (point === null || point === undefined) return undefined;
  for (const text of [point.dateTimeUtcSeconds, point.datetime]) {
    const iso = text === null || text === undefined ? null : ISO.exec(text.trim());
    if (iso === null) continue;
    const zone = iso[3] === 'Z' ? 'Z' : `${iso[3]?.slice(0, 3)}:${iso[3]?.slice(-2)}`;
    const at = Date.parse(`${iso[1]}T${iso[2]}${zone}`);
    if (!Number.isNaN(at)) return at;
  }
  if (!point.date) return undefined;
  const local = LOCAL.exec(point.time ? `${point.date} ${point.time}` : point.date);
  if (local === null) return undefined;
  const [day, month, year, hour, minute] = local.slice(1).map((part) => Number(part ?? 0));
  return instantOf(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute), timeZone);
}

/** `wall` is the local time read as if it were UTC. A time that occurs twice is taken as the later one. */
function instantOf(wall: number, timeZone: string): number {
  const later = wall - zoneOffset(wall + 24 * HOUR_MS, timeZone);
  if (later + zoneOffset(later, timeZone) === wall) return later;
  return wall - zoneOffset(wall - 24 * HOUR_MS, timeZone);
}

/** The value of a date filter for "after this moment", never later than it however Planfix reads it. */
export type DateFilter = { dateType: 'otherDate_withTime'; dateFrom: string };

/**
 * One minute is taken off, since `gt` on whole minutes may leave out the very minute that is named. In the hour that
 * the end of summer time repeats, the label of its first pass would be read as the second: an hour earlier is named.
 */
export function sinceFilter(instantMs: number, timeZone: string): DateFilter {
  const since = instantMs - MINUTE_MS;
  const drop = zoneOffset(since, timeZone) - zoneOffset(since + 3 * HOUR_MS, timeZone);
  const repeated = drop > 0 && localLabel(since + drop, timeZone) === localLabel(since, timeZone);
  return { dateType: 'otherDate_withTime', dateFrom: localLabel(repeated ? since - drop : since, timeZone) };
}

/** `dd-MM-yyyy HH:mm` in the zone. */
export function localLabel(instantMs: number, timeZone: string): string {
  const wall = new Date(instantMs + zoneOffset(instantMs, timeZone)).toISOString();
  const [year, month, day] = wall.slice(0, 10).split('-');
  return `${day}-${month}-${year} ${wall.slice(11, 16)}`;
}

/** What a zone's clocks are ahead of UTC at that moment, in ms. */
function zoneOffset(instantMs: number, timeZone: string): number {
  const parts = formatter(timeZone).formatToParts(instantMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((entry) => entry.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instantMs / 1000) * 1000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** The `Date` header in ms since the epoch. */
export function serverTime(header: string | string[] | undefined): number | undefined {
  const at = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/**
 * What Planfix's clock is ahead of ours, in ms, right to about a second: the header is cut to whole seconds, and was
 * written between our sending and our receiving.
 */
export function clockOffset(facts: {
  sentAtMs: number;
  receivedAtMs: number;
  serverTimeMs: number | undefined;
}): number | undefined {
  if (facts.serverTimeMs === undefined) return undefined;
  return Math.round(facts.serverTimeMs + 500 - (facts.sentAtMs + facts.receivedAtMs) / 2);
}
