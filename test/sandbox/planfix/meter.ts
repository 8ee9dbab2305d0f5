import type { PlanfixSettings } from './settings.ts';
import { dayMs } from './time.ts';

const secondMs = 1_000;
const keptArrivals = 5_000;

/** What one account's callers did: when they called, and how much of the daily quota is gone. */
export type CallMeter = {
  /** Monotonic arrival times, milliseconds, oldest first; the newest five to ten thousand. */
  arrivals: number[];
  /** Index of the oldest arrival less than a second before the newest one. */
  windowStart: number;
  maxPerSecond: number;
  total: number;
  refused: number;
  /** Times of the latest accepted calls, at most `ratePerSecond` of them. */
  accepted: number[];
  nextFreeSlotMs: number;
  day: number;
  usedToday: number;
  reportedRemaining: number;
  reportedAtMs: number;
};

export function createMeter(): CallMeter {
  return {
    arrivals: [],
    windowStart: 0,
    maxPerSecond: 0,
    total: 0,
    refused: 0,
    accepted: [],
    nextFreeSlotMs: 0,
    day: 0,
    usedToday: 0,
    reportedRemaining: 0,
    reportedAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** Notes a call at a monotonic time; rates are of real time, whatever the sandbox's clock does. */
export function recordArrival(meter: CallMeter, atMs: number): void {
  const { arrivals } = meter;
  if (arrivals.length >= 2 * keptArrivals) {
    arrivals.splice(0, keptArrivals);
    meter.windowStart = Math.max(0, meter.windowStart - keptArrivals);
  }
  arrivals.push(atMs);
  meter.total += 1;
  while ((arrivals[meter.windowStart] ?? atMs) <= atMs - secondMs) meter.windowStart += 1;
  meter.maxPerSecond = Math.max(meter.maxPerSecond, arrivals.length - meter.windowStart);
}

/** Most calls in any window of that length (half-open) among those still known. */
export function maxCallsIn(meter: CallMeter, windowMs: number): number {
  let start = 0;
  let most = 0;
  for (const [index, atMs] of meter.arrivals.entries()) {
    while ((meter.arrivals[start] ?? atMs) <= atMs - windowMs) start += 1;
    most = Math.max(most, index - start + 1);
  }
  return most;
}

/** Shortest time between two calls among those still known, milliseconds; null before the second call. */
export function shortestGap(meter: CallMeter): number | null {
  let shortest: number | null = null;
  for (const [index, atMs] of meter.arrivals.entries()) {
    const before = meter.arrivals[index - 1];
    if (before !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, atMs - before);
  }
  return shortest;
}

/** What the rate setting does to a call that arrives now: a wait in milliseconds, or refusal. */
export function limitRate(meter: CallMeter, settings: PlanfixSettings, atMs: number): number | 'refused' {
  if (settings.rate === 'delay') {
    const slot = Math.max(atMs, meter.nextFreeSlotMs);
    meter.nextFreeSlotMs = slot + secondMs / settings.ratePerSecond;
    return slot - atMs;
  }
  if (settings.rate === 'accept') return 0;
  const oldest = meter.accepted[0];
  if (meter.accepted.length >= settings.ratePerSecond && oldest !== undefined && oldest > atMs - secondMs) {
    meter.refused += 1;
    return 'refused';
  }
  meter.accepted.push(atMs);
  if (meter.accepted.length > settings.ratePerSecond) meter.accepted.shift();
  return 0;
}

/** Counts a call against the day of the account's clock; false once the quota is used up. */
export function takeQuota(meter: CallMeter, settings: PlanfixSettings, nowMs: number): boolean {
  const day = Math.floor(nowMs / dayMs);
  if (day !== meter.day) {
    meter.day = day;
    meter.usedToday = 0;
    meter.reportedAtMs = Number.NEGATIVE_INFINITY;
  }
  const allowed = meter.usedToday < settings.dailyQuota;
  meter.usedToday += 1;
  if (nowMs - meter.reportedAtMs >= settings.quotaHeaderRefreshMs) {
    meter.reportedAtMs = nowMs;
    meter.reportedRemaining = Math.max(0, settings.dailyQuota - meter.usedToday);
  }
  return allowed;
}

export function secondsToReset(nowMs: number): number {
  return Math.ceil((dayMs - (((nowMs % dayMs) + dayMs) % dayMs)) / secondMs);
}
