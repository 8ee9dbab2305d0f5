import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { FaultRule } from '../../core/faults.ts';
import { type Part, readParts } from '../../core/multipart.ts';
import { takeFault } from '../../core/strike.ts';
import { GraphError, noSuchObject } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { acceptMessage } from '../messages/send.ts';
import { type Fields, isFields, missing } from '../messages/types.ts';
import { deleteMedia, mediaFor, showMedia, uploadMedia } from './media.ts';
import { registerMediaHost } from './media-host.ts';
import * as objects from './objects.ts';
import { inspectToken, numberFor, readToken, wabaFor } from './tokens.ts';

type Call = {
  method: string;
  /** The object's id; empty for `debug_token`. */
  id: string;
  authorization: string | undefined;
  query: Fields;
  /** Parsed; an empty object when nothing was sent. @throws GraphError when it is no JSON object */
  body: () => Fields;
  /** Of a multipart body. @throws RangeError when it is none */
  parts: () => AsyncGenerator<Part>;
  /** What the log of requests shows as the body, where that is a stream. */
  note: (shown: Fields) => void;
  url: string;
  fault: FaultRule | undefined;
};

type Handle = (sandbox: GraphSandbox, call: Call) => Fields | Promise<Fields>;
type Route = { method: HTTPMethods; path: string; handle: Handle };

const versioned = '/graph/:version/:id';
const bodyLimitBytes = 1024 * 1024;

const routes: Route[] = [
  {
    method: 'POST',
    path: `${versioned}/messages`,
    handle: ({ world, statuses }, call) => {
      const number = numberFor(world, tokenOf(world, call), call.method, call.id);
      return acceptMessage(world, statuses, number, call.body(), call.fault);
    },
  },
  {
    method: 'POST',
    path: `${versioned}/media`,
    handle: ({ world, mediaFiles }, call) => {
      const number = numberFor(world, tokenOf(world, call), call.method, call.id);
      return uploadMedia(world, mediaFiles, number, call.parts(), call.note);
    },
  },
  { method: 'GET', path: versioned, handle: readObject },
  {
    method: 'DELETE',
    path: versioned,
    handle: ({ world }, call) => deleteMedia(mediaFor(world, tokenOf(world, call), call.method, call.id, call.query)),
  },
  {
    method: 'POST',
    path: versioned,
    handle: ({ world, deliveries }, call) => {
      const number = numberFor(world, tokenOf(world, call), call.method, call.id);
      return objects.updateNumber(deliveries, number, call.body());
    },
  },
  {
    method: 'GET',
    path: `${versioned}/phone_numbers`,
    handle: ({ world }, call) => objects.listNumbers(world, wabaOf(world, call), call.query, call.url),
  },
  {
    method: 'GET',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world }, call) => objects.listSubscribedApps(wabaOf(world, call)),
  },
  {
    method: 'POST',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world, deliveries }, call) =>
      objects.subscribeApp(deliveries, tokenOf(world, call), wabaOf(world, call), call.body()),
  },
  {
    method: 'DELETE',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world }, call) => objects.unsubscribeApp(tokenOf(world, call), wabaOf(world, call)),
  },
  { method: 'GET', path: '/graph/debug_token', handle: readTokenFacts },
  { method: 'GET', path: '/graph/:version/debug_token', handle: readTokenFacts },
];

type World = GraphSandbox['world'];

const tokenOf = (world: World, call: Call) => readToken(world, call.authorization, call.query);
const wabaOf = (world: World, call: Call) => wabaFor(world, tokenOf(world, call), call.method, call.id);

function readTokenFacts({ world }: GraphSandbox, call: Call): Fields {
  return inspectToken(world, call.authorization, call.query);
}

/** Numbers, accounts and media share one room of ids. */
function readObject({ world }: GraphSandbox, call: Call): Fields {
  const token = tokenOf(world, call);
  if (world.wabas.has(call.id)) return objects.showWaba(wabaFor(world, token, call.method, call.id), call.query.fields);
  if (world.media.has(call.id)) {
    const media = mediaFor(world, token, call.method, call.id, call.query);
    return showMedia(world, media, new URL(call.url).origin);
  }
  return objects.showNumber(world, numberFor(world, token, call.method, call.id), call.query.fields);
}

/** Registers the Graph API below `/graph`, for any version. */
export function registerRest(server: FastifyInstance, sandbox: GraphSandbox): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyLimitBytes }, (_request, body, done) => {
    done(null, body);
  });
  server.addContentTypeParser('multipart/form-data', (_request, stream, done) => done(null, stream));
  registerMediaHost(server, sandbox);
  for (const { method, path, handle } of routes) {
    server.route({
      method,
      url: path,
      exposeHeadRoute: false,
      handler: (request, reply) => answerCall(sandbox, handle, request, reply),
    });
  }
  server.all('/graph/*', (request, reply) => answerCall(sandbox, refuseUnknownPath, request, reply));
}

function refuseUnknownPath(_sandbox: GraphSandbox, { method, url }: Call): never {
  const path = new URL(url).pathname.replace(/^\/graph(\/v\d+\.\d+)?/, '');
  if (/^\/[^/]+$/.test(path)) throw noSuchObject(method, path.slice(1));
  throw new GraphError(2500, { message: `Unknown path components: ${path}` });
}

async function answerCall(
  sandbox: GraphSandbox,
  handle: Handle,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { core, numbers, media } = sandbox.world;
  const { version, id = '' } = request.params as { version?: string; id?: string };
  const path = request.url.split('?', 1)[0] ?? '';
  const phoneNumberId = numbers.has(id) ? id : media.get(id)?.number.phoneNumberId;
  const { method } = request;
  let body = readable(typeof request.body === 'string' ? request.body : '');
  const called = { target: 'graph' as const, phoneNumberId, method, path };
  const fault = takeFault(core, { ...called, ...purposeOf(method, path, body) });
  const log = (status: number): void => {
    core.requests.add({ ...called, atMs: core.clock.now(), status, body, fault: fault?.kind });
  };
  if (fault !== undefined && (await fault.before(request, reply))) {
    log(reply.statusCode);
    return reply;
  }
  const knowsVersion = version === undefined || /^v\d+\.\d+$/.test(version);
  const answer = await answerOf(sandbox, knowsVersion ? handle : refuseUnknownPath, {
    method,
    id,
    authorization: request.headers.authorization,
    query: request.query as Fields,
    body: () => fieldsOf(body),
    parts: () => readParts(streamOf(request), request.headers['content-type']),
    note: (shown) => {
      body = shown;
    },
    url: `${request.protocol}://${request.host}${request.url}`,
    fault,
  });
  if (fault !== undefined && (await fault.after(request, reply))) {
    log(0);
    return reply;
  }
  log(answer.status);
  return reply.code(answer.status).type('application/json; charset=UTF-8').send(JSON.stringify(answer.body));
}

/** What rules of faults may ask for. */
function purposeOf(method: string, path: string, body: unknown): { purpose?: string; messageType?: string } {
  if (method !== 'POST') return {};
  if (path.endsWith('/media')) return { purpose: 'upload' };
  if (!path.endsWith('/messages') || !isFields(body)) return {};
  return body.status === undefined
    ? { purpose: 'send', messageType: String(body.type ?? 'text') }
    : { purpose: 'receipt' };
}

/** @throws GraphError for a body that is no multipart */
function streamOf({ body }: FastifyRequest): IncomingMessage {
  if (typeof body === 'object' && body !== null) return body as IncomingMessage;
  throw missing('file');
}

async function answerOf(sandbox: GraphSandbox, handle: Handle, call: Call): Promise<{ status: number; body: Fields }> {
  try {
    if (call.fault?.kind === 'error') throw errorOf(call.fault);
    return { status: 200, body: await handle(sandbox, call) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { status: error.status, body: error.body };
  }
}

/** Any code, with the status and details that the rule wants or Meta stated. */
function errorOf({ code, status, details, subcode }: FaultRule): GraphError {
  return new GraphError(Number(code ?? 131000), {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof details === 'string' ? { details } : {}),
    ...(typeof subcode === 'number' ? { subcode } : {}),
  });
}

function fieldsOf(body: unknown): Fields {
  if (body === null) return {};
  if (isFields(body)) return body;
  throw new GraphError(100, { message: '(#100) Invalid parameter', details: 'The request body is no JSON object.' });
}

function readable(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
