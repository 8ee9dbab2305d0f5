import { DefaultLogger, type Logger } from '@temporalio/worker';
import { pino } from 'pino';
import { describeError } from '../workflows/domain/describe-error.ts';

export type WorkerLog = ReturnType<typeof createLog>;

/** What must never be written, wherever it may turn up in what is logged. */
const SECRET_PATHS = ['token', 'accessToken', 'secret', 'authorization', 'text', 'name', 'phone', 'body', 'url'];

export function createLog(level: string) {
  return pino({
    level,
    base: { process: 'worker' },
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[redacted]' },
  });
}

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Temporal's own log lines, in the same place; its metadata holds ids only. */
export function temporalLogger(log: WorkerLog): Logger {
  return new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { error, workflowId, activityType, workflowType, taskQueue } = (meta ?? {}) as Record<string, unknown>;
    const failure = error === undefined ? {} : { failure: describeError(error) };
    // The queue of bulk work has activities only, which the SDK thinks worth a warning.
    const isExpected = message.startsWith('No workflows registered');
    log[isExpected ? 'debug' : PINO_LEVEL[level]](
      { workflowId, activityType, workflowType, taskQueue, ...failure },
      message,
    );
  });
}
