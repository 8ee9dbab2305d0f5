import { webhookError } from '../errors.ts';
import type { BusinessNumber, Chat, Message } from '../model.ts';
import { type GraphWorld, showsPhone, userIdFor } from '../world.ts';

type Fields = Record<string, unknown>;

/** One update of a number, before updates are gathered into a POST. `contact` stands beside it in the same value. */
export type Update = { contact: Fields | undefined } & ({ message: Fields } | { status: Fields });

const seconds = (ms: number): string => String(Math.floor(ms / 1_000));

/** From then on free-form replies are charged (WhatsApp: pricing). */
const chargedRepliesFromMs = Date.UTC(2026, 9, 1);
const lastVersionWithConversation = 23;

/** A customer's message. A hidden phone is left out, never empty (WhatsApp: BSUID and usernames). */
export function messageUpdate(world: GraphWorld, message: Message, more: Fields = {}): Update {
  const { chat, type, payload, quoted } = message;
  const shown = showsPhone(world, chat);
  return {
    contact: contactOf(world, chat),
    message: {
      ...(quoted === undefined ? {} : { context: { from: chat.number.digits, id: quoted } }),
      ...(shown ? { from: chat.customer.phone } : {}),
      from_user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
      id: message.id,
      timestamp: seconds(message.atMs),
      type,
      ...(payload === undefined ? {} : { [type]: payload }),
      ...more,
    },
  };
}

/** A change of phone, told under the old one and without contacts. */
export function systemUpdate(
  world: GraphWorld,
  chat: Chat,
  id: string,
  old: { phone: string; userId: string },
): Update {
  const shown = showsPhone(world, chat);
  const { phone, name } = chat.customer;
  return {
    contact: undefined,
    message: {
      ...(shown ? { from: old.phone } : {}),
      from_user_id: old.userId,
      id,
      timestamp: seconds(world.core.clock.now()),
      type: 'system',
      system: {
        body: shown ? `User ${name} changed from ${old.phone} to ${phone}` : `User ${name} changed their number`,
        type: 'user_changed_number',
        ...(shown ? { wa_id: phone } : {}),
        user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
        previous_user_id: old.userId,
      },
    },
  };
}

export type StatusReport = {
  status: string;
  atMs: number;
  /** Meta's code, or whole error objects. */
  errors?: number | unknown[] | undefined;
  withCallbackData?: boolean;
  /** Whether this one carries the price. */
  isPriced?: boolean;
};

/** A status of a message that the business sent (WhatsApp: status webhooks). */
export function statusUpdate(world: GraphWorld, message: Message, report: StatusReport): Update {
  const { chat, callbackData } = message;
  const { status, atMs, errors } = report;
  const failed = status === 'failed';
  const byPhone = message.addressedBy === 'to';
  const withData = callbackData !== undefined && report.withCallbackData !== false;
  const userId = userIdFor(world, chat.customer, chat.number.waba.businessId);
  return {
    contact: failed ? undefined : contactOf(world, chat, status !== 'sent'),
    status: {
      id: message.id,
      status,
      timestamp: seconds(atMs),
      ...(byPhone || showsPhone(world, chat) ? { recipient_id: chat.customer.phone } : {}),
      ...(failed && byPhone ? {} : { recipient_user_id: userId }),
      ...(withData ? { biz_opaque_callback_data: callbackData } : {}),
      ...(failed ? {} : conversationOf(world, message, status)),
      ...(report.isPriced ? { pricing: pricingAt(atMs) } : {}),
      ...(errors === undefined ? {} : { errors: typeof errors === 'number' ? [webhookError(errors)] : errors }),
    },
  };
}

function contactOf(world: GraphWorld, chat: Chat, withUsername = true): Fields {
  const { name, username, phone } = chat.customer;
  return {
    profile: { name, ...(username !== undefined && withUsername ? { username } : {}) },
    ...(showsPhone(world, chat) ? { wa_id: phone } : {}),
    user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
  };
}

function conversationOf(world: GraphWorld, message: Message, status: string): Fields {
  const version = Number.parseInt(world.settings.payloadVersion.slice(1), 10);
  if (version > lastVersionWithConversation) return {};
  const expires = message.chat.windowEndsMs ?? message.atMs + world.settings.windowMs;
  return {
    conversation: {
      id: Buffer.from(message.id).toString('hex').slice(-32),
      ...(status === 'sent' ? { expiration_timestamp: seconds(expires) } : {}),
      origin: { type: 'service' },
    },
  };
}

function pricingAt(atMs: number): Fields {
  const charged = atMs >= chargedRepliesFromMs;
  const type = charged ? 'regular' : 'free_customer_service';
  return { billable: charged, pricing_model: 'PMP', type, category: 'service' };
}

/** One POST's body: an entry for each account, a change for each number, updates of a kind side by side. */
export function envelope(updates: readonly { number: BusinessNumber; update: Update }[]): unknown {
  const changes = new Map<BusinessNumber, Update[]>();
  for (const { number, update } of updates) {
    const list = changes.get(number);
    if (list === undefined) changes.set(number, [update]);
    else list.push(update);
  }
  const entries = new Map<string, unknown[]>();
  for (const [number, list] of changes) {
    const change = { value: changeValue(number, list), field: 'messages' };
    const entry = entries.get(number.waba.wabaId);
    if (entry === undefined) entries.set(number.waba.wabaId, [change]);
    else entry.push(change);
  }
  return {
    object: 'whatsapp_business_account',
    entry: [...entries].map(([id, list]) => ({ id, changes: list })),
  };
}

function changeValue(number: BusinessNumber, updates: readonly Update[]): Fields {
  const contacts = new Map<unknown, Fields>();
  for (const { contact } of updates) if (contact !== undefined) contacts.set(contact.user_id, contact);
  const messages = updates.flatMap((update) => ('message' in update ? [update.message] : []));
  const statuses = updates.flatMap((update) => ('status' in update ? [update.status] : []));
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.phoneNumberId },
    ...(contacts.size === 0 ? {} : { contacts: [...contacts.values()] }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(statuses.length === 0 ? {} : { statuses }),
  };
}
