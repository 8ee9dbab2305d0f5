import type { ActivityOptions } from '@temporalio/workflow';
import { BULK_QUEUE, MEDIA_QUEUE } from './domain/ids.ts';
import type { Waits } from './domain/waits.ts';

/**
 * A step that posts or sends. It decides by rows, not by its attempt number, whether a call is made, so an attempt that
 * was lost with its worker may simply be followed by another one; the engine repeats the look, never the call.
 */
export const liveOptions = (waits: Waits): ActivityOptions => ({
  startToCloseTimeout: waits.turnTimeoutMs,
  heartbeatTimeout: waits.turnHeartbeatMs,
  retry: { initialInterval: '500 ms', maximumInterval: '15 s' },
});

/** A page of a schedule's work: the next run does what this one could not. */
export const sweepOptions = (waits: Waits): ActivityOptions => ({
  taskQueue: BULK_QUEUE,
  startToCloseTimeout: waits.turnTimeoutMs,
  heartbeatTimeout: waits.turnHeartbeatMs,
  retry: { maximumAttempts: 2 },
  // Pages of mailings on the same queue last half a minute: the next slot that is free is a schedule's.
  priority: { priorityKey: 1 },
});

/** The bytes of one file. An attempt that was lost is followed by another one, from the first byte. */
export const transferOptions = (waits: Waits): ActivityOptions => ({
  taskQueue: MEDIA_QUEUE,
  startToCloseTimeout: waits.transferTimeoutMs,
  heartbeatTimeout: waits.transferHeartbeatMs,
  retry: { initialInterval: '1 s', maximumInterval: '1 m', maximumAttempts: 5 },
});

/** A page of what is said to many: rows decide what is left, so a page that was lost is simply followed by another one. */
export const bulkOptions = (waits: Waits): ActivityOptions => ({
  taskQueue: BULK_QUEUE,
  startToCloseTimeout: waits.bulkPageTimeoutMs,
  heartbeatTimeout: waits.turnHeartbeatMs,
  retry: { initialInterval: '500 ms', maximumInterval: '15 s' },
});
