import type { App } from '../model.ts';
import { signBody } from './body.ts';
import type { PostOutcome } from './post.ts';

export type Delivery = {
  id: number;
  appId: string;
  url: string;
  state: 'pending' | 'delivered' | 'dropped';
  /** The sandbox's time of the first attempt. */
  atMs: number;
  /** Newest last; the first twenty and the last are kept. */
  attempts: ({ atMs: number } & PostOutcome)[];
  nextAttemptMs: number | null;
  signature: string | null;
  /** The exact text sent, escapes included. */
  body: string;
};

export type RawDelivery = {
  app: App;
  body: Buffer;
  /** Instead of the right one; null sends none. */
  signature?: string | null | undefined;
  callbackIndex?: number | undefined;
  /** Whether anything but a 200 leads to further attempts. */
  redeliver: boolean;
};

const keptDeliveries = 5_000;
const keptAttempts = 20;
/** Larger bodies are kept only until they are delivered. */
const keptBodyLength = 16_384;

/** The newest deliveries, in a ring, and how many there have been. */
export function createDeliveryLog() {
  const counts = { pending: 0, delivered: 0, dropped: 0, attempts: 0 };
  let ring: Delivery[] = [];
  let nextId = 1;

  const list = (limit: number): Delivery[] => {
    const found: Delivery[] = [];
    for (let id = nextId - 1; id >= 1 && id > nextId - keptDeliveries && found.length < limit; id -= 1) {
      const delivery = ring[id % keptDeliveries];
      if (delivery?.id === id) found.push(delivery);
    }
    return found;
  };

  return {
    list,
    counts: () => ({ ...counts }),
    add: (raw: RawDelivery, url: string, atMs: number): Delivery => {
      const delivery = describe(nextId, raw, url, atMs);
      ring[nextId % keptDeliveries] = delivery;
      nextId += 1;
      counts.pending += 1;
      return delivery;
    },
    noteAttempt: (delivery: Delivery, attempt: Delivery['attempts'][number]): void => {
      counts.attempts += 1;
      if (delivery.attempts.length >= keptAttempts) delivery.attempts.pop();
      delivery.attempts.push(attempt);
    },
    finish: (delivery: Delivery, state: 'delivered' | 'dropped'): void => {
      delivery.state = state;
      delivery.nextAttemptMs = null;
      counts.pending -= 1;
      counts[state] += 1;
      if (delivery.body.length > keptBodyLength) delivery.body = `${delivery.body.slice(0, keptBodyLength)}…`;
    },
    clear: (): void => {
      ring = [];
      Object.assign(counts, { pending: 0, delivered: 0, dropped: 0, attempts: 0 });
    },
  };
}

function describe(id: number, { app, body, signature }: RawDelivery, url: string, atMs: number): Delivery {
  return {
    id,
    appId: app.appId,
    url,
    state: 'pending',
    atMs,
    attempts: [],
    nextAttemptMs: null,
    signature: signature === undefined ? signBody(body, app.appSecret) : signature,
    body: body.toString('latin1'),
  };
}
