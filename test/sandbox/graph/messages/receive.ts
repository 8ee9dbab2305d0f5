import { spendToken } from '../buckets.ts';
import { createWamid } from '../ids.ts';
import type { BusinessNumber, Customer, Message } from '../model.ts';
import type { StatusTeller } from '../statuses.ts';
import { messageUpdate, type Update } from '../webhooks/payload.ts';
import { chatOf, type GraphWorld, realNow, rememberMessage, userIdFor } from '../world.ts';
import type { Fields } from './types.ts';

export type CustomerMessage = {
  number: BusinessNumber;
  customer: Customer;
  text?: string | undefined;
  /** Raw part for types without emulation: `type`, the part under its key, and whatever stands beside it. */
  message?: Fields | undefined;
  quoted?: string | undefined;
  timestampMs?: number | undefined;
  id?: string | undefined;
};

/** A customer writes: the chat has it, the window opens, and the update for the webhook is given back. */
export function receiveMessage(world: GraphWorld, input: CustomerMessage): { message: Message; update: Update } {
  const { number, customer, timestampMs, quoted } = input;
  const chat = chatOf(number, customer);
  const now = world.core.clock.now();
  userIdFor(world, customer, number.waba.businessId);
  const { type, payload, more } = readRaw(input);
  const message: Message = {
    id: input.id ?? createWamid(customer.phone, 'customer'),
    chat,
    from: 'customer',
    type,
    text: textOf(type, payload),
    payload,
    quoted,
    atMs: timestampMs ?? now,
    status: 'delivered',
    statuses: [],
    reached: true,
    reason: undefined,
    callbackData: undefined,
    addressedBy: 'to',
    isPriced: false,
  };
  // The window runs from when they wrote, which for a late webhook is earlier than now.
  chat.windowEndsMs = Math.max(chat.windowEndsMs ?? 0, message.atMs + world.settings.windowMs);
  const { numberPerSecond } = world.settings;
  spendToken(number.bucket, numberPerSecond, 1_000 / numberPerSecond, realNow());
  if (world.messages.has(message.id)) return { message, update: messageUpdate(world, message, more) };
  rememberMessage(world, message);
  world.core.bus.emit({ kind: 'graph.message', from: 'customer', wamid: message.id });
  return { message, update: messageUpdate(world, message, more) };
}

function readRaw({ text, message }: CustomerMessage): { type: string; payload: unknown; more: Fields } {
  if (message === undefined) return { type: 'text', payload: { body: text ?? '' }, more: {} };
  const { type = 'text', ...rest } = message;
  const { [String(type)]: payload, ...more } = rest;
  return { type: String(type), payload, more };
}

/** What the page shows of types that it cannot draw. */
function textOf(type: string, payload: unknown): string {
  const { body, caption } = Object(payload) as Fields;
  if (type === 'text') return String(body ?? '');
  return typeof caption === 'string' ? `[${type}] ${caption}` : `[${type}]`;
}

/** The customer opens the chat: everything that reached them is read, whether or not "delivered" was told before. */
export async function openChat(statuses: StatusTeller, number: BusinessNumber, customer: Customer): Promise<number> {
  const chat = chatOf(number, customer);
  const unread = chat.messages.filter(
    ({ from, reached, status }) => from === 'business' && reached && status !== 'read' && status !== 'failed',
  );
  await Promise.all(unread.map((message) => statuses.tell(message, { status: 'read' })));
  return unread.length;
}
