/**
 * What an answer of an API that passes Meta's errors on means, or its absence. A send has three outcomes: only an answer
 * that surely refuses lets it be tried again. (WhatsApp: errors)
 */
import { z } from 'zod';
import { tell } from '../../../workflows/domain/problem-findings.ts';
import type { HttpResponse } from '../channel.ts';
import { ChannelError, type ChannelFailure } from '../errors.ts';
import { failureOfCode, failureOfSend, isKnownCode } from './error-codes.ts';

/**
 * `send` may have had its effect although the answer is bad; the others may be repeated. `read` looks at the account or
 * number, whose failures concern all of it; `item` is about one message or file, `file` moves the bytes of one.
 */
export type CallKind = 'send' | 'read' | 'item' | 'file';

/** In what an API differs where an answer has no error of Meta's. */
export type ErrorDialect = {
  /** That what callers prove themselves with is refused. */
  refused: 'network-token-refused' | 'network-key-refused';
  /** The HTTP status that an error in the API's own form states; undefined: the body is not of that form. */
  statusOf?: (body: string) => number | undefined;
};

const GRAPH: ErrorDialect = { refused: 'network-token-refused' };

const errorBodySchema = z.object({
  error: z.object({
    code: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});

/** Not documented for messaging; honoured, within reason, if it ever comes. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1_000;
const RATE_LIMIT_WAIT_MS = 60 * 1_000;

/** For any answer that is not a readable success. */
export function errorFromResponse(call: CallKind, response: HttpResponse, dialect = GRAPH): ChannelError {
  const graphError = readGraphError(response.body);
  const failure =
    graphError === undefined ? withoutCode(call, response, dialect) : withCode(call, response, graphError, dialect);
  const retryAfterMs = Math.max(failure.retryAfterMs ?? 0, readRetryAfter(response) ?? 0);
  // Bytes come from other machines than the API, and one big file may fail where nothing else does.
  const scope = call === 'file' && failure.kind === 'unavailable' ? 'message' : failure.scope;
  return new ChannelError({ ...failure, scope, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) });
}

/**
 * For a request without an answer. `error` is what the HTTP function threw: `reached: 'never'` is its word that nothing
 * left, with the reason. Anything unfamiliar may have been sent.
 */
export function errorFromTransport(call: CallKind, error: unknown): ChannelError {
  const { reached, reason } = Object(error) as { reached?: unknown; reason?: unknown };
  const failure = reached === 'never' ? neverLeft(reason) : noAnswer(call);
  return new ChannelError(failure, { cause: error });
}

/** For a file that did not get through; whatever it is, it may be tried again and says nothing about the connection. */
export function errorFromFileTransport(error: unknown): ChannelError {
  const { reason } = Object(error) as { reason?: unknown };
  return new ChannelError({ scope: 'message', ...fileFailure(reason) }, { cause: error });
}

function fileFailure(reason: unknown): Pick<ChannelFailure, 'kind' | 'refusal' | 'detail'> {
  switch (reason) {
    case 'host-not-allowed':
    case 'too-many-redirects': {
      const detail = 'the file is kept in a place that may not be called';
      return { kind: 'file-rejected', refusal: 'file-refused-address', detail };
    }
    case 'source-failed':
      return { kind: 'unavailable', detail: 'the file could not be read to its end' };
    case 'source-length':
      return { kind: 'unavailable', detail: 'the file is not as long as was said' };
    case 'invalid-request':
      return { kind: 'invalid-request', detail: 'the request could not be written' };
    case 'cancelled':
      return { kind: 'unavailable', detail: 'the transfer was stopped' };
    default:
      return { kind: 'unavailable', detail: 'the network broke off the transfer of a file' };
  }
}

function neverLeft(reason: unknown): ChannelFailure {
  switch (reason) {
    case 'not-after':
    case 'cancelled':
      // Says something about this attempt and nothing about the connection.
      return { kind: 'unavailable', scope: 'message', ...tell(['network-attempt-ended']) };
    case 'host-not-allowed':
      return { kind: 'unavailable', scope: 'connection', ...tell(['network-host-refused']) };
    case 'invalid-request':
      return { kind: 'invalid-request', scope: 'message', ...tell(['network-request-unwritable']) };
    default:
      return { kind: 'unavailable', scope: 'connection', ...tell(['network-unreached']) };
  }
}

export function unreadableSuccess(call: CallKind): ChannelError {
  if (call === 'send') {
    const detail = 'the network accepted the request with an answer that cannot be read';
    return new ChannelError({ kind: 'outcome-unknown', scope: 'message', detail });
  }
  const scope = call === 'read' ? 'connection' : 'message';
  return new ChannelError({ kind: 'unexpected-response', scope, ...tell(['network-answer-unreadable']) });
}

function noAnswer(call: CallKind): ChannelFailure {
  return call === 'send'
    ? {
        kind: 'outcome-unknown',
        scope: 'message',
        detail: 'the network did not answer; the message may have been sent',
      }
    : { kind: 'unavailable', scope: 'connection', ...tell(['network-silent']) };
}

function withCode(
  call: CallKind,
  response: HttpResponse,
  error: { code: number; isTransient: boolean },
  dialect: ErrorDialect,
): ChannelFailure {
  if (isKnownCode(error.code)) {
    if (call === 'send') return failureOfSend(error.code);
    const failure = failureOfCode(error.code);
    return call === 'read' && failure.scope === 'message' ? { ...failure, scope: 'connection' } : failure;
  }
  if (response.status >= 500 || error.isTransient) return { ...serverFailure(call), code: error.code };
  return { ...withoutCode(call, response, dialect), code: error.code };
}

function serverFailure(call: CallKind): ChannelFailure {
  return call === 'send'
    ? { kind: 'outcome-unknown', scope: 'message', detail: 'the network failed; the message may have been sent' }
    : { kind: 'unavailable', scope: 'connection', ...tell(['network-failing']) };
}

/** An answer without Graph's error object comes from something in between, or from a broken Graph. */
function withoutCode(call: CallKind, response: HttpResponse, { refused, statusOf }: ErrorDialect): ChannelFailure {
  const status = statusOf?.(response.body) ?? response.status;
  if (status === 401) {
    return { kind: 'credentials-rejected', scope: 'connection', credentialsDead: true, ...tell([refused]) };
  }
  if (status === 429) {
    const told = tell(['network-too-fast']);
    return { kind: 'rate-limited', scope: 'connection', retryAfterMs: RATE_LIMIT_WAIT_MS, ...told };
  }
  if (status >= 400 && status < 500 && status !== 408) {
    const scope = call === 'read' ? 'connection' : 'message';
    return { kind: 'invalid-request', scope, ...tell(['network-http', { status }]) };
  }
  return serverFailure(call);
}

function readGraphError(body: string): { code: number; isTransient: boolean } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = errorBodySchema.safeParse(value);
  return parsed.success
    ? { code: parsed.data.error.code, isTransient: parsed.data.error.is_transient === true }
    : undefined;
}

/** Seconds only; a date would need the other side's clock. */
function readRetryAfter(response: HttpResponse): number | undefined {
  const value = response.headers['retry-after'];
  if (typeof value !== 'string' || !/^\d{1,6}$/.test(value)) return undefined;
  return Math.min(Number(value) * 1_000, MAX_RETRY_AFTER_MS);
}
