import type { App, Callback } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { signBody } from './body.ts';
import { createPoster, type PostOutcome } from './post.ts';

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

export type Deliveries = {
  /** Sends to that address, or to the app's next one, and resolves to the first attempt's status, 0 without answer. */
  send: (delivery: RawDelivery, callback?: Callback) => Promise<number>;
  /** Newest first. */
  list: (limit: number) => Delivery[];
  counts: () => { pending: number; delivered: number; dropped: number; attempts: number };
  /** Makes every pending redelivery due now. */
  retryNow: () => void;
  /** The verification GET for an address (WhatsApp: GET verification). */
  verify: (callback: Callback, verifyToken: string | undefined) => Promise<number>;
  clear: () => void;
  close: () => Promise<void>;
};

const keptDeliveries = 5_000;
const keptAttempts = 20;
/** Larger bodies are kept only until they are delivered. */
const keptBodyLength = 16_384;

export function createDeliveries(world: GraphWorld): Deliveries {
  const { clock } = world.core;
  let poster = createPoster(world.settings.webhookConnections);
  let posterConnections = world.settings.webhookConnections;
  let ring: Delivery[] = [];
  let nextId = 1;
  let generation = 0;
  const counts = { pending: 0, delivered: 0, dropped: 0, attempts: 0 };
  const waiting = new Map<Delivery, { cancel: () => void; retry: () => void }>();

  const currentPoster = () => {
    if (posterConnections !== world.settings.webhookConnections) {
      void poster.retire();
      posterConnections = world.settings.webhookConnections;
      poster = createPoster(posterConnections);
    }
    return poster;
  };

  const finish = (delivery: Delivery, state: 'delivered' | 'dropped'): void => {
    delivery.state = state;
    delivery.nextAttemptMs = null;
    counts.pending -= 1;
    counts[state] += 1;
    if (delivery.body.length > keptBodyLength) delivery.body = `${delivery.body.slice(0, keptBodyLength)}…`;
  };

  const attempt = async (delivery: Delivery, body: Buffer, redeliver: boolean): Promise<number> => {
    const startedIn = generation;
    const atMs = clock.now();
    delivery.nextAttemptMs = null;
    const headers = delivery.signature === null ? {} : { 'x-hub-signature-256': delivery.signature };
    const outcome = await currentPoster().post(delivery.url, body, headers, world.settings.webhookTimeoutMs);
    if (startedIn !== generation) return outcome.status;
    counts.attempts += 1;
    if (delivery.attempts.length >= keptAttempts) delivery.attempts.pop();
    delivery.attempts.push({ atMs, ...outcome });
    if (outcome.status === 200) finish(delivery, 'delivered');
    else if (redeliver) wait(delivery, body);
    else finish(delivery, 'dropped');
    return outcome.status;
  };

  /** The gaps grow; seven days after the first attempt it is given up (WhatsApp: delivery semantics). */
  const wait = (delivery: Delivery, body: Buffer): void => {
    const { redeliveryFirstMs, redeliveryFactor, redeliveryMaxMs, redeliveryForMs } = world.settings;
    const failures = failuresOf.get(delivery) ?? 0;
    failuresOf.set(delivery, failures + 1);
    const gap = Math.min(redeliveryFirstMs * redeliveryFactor ** failures, redeliveryMaxMs);
    const dueMs = clock.now() + gap;
    if (clock.now() - delivery.atMs >= redeliveryForMs) {
      finish(delivery, 'dropped');
      world.core.bus.emit({ kind: 'graph.webhook-dropped', id: delivery.id });
      return;
    }
    delivery.nextAttemptMs = dueMs;
    const retry = () => {
      waiting.delete(delivery);
      void attempt(delivery, body, true);
    };
    const cancel = clock.schedule(dueMs, retry);
    waiting.set(delivery, { cancel, retry });
  };
  const failuresOf = new WeakMap<Delivery, number>();

  return {
    send: (raw, callback) => {
      const target = callback ?? chooseCallback(raw.app, raw.callbackIndex);
      if (target === undefined) return Promise.resolve(0);
      const signature = raw.signature === undefined ? signBody(raw.body, raw.app.appSecret) : raw.signature;
      const delivery: Delivery = {
        id: nextId,
        appId: raw.app.appId,
        url: target.url,
        state: 'pending',
        atMs: clock.now(),
        attempts: [],
        nextAttemptMs: null,
        signature,
        body: raw.body.toString('latin1'),
      };
      ring[nextId % keptDeliveries] = delivery;
      nextId += 1;
      counts.pending += 1;
      return attempt(delivery, raw.body, raw.redeliver);
    },
    list: (limit) => {
      const found: Delivery[] = [];
      for (let id = nextId - 1; id >= 1 && id > nextId - keptDeliveries && found.length < limit; id -= 1) {
        const delivery = ring[id % keptDeliveries];
        if (delivery?.id === id) found.push(delivery);
      }
      return found;
    },
    counts: () => ({ ...counts }),
    retryNow: () => {
      for (const { cancel, retry } of [...waiting.values()]) {
        cancel();
        retry();
      }
    },
    verify: (callback, verifyToken) => verifyCallback(callback, verifyToken, poster.get),
    clear: () => {
      generation += 1;
      for (const { cancel } of waiting.values()) cancel();
      waiting.clear();
      ring = [];
      Object.assign(counts, { pending: 0, delivered: 0, dropped: 0, attempts: 0 });
    },
    close: async () => {
      generation += 1;
      for (const { cancel } of waiting.values()) cancel();
      await poster.close();
    },
  };
}

/** Alternates between the verified addresses, as a load balancer does. */
function chooseCallback(app: App, index: number | undefined): Callback | undefined {
  if (index !== undefined) return app.callbacks[index];
  for (let tries = 0; tries < app.callbacks.length; tries += 1) {
    const callback = app.callbacks[app.nextCallback % app.callbacks.length];
    app.nextCallback += 1;
    if (callback?.verified) return callback;
  }
  return undefined;
}

const verifyTimeoutMs = 10_000;

/** Passed when the answer is 200 and exactly the challenge. Without a token to present, nothing is asked. */
async function verifyCallback(
  callback: Callback,
  verifyToken: string | undefined,
  get: (url: string, timeoutMs: number) => Promise<{ status: number; text: string }>,
): Promise<number> {
  if (verifyToken === undefined) {
    callback.verified = true;
    return 200;
  }
  const challenge = String(Math.floor(1e9 + Math.random() * 1e9));
  const url = new URL(callback.url);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', verifyToken);
  try {
    const { status, text } = await get(url.href, verifyTimeoutMs);
    callback.verified = status === 200 && text === challenge;
    return status;
  } catch {
    callback.verified = false;
    return 0;
  }
}
