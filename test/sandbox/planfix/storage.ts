import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxCore } from '../core/index.ts';
import { type StruckFault, takeFault } from '../core/strike.ts';
import { accounts } from './accounts.ts';
import { openContent } from './file-content.ts';
import type { Account, StoredFile } from './model.ts';
import { isSigned, storagePath } from './storage-links.ts';

const keptDownloads = 1_000;

type Found = { account: Account; file: StoredFile };
type Refusal = { status: number; code: string; message: string };

/**
 * The storage that download links lead to: no part of the API, so it knows no token, answers in XML and counts towards
 * no rate. Faults strike it as they strike the API; those after the effect do so when half the bytes are sent.
 */
export function registerStorage(server: FastifyInstance, core: SandboxCore): void {
  server.route({
    method: 'GET',
    url: `${storagePath}/:account/:file`,
    exposeHeadRoute: false,
    handler: (request, reply) => answerDownload(core, request, reply),
  });
}

async function answerDownload(core: SandboxCore, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { account: name = '', file: id = '' } = request.params as Record<string, string>;
  const account = accounts.get(name);
  const path = `${storagePath}/${name}/${id}`;
  const fault = takeFault(core, { target: 'planfix', account: name, method: 'GET', path, purpose: 'download' });
  const note = (status: number): void => {
    const call = { target: 'planfix', account: name, method: 'GET', path, body: null, fault: fault?.kind } as const;
    core.requests.add({ ...call, atMs: core.clock.now(), status });
    if (account !== undefined) noteDownload(account, request, Number(id), status);
  };
  if (fault !== undefined && (await fault.before(request, reply))) {
    note(reply.raw.statusCode);
    return reply;
  }
  const refusal = refuse(account, Number(id), request);
  const found = find(account, Number(id));
  if (refusal !== undefined || found === undefined) return sendRefusal(reply, note, refusal ?? missing);
  const stream = openContent(found.file.content, found.file.sizeBytes);
  if (stream === undefined) return sendRefusal(reply, note, missing);
  reply.headers(headersOf(found));
  if (fault?.kind === 'drop-after' || fault?.kind === 'hang-after') {
    await sendHalf(request, reply, fault, found);
    note(0);
    return reply;
  }
  if (fault !== undefined) await fault.after(request, reply);
  note(200);
  return reply.send(stream);
}

const missing: Refusal = { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' };

/** Why the link is no good; nobody has published what the storage answers, so it does as the usual object storages do. */
function refuse(account: Account | undefined, id: number, request: FastifyRequest): Refusal | undefined {
  const query = request.query as Record<string, unknown>;
  if (account === undefined) return missing;
  if (request.headers.authorization !== undefined && account.settings.storageBearer === 'refuse') {
    return { status: 400, code: 'InvalidArgument', message: 'Only one auth mechanism allowed' };
  }
  if (!isSigned(account, id, query)) return { status: 403, code: 'SignatureDoesNotMatch', message: 'Wrong signature' };
  if (account.now() >= Number(query.expires) * 1_000) {
    return { status: 403, code: 'AccessDenied', message: 'Request has expired' };
  }
  return undefined;
}

function find(account: Account | undefined, id: number): Found | undefined {
  const file = account?.files.get(id);
  return account === undefined || file === undefined ? undefined : { account, file };
}

function headersOf({ file }: Found): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'content-length': String(file.sizeBytes),
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name.toWellFormed())}`,
  };
}

async function sendHalf(request: FastifyRequest, reply: FastifyReply, fault: StruckFault, found: Found): Promise<void> {
  const half = openContent(found.file.content, Math.floor(found.file.sizeBytes / 2));
  reply.hijack();
  reply.raw.writeHead(200, headersOf(found));
  reply.raw.flushHeaders();
  if (half !== undefined) {
    half.pipe(reply.raw, { end: false });
    await finished(half);
  }
  await fault.after(request, reply);
}

function sendRefusal(reply: FastifyReply, note: (status: number) => void, refusal: Refusal): FastifyReply {
  note(refusal.status);
  const text = `<?xml version="1.0"?><Error><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error>`;
  return reply.code(refusal.status).type('application/xml').send(text);
}

function noteDownload(account: Account, request: FastifyRequest, file: number, status: number): void {
  const withBearer = request.headers.authorization !== undefined;
  account.downloads.push({ file, atMs: account.now(), status, withBearer });
  if (account.downloads.length > keptDownloads) account.downloads.shift();
}
