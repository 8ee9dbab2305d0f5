import { spendToken } from '../buckets.ts';
import { createWamid } from '../ids.ts';
import type { BusinessNumber, Customer, Media, Message } from '../model.ts';
import type { StatusTeller } from '../statuses.ts';
import { noteReceived, ratePerSecond } from '../traffic.ts';
import { messageUpdate, type Update } from '../webhooks/payload.ts';
import { chatOf, createMessage, type GraphWorld, realNow, rememberMessage, userIdFor } from '../world.ts';
import type { Fields } from './types.ts';

/** What a message consists of, whatever it is about. */
export type Content = {
  type: string;
  /** The part under the key of the type; none where the message has none. */
  payload?: unknown;
  /** What a person sees. */
  text: string;
  /** What stands beside the part. */
  more?: Fields | undefined;
  media?: Media | undefined;
  /** The message that it answers by its nature, where the call does not say. */
  quoted?: string | undefined;
  /** Reactions, edits, deletions and news of the system change or announce something and stand nowhere themselves. */
  isBubble?: boolean;
  /** Only what a person says opens the window (WhatsApp: the 24-hour window). */
  opensWindow?: boolean;
  /** What becomes of the message that it is about. */
  apply?: (atMs: number) => void;
};

export type CustomerMessage = {
  number: BusinessNumber;
  customer: Customer;
  content: Content;
  quoted?: string | undefined;
  forwarded?: Message['forwarded'];
  timestampMs?: number | undefined;
  /** As the webhook states it, right or wrong; null leaves it out. */
  timestamp?: string | null | undefined;
  id?: string | undefined;
};

/** A customer acts: the chat has it, the window opens, and the update for the webhook is given back. */
export function receiveMessage(world: GraphWorld, input: CustomerMessage): { message: Message; update: Update } {
  const { number, customer, content, timestampMs, timestamp } = input;
  const { type, payload, text, more = {}, media, isBubble = true, opensWindow = isBubble, apply } = content;
  const chat = chatOf(number, customer);
  userIdFor(world, customer, number.waba.businessId);
  const message = createMessage(chat, {
    id: input.id ?? createWamid(customer.phone, 'customer'),
    from: 'customer',
    type,
    text,
    payload,
    more,
    media,
    quoted: input.quoted ?? content.quoted,
    forwarded: input.forwarded,
    isBubble,
    atMs: timestampMs ?? world.core.clock.now(),
    status: 'delivered',
  });
  // The window runs from when they wrote, which for a late webhook is earlier than now.
  if (opensWindow) chat.windowEndsMs = Math.max(chat.windowEndsMs ?? 0, message.atMs + world.settings.windowMs);
  const rate = ratePerSecond(world.settings, number);
  spendToken(number.bucket, rate, 1_000 / rate, realNow());
  noteReceived(number.traffic, realNow());
  const update = messageUpdate(world, message, timestamp);
  if (world.messages.has(message.id)) return { message, update };
  rememberMessage(world, message);
  apply?.(message.atMs);
  world.core.bus.emit({ kind: 'graph.message', from: 'customer', wamid: message.id });
  return { message, update };
}

/** The customer opens the chat: everything that reached them is read, whether or not "delivered" was told before. */
export async function openChat(statuses: StatusTeller, number: BusinessNumber, customer: Customer): Promise<number> {
  const chat = chatOf(number, customer);
  const unread = chat.messages.filter(
    ({ from, reached, status }) => from === 'business' && reached && status !== 'read' && status !== 'failed',
  );
  // Nobody hears what becomes of a message from the phone app.
  for (const message of unread) if (message.origin === 'app') message.status = 'read';
  const told = unread.filter(({ origin }) => origin === 'api');
  await Promise.all(told.map((message) => statuses.tell(message, { status: 'read' })));
  return unread.length;
}
