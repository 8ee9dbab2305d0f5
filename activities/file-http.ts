import { Readable } from 'node:stream';
import { Agent, buildConnector, request as exchange } from 'undici';
import type { FileHttp } from './channels/channel.ts';
import { createStop, failureOf, hasConnected, ownBody, readAtMost, wholeFile } from './file-exchange.ts';
import { type HostPolicy, hostPolicy } from './host-policy.ts';
import { connectReason, HttpFailure, type HttpResponse } from './http.ts';
import { multipartAround } from './multipart.ts';

export type FileHttpOptions = {
  /** Hosts that the operator named, as for `createHttp`. */
  allowedHosts: readonly string[];
  /** Hosts on which providers keep files: together with the operator's they are the `listed` ones. Https only. */
  providerHosts?: readonly string[];
  connectTimeoutMs?: number;
  /** Of a download from the call, of an upload from its last byte, to the headers of the answer. */
  headersMs?: number;
  /** The longest that a body may stand still because of the other side. */
  idleMs?: number;
};

type DownloadRequest = Parameters<FileHttp['download']>[0];
type UploadRequest = Parameters<FileHttp['upload']>[0];

/** `redirected`: the answer is another address's than the one that was asked. */
export type Download = Awaited<ReturnType<FileHttp['download']>> & { redirected: boolean };

/**
 * Both throw `HttpFailure`, and so do the bodies of downloads. Of an answer other than 2xx the body is at most the
 * first 64 KB, already read. An upload owns the stream it is given and destroys it, whatever happens.
 */
export type FileTransport = {
  download: (request: DownloadRequest) => Promise<Download>;
  upload: (request: UploadRequest) => Promise<HttpResponse>;
  /** Ends what is still on its way. */
  close: () => Promise<void>;
};

const CONNECT_TIMEOUT_MS = 4_000;
/** Meta looks at a file before it answers, which takes seconds for a hundred megabytes. */
const HEADERS_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 3;
const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_ANSWER_BYTES = 1024 * 1024;

type Context = {
  /** Connections of one exchange, gone with it. */
  openAgent: () => Agent;
  closeAgent: (agent: Agent) => void;
  policy: HostPolicy;
  isListed: (url: URL) => boolean;
  headersMs: number;
  idleMs: number;
};

/** The one way for files: streams in both directions, nothing kept, each stop of the one side stopping the other. */
export function createFileHttp(options: FileHttpOptions): FileTransport {
  const policy = hostPolicy(options.allowedHosts);
  const providerHosts = new Set(options.providerHosts);
  const idleMs = options.idleMs ?? IDLE_TIMEOUT_MS;
  const timeout = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const connect = buildConnector({ timeout, lookup: policy.lookup });
  const open = new Set<Agent>();
  const context: Context = {
    // A kept connection may die in the moment in which it is used again, and a file cannot be sent again.
    openAgent: () => {
      const agent = new Agent({ connect, headersTimeout: 0, bodyTimeout: idleMs });
      open.add(agent);
      return agent;
    },
    closeAgent: (agent) => {
      open.delete(agent);
      void agent.destroy();
    },
    policy,
    isListed: (url) => policy.isNamed(url) || (url.protocol === 'https:' && providerHosts.has(url.host)),
    headersMs: options.headersMs ?? HEADERS_TIMEOUT_MS,
    idleMs,
  };
  return {
    download: (request) => download(context, request),
    upload: (request) => upload(context, request),
    close: async () => {
      await Promise.all([...open].map((agent) => agent.destroy()));
    },
  };
}

async function download(context: Context, request: DownloadRequest): Promise<Download> {
  const first = URL.parse(request.url);
  if (first === null) throw new HttpFailure('never', 'invalid-request', 'GET');
  const agent = context.openAgent();
  const stop = createStop(request.signal, `GET ${first.host}`, context.headersMs, () => context.closeAgent(agent));
  try {
    stop.signal.throwIfAborted();
    const { response, url } = await followRedirects(context, agent, request, first, stop.signal);
    const { statusCode: status, headers } = response;
    const redirected = url.href !== first.href;
    if (status < 200 || status > 299) {
      const start = await readAtMost(response.body, MAX_REFUSAL_BYTES).catch((error: unknown) => {
        throw failureOf(error, `GET ${url.host}`, 'connection-broken');
      });
      stop.release();
      return { status, headers, body: Readable.from([start], { objectMode: false }), redirected };
    }
    stop.disarm();
    return { status, headers, body: ownBody(response.body, `GET ${url.host}`, stop.release), redirected };
  } catch (error) {
    stop.release();
    throw error;
  }
}

async function followRedirects(
  context: Context,
  agent: Agent,
  request: DownloadRequest,
  first: URL,
  signal: AbortSignal,
) {
  let url = first;
  let headers = request.headers;
  for (let redirects = 0; ; redirects += 1) {
    const where = `GET ${url.host}`;
    const reached = redirects === 0 ? 'never' : 'maybe';
    const allowed = context.policy.allows(url) && (request.redirects === 'public' || context.isListed(url));
    if (!allowed) throw new HttpFailure(reached, 'host-not-allowed', where);
    const sent = { ...headers, 'accept-encoding': 'identity' };
    const response = await exchange(url, { method: 'GET', headers: sent, dispatcher: agent, signal }).catch(
      (error: unknown) => {
        throw failureOf(error, where, hasConnected(error) ? 'connection-broken' : connectReason(error));
      },
    );
    const location = [301, 302, 303, 307, 308].includes(response.statusCode) ? response.headers.location : undefined;
    const next = typeof location === 'string' ? URL.parse(location, url) : undefined;
    if (next === undefined) return { response, url };
    await response.body.dump({ limit: MAX_REFUSAL_BYTES, signal }).catch(() => undefined);
    if (next === null || redirects === MAX_REDIRECTS) throw new HttpFailure('maybe', 'too-many-redirects', where);
    // Storage behind an API is no place for its token, even on the same host.
    headers = {};
    url = next;
  }
}

async function upload(context: Context, request: UploadRequest): Promise<HttpResponse> {
  const { file } = request;
  file.body.on('error', () => undefined);
  const url = URL.parse(request.url);
  const where = `POST ${url?.host ?? ''}`;
  const agent = context.openAgent();
  const stop = createStop(request.signal, where, context.headersMs, () => context.closeAgent(agent));
  let sentAtMs: number | undefined;
  try {
    if (url === null) throw new HttpFailure('never', 'invalid-request', 'POST');
    if (!context.policy.allows(url)) throw new HttpFailure('never', 'host-not-allowed', where);
    stop.signal.throwIfAborted();
    const multipart = multipartAround(request.fields, file);
    const { contentType, contentLength } = multipart;
    const headers = {
      ...request.headers,
      'content-type': contentType,
      ...(contentLength === undefined ? {} : { 'content-length': String(contentLength) }),
    };
    const body = async function* () {
      sentAtMs = Date.now();
      stop.allow(context.idleMs);
      yield multipart.beforeFile;
      for await (const chunk of wholeFile(file, where)) {
        stop.allow(context.idleMs);
        yield chunk;
        stop.allow(context.idleMs);
      }
      yield multipart.afterFile;
      stop.allow(context.headersMs);
    };
    const response = await exchange(url, {
      method: 'POST',
      headers,
      body: Readable.from(body(), { objectMode: false }),
      dispatcher: agent,
      signal: stop.signal,
    });
    const receivedAtMs = Date.now();
    const text = await readAtMost(response.body, MAX_ANSWER_BYTES);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: text.toString('utf8'),
      sentAtMs: sentAtMs ?? receivedAtMs,
      receivedAtMs,
    };
  } catch (error) {
    if (sentAtMs !== undefined) throw failureOf(error, where, 'connection-broken');
    throw new HttpFailure('never', error instanceof HttpFailure ? error.reason : connectReason(error), where, {
      cause: error,
    });
  } finally {
    stop.release();
    file.body.destroy();
  }
}
