import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readParts } from '../core/multipart.ts';
import { takeFault } from '../core/strike.ts';
import { GraphError } from '../graph/errors.ts';
import type { Fields } from '../graph/messages/types.ts';
import { sendMedia } from '../graph/rest/media-host.ts';
import { GatewayError, gatewayBody, gatewayMessages } from './errors.ts';
import { attachmentsPath, checkMediaBlock, noteMediaFailure } from './media.ts';
import type { Dialog360Sandbox, HostedNumber } from './model.ts';
import { type GatewayCall, type GatewayHandle, gatewayRoutes } from './routes.ts';

const bodyLimitBytes = 1024 * 1024;
const base = '/dialog360';
const keyHeader = 'd360-api-key';

/** The messaging API behind a key: no version and no id of a number in its addresses. */
export function registerGateway(server: FastifyInstance, sandbox: Dialog360Sandbox): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  );
  server.addContentTypeParser('multipart/form-data', (_request, stream, done) => done(null, stream));
  for (const { method, path, handle } of gatewayRoutes) {
    server.route({
      method,
      url: `${base}${path}`,
      exposeHeadRoute: false,
      handler: (request, reply) => answerCall(sandbox, handle, request, reply),
    });
  }
  server.get(`${base}${attachmentsPath}`, { exposeHeadRoute: false }, (request, reply) =>
    answerDownload(sandbox, request, reply),
  );
  server.all(`${base}/*`, (request, reply) => answerCall(sandbox, unknownPath, request, reply));
}

const unknownPath: GatewayHandle = () => {
  throw new GatewayError(404, gatewayMessages[404] ?? '');
};

/** @throws GatewayError 401 */
function hostOf({ hosted }: Dialog360Sandbox, request: FastifyRequest): HostedNumber {
  const host = hosted.get(String(request.headers[keyHeader] ?? ''));
  if (host === undefined) throw new GatewayError(401, gatewayMessages[401] ?? '');
  return host;
}

async function answerCall(
  sandbox: Dialog360Sandbox,
  handle: GatewayHandle,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { core } = sandbox.graph.world;
  const { method } = request;
  const path = request.url.split('?', 1)[0] ?? '';
  const known = sandbox.hosted.get(String(request.headers[keyHeader] ?? ''));
  const body = typeof request.body === 'string' ? readable(request.body) : null;
  const called = { target: 'graph' as const, phoneNumberId: known?.number.phoneNumberId, method, path };
  const fault = takeFault(core, { ...called, ...purposeOf(method, path, body) });
  const log = (status: number, shown: unknown = body) =>
    core.requests.add({ ...called, atMs: core.clock.now(), status, body: shown, fault: fault?.kind });
  if (fault !== undefined && (await fault.before(request, reply))) {
    log(reply.statusCode);
    return reply;
  }
  let shown: unknown = body;
  const call: GatewayCall = {
    query: request.query as Fields,
    params: request.params as Record<string, string>,
    body: () => fieldsOf(body),
    parts: () => readParts(request.body as IncomingMessage, request.headers['content-type']),
    note: (fields) => {
      shown = fields;
    },
    fault,
    version: 26,
  };
  const answer = await answerOf(sandbox, () => hostOf(sandbox, request), handle, call);
  if (fault !== undefined && (await fault.after(request, reply))) {
    log(0, shown);
    return reply;
  }
  log(answer.status, shown);
  return reply.code(answer.status).type('application/json').send(JSON.stringify(answer.body));
}

async function answerOf(
  sandbox: Dialog360Sandbox,
  readHost: () => HostedNumber,
  handle: GatewayHandle,
  call: GatewayCall,
): Promise<{ status: number; body: unknown }> {
  try {
    const host = readHost();
    if (call.fault?.kind === 'error') throw new GraphError(Number(call.fault.code ?? 131000));
    return { status: 200, body: await handle(sandbox, host, call) };
  } catch (error) {
    if (error instanceof GraphError) return { status: error.status, body: error.body };
    if (error instanceof GatewayError) return { status: error.status, body: gatewayBody(error.status, error.message) };
    throw error;
  }
}

/** The bytes, for whoever comes with the path and query of Meta's address and with the key. */
async function answerDownload(
  sandbox: Dialog360Sandbox,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const host = hostOf(sandbox, request);
    checkMediaBlock(sandbox, host);
    const sent = await sendMedia(sandbox.graph, request, reply, (media) => (media.number === host.number ? 200 : 404));
    if (reply.statusCode >= 400) noteMediaFailure(sandbox, host);
    return sent;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return reply.code(error.status).send(gatewayBody(error.status, error.message));
  }
}

/** What rules of faults may ask for; as at Meta. */
function purposeOf(method: string, path: string, body: unknown): { purpose?: string; messageType?: string } {
  if (method !== 'POST') return {};
  if (path.endsWith('/media')) return { purpose: 'upload' };
  if (!path.endsWith('/messages')) return {};
  const { status, type } = Object(body) as Fields;
  return status === undefined ? { purpose: 'send', messageType: String(type ?? 'text') } : { purpose: 'receipt' };
}

function fieldsOf(body: unknown): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw new GatewayError(400, 'The request body is no JSON object');
}

function readable(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
