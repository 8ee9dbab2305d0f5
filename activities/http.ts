import { Agent, type Dispatcher } from 'undici';
import { HOST_NOT_ALLOWED, hostPolicy } from './host-policy.ts';

/** `body` is already serialised; `url` is absolute. */
export type HttpRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** From the call to the last byte of the answer. Default: `HttpOptions.deadlineMs`. */
  deadlineMs?: number;
  /** Wall-clock time (ms since the epoch) after which the request must not leave any more. */
  notAfterMs?: number;
  /** Keeps a request from leaving. One that has begun to leave goes on: its outcome matters more than the caller. */
  signal?: AbortSignal;
};

/** Header names in lower case. `sentAtMs` is when the request was written, `receivedAtMs` when the headers came. */
export type HttpResponse = {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  sentAtMs: number;
  receivedAtMs: number;
};

export type SendRequest = (request: HttpRequest) => Promise<HttpResponse>;

export type HttpFailureReason =
  | 'invalid-request'
  | 'host-not-allowed'
  | 'cancelled'
  | 'not-after'
  | 'deadline'
  | 'no-connection'
  | 'connection-broken'
  | 'answer-too-large'
  | 'too-many-redirects'
  /** The stream that was to be sent failed, or was shorter or longer than announced: nobody's fault on the way. */
  | 'source-failed'
  | 'source-length';

/**
 * There is no answer. `reached` tells what the caller must assume: `never` means that no byte of the request left,
 * so it may be repeated; `maybe` that the other side may have acted on it. Says the host and nothing else of the URL.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reached: 'never' | 'maybe';
  readonly reason: HttpFailureReason;

  constructor(reached: 'never' | 'maybe', reason: HttpFailureReason, where: string, options?: ErrorOptions) {
    super(`${where}: ${reason} (request left: ${reached})`, options);
    this.reached = reached;
    this.reason = reason;
  }
}

export type HttpOptions = {
  /**
   * Hosts that the operator named (`host` or `host:port`): only these may be private addresses or plain http. Every
   * other host must be https and resolve to public addresses only.
   */
  allowedHosts: readonly string[];
  deadlineMs?: number;
  connectTimeoutMs?: number;
  /** Each origin has a pool of its own, so a slow one holds up at most its own calls. */
  connectionsPerOrigin?: number;
  maxResponseBytes?: number;
};

/** Planfix and Graph answer in a second or two; both can post twice, and for such calls eight is the agreed limit. */
const DEADLINE_MS = 8_000;
const CONNECT_TIMEOUT_MS = 4_000;
const CONNECTIONS_PER_ORIGIN = 64;
/** A page of a hundred comments of 64 KB each, with room. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
/** Short, since a write into a connection that the server has just closed has an unknown outcome. */
const KEEP_ALIVE_MS = 4_000;

/** The one way out for JSON calls. Never follows redirects, never repeats a request, never throws but `HttpFailure`. */
export function createHttp(options: HttpOptions): { send: SendRequest; close: () => Promise<void> } {
  const policy = hostPolicy(options.allowedHosts);
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const agent = new Agent({
    connections: options.connectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs, lookup: policy.lookup },
  });
  const limits = {
    deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    maxResponseBytes: options.maxResponseBytes ?? MAX_RESPONSE_BYTES,
  };
  return {
    send: async (request) => {
      const url = URL.parse(request.url);
      if (url === null) throw new HttpFailure('never', 'invalid-request', request.method);
      const where = `${request.method} ${url.host}`;
      if (!policy.allows(url)) throw new HttpFailure('never', 'host-not-allowed', where);
      return exchange(agent, request, url, where, limits);
    },
    close: () => agent.close(),
  };
}

type Limits = { deadlineMs: number; maxResponseBytes: number };

function exchange(agent: Agent, request: HttpRequest, url: URL, where: string, limits: Limits): Promise<HttpResponse> {
  const deadlineMs = request.deadlineMs ?? limits.deadlineMs;
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const end = new AbortController();
  let controller: Dispatcher.DispatchController | undefined;
  let sentAtMs: number | undefined;

  const fail = (reason: HttpFailureReason, cause?: unknown) => {
    const failure = new HttpFailure(sentAtMs === undefined ? 'never' : 'maybe', reason, where, { cause });
    end.abort();
    reject(failure);
    controller?.abort(failure);
  };
  const timer = setTimeout(() => fail('deadline'), deadlineMs);
  end.signal.addEventListener('abort', () => clearTimeout(timer));
  const body = responseBody(limits.maxResponseBytes, () => fail('answer-too-large'));

  const handler: Dispatcher.DispatchHandler = {
    // undici calls this in the very tick that writes the request: a process that was frozen since it decided to send
    // notices here, before the first byte, that it is too late.
    onRequestStart: (current) => {
      controller = current;
      if (end.signal.aborted) return current.abort(new Error('given up before it left'));
      if (sentAtMs !== undefined) return fail('connection-broken');
      if (request.signal?.aborted) return fail('cancelled');
      if (request.notAfterMs !== undefined && Date.now() > request.notAfterMs) return fail('not-after');
      if (performance.now() - startedAt > deadlineMs) return fail('deadline');
      sentAtMs = Date.now();
    },
    onResponseStart: (_, status, headers) => body.begin(status, headers),
    onResponseData: (_, chunk) => body.take(chunk),
    onResponseEnd: () => {
      const answer = body.finish();
      if (answer === undefined || sentAtMs === undefined) return fail('connection-broken');
      end.abort();
      resolve({ ...answer, sentAtMs });
    },
    onResponseError: (_, error) => fail(sentAtMs === undefined ? connectReason(error) : 'connection-broken', error),
  };

  const cancel = () => sentAtMs === undefined && fail('cancelled');
  request.signal?.addEventListener('abort', cancel, { signal: end.signal });
  if (request.signal?.aborted) cancel();
  else dispatch(agent, request, url, handler, fail);
  return promise;
}

function dispatch(
  agent: Agent,
  { method, headers, body }: HttpRequest,
  url: URL,
  handler: Dispatcher.DispatchHandler,
  fail: (reason: HttpFailureReason, cause: unknown) => void,
): void {
  try {
    const path = `${url.pathname}${url.search}`;
    agent.dispatch({ origin: url.origin, path, method, headers, body: body ?? null }, handler);
  } catch (error) {
    fail('invalid-request', error);
  }
}

function responseBody(maxBytes: number, tooLarge: () => void) {
  let head: Pick<HttpResponse, 'status' | 'headers' | 'receivedAtMs'> | undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    begin: (status: number, headers: HttpResponse['headers']) => {
      if (status >= 200) head = { status, headers, receivedAtMs: Date.now() };
    },
    take: (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) return tooLarge();
      chunks.push(chunk);
    },
    finish: () => head && { ...head, body: Buffer.concat(chunks).toString('utf8') },
  };
}

/** Why there is no connection, of undici's errors. */
export function connectReason(error: unknown): HttpFailureReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === HOST_NOT_ALLOWED) return 'host-not-allowed';
  return code === 'UND_ERR_INVALID_ARG' ? 'invalid-request' : 'no-connection';
}
