import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { RequestIdentity } from '../../db/requests.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { Problem } from '../problem-details.ts';

/** A request whose repeat is known: it is kept with what it did, and not only with its answer, which a crash loses. */
export type KeyedIdentity = RequestIdentity & { key: string };

/** By its `Idempotency-Key`; undefined without one. */
export function identityOf({ idempotencyKey, url, body }: FastifyRequest): KeyedIdentity | undefined {
  if (!idempotencyKey) return undefined;
  const [path] = url.split('?');
  const digest = createHash('sha256')
    .update(JSON.stringify([path, body ?? null]))
    .digest();
  return { ...idempotencyKey, digest, repeatMs: DEFAULT_WAITS.idempotencyMs };
}

export const otherRequest = () =>
  new Problem('idempotency-conflict', 'This Idempotency-Key was used for another request');
