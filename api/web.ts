import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const builtConsole = fileURLToPath(new URL('../web/dist', import.meta.url));

/** Addresses of programs: whoever calls a wrong one is told so, and not shown a page. */
const NOT_PAGES = /^\/(?:v1|webhooks|health|metrics|docs|openapi\.json)(?:\/|$)/;
/** Files of the console; the names of assets change with their content. */
const FILES = /^\/(?:assets|console)\//;

/**
 * Serves the built console at the root: its files, and its page for every address that a browser asks for and that is
 * nobody else's, because the console has its own addresses (`/connections/…`).
 */
export async function serveConsole(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { root: builtConsole, serve: false });
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?', 1)[0] as string;
    if (NOT_PAGES.test(path)) return reply.callNotFound();
    if (FILES.test(path)) {
      const isAsset = path.startsWith('/assets/');
      return reply.sendFile(path.slice(1), isAsset ? { immutable: true, maxAge: '365d' } : { maxAge: 0 });
    }
    return sendPage(reply, request.headers.accept?.includes('text/html') === true);
  });
}

function sendPage(reply: FastifyReply, isForBrowser: boolean): FastifyReply {
  if (!isForBrowser) return reply.callNotFound() as unknown as FastifyReply;
  if (existsSync(join(builtConsole, 'index.html')))
    return reply.sendFile('index.html', { cacheControl: false, maxAge: 0 });
  return reply
    .code(503)
    .type('text/plain')
    .send('The console is not built yet: npm start builds it, so does dev/build-page.ts web\n');
}
