import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const builtPage = fileURLToPath(new URL('page/dist', import.meta.url));
const buildScript = fileURLToPath(new URL('../../dev/build-page.ts', import.meta.url));

/** Serves the built page at the root, as soon as it is there; until then, how to build it. */
export async function registerPage(server: FastifyInstance): Promise<void> {
  mkdirSync(builtPage, { recursive: true });
  await server.register(fastifyStatic, { root: builtPage, index: false });
  server.get('/', async (_request, reply) => {
    if (existsSync(join(builtPage, 'index.html'))) return reply.sendFile('index.html');
    return reply
      .type('text/plain')
      .send('The page is not built yet: node_modules/.bin/node dev/build-page.ts test/sandbox/page ./\n');
  });
}

/**
 * Builds the page beside the running sandbox if its sources have changed. In a process of its own: the builder is large,
 * and the sandbox answers meanwhile.
 */
export function buildPage(): void {
  const build = spawn(process.execPath, [buildScript, 'test/sandbox/page', './'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => build.kill());
}
