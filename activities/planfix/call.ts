import type { Readable } from 'node:stream';
import type { z } from 'zod';
import {
  type CallPurpose,
  classifyAnswer,
  classifyNoAnswer,
  readEnvelope,
  type Subject,
  type Suspect,
  unreadable,
} from './classify-failure.ts';
import { serverTime } from './time.ts';

/** What the client needs of an HTTP function. It must not follow redirects nor repeat a request. */
export type SendRequest = (request: {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  deadlineMs?: number;
  notAfterMs?: number;
  signal?: AbortSignal;
}) => Promise<HttpAnswer>;

/** Header names in lower case. A rejection may carry `reached: 'never' | 'maybe'`. */
export type HttpAnswer = {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  sentAtMs: number;
  receivedAtMs: number;
};

/** For each call. `notAfterMs`: wall-clock time after which the request must not leave any more. */
export type CallOptions = { notAfterMs?: number; deadlineMs?: number; signal?: AbortSignal };

/** What every answer tells beside its content. `serverTimeMs` has a resolution of one second. */
export type AnswerFacts = {
  effect: 'read' | 'write';
  status: number;
  sentAtMs: number;
  receivedAtMs: number;
  serverTimeMs: number | undefined;
  /** Calls left today; approximate, refreshed by Planfix about every ten minutes. */
  remaining: number | undefined;
};

export type UploadedFile = { name: string; mime: string; size: number | undefined; body: Readable };

/** What the client needs to move files, as streams. Rejections may carry `reached` and a `reason`. */
export type FileTransport = {
  /** Follows redirects to public addresses, without the headers where the host changes. */
  download: (request: {
    url: string;
    headers: Record<string, string>;
    redirects: 'public';
    signal?: AbortSignal;
  }) => Promise<{
    status: number;
    headers: HttpAnswer['headers'];
    body: Readable;
    /** The answer is another address's than Planfix's own. */
    redirected: boolean;
  }>;
  /** One multipart request; the stream is destroyed whatever happens. */
  upload: (request: {
    url: string;
    headers: Record<string, string>;
    fields: Readonly<Record<string, string>>;
    file: UploadedFile & { part: string };
    signal?: AbortSignal;
  }) => Promise<HttpAnswer>;
};

export type ClientOptions = {
  /** With `/rest` at its end; a slash behind it makes no difference. */
  baseUrl: string;
  token: string;
  send: SendRequest;
  /** Only where files are moved. */
  files?: FileTransport;
  /** Awaited right before each request, each page included; what it throws goes through unchanged. */
  gate: () => Promise<void>;
  /** IANA zone of the employee whom the token belongs to: Planfix reads dates in filters in it. */
  timeZone: string;
  /** Hears of each answer, failures included; must not throw. */
  onAnswer?: (facts: AnswerFacts) => void;
};

export type Request<T> = {
  method: 'GET' | 'POST';
  /** Below the base URL, with a slash at its beginning, exactly as in Planfix's description. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** A text is sent as it is. */
  body?: Record<string, unknown> | string;
  effect: 'read' | 'write';
  subject: Subject;
  /** Fields sent that Planfix is known to refuse at times. */
  sent?: readonly Suspect[];
  schema: z.ZodType<T>;
};

export type Answered<T> = { data: T; status: number };

/** One request and its answer; throws PlanfixError, or what the gate throws. */
export type Call = <T>(request: Request<T>, options?: CallOptions) => Promise<Answered<T>>;

export function createCall(client: ClientOptions): Call {
  const base = baseOf(client);
  return async (request, options) => {
    const purpose: CallPurpose = { effect: request.effect, subject: request.subject, sent: request.sent ?? [] };
    await client.gate();
    const answer = await client
      .send({
        method: request.method,
        url: `${base}${request.path}${queryString(request.query)}`,
        headers: headersOf(client.token, request.body !== undefined),
        ...(request.body === undefined ? {} : { body: textOf(request.body) }),
        ...options,
      })
      .catch((cause: unknown) => {
        throw classifyNoAnswer(cause, purpose);
      });
    client.onAnswer?.(answerFacts(answer, request.effect));
    return readAnswer(answer, purpose, request.schema);
  };
}

/** What Planfix says with its answer; throws the failure that it reports. */
export function readAnswer<T>(answer: HttpAnswer, purpose: CallPurpose, schema: z.ZodType<T>): Answered<T> {
  // A locked object: the change is queued, and the body is empty (Planfix REST: the four shapes of success).
  if (answer.status === 202 || (answer.status === 200 && answer.body.trim() === '')) {
    return { data: parse(schema, {}, purpose, answer.status), status: answer.status };
  }
  const envelope = readEnvelope(answer);
  const failure = classifyAnswer(answer, envelope, purpose);
  if (failure !== undefined) throw failure;
  if (envelope === undefined) throw unreadable(purpose, answer.status);
  return { data: parse(schema, envelope.json, purpose, answer.status), status: answer.status };
}

export const baseOf = ({ baseUrl }: Pick<ClientOptions, 'baseUrl'>): string => baseUrl.replace(/\/+$/, '');

function parse<T>(schema: z.ZodType<T>, json: unknown, purpose: CallPurpose, status: number): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  // Paths only: the issues' messages may quote values.
  const places = parsed.error.issues.map((issue) => issue.path.join('.')).slice(0, 5);
  throw unreadable(purpose, status, new Error(`unexpected shape at ${places.join(', ')}`));
}

const textOf = (body: Record<string, unknown> | string) => (typeof body === 'string' ? body : JSON.stringify(body));

export function headersOf(token: string, hasBody: boolean): Record<string, string> {
  const common = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return hasBody ? { ...common, 'content-type': 'application/json' } : common;
}

function queryString(query: Request<unknown>['query']): string {
  const entries = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return entries.length === 0 ? '' : `?${entries.join('&')}`;
}

export function answerFacts(answer: HttpAnswer, effect: 'read' | 'write'): AnswerFacts {
  const remaining = Number.parseInt(String(answer.headers['x-ratelimit-remaining']), 10);
  return {
    effect,
    status: answer.status,
    sentAtMs: answer.sentAtMs,
    receivedAtMs: answer.receivedAtMs,
    serverTimeMs: serverTime(answer.headers.date),
    remaining: Number.isNaN(remaining) ? undefined : remaining,
  };
}
