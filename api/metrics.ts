import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Why a webhook was answered as it was; the words are metric labels. */
export type WebhookOutcome =
  | 'stored'
  | 'repeated'
  | 'challenge-answered'
  | 'challenge-refused'
  | 'unknown-receiver'
  | 'bad-signature'
  | 'too-large'
  | 'not-read'
  | 'not-stored';

export type ApiMetrics = ReturnType<typeof createMetrics>;

const ACK_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Labels are words of ours, route patterns and status codes: nothing that a person could be known by. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    webhooks: new Counter({
      name: 'parley_webhooks_total',
      help: 'Webhooks by source and outcome',
      labelNames: ['source', 'outcome'] as const,
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'parley_webhook_ack_seconds',
      help: 'Time until a webhook was answered',
      labelNames: ['source'] as const,
      buckets: ACK_BUCKETS_S,
      registers,
    }),
    events: new Counter({
      name: 'parley_inbound_events_total',
      help: 'Items of webhooks by kind, and whether they were worked on or put aside',
      labelNames: ['kind', 'fate'] as const,
      registers,
    }),
    wakes: new Counter({
      name: 'parley_wakes_total',
      help: 'Signals to workflows by outcome; the sweep repeats those that failed or were left out',
      labelNames: ['outcome'] as const,
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'parley_http_request_seconds',
      help: 'Duration of requests by route',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: ACK_BUCKETS_S,
      registers,
    }),
  };
}
