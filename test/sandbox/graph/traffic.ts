import type { BusinessNumber } from './model.ts';
import type { GraphSettings } from './settings.ts';

/** What a number let through and refused, counted in real time for benches. */
export type Traffic = {
  accepted: number;
  received: number;
  /** Sends that were refused, by code. */
  refused: Record<string, number>;
  /** Sends that were accepted and failed, by code. */
  failed: Record<string, number>;
  both: Meter;
  sends: Meter;
  firstAtMs: number | undefined;
  lastAtMs: number | undefined;
};

/** The moments of the last second, from `head` on, and the most there ever were in one. */
type Meter = { times: number[]; head: number; highest: number };

const secondMs = 1_000;
/** Moments that are left behind before the list is cut. */
const mostLeftBehind = 4_096;

export function createTraffic(): Traffic {
  return {
    accepted: 0,
    received: 0,
    refused: {},
    failed: {},
    both: createMeter(),
    sends: createMeter(),
    firstAtMs: undefined,
    lastAtMs: undefined,
  };
}

const createMeter = (): Meter => ({ times: [], head: 0, highest: 0 });

export function noteAccepted(traffic: Traffic, nowMs: number): void {
  traffic.accepted += 1;
  count(traffic.sends, nowMs);
  count(traffic.both, nowMs);
  traffic.firstAtMs ??= nowMs;
  traffic.lastAtMs = nowMs;
}

export function noteReceived(traffic: Traffic, nowMs: number): void {
  traffic.received += 1;
  count(traffic.both, nowMs);
}

export function noteCode(codes: Record<string, number>, code: number): void {
  codes[code] = (codes[code] ?? 0) + 1;
}

function count(meter: Meter, nowMs: number): void {
  meter.times.push(nowMs);
  while ((meter.times[meter.head] ?? nowMs) <= nowMs - secondMs) meter.head += 1;
  meter.highest = Math.max(meter.highest, meter.times.length - meter.head);
  if (meter.head < mostLeftBehind) return;
  meter.times.splice(0, meter.head);
  meter.head = 0;
}

/** Messages a second, both directions together (WhatsApp: limits). */
export function ratePerSecond(settings: GraphSettings, number: BusinessNumber): number {
  if (number.isOnBizApp) return settings.numberPerSecondOnApp;
  return number.throughputLevel === 'HIGH' ? settings.numberPerSecondHigh : settings.numberPerSecond;
}
