import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../db/database.ts';
import { releaseKey, reserveKey, storeAnswer } from '../db/idempotency.ts';
import type { SecretBox } from '../db/secrets.ts';
import { Problem } from './problem-details.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that this request holds until it is answered. */
    idempotencyKey: { owner: string; key: string; digest: Buffer } | null;
    /** Of the files that came with the body, if any did. */
    uploadDigest: Buffer | null;
  }
}

const HEADER = 'idempotency-key';
const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;
const RETRY_AFTER_S = '1';
const WRITES = new Set(['POST', 'PATCH', 'PUT', 'DELETE']);

/** The stored answer of a write. An answer may hold a secret, so all of it is sealed. */
type Answer = { body: string; contentType: string | undefined; location: string | undefined };

/**
 * Makes writes with an `Idempotency-Key` happen once: the same request is answered again from what was stored, another
 * one with the same key is refused. A refused or failed request has changed nothing and frees its key.
 */
export function honourIdempotencyKeys(app: FastifyInstance, db: Database, secrets: SecretBox): void {
  app.decorateRequest('idempotencyKey', null);
  app.decorateRequest('uploadDigest', null);
  app.addHook('preHandler', async (request, reply) => {
    const { keepsNothing, knowsRepeats = false } = request.routeOptions.config;
    const key = keepsNothing === true ? undefined : readKey(request);
    if (key === undefined) return undefined;
    const held = { owner: request.caller.id, key, digest: digestOf(request) };
    const reservation = await reserveKey(db, { owner: held.owner, key, requestDigest: held.digest, knowsRepeats });
    switch (reservation.kind) {
      case 'ours':
        request.idempotencyKey = held;
        return undefined;
      case 'answered':
        return repeatAnswer(reply, reservation.status, openAnswer(secrets, reservation.answer));
      case 'in-progress': {
        const headers = { 'retry-after': RETRY_AFTER_S };
        throw new Problem('in-progress', 'The first request with this Idempotency-Key is still at work', { headers });
      }
      case 'other-request':
        throw new Problem('idempotency-conflict', 'This Idempotency-Key was used for another request');
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const held = request.idempotencyKey;
    if (!held) return payload;
    request.idempotencyKey = null;
    try {
      if (reply.statusCode >= 300) await releaseKey(db, held);
      else await storeAnswer(db, held, { status: reply.statusCode, answer: sealAnswer(secrets, reply, payload) });
    } catch (error) {
      // The write is done, and its caller must hear so.
      request.log.error({ err: error }, 'the answer of an idempotent request could not be stored');
    }
    return payload;
  });
}

function readKey(request: FastifyRequest): string | undefined {
  const key = request.headers[HEADER];
  if (key === undefined || !WRITES.has(request.method)) return undefined;
  if (typeof key === 'string' && KEY_PATTERN.test(key)) return key;
  throw new Problem('invalid-request', 'Idempotency-Key must be 1 to 200 visible ASCII characters');
}

/** The body as it was understood: the order of keys and white space make no other request of it. Files byte by byte. */
function digestOf(request: FastifyRequest): Buffer {
  const [path] = request.url.split('?');
  return createHash('sha256')
    .update(JSON.stringify([request.method, path, request.body ?? null]))
    .update(request.uploadDigest ?? '')
    .digest();
}

function sealAnswer(secrets: SecretBox, reply: FastifyReply, payload: unknown): { sealed: string } {
  const answer: Answer = {
    body: typeof payload === 'string' ? payload : '',
    contentType: reply.getHeader('content-type')?.toString(),
    location: reply.getHeader('location')?.toString(),
  };
  return { sealed: secrets.seal(JSON.stringify(answer)).toString('base64') };
}

function openAnswer(secrets: SecretBox, stored: unknown): Answer {
  const { sealed } = stored as { sealed: string };
  return JSON.parse(secrets.open(Buffer.from(sealed, 'base64'))) as Answer;
}

function repeatAnswer(reply: FastifyReply, status: number, answer: Answer): FastifyReply {
  if (answer.location !== undefined) reply.header('location', answer.location);
  if (answer.contentType !== undefined) reply.type(answer.contentType);
  return reply
    .code(status)
    .header('idempotency-replayed', 'true')
    .serializer((payload: unknown) => String(payload))
    .send(answer.body);
}
