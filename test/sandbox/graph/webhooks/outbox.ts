import type { App, BusinessNumber, Callback, Waba } from '../model.ts';
import { isOnPlatform } from '../onboarding/registration.ts';
import type { GraphWorld } from '../world.ts';
import { encodeBody } from './body.ts';
import type { Deliveries } from './deliveries.ts';
import { envelope, type Update } from './payload.ts';

type Queued = { number: BusinessNumber; update: Update };

export type EmitOptions = {
  copies?: number | undefined;
  callbackIndex?: number | undefined;
};

/** News of an account, as opposed to messages. */
export type AccountUpdate = {
  field: string;
  value: Record<string, unknown>;
  /** Whether the entry states when; it does for templates and numbers. */
  isTimed?: boolean;
  /** Only to that app, subscribed to the account or not: news of its own partnership. */
  partner?: App;
};

export type Outbox = {
  /** Tells every app that hears of the number; resolves to the statuses of the first attempts. */
  emit: (number: BusinessNumber, updates: readonly Update[], options?: EmitOptions) => Promise<number[]>;
  /** Tells every subscribed app at its own address: overrides are for messages (WhatsApp: callback overrides). */
  tellAccount: (waba: Waba, update: AccountUpdate) => Promise<number[]>;
  /** Tells something of a number that has a field of its own: to whoever hears of its messages. */
  tellNumber: (number: BusinessNumber, field: string, value: Record<string, unknown>) => Promise<number[]>;
  /** The same without the envelope, as one of Meta's samples has it. */
  tellBare: (number: BusinessNumber, field: string, value: Record<string, unknown>) => Promise<number[]>;
  /** Whether anybody would hear that now. */
  isHeard: (number: BusinessNumber, field: string) => boolean;
  clear: () => void;
};

/** Meta's limit for one POST. */
const mostUpdates = 1_000;

/** Turns updates into POSTs, gathered where the settings say so. Each subscribed app gets a copy of its own. */
export function createOutbox(world: GraphWorld, deliveries: Deliveries): Outbox {
  let gathered: Queued[] = [];
  let timer: NodeJS.Timeout | undefined;

  const post = (queued: readonly Queued[], receiver: Receiver, options: EmitOptions): Promise<number>[] => {
    const body = encodeBody(envelope(queued), world.settings.escapeSlashes);
    const { callbackIndex } = options;
    const raw = { app: receiver.app, body, callbackIndex, redeliver: true };
    return Array.from({ length: options.copies ?? 1 }, () => deliveries.send(raw, receiver.callback));
  };

  /** By receiver: numbers of one POST may have different ones. */
  const postAll = async (queued: readonly Queued[], options: EmitOptions): Promise<number[]> => {
    const groups = new Map<string, { receiver: Receiver; items: Queued[] }>();
    for (const item of queued) {
      for (const receiver of receiversOf(
        world,
        item.number,
        'echo' in item.update ? 'smb_message_echoes' : 'messages',
      )) {
        const key = `${receiver.app.appId} ${receiver.callback?.url ?? ''}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { receiver, items: [item] });
        else group.items.push(item);
      }
    }
    const posts = [...groups.values()].flatMap(({ receiver, items }) => post(items, receiver, options));
    return Promise.all(posts);
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const queued = gathered;
    gathered = [];
    if (queued.length > 0) void postAll(queued, {});
  };

  return {
    emit: (number, updates, options = {}) => {
      const queued = updates.map((update) => ({ number, update }));
      const { batchSize, batchWaitMs } = world.settings;
      const isSpecial = options.copies !== undefined || options.callbackIndex !== undefined;
      if (batchSize <= 1 || updates.length > 1 || isSpecial) return postAll(queued, options);
      gathered.push(...queued);
      if (gathered.length >= Math.min(batchSize, mostUpdates)) flush();
      else timer ??= setTimeout(flush, batchWaitMs);
      return Promise.resolve([]);
    },
    ...createTellers(world, deliveries),
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      gathered = [];
    },
  };
}

type Tellers = Pick<Outbox, 'tellAccount' | 'tellNumber' | 'tellBare' | 'isHeard'>;

/** What is told by itself and at once. */
function createTellers(world: GraphWorld, deliveries: Deliveries): Tellers {
  const postTo = (receivers: readonly Receiver[], whole: unknown): Promise<number[]> => {
    const body = encodeBody(whole, world.settings.escapeSlashes);
    const posts = receivers.map(({ app, callback }) => deliveries.send({ app, body, redeliver: true }, callback));
    return Promise.all(posts);
  };

  return {
    tellAccount: (waba, { field, value, isTimed = true, partner }) => {
      const time = isTimed ? { time: Math.floor(world.core.clock.now() / 1_000) } : {};
      const entry = [{ id: partner?.businessId ?? waba.wabaId, ...time, changes: [{ value, field }] }];
      const body = encodeBody({ object: 'whatsapp_business_account', entry }, world.settings.escapeSlashes);
      const apps = partner ? [partner] : [...waba.subscriptions.keys()].flatMap((appId) => world.apps.get(appId) ?? []);
      const reached = apps.filter((app) => takesField(app, field) && app.callbacks.some(({ verified }) => verified));
      return Promise.all(reached.map((app) => deliveries.send({ app, body, redeliver: true })));
    },
    tellNumber: (number, field, value) => {
      const { waba } = number;
      const changes = [{ value: { ...headOf(number), ...value }, field }];
      const whole = { object: 'whatsapp_business_account', entry: [{ id: waba.wabaId, changes }] };
      return postTo(receiversOf(world, number, field), whole);
    },
    tellBare: (number, field, value) => postTo(receiversOf(world, number, field), { ...headOf(number), ...value }),
    isHeard: (number, field) => receiversOf(world, number, field).length > 0,
  };
}

type Receiver = { app: App; callback: Callback | undefined };

const headOf = ({ digits, phoneNumberId }: BusinessNumber) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: digits, phone_number_id: phoneNumberId },
});

const takesField = ({ isMuted, fields }: App, field: string): boolean =>
  !isMuted && (fields === undefined || fields.includes(field));

/**
 * Number before account before app (WhatsApp: callback overrides); an unverified address gets nothing. Of a number that is
 * not on the platform, or not now, nobody hears.
 */
function receiversOf(world: GraphWorld, number: BusinessNumber, field: string): Receiver[] {
  if (number.isMuted || number.isSuspended || !isOnPlatform(number)) return [];
  const receivers: Receiver[] = [];
  for (const [appId, accountCallback] of number.waba.subscriptions) {
    const app = world.apps.get(appId);
    if (app === undefined || !takesField(app, field)) continue;
    const callback = number.override ?? accountCallback;
    if (callback === undefined ? app.callbacks.some(({ verified }) => verified) : callback.verified) {
      receivers.push({ app, callback });
    }
  }
  return receivers;
}
