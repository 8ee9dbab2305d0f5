import { createHash } from 'node:crypto';
import type { Fields } from '../messages/types.ts';
import type { BusinessNumber, Customer, Message } from '../model.ts';
import { type GraphWorld, showsPhone, userIdFor } from '../world.ts';

/** Threads that are made up while they are told: thousands of messages that nobody keeps. */
export type GeneratedThreads = {
  customers: Customer[];
  messagesPerThread: number;
  /** How far back they go. */
  days: number;
  /** Every so many messages is a picture; 0: none. */
  mediaEvery: number;
  seed: string;
};

/** A message of a thread before it is told. */
export type HistoryItem = {
  customer: Customer;
  atMs: number;
  /** As the webhook has it. */
  told: Fields;
  /** Of a message with a file: what will follow. */
  message: Message | undefined;
};

const dayMs = 24 * 3_600_000;
const namesOfStatus: Record<string, string> = {
  accepted: 'PENDING',
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  failed: 'ERROR',
};

/** All that the phone has of that number's chats, made-up ones included, in no order. */
export function itemsOf(world: GraphWorld, number: BusinessNumber): HistoryItem[] {
  const kept = [...number.chats.values()].flatMap(({ messages }) =>
    messages.filter(({ isDeleted }) => !isDeleted).map((message) => itemOf(world, message)),
  );
  const { generated } = number.sync;
  return generated === undefined ? kept : [...kept, ...madeUpItems(world, number, generated)];
}

/** A file is only a placeholder here (onboarding: history). */
function itemOf(world: GraphWorld, message: Message): HistoryItem {
  const { chat, id, type, payload, media } = message;
  const { sync } = chat.number;
  const status = sync.statuses.get(id) ?? namesOfStatus[message.status] ?? 'DELIVERED';
  const content = media === undefined ? { type, [type]: payload } : { type: 'media_placeholder' };
  return {
    customer: chat.customer,
    atMs: message.atMs,
    message: media === undefined ? undefined : message,
    told: { ...sidesOf(world, message), ...content, history_context: { status } },
  };
}

/** Whom it is from, and of the business's own whom it is to. */
export function sidesOf(world: GraphWorld, message: Message): Fields {
  const { chat, from, id, atMs } = message;
  const { number, customer } = chat;
  return sides(world, number, { customer, isOwn: from === 'business', id, atMs });
}

type Side = { customer: Customer; isOwn: boolean; id: string; atMs: number };

function sides(world: GraphWorld, number: BusinessNumber, { customer, isOwn, id, atMs }: Side): Fields {
  const { sync } = number;
  const phone = phoneShown(world, number, customer);
  const timestamp = String(Math.floor(atMs / 1_000));
  const userId = sync.plainThreads.has(customer) ? undefined : userIdFor(world, customer, number.waba.businessId);
  if (!isOwn) {
    return {
      ...(phone === undefined ? {} : { from: phone }),
      ...(userId === undefined ? {} : { from_user_id: userId }),
      id,
      timestamp,
    };
  }
  const isNamed = !sync.threadsWithoutTo.has(customer);
  return {
    from: number.digits,
    ...(isNamed && phone !== undefined ? { to: phone } : {}),
    ...(isNamed && userId !== undefined ? { to_user_id: userId } : {}),
    id,
    timestamp,
  };
}

function phoneShown(world: GraphWorld, number: BusinessNumber, customer: Customer): string | undefined {
  const chat = number.chats.get(customer);
  const isShown = chat === undefined ? customer.username === undefined : showsPhone(world, chat);
  return isShown ? customer.phone : undefined;
}

/** A thread as a chunk has it: without an id where there is no phone, without context in the older form. */
export function threadOf(world: GraphWorld, number: BusinessNumber, customer: Customer, messages: Fields[]): Fields {
  const phone = phoneShown(world, number, customer);
  const { username } = customer;
  const isPlain = number.sync.plainThreads.has(customer);
  return {
    ...(phone === undefined ? {} : { id: phone }),
    ...(isPlain
      ? {}
      : {
          context: {
            ...(phone === undefined ? {} : { wa_id: phone }),
            user_id: userIdFor(world, customer, number.waba.businessId),
            ...(username === undefined ? {} : { username }),
          },
        }),
    messages,
  };
}

function madeUpItems(world: GraphWorld, number: BusinessNumber, made: GeneratedThreads): HistoryItem[] {
  const { customers, messagesPerThread, days, mediaEvery, seed } = made;
  const stepMs = (days * dayMs) / messagesPerThread;
  return customers.flatMap((customer, thread) =>
    Array.from({ length: messagesPerThread }, (_one, index) => {
      const isOwn = index % 2 === 1;
      // The newest is a step old, and no two threads write at the same moment.
      const atMs = number.onboardedAtMs - Math.round(stepMs * (messagesPerThread - index)) + thread;
      const id = madeUpWamid(`${seed} ${thread} ${index}`);
      const isMedia = mediaEvery > 0 && (index + 1) % mediaEvery === 0;
      const content = isMedia
        ? { type: 'media_placeholder' }
        : { type: 'text', text: { body: `${isOwn ? 'Answer' : 'Question'} ${index + 1} of chat ${thread + 1}` } };
      const told = {
        ...sides(world, number, { customer, isOwn, id, atMs }),
        ...content,
        history_context: { status: 'READ' },
      };
      return { customer, atMs, told, message: undefined };
    }),
  );
}

/** The same for the same seed: a chunk that is told again is the same chunk. */
const madeUpWamid = (seed: string): string =>
  `wamid.${createHash('sha256').update(seed).digest('base64').replace(/=+$/, '')}`;
