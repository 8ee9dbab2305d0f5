import { describe, expect, it } from '@jest/globals';
import {
  decideWindow,
  opensServiceWindow,
  SERVICE_WINDOW_MARGIN_MS,
  serviceWindowEnd,
} from '../../../../workflows/domain/service-window.ts';

const WROTE_AT = Date.UTC(2026, 10, 24, 9, 0, 0);
const DAY_MS = 24 * 60 * 60 * 1_000;

describe('decideWindow', () => {
  const closesAt = WROTE_AT + DAY_MS - SERVICE_WINDOW_MARGIN_MS;
  it.each([
    ['at once', WROTE_AT, 'free-form'],
    ['just before the margin', closesAt - 1, 'free-form'],
    ['at the margin', closesAt, 'template-required'],
    ['after a day', WROTE_AT + DAY_MS, 'template-required'],
    ["when the network's clock is ahead of ours", WROTE_AT - 5_000, 'free-form'],
  ])('%s', (_name, nowMs, expected) => {
    expect(decideWindow({ lastInboundAtMs: WROTE_AT, nowMs })).toBe(expected);
  });

  it('takes another margin', () => {
    const nowMs = WROTE_AT + DAY_MS - 1;
    expect(decideWindow({ lastInboundAtMs: WROTE_AT, nowMs, marginMs: 0 })).toBe('free-form');
  });

  it('needs a template for a customer who never wrote', () => {
    expect(decideWindow({ lastInboundAtMs: undefined, nowMs: WROTE_AT })).toBe('template-required');
  });
});

it('ends 24 hours after the message', () => {
  expect(serviceWindowEnd(WROTE_AT)).toBe(WROTE_AT + DAY_MS);
});

it('is opened by what a customer says, and not by signs about it', () => {
  expect((['text', 'image', 'button', 'unsupported', 'request_welcome'] as const).map(opensServiceWindow)).toEqual(
    Array(5).fill(true),
  );
  expect((['reaction', 'system', 'edit', 'revoke'] as const).map(opensServiceWindow)).toEqual(Array(4).fill(false));
});
