import type { FastifyRequest } from 'fastify';
import { Problem } from './problem-details.ts';
import { isCsrfToken } from './session-cookie.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const CSRF_HEADER = 'x-csrf-token';

export const isWrite = (request: FastifyRequest) => !SAFE_METHODS.has(request.method);

/** A write by cookie must come from a page of ours, which knows the session's token. */
export function refuseForgedWrite(request: FastifyRequest, sessionSecret: string, publicUrl: string): void {
  if (!isWrite(request)) return;
  if (originOf(request, publicUrl) !== 'ours') {
    throw new Problem('forbidden', 'A write with the session cookie must come from a page of this address');
  }
  const token = request.headers[CSRF_HEADER];
  if (isCsrfToken(token, sessionSecret)) return;
  const detail =
    token === undefined
      ? 'Send the csrfToken of GET /v1/session in the header X-CSRF-Token'
      : 'Somebody has signed in anew in this browser; look who it is, and try again';
  throw new Problem('forbidden', detail);
}

/** Nobody is signed in by the page of another site. Programs that are no browser name no site. */
export function refuseForeignPage(request: FastifyRequest, publicUrl: string): void {
  if (!isWrite(request) || originOf(request, publicUrl) !== 'foreign') return;
  throw new Problem('forbidden', 'Signing in is done on a page of this address');
}

/**
 * Where the page is from that makes the browser send this. Beside the public address the one that the browser itself
 * has called is ours: it sends the cookie there only.
 */
function originOf({ headers }: FastifyRequest, publicUrl: string): 'ours' | 'foreign' | 'unsaid' {
  const { origin, 'sec-fetch-site': site, host } = headers;
  if (site !== undefined && site !== 'same-origin') return 'foreign';
  if (origin === undefined) return site === undefined ? 'unsaid' : 'ours';
  const { origin: publicOrigin, protocol } = new URL(publicUrl);
  return origin === publicOrigin || origin === `${protocol}//${host}` ? 'ours' : 'foreign';
}
