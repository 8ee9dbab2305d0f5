import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from '../workflows/domain/describe-error.ts';

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
  'cookie',
  'email',
  'headers',
  'hintSecret',
  'name',
  'password',
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
