import { createWamid } from '../ids.ts';
import type { Chat, Message } from '../model.ts';
import { echoUpdate, type Update } from '../webhooks/payload.ts';
import { createMessage, type GraphWorld, rememberMessage, userIdFor } from '../world.ts';
import type { Content } from './receive.ts';

export type Echo = {
  content: Content;
  quoted?: string | undefined;
  timestampMs?: number | undefined;
  id?: string | undefined;
  to: 'digits' | 'plus' | 'hidden';
};

/** A message typed in the phone app: the customer has it, nothing more is told of it, and it opens no window. */
export function writeEcho(world: GraphWorld, chat: Chat, input: Echo): { message: Message; update: Update } {
  const { type, payload, text, more = {}, media, isBubble = true, apply } = input.content;
  const { customer, number } = chat;
  userIdFor(world, customer, number.waba.businessId);
  const message = createMessage(chat, {
    id: input.id ?? createWamid(customer.phone, 'business'),
    from: 'business',
    origin: 'app',
    type,
    text,
    payload,
    more,
    media,
    quoted: input.quoted,
    isBubble,
    atMs: input.timestampMs ?? world.core.clock.now(),
    status: 'delivered',
  });
  const update = echoUpdate(world, message, input.to);
  if (world.messages.has(message.id)) return { message, update };
  rememberMessage(world, message);
  apply?.(message.atMs);
  world.core.bus.emit({ kind: 'graph.message', from: 'business', wamid: message.id });
  return { message, update };
}
