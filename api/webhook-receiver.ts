import type { FastifyInstance, FastifyReply } from 'fastify';
import { DraftMoved, type EventInput, storeEvents } from '../db/ingest.ts';
import type { ApiParts } from './build-server.ts';
import type { WebhookOutcome } from './metrics.ts';
import { takeRawBodies, withinMs } from './raw-body.ts';
import { createTurns } from './turns.ts';
import { createSightings } from './webhook-sightings.ts';

/** Meta sends at most 3 MB; a little more is taken, so that the limit is never ours. (WhatsApp: delivery semantics) */
const MAX_BODY_BYTES = 3.5 * 1024 * 1024;
/** Later than this the sender has most likely given up waiting; it sends the body again. */
const STORE_MS = 10_000;
/** Bodies with hundreds of items are worked on one at a time: chats beside them must not wait for several. */
const LARGE_BODY_BYTES = 64 * 1024;

export type WebhookReceiver = {
  /** Answers without a word of what is wrong, which is told to nobody outside, and counts the answer. */
  answer: (reply: FastifyReply, status: number, outcome: WebhookOutcome, body?: string) => FastifyReply;
  /** Stores the rows of an authentic body, all of them or none, and answers. */
  take: (reply: FastifyReply, body: Buffer, toRows: (body: Buffer) => Promise<EventInput[]>) => Promise<FastifyReply>;
  /** Raw bodies, their limit, and the answers to what never reaches a handler, for all routes of `app`. */
  prepare: (app: FastifyInstance) => void;
};

/** What all routes that take webhooks of channels have in common. `source`: the label of their measurements. */
export function webhookReceiver(parts: ApiParts, source: string): WebhookReceiver {
  const { metrics } = parts;
  const inTurn = createTurns(STORE_MS);
  const noteSightings = createSightings(parts);

  const answer: WebhookReceiver['answer'] = (reply, status, outcome, body = '') => {
    metrics.webhooks.inc({ source, outcome });
    metrics.webhookSeconds.observe({ source }, reply.elapsedTime / 1_000);
    return reply.code(status).type('text/plain').send(body);
  };
  return {
    answer,
    take: async (reply, body, toRows) => {
      const work = async () => {
        const rows = await toRows(body);
        const ingested = await store(parts, rows);
        noteSightings(rows);
        return ingested;
      };
      const workAgain = async () => {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof DraftMoved)) throw error;
          return work();
        }
      };
      const { stored } = await (body.length > LARGE_BODY_BYTES ? inTurn(workAgain) : workAgain());
      return answer(reply, 200, stored > 0 ? 'stored' : 'repeated');
    },
    prepare: (app) => {
      takeRawBodies(app, MAX_BODY_BYTES);
      app.setNotFoundHandler((_request, reply) => answer(reply, 404, 'unknown-receiver'));
      app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
        if (error.statusCode === 413) return answer(reply, 413, 'too-large');
        if (error.statusCode !== undefined && error.statusCode < 500) return answer(reply, 400, 'not-read');
        request.log.error({ err: error }, 'a webhook could not be stored');
        return answer(reply, 503, 'not-stored');
      });
    },
  };
}

/** One transaction; the wakes follow its commit, even where that comes too late for the answer. */
async function store({ db, wakeups, metrics }: ApiParts, rows: EventInput[]): Promise<{ stored: number }> {
  const storing = storeEvents(db, rows);
  const stored = storing.then((ingested) => {
    wakeups.conversations(ingested.wakes);
    wakeups.runs(ingested.runs);
    return ingested;
  });
  const ingested = await withinMs(STORE_MS, stored);
  for (const row of rows)
    metrics.events.inc({ kind: row.kind, fate: row.reason === undefined ? 'taken' : 'put-aside' });
  return ingested;
}
