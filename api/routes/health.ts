import type { FastifyInstance } from 'fastify';
import { readReadiness } from '../../db/readiness.ts';
import type { ApiParts } from '../build-server.ts';
import { withinMs } from '../raw-body.ts';

const LOOK_MS = 2_000;

/** Open to whoever can reach them: states and numbers only. */
export function healthRoutes({ db, signals, metrics }: ApiParts): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get('/health/live', { schema: { hide: true } }, async () => ({ live: true }));
    app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
      const [database, temporal] = await Promise.all([
        withinMs(LOOK_MS, readReadiness(db)).catch(() => ({ postgres: false, migrations: false })),
        withinMs(LOOK_MS, signals.isReachable()).catch(() => false),
      ]);
      const parts = { ...database, temporal };
      const ready = Object.values(parts).every(Boolean);
      return reply.code(ready ? 200 : 503).send({ ready, ...parts });
    });
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };
}
