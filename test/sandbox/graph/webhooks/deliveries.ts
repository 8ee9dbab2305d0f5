import type { App, Callback } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { createDeliveryLog, type Delivery, type RawDelivery } from './delivery-log.ts';
import { createPoster, type Poster } from './post.ts';
import { verifyCallback } from './verify.ts';

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

export function createDeliveries(world: GraphWorld): Deliveries {
  const { clock } = world.core;
  const currentPoster = posterBySettings(world);
  const log = createDeliveryLog();
  const redeliveries = createRedeliveries(world);
  /** What was sent before the world was forgotten counts no more. */
  let generation = 0;

  const attempt = async (delivery: Delivery, body: Buffer, redeliver: boolean): Promise<number> => {
    const startedIn = generation;
    const atMs = clock.now();
    delivery.nextAttemptMs = null;
    const headers = delivery.signature === null ? {} : { 'x-hub-signature-256': delivery.signature };
    const outcome = await currentPoster().post(delivery.url, body, headers, world.settings.webhookTimeoutMs);
    if (startedIn !== generation) return outcome.status;
    log.noteAttempt(delivery, { atMs, ...outcome });
    if (outcome.status === 200) log.finish(delivery, 'delivered');
    else if (!redeliver) log.finish(delivery, 'dropped');
    else if (!redeliveries.plan(delivery, () => void attempt(delivery, body, true))) {
      log.finish(delivery, 'dropped');
      world.core.bus.emit({ kind: 'graph.webhook-dropped', id: delivery.id });
    }
    return outcome.status;
  };

  return {
    send: (raw, callback) => {
      const target = callback ?? chooseCallback(raw.app, raw.callbackIndex);
      if (target === undefined) return Promise.resolve(0);
      return attempt(log.add(raw, target.url, clock.now()), raw.body, raw.redeliver);
    },
    list: log.list,
    counts: log.counts,
    retryNow: redeliveries.runAll,
    verify: (callback, verifyToken) => verifyCallback(callback, verifyToken, currentPoster().get),
    clear: () => {
      generation += 1;
      redeliveries.clear();
      log.clear();
    },
    close: async () => {
      generation += 1;
      redeliveries.clear();
      await currentPoster().close();
    },
  };
}

/** A poster with as many connections as the settings say now; an earlier one ends what it has begun. */
function posterBySettings(world: GraphWorld): () => Poster {
  let connections = world.settings.webhookConnections;
  let poster = createPoster(connections);
  return () => {
    if (connections !== world.settings.webhookConnections) {
      void poster.retire();
      connections = world.settings.webhookConnections;
      poster = createPoster(connections);
    }
    return poster;
  };
}

/** The gaps grow; seven days after the first attempt it is given up (WhatsApp: delivery semantics). */
function createRedeliveries(world: GraphWorld) {
  const waiting = new Map<Delivery, { cancel: () => void; retry: () => void }>();
  const failuresOf = new WeakMap<Delivery, number>();
  return {
    /** False when it is given up. */
    plan: (delivery: Delivery, again: () => void): boolean => {
      const { clock } = world.core;
      const { redeliveryFirstMs, redeliveryFactor, redeliveryMaxMs, redeliveryForMs } = world.settings;
      if (clock.now() - delivery.atMs >= redeliveryForMs) return false;
      const failures = failuresOf.get(delivery) ?? 0;
      failuresOf.set(delivery, failures + 1);
      const gap = Math.min(redeliveryFirstMs * redeliveryFactor ** failures, redeliveryMaxMs);
      delivery.nextAttemptMs = clock.now() + gap;
      const retry = () => {
        waiting.delete(delivery);
        again();
      };
      waiting.set(delivery, { retry, cancel: clock.schedule(delivery.nextAttemptMs, retry) });
      return true;
    },
    runAll: (): void => {
      for (const { cancel, retry } of [...waiting.values()]) {
        cancel();
        retry();
      }
    },
    clear: (): void => {
      for (const { cancel } of waiting.values()) cancel();
      waiting.clear();
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
