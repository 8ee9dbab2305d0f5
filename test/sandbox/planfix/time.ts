const formatters = new Map<string, Intl.DateTimeFormat>();
const latestOffset = new Map<string, { quarterHour: number; offsetMs: number }>();

const minuteMs = 60_000;
const quarterHourMs = 15 * minuteMs;
export const dayMs = 24 * 60 * minuteMs;

/** Offset of a zone from UTC at an instant, in milliseconds. Throws a RangeError for an unknown zone. */
export function zoneOffsetMs(timeZone: string, atMs: number): number {
  if (timeZone === 'UTC') return 0;
  // Offsets change on quarter hours only, and neighbouring calls ask for neighbouring times.
  const quarterHour = Math.floor(atMs / quarterHourMs);
  const known = latestOffset.get(timeZone);
  if (known?.quarterHour === quarterHour) return known.offsetMs;
  const offsetMs = computeOffsetMs(timeZone, atMs);
  latestOffset.set(timeZone, { quarterHour, offsetMs });
  return offsetMs;
}

function computeOffsetMs(timeZone: string, atMs: number): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  const field: Record<string, number> = {};
  for (const part of formatter.formatToParts(atMs)) field[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** The instant at which a wall clock of the zone shows the given local time (milliseconds as if it were UTC). */
export function localToInstant(timeZone: string, localMs: number): number {
  const guess = localMs - zoneOffsetMs(timeZone, localMs);
  return localMs - zoneOffsetMs(timeZone, guess);
}

/** Start of the local day that contains the instant, as an instant. */
export function startOfDay(timeZone: string, atMs: number): number {
  const local = atMs + zoneOffsetMs(timeZone, atMs);
  return localToInstant(timeZone, Math.floor(local / dayMs) * dayMs);
}

/**
 * Reads `dd-MM-yyyy` or `dd-MM-yyyy HH:mm[:ss]` as local milliseconds (as if UTC); undefined if it is neither or names
 * a day that does not exist.
 */
export function parseLocal(text: string): number | undefined {
  const match = /^(\d{2})[-.](\d{2})[-.](\d{4})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, day, month, year, hour = '0', minute = '0', second = '0'] = match;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const back = new Date(ms);
  return back.getUTCDate() === Number(day) && back.getUTCHours() === Number(hour) ? ms : undefined;
}

/**
 * Reads a TimePoint of a request: `dateTimeUtcSeconds`, `datetime` (ISO, or local `dd-MM-yyyy HH:mm`), or `date` with
 * `time` in the given zone, or a bare local string. Undefined if it cannot be read.
 */
export function parseTimePoint(value: unknown, timeZone: string): number | undefined {
  if (typeof value === 'string') return parseInstant(value, timeZone);
  if (typeof value !== 'object' || value === null) return undefined;
  const { dateTimeUtcSeconds, datetime, date, time } = value as Record<string, unknown>;
  if (typeof dateTimeUtcSeconds === 'string') return parseInstant(dateTimeUtcSeconds, timeZone);
  if (typeof datetime === 'string') return parseInstant(datetime, timeZone);
  if (typeof date !== 'string') return undefined;
  return parseInstant(typeof time === 'string' ? `${date} ${time}` : date, timeZone);
}

function parseInstant(text: string, timeZone: string): number | undefined {
  const local = parseLocal(text);
  if (local !== undefined) return localToInstant(timeZone, local);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}

export type TimePoint = { date: string; time: string; datetime: string; dateTimeUtcSeconds: string };

/** Writes an instant as Planfix does; the finest unit is the minute unless `withSeconds`. */
export function toTimePoint(atMs: number, timeZone: string, withSeconds: boolean): TimePoint {
  const utc = new Date(atMs).toISOString();
  const shown = timeZone === 'UTC' ? utc : new Date(atMs + zoneOffsetMs(timeZone, atMs)).toISOString();
  return {
    date: `${shown.slice(8, 10)}-${shown.slice(5, 7)}-${shown.slice(0, 4)}`,
    time: shown.slice(11, 16),
    datetime: `${utc.slice(0, 16)}Z`,
    dateTimeUtcSeconds: `${utc.slice(0, 17)}${withSeconds ? utc.slice(17, 19) : '00'}+0000`,
  };
}
