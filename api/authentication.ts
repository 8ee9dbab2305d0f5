import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findApiKey } from '../db/api-keys.ts';
import { operatorActor } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import type { Role } from '../db/operators.ts';
import { findSession, type SessionRow } from '../db/sessions.ts';
import type { Visibility } from '../db/visibility.ts';
import { refuseForeignPage, refuseForgedWrite } from './cross-site.ts';
import { addressOf } from './open-route.ts';
import { Problem } from './problem-details.ts';
import { digestOf, sessionCookie } from './session-cookie.ts';
import { createUnknownCallers } from './unknown-callers.ts';

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

/** What each role may do in the console. */
const SCOPES_OF_ROLES: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ['admin'],
  agent: ['read', 'write:conversations', 'write:messages', 'write:problems'],
  viewer: ['read'],
};

/** Somebody who uses the console; the secret is what their cookie holds. */
export type Session = SessionRow & { secret: string };

/** Who calls. `actor` is what the audit says, `visibility` whose rows there are for this caller. */
export type Caller = {
  id: string;
  actor: string;
  scopes: ReadonlySet<string>;
  visibility: Visibility;
  /** Undefined: a program with a key. */
  session: Session | undefined;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What a caller must hold for this route; every route under /v1 names it. `any`: whoever is known; `open`: whoever
     * comes.
     */
    scope?: Scope | 'any' | 'open';
    /** Passwords and what lets somebody in must not be kept with an Idempotency-Key, be it as a digest. */
    keepsNothing?: boolean;
    /** Its rows carry the Idempotency-Key: a repeat is answered from them, be its first request at work or dead. */
    knowsRepeats?: boolean;
  }
  interface FastifyRequest {
    /** Set for every request under /v1 before its handler runs, but for those of open routes. */
    caller: Caller;
  }
}

export const hasScope = (caller: Caller, scope: string) => caller.scopes.has('admin') || caller.scopes.has(scope);

/** 256 random bits, so that a plain digest protects it; the prefix lets secret scanners find it where it leaked. */
export function makeApiKey(): { secret: string; secretHash: Buffer } {
  const secret = `parley_${randomBytes(32).toString('base64url')}`;
  return { secret, secretHash: digestOf(secret) };
}

export type KnownBy = {
  db: Database;
  adminKey: string;
  publicUrl: string;
  sessionIdleMs: number;
  /** Keys from one address that are not known. */
  unknownPerMinute: number;
};

/**
 * Lets only callers through who hold the scope that the route names: programs by their key, people by the cookie of
 * their session. The bootstrap key holds every scope.
 */
export function requireCallers(app: FastifyInstance, by: KnownBy): void {
  const identify = createIdentification(by);
  app.decorateRequest('caller', null as unknown as Caller);
  app.addHook('onRoute', (route) => {
    if (route.config?.scope === undefined) throw new Error(`${route.url} names no scope`);
  });
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === 'open') {
      refuseForeignPage(request, by.publicUrl);
      return;
    }
    const caller = await identify(request);
    if (scope === undefined || !(scope === 'any' || hasScope(caller, scope))) throw lacking(caller, scope);
    request.caller = caller;
  });
}

function lacking({ session }: Caller, scope: string | undefined): Problem {
  const detail = session
    ? `Your role, ${session.role}, may not do this; an administrator can give you another one`
    : `This key lacks the scope "${scope}"`;
  return new Problem('forbidden', detail);
}

const BEARER = /^bearer +(\S+)$/i;

function createIdentification({ db, adminKey, publicUrl, sessionIdleMs, unknownPerMinute }: KnownBy) {
  const adminHash = digestOf(adminKey);
  const unknown = createUnknownCallers(unknownPerMinute);
  const cookie = sessionCookie(publicUrl);
  return async (request: FastifyRequest): Promise<Caller> => {
    const { authorization } = request.headers;
    // Whoever sends a key means the key, whatever else the browser brings along.
    if (authorization !== undefined) {
      return identifyKey(adminHash, BEARER.exec(authorization)?.[1], (digest) =>
        unknown.lookUp(addressOf(request), digest, () => findApiKey(db, digest)),
      );
    }
    const secret = cookie.read(request);
    const session = secret === undefined ? undefined : await findSession(db, digestOf(secret), sessionIdleMs);
    if (secret === undefined || !session) {
      throw unauthenticated('Sign in, or send an API key: Authorization: Bearer <key>');
    }
    refuseForgedWrite(request, secret, publicUrl);
    const id = operatorActor(session.operatorId);
    const scopes = new Set<string>(SCOPES_OF_ROLES[session.role]);
    return { id, actor: id, scopes, visibility: EVERYBODY, session: { ...session, secret } };
  };
}

const EVERYBODY: Visibility = { planfixAccountId: undefined };

async function identifyKey(
  adminHash: Buffer,
  secret: string | undefined,
  find: (digest: Buffer) => ReturnType<typeof findApiKey>,
): Promise<Caller> {
  if (secret === undefined) throw unauthenticated('Send an API key: Authorization: Bearer <key>');
  const secretHash = digestOf(secret);
  if (timingSafeEqual(secretHash, adminHash)) {
    return { id: 'admin', actor: 'admin', scopes: new Set(['admin']), visibility: EVERYBODY, session: undefined };
  }
  const key = await find(secretHash);
  if (!key) throw unauthenticated('This API key is not known, or was revoked');
  return {
    id: key.id,
    actor: `api-key:${key.id}`,
    scopes: new Set(key.scopes),
    visibility: { planfixAccountId: key.planfixAccountId ?? undefined },
    session: undefined,
  };
}

const unauthenticated = (detail: string) =>
  new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });

/** The session of whoever calls, for what is about themselves. */
export function sessionOf({ session }: Caller): Session {
  if (session) return session;
  throw new Problem('forbidden', 'A key is no person; this is for somebody who is signed in');
}

/** For what belongs to the whole installation, and therefore not to a key that is bound to one account. */
export function refuseBoundKey(caller: Caller): void {
  if (caller.visibility.planfixAccountId === undefined) return;
  throw new Problem('forbidden', 'A key that is bound to one Planfix account cannot do this');
}
