import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxCore } from '../../core/index.ts';
import { takeFault } from '../../core/strike.ts';
import { accounts, settlePending } from '../accounts.ts';
import { accountHeaders } from '../gate.ts';
import { recordArrival } from '../meter.ts';
import type { Account, Answer } from '../model.ts';
import { type RestRoute, restRoutes } from './routes.ts';
import { type PlanfixFault, serveCall } from './serve.ts';

const bodyLimitBytes = 4 * 1024 * 1024;
const wrongFormsKept = 100;
const notFoundPage = '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>';

/** Registers every REST method below `/planfix/:account/rest`, in the specified form of its path and in the other one. */
export function registerRest(server: FastifyInstance, core: SandboxCore): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyLimitBytes }, (_request, body, done) => {
    done(null, body);
  });
  // Left to the method that takes a file; any other does not look at it.
  server.addContentTypeParser(/^multipart\/form-data/, (_request, payload, done) => done(null, payload));
  for (const route of restRoutes) {
    const otherForm = route.path.endsWith('/') ? route.path.slice(0, -1) : `${route.path}/`;
    for (const path of [route.path, otherForm]) {
      server.route({
        method: route.method,
        url: `/planfix/:account/rest${path}`,
        exposeHeadRoute: false,
        handler: (request, reply) => answerCall(core, route, path === otherForm, request, reply),
      });
    }
  }
  server.all('/planfix/*', (_request, reply) => reply.code(404).type('text/html').send(notFoundPage));
}

async function answerCall(
  core: SandboxCore,
  route: RestRoute,
  wrongForm: boolean,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = request.params as Record<string, string>;
  const account = accounts.get(params.account ?? '');
  if (account === undefined) return reply.code(404).type('text/html').send(notFoundPage);
  recordArrival(account.meter, performance.now());
  settlePending(account);
  const path = restPath(request);
  if (wrongForm) noteWrongForm(account, `${route.method} ${path}`);
  const purpose = route.receive === undefined ? undefined : 'upload';
  const fault = takeFault(core, { target: 'planfix', account: account.name, method: route.method, path, purpose });
  const text = typeof request.body === 'string' ? request.body : '';
  const log = (status: number, body = readable(text)): void =>
    core.requests.add({
      atMs: core.clock.now(),
      target: 'planfix',
      account: account.name,
      method: route.method,
      path,
      status,
      body,
      fault: fault?.kind,
    });
  if (fault !== undefined && (await fault.before(request, reply))) {
    log(reply.raw.statusCode);
    return reply;
  }
  const answer = await serveCall(account, route, { ...readRequest(request), params, text }, fault);
  if (fault !== undefined && (await fault.after(request, reply))) {
    log(reply.raw.statusCode, answer.logged);
    return reply;
  }
  log(answer.status, answer.logged);
  return send(reply, account, answer, fault);
}

function send(reply: FastifyReply, account: Account, answer: Answer, fault: PlanfixFault | undefined): FastifyReply {
  reply.code(answer.status).headers({ ...accountHeaders(account, isQuotaRefusal(answer)), ...answer.headers });
  if (answer.body === undefined) return reply.send();
  if (typeof answer.body === 'string') return reply.type('text/html').send(answer.body);
  const disguise = fault?.kind === 'wrong-content-type' ? String(fault.contentType ?? 'text/html') : undefined;
  return reply.type(disguise ?? 'application/json; charset=utf-8').send(JSON.stringify(answer.body));
}

function isQuotaRefusal({ body }: Answer): boolean {
  return typeof body === 'object' && body.result === 'fail' && String(body.error).includes('remaining:0');
}

function readRequest(request: FastifyRequest) {
  const { headers, body } = request;
  return {
    authorization: headers.authorization,
    query: request.query as Record<string, unknown>,
    stream: body instanceof Readable ? body : undefined,
    contentType: headers['content-type'],
    contentLength: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
    origin: `${request.protocol}://${request.host}`,
  };
}

/** The path below `/rest`, without the query: tokens can be in there. */
function restPath(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? '';
  return path.slice(path.indexOf('/rest') + '/rest'.length);
}

function noteWrongForm(account: Account, form: string): void {
  account.wrongForms.push(form);
  if (account.wrongForms.length > wrongFormsKept) account.wrongForms.shift();
}

function readable(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
