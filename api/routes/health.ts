import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readReadiness } from '../../db/readiness.ts';
import type { ApiParts } from '../build-server.ts';
import { plainText } from '../plain-answers.ts';
import { withinMs } from '../raw-body.ts';

const LOOK_MS = 2_000;

const open = { tags: ['Health'], security: [] };
const readinessSchema = z
  .object({ ready: z.boolean(), postgres: z.boolean(), migrations: z.boolean(), temporal: z.boolean() })
  .meta({ id: 'Readiness' });
const liveSchema = {
  ...open,
  summary: 'Whether the process runs; says nothing of what it needs',
  response: { 200: z.object({ live: z.boolean() }) },
};
const readySchema = {
  ...open,
  summary: 'Whether everything is there that the process needs; false names what is not',
  response: { 200: readinessSchema, 503: readinessSchema },
};
const metricsSchema = {
  ...open,
  summary: 'Measurements for Prometheus',
  response: { 200: plainText('In the exposition format of Prometheus') },
};

/** Open to whoever can reach them: states and numbers only. */
export function healthRoutes({ db, signals, metrics }: ApiParts): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get('/health/live', { schema: liveSchema }, async () => ({ live: true }));
    app.get('/health/ready', { schema: readySchema }, async (_request, reply) => {
      const [database, temporal] = await Promise.all([
        withinMs(LOOK_MS, readReadiness(db)).catch(() => ({ postgres: false, migrations: false })),
        withinMs(LOOK_MS, signals.isReachable()).catch(() => false),
      ]);
      const parts = { ...database, temporal };
      const ready = Object.values(parts).every(Boolean);
      return reply.code(ready ? 200 : 503).send({ ready, ...parts });
    });
    app.get('/metrics', { schema: metricsSchema }, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };
}
