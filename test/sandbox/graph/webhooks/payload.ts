import { webhookError } from '../errors.ts';
import type { BusinessNumber, Chat, Message } from '../model.ts';
import { type GraphWorld, showsPhone, userIdFor } from '../world.ts';

type Fields = Record<string, unknown>;

/** One update of a number, before updates are gathered into a POST. `contact` stands beside it in the same value. */
export type Update = { contact: Fields | undefined } & ({ message: Fields } | { status: Fields } | { echo: Fields });

const seconds = (ms: number): string => String(Math.floor(ms / 1_000));

/** From then on free-form replies are charged (WhatsApp: pricing). */
const chargedRepliesFromMs = Date.UTC(2026, 9, 1);
const lastVersionWithConversation = 23;

/**
 * A customer's message. A hidden phone is left out, never empty (WhatsApp: BSUID and usernames). `timestamp` replaces
 * the true one; null leaves it out.
 */
export function messageUpdate(world: GraphWorld, message: Message, timestamp?: string | null): Update {
  const { chat, type } = message;
  const shown = showsPhone(world, chat);
  const at = timestamp === undefined ? seconds(message.atMs) : timestamp;
  return {
    contact: type === 'system' ? undefined : contactOf(world, chat),
    message: {
      ...contextOf(world, message),
      ...(shown ? { from: chat.customer.phone } : {}),
      from_user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
      id: message.id,
      ...(at === null ? {} : { timestamp: at }),
      ...partOf(message),
    },
  };
}

/** A message that staff wrote in the phone app (coexistence: message echoes). Hidden phones are left out here, too. */
export function echoUpdate(world: GraphWorld, message: Message, to: 'digits' | 'plus' | 'hidden'): Update {
  const { chat } = message;
  const { phone } = chat.customer;
  const shown = to !== 'hidden' && showsPhone(world, chat);
  return {
    contact: contactOf(world, chat),
    echo: {
      ...contextOf(world, message),
      from: chat.number.digits,
      ...(shown ? { to: to === 'plus' ? `+${phone}` : phone } : {}),
      to_user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
      id: message.id,
      timestamp: seconds(message.atMs),
      ...partOf(message),
    },
  };
}

const partOf = ({ type, payload, more }: Message): Fields => ({
  type,
  ...(payload === undefined ? {} : { [type]: payload }),
  ...more,
});

/** Whom a quoted message is from; forwarded messages have flags there and no id. */
function contextOf(world: GraphWorld, { chat, quoted, forwarded }: Message): Fields {
  if (quoted === undefined && forwarded === undefined) return {};
  const isOwn = quoted !== undefined && world.messages.get(quoted)?.from === 'customer';
  const shown = showsPhone(world, chat);
  const ownIds = {
    ...(shown ? { from: chat.customer.phone } : {}),
    from_user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
  };
  return {
    context: {
      ...(quoted === undefined ? {} : { ...(isOwn ? ownIds : { from: chat.number.digits }), id: quoted }),
      ...(forwarded === 'once' ? { forwarded: true } : {}),
      ...(forwarded === 'often' ? { frequently_forwarded: true } : {}),
    },
  };
}

/** A change of phone or only of ids, told under the old ones and without contacts; the latter names no phone. */
export function systemUpdate(
  world: GraphWorld,
  chat: Chat,
  id: string,
  old: { phone: string; userId: string },
): Update {
  const { phone, name } = chat.customer;
  const isNewPhone = phone !== old.phone;
  const shown = isNewPhone && showsPhone(world, chat);
  const what = isNewPhone ? 'number' : 'user ID';
  return {
    contact: undefined,
    message: {
      ...(shown ? { from: old.phone } : {}),
      from_user_id: old.userId,
      id,
      timestamp: seconds(world.core.clock.now()),
      type: 'system',
      system: {
        body: shown ? `User ${name} changed from ${old.phone} to ${phone}` : `User ${name} changed their ${what}`,
        type: isNewPhone ? 'user_changed_number' : 'user_changed_user_id',
        ...(shown ? { wa_id: phone } : {}),
        user_id: userIdFor(world, chat.customer, chat.number.waba.businessId),
        previous_user_id: old.userId,
      },
    },
  };
}

/** They stop or resume marketing of that number. Here the time is a number (WhatsApp: webhook `user_preferences`). */
export function preferenceValue(world: GraphWorld, chat: Chat, value: 'stop' | 'resume'): Fields {
  const { number, customer } = chat;
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.phoneNumberId },
    contacts: [contactOf(world, chat)],
    user_preferences: [
      {
        ...(showsPhone(world, chat) ? { wa_id: customer.phone } : {}),
        user_id: userIdFor(world, customer, number.waba.businessId),
        detail: `User requested to ${value} marketing messages`,
        category: 'marketing_messages',
        value,
        timestamp: Math.floor(world.core.clock.now() / 1_000),
      },
    ],
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
      ...(report.isPriced ? { pricing: pricingAt(atMs, message.category) } : {}),
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

function pricingAt(atMs: number, category: string): Fields {
  const charged = atMs >= chargedRepliesFromMs || category !== 'service';
  const type = charged ? 'regular' : 'free_customer_service';
  return { billable: charged, pricing_model: 'PMP', type, category };
}

/** One POST's body: an entry for each account, changes for each number, updates of a kind side by side. */
export function envelope(updates: readonly { number: BusinessNumber; update: Update }[]): unknown {
  const byNumber = new Map<BusinessNumber, Update[]>();
  for (const { number, update } of updates) {
    const list = byNumber.get(number);
    if (list === undefined) byNumber.set(number, [update]);
    else list.push(update);
  }
  const entries = new Map<string, unknown[]>();
  for (const [number, list] of byNumber) {
    const entry = entries.get(number.waba.wabaId);
    const changes = changesOf(number, list);
    if (entry === undefined) entries.set(number.waba.wabaId, changes);
    else entry.push(...changes);
  }
  return {
    object: 'whatsapp_business_account',
    entry: [...entries].map(([id, changes]) => ({ id, changes })),
  };
}

/** Echoes have a field of their own. */
function changesOf(number: BusinessNumber, updates: readonly Update[]): unknown[] {
  const echoes = updates.flatMap((update) => ('echo' in update ? [update] : []));
  const others = updates.filter((update) => !('echo' in update));
  return [
    ...(others.length === 0 ? [] : [{ value: changeValue(number, others), field: 'messages' }]),
    ...(echoes.length === 0 ? [] : [{ value: changeValue(number, echoes), field: 'smb_message_echoes' }]),
  ];
}

function changeValue(number: BusinessNumber, updates: readonly Update[]): Fields {
  const contacts = new Map<unknown, Fields>();
  for (const { contact } of updates) if (contact !== undefined) contacts.set(contact.user_id, contact);
  const messages = updates.flatMap((update) => ('message' in update ? [update.message] : []));
  const statuses = updates.flatMap((update) => ('status' in update ? [update.status] : []));
  const echoes = updates.flatMap((update) => ('echo' in update ? [update.echo] : []));
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.phoneNumberId },
    ...(contacts.size === 0 ? {} : { contacts: [...contacts.values()] }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(statuses.length === 0 ? {} : { statuses }),
    ...(echoes.length === 0 ? {} : { message_echoes: echoes }),
  };
}
