import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findApiKey } from '../db/api-keys.ts';
import type { Database } from '../db/database.ts';
import type { Visibility } from '../db/visibility.ts';
import { Problem } from './problem-details.ts';

/** `admin` holds every other scope. */
export const SCOPES = [
  'admin',
  'read',
  'write:planfix-accounts',
  'write:meta-apps',
  'write:connections',
  'write:conversations',
  'write:messages',
  'write:problems',
  'write:api-keys',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls. `actor` is what the audit says, `visibility` whose rows there are for this caller. */
export type Caller = { id: string; actor: string; scopes: ReadonlySet<string>; visibility: Visibility };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must hold for this route; every route under /v1 names it. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** Set for every request under /v1 before its handler runs. */
    caller: Caller;
  }
}

export const hasScope = (caller: Caller, scope: string) => caller.scopes.has('admin') || caller.scopes.has(scope);

const digest = (text: string) => createHash('sha256').update(text).digest();

/** 256 random bits, so that a plain digest protects it; the prefix lets secret scanners find it where it leaked. */
export function makeApiKey(): { secret: string; secretHash: Buffer } {
  const secret = `parley_${randomBytes(32).toString('base64url')}`;
  return { secret, secretHash: digest(secret) };
}

/** Lets only callers through whose key holds the scope that the route names. The bootstrap key holds every scope. */
export function requireKeys(app: FastifyInstance, db: Database, adminKey: string): void {
  const adminHash = digest(adminKey);
  app.decorateRequest('caller', null as unknown as Caller);
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === undefined) throw new Error(`${route.url} names no scope`);
  });
  app.addHook('onRequest', async (request) => {
    const caller = await identify(request, db, adminHash);
    const scope = request.routeOptions.config.scope;
    if (scope === undefined || !hasScope(caller, scope)) {
      throw new Problem('forbidden', `This key lacks the scope "${scope}"`);
    }
    request.caller = caller;
  });
}

const BEARER = /^bearer +(\S+)$/i;

async function identify(request: FastifyRequest, db: Database, adminHash: Buffer): Promise<Caller> {
  const secret = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (secret === undefined) throw unauthenticated('Send an API key: Authorization: Bearer <key>');
  const secretHash = digest(secret);
  if (timingSafeEqual(secretHash, adminHash)) {
    const visibility = { planfixAccountId: undefined };
    return { id: 'admin', actor: 'admin', scopes: new Set(['admin']), visibility };
  }
  const key = await findApiKey(db, secretHash);
  if (!key) throw unauthenticated('This API key is not known, or was revoked');
  return {
    id: key.id,
    actor: `api-key:${key.id}`,
    scopes: new Set(key.scopes),
    visibility: { planfixAccountId: key.planfixAccountId ?? undefined },
  };
}

const unauthenticated = (detail: string) =>
  new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });

/** For what belongs to the whole installation, and therefore not to a key that is bound to one account. */
export function refuseBoundKey(caller: Caller): void {
  if (caller.visibility.planfixAccountId === undefined) return;
  throw new Problem('forbidden', 'A key that is bound to one Planfix account cannot do this');
}
