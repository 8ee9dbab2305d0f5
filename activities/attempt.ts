import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { describeError } from '../workflows/domain/describe-error.ts';

/**
 * Heartbeats while `work` runs, so that a worker that died is noticed within the heartbeat time-out and not only at
 * the end of the activity's time. `everyMs` is well below that time-out. An unexpected error goes on without its message:
 * Temporal keeps failures, and a message may quote what a customer wrote.
 */
export async function withHeartbeat<T>(everyMs: number, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), everyMs);
  try {
    return await work();
  } catch (error) {
    throw withoutMessage(error);
  } finally {
    clearInterval(timer);
  }
}

function withoutMessage(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { type, code, stack } = describeError(error);
  const failure = ApplicationFailure.create({ type, message: code === undefined ? type : `${type} ${code}` });
  if (stack !== undefined) failure.stack = `${failure.message}\n${stack}`;
  return failure;
}

/** Whether this attempt is no longer wanted. Looked at between rows only: a write under way is never aborted. */
export const isCancelled = () => Context.current().cancellationSignal.aborted;
