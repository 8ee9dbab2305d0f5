import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultRule } from '../../core/faults.ts';
import { readParts } from '../../core/multipart.ts';
import { takeFault } from '../../core/strike.ts';
import { GraphError, noSuchObject } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { type Fields, isFields, missing } from '../messages/types.ts';
import { noteCode } from '../traffic.ts';
import { registerMediaHost } from './media-host.ts';
import { type Call, type Handle, routes } from './routes.ts';

const bodyLimitBytes = 1024 * 1024;
const newestVersion = 26;

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
  const purpose = purposeOf(method, path, body);
  const fault = takeFault(core, { ...called, ...purpose });
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
    version: version === undefined ? newestVersion : Number.parseInt(version.slice(1), 10),
    fault,
  });
  if (purpose.purpose === 'send' && answer.code !== undefined) countRefusal(sandbox, id, answer.code);
  if (fault !== undefined && (await fault.after(request, reply))) {
    log(0);
    return reply;
  }
  log(answer.status);
  const { dateSkewMs } = sandbox.world.settings;
  if (dateSkewMs !== 0) reply.header('date', new Date(Date.now() + dateSkewMs).toUTCString());
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

function countRefusal({ world }: GraphSandbox, phoneNumberId: string, code: number): void {
  const number = world.numbers.get(phoneNumberId);
  if (number !== undefined) noteCode(number.traffic.refused, code);
}

type Answer = { status: number; body: Fields; code?: number };

async function answerOf(sandbox: GraphSandbox, handle: Handle, call: Call): Promise<Answer> {
  try {
    if (call.fault?.kind === 'error') throw errorOf(call.fault);
    return { status: 200, body: await handle(sandbox, call) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { status: error.status, body: error.body, code: error.code };
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
