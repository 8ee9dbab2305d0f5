import { expect, it } from '@jest/globals';
import { createTraffic, noteAccepted, noteReceived } from '../sandbox/graph/traffic.ts';

it('knows the most that there were in any second, of sends and of both directions', () => {
  const traffic = createTraffic();
  for (const atMs of [0, 500, 999]) noteAccepted(traffic, atMs);
  noteReceived(traffic, 999.5);
  for (const atMs of [1_000, 1_501]) noteAccepted(traffic, atMs);
  expect([traffic.sends.highest, traffic.both.highest]).toEqual([3, 4]);
  expect(traffic).toMatchObject({ accepted: 5, received: 1, firstAtMs: 0, lastAtMs: 1_501 });
});

it('keeps no more moments than it needs', () => {
  const traffic = createTraffic();
  for (let index = 0; index < 100_000; index += 1) noteAccepted(traffic, index);
  expect(traffic.sends.highest).toBe(1_000);
  expect(traffic.sends.times.length).toBeLessThan(6_000);
});
