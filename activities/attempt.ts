import { Context } from '@temporalio/activity';

/**
 * Heartbeats while `work` runs, so that a worker that died is noticed within the heartbeat time-out and not only at
 * the end of the activity's time. `everyMs` is well below that time-out.
 */
export async function withHeartbeat<T>(everyMs: number, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whether this attempt is no longer wanted. Looked at between rows only: a write under way is never aborted. */
export const isCancelled = () => Context.current().cancellationSignal.aborted;
