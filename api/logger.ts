import { type DestinationStream, type Logger, pino } from 'pino';

export type ApiLog = Logger;

/**
 * What is never written, wherever it turns up. Log lines are made of ids, words of ours and numbers in the first place;
 * this list is the second wall.
 */
const REDACTED = [
  'accessToken',
  'appSecret',
  'authorization',
  'body',
  'headers',
  'hintSecret',
  'name',
  'phone',
  'query',
  'raw',
  'secret',
  'text',
  'token',
  'url',
  'verifyToken',
];

export function createLog(level: string, destination?: DestinationStream): ApiLog {
  const options = {
    level,
    base: { process: 'api' },
    redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * An error without its message: a message may quote what was parsed or stored, such as a text or a phone number. Class,
 * code and place tell a developer where to look; a database error also names its table and constraint.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, table, constraint } = error as Error & Record<string, unknown>;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const facts = { code, table, constraint };
  const known = Object.entries(facts).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { type: error.name, ...Object.fromEntries(known), stack: frames.join('\n'), ...cause };
}
