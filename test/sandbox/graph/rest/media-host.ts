import { Readable, Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { takeFault } from '../../core/strike.ts';
import { GraphError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { openBytes } from '../media/files.ts';
import { mediaHostPath, mediaOfUrl } from '../media/media.ts';
import type { Fields } from '../messages/types.ts';
import type { Media } from '../model.ts';
import { readToken } from './tokens.ts';

type Fault = NonNullable<ReturnType<typeof takeFault>>;

/** The host that has the bytes of media. An address that is stale or unknown is 404, one without a good token 401. */
export function registerMediaHost(server: FastifyInstance, sandbox: GraphSandbox): void {
  server.route({
    method: 'GET',
    url: mediaHostPath,
    exposeHeadRoute: false,
    handler: (request, reply) => sendMedia(sandbox, request, reply, (media) => statusByToken(sandbox, request, media)),
  });
}

/** The bytes behind the address, with whatever fault strikes. `statusFor`: 200 if the caller may have them. */
export async function sendMedia(
  sandbox: GraphSandbox,
  request: FastifyRequest,
  reply: FastifyReply,
  statusFor: (media: Media) => number,
): Promise<FastifyReply> {
  const { world } = sandbox;
  const { core } = world;
  const query = request.query as Fields;
  const media = mediaOfUrl(world, query);
  const phoneNumberId = media?.number.phoneNumberId;
  const call = { target: 'graph' as const, phoneNumberId, method: 'GET', path: mediaHostPath, purpose: 'download' };
  const fault = takeFault(core, call);
  const log = (status: number): void => {
    const { purpose: _purpose, ...logged } = call;
    core.requests.add({ ...logged, atMs: core.clock.now(), status, body: { mediaId: query.mid }, fault: fault?.kind });
  };
  if (fault !== undefined && (await fault.before(request, reply))) {
    log(reply.statusCode);
    return reply;
  }
  const status = statusOf(media, fault, statusFor);
  if (fault !== undefined && (await fault.after(request, reply))) {
    log(0);
    return reply;
  }
  log(status);
  if (status === 302) return reply.redirect(String(fault?.location ?? 'http://10.0.0.1/'), 302);
  const stream = media === undefined || status !== 200 ? undefined : openBytes(media);
  if (media === undefined || stream === undefined) return reply.code(status === 200 ? 404 : status).send();
  if (fault?.kind === 'short') reply.header('connection', 'close');
  if (fault?.chunked !== true) reply.header('content-length', media.size);
  return reply.type(media.mimeType).send(spoil(sandbox, stream, media, fault, request));
}

function statusOf(media: Media | undefined, fault: Fault | undefined, statusFor: (media: Media) => number): number {
  if (fault?.kind === 'redirect') return 302;
  if (fault?.kind === 'error') return Number(fault.status ?? 400);
  return media === undefined || fault?.kind === 'expired' ? 404 : statusFor(media);
}

/** Only the header counts here: the address is no place for a token. */
function statusByToken({ world }: GraphSandbox, { headers }: FastifyRequest, media: Media): number {
  try {
    const token = readToken(world, headers.authorization, {});
    return token.wabaIds.has(media.number.waba.wabaId) ? 200 : 404;
  } catch (error) {
    if (error instanceof GraphError) return 401;
    throw error;
  }
}

const usualBytesPerSecond = 64 * 1024;

/** The bytes as the fault lets them through. */
function spoil(
  { world }: GraphSandbox,
  stream: Readable,
  media: Media,
  fault: Fault | undefined,
  request: FastifyRequest,
): Readable {
  const half = Math.floor(media.size / 2);
  const most = typeof fault?.afterBytes === 'number' ? fault.afterBytes : half;
  switch (fault?.kind) {
    case 'wrong-digest':
      return stream.pipe(changeLast(media.size));
    case 'short':
      return Readable.from(stopAfter(stream, most));
    case 'stall':
      return Readable.from(
        stopAfter(stream, most, () => {
          const { socket } = request.raw;
          const forget = world.core.faults.hold(fault.id, () => socket.resetAndDestroy());
          return new Promise((resolve) => {
            socket.once('close', () => {
              forget();
              resolve();
            });
          });
        }),
      );
    case 'throttle':
      return Readable.from(slowly(stream, Number(fault.bytesPerSecond ?? usualBytesPerSecond)));
    default:
      return stream;
  }
}

/** Another last byte: the file still begins as its type does. */
function changeLast(size: number): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      done += chunk.length;
      if (done < size) return callback(null, chunk);
      const changed = Buffer.from(chunk);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      callback(null, changed);
    },
  });
}

async function* stopAfter(stream: Readable, most: number, atEnd?: () => Promise<void>): AsyncGenerator<Buffer, void> {
  let left = most;
  for await (const chunk of stream) {
    const piece = (chunk as Buffer).subarray(0, left);
    left -= piece.length;
    if (piece.length > 0) yield piece;
    if (left === 0) break;
  }
  await atEnd?.();
}

const turnMs = 100;

async function* slowly(stream: Readable, bytesPerSecond: number): AsyncGenerator<Buffer, void> {
  const perTurn = Math.max(1, Math.floor((bytesPerSecond * turnMs) / 1_000));
  for await (const chunk of stream) {
    for (let start = 0; start < (chunk as Buffer).length; start += perTurn) {
      const piece = (chunk as Buffer).subarray(start, start + perTurn);
      yield piece;
      await delay((piece.length / bytesPerSecond) * 1_000);
    }
  }
}
