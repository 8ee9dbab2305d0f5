import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const SECRET_BYTES = 32;
const SECRET_PATTERN = /^[\w-]{43}$/;

/** 256 random bits; only their digest is stored. */
export function makeSecret(): { secret: string; secretHash: Buffer } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, secretHash: digestOf(secret) };
}

export const digestOf = (secret: string) => createHash('sha256').update(secret).digest();

/** Cookies that scripts cannot read and other sites cannot make a browser send along with a write. */
export type SecretCookie = {
  read(request: FastifyRequest): string | undefined;
  /** `forMs`: the browser forgets it then. */
  set(reply: FastifyReply, secret: string, forMs: number): void;
  clear(reply: FastifyReply): void;
};

/** Under https the prefix `__Host-` keeps other hosts of the same domain from planting one. */
export function createSecretCookie(word: string, publicUrl: string): SecretCookie {
  const secure = publicUrl.startsWith('https:');
  const name = `${secure ? '__Host-' : ''}${word}`;
  const traits = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    read: (request) => {
      const value = request.cookies[name];
      return value !== undefined && SECRET_PATTERN.test(value) ? value : undefined;
    },
    set: (reply, secret, forMs) => void reply.setCookie(name, secret, { ...traits, maxAge: Math.trunc(forMs / 1_000) }),
    clear: (reply) => void reply.clearCookie(name, traits),
  };
}

export const sessionCookie = (publicUrl: string) => createSecretCookie('parley_session', publicUrl);

/** What a page must know to write in its session: made from the session's secret, which no page can read. */
export const csrfTokenOf = (sessionSecret: string) =>
  createHmac('sha256', sessionSecret).update('csrf').digest('base64url');

export function isCsrfToken(given: unknown, sessionSecret: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(digestOf(given), digestOf(csrfTokenOf(sessionSecret)));
}
