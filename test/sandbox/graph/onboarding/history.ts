import { setTimeout as delay } from 'node:timers/promises';
import { webhookError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { mediaUrl } from '../media/media.ts';
import { type Fields, isFields } from '../messages/types.ts';
import type { BusinessNumber, Customer, Message } from '../model.ts';
import { type GraphWorld, userIdFor } from '../world.ts';
import { type HistoryItem, itemsOf, sidesOf, threadOf } from './history-threads.ts';

export type { GeneratedThreads } from './history-threads.ts';

const dayMs = 24 * 3_600_000;
/** Phases by age: the newest day, three months, six months; what is older stays in the phone (onboarding: history). */
const phases = [
  { fromMs: 0, toMs: dayMs },
  { fromMs: dayMs, toMs: 90 * dayMs },
  { fromMs: 90 * dayMs, toMs: 180 * dayMs },
];
const filesOfMs = 14 * dayMs;

type Post = { value: Fields; chunk?: number; files?: number };

/**
 * Tells the history of a number, as its owner decided: in chunks, or that it is not shared. One webhook after the other,
 * each without waiting for redeliveries of those before.
 */
export async function tellHistory(sandbox: GraphSandbox, number: BusinessNumber, origin: string): Promise<void> {
  const { world, outbox } = sandbox;
  const { sync } = number;
  const declined = sync.declined === false && !sync.sharesHistory ? 'enveloped' : sync.declined;
  if (declined !== false) return tellDeclined(sandbox, number, declined);
  const chunks = chunksOf(world, number);
  const files = followUpsOf(world, number, origin);
  const ordered =
    sync.followUps === 'mixed'
      ? mixed([...chunks, ...files], sync.order)
      : [...mixed(chunks, sync.order), ...mixed(files, sync.order)];
  for (const { value, chunk, files: told } of ordered) {
    // A world that was forgotten tells nothing any more, nor does a number that was disconnected.
    if (world.numbers.get(number.phoneNumberId) !== number) return;
    await outbox.tellNumber(number, 'history', value);
    if (chunk !== undefined) {
      sync.told.chunks += 1;
      sync.told.messages += chunk;
    }
    sync.told.files += told ?? 0;
    if (sync.gapMs > 0) await delay(sync.gapMs);
  }
}

/** Each phase has chunks of its own, counted from 1; `progress` is the share that is told when all before it were, too. */
function chunksOf(world: GraphWorld, number: BusinessNumber): Post[] {
  const items = itemsOf(world, number).sort((one, other) => one.atMs - other.atMs);
  const ageOf = ({ atMs }: HistoryItem): number => number.onboardedAtMs - atMs;
  const cut = phases.flatMap(({ fromMs, toMs }, phase) => {
    const own = items.filter((item) => Math.max(0, ageOf(item)) >= fromMs && ageOf(item) < toMs && ageOf(item) >= 0);
    return cutInto(own, number.sync.chunkMessages).map((part, index) => ({ phase, order: index + 1, part }));
  });
  const all = cut.reduce((sum, { part }) => sum + part.length, 0);
  let before = 0;
  return cut.map(({ phase, order, part }) => {
    before += part.length;
    const metadata = { phase, chunk_order: order, progress: Math.floor((100 * before) / all) };
    return { chunk: part.length, value: { history: [{ metadata, threads: threadsOf(world, number, part) }] } };
  });
}

/** By chat, so that a chunk holds few long threads rather than many short ones; a long chat goes over several chunks. */
function cutInto(items: readonly HistoryItem[], size: number): HistoryItem[][] {
  const byChat = [...Map.groupBy(items, ({ customer }) => customer).values()].flat();
  const parts: HistoryItem[][] = [];
  for (let start = 0; start < byChat.length; start += size) parts.push(byChat.slice(start, start + size));
  return parts;
}

function threadsOf(world: GraphWorld, number: BusinessNumber, items: readonly HistoryItem[]): Fields[] {
  const threads = Map.groupBy(items, ({ customer }) => customer);
  return [...threads].map(([customer, own]) =>
    threadOf(
      world,
      number,
      customer,
      own.map(({ told }) => told),
    ),
  );
}

/** The files of the last two weeks, each in a webhook that has no `history` (onboarding: history). */
function followUpsOf(world: GraphWorld, number: BusinessNumber, origin: string): Post[] {
  const files = itemsOf(world, number).flatMap(({ message }) => (message === undefined ? [] : [message]));
  const recent = files.filter(({ atMs }) => atMs <= number.onboardedAtMs && atMs > number.onboardedAtMs - filesOfMs);
  return recent.map((message) => {
    const { customer } = message.chat;
    const told = {
      ...sidesOf(world, message),
      type: message.type,
      [message.type]: freshPayload(world, message, origin),
    };
    const list = message.from === 'business' ? 'message_echoes' : 'messages';
    return { files: 1, value: { contacts: [contactOf(world, number, customer)], [list]: [told] } };
  });
}

/** Its address is good for a few minutes only, so that it is made when it is told. */
function freshPayload(world: GraphWorld, { media, payload }: Message, origin: string): unknown {
  if (media === undefined || !isFields(payload) || payload.url === undefined) return payload;
  return { ...payload, url: mediaUrl(world, media, origin) };
}

function contactOf(world: GraphWorld, number: BusinessNumber, customer: Customer): Fields {
  const { name, username, phone } = customer;
  return {
    profile: { name, ...(username === undefined ? {} : { username }) },
    ...(username === undefined ? { wa_id: phone } : {}),
    user_id: userIdFor(world, customer, number.waba.businessId),
  };
}

async function tellDeclined(
  { outbox }: GraphSandbox,
  number: BusinessNumber,
  shape: 'enveloped' | 'bare',
): Promise<void> {
  const details = 'History sharing is turned off by the business from the WhatsApp Business app';
  const value = { history: [{ errors: [webhookError(2593109, details)] }] };
  if (shape === 'enveloped') await outbox.tellNumber(number, 'history', value);
  else await outbox.tellBare(number, 'history', value);
}

function mixed(posts: Post[], order: 'shuffled' | 'in-order'): Post[] {
  if (order === 'in-order') return posts;
  const keyed = posts.map((post) => ({ post, key: Math.random() }));
  const shuffled = keyed.sort((one, other) => one.key - other.key).map(({ post }) => post);
  // By chance they could still be in order, and a reader that needs order would pass.
  const isSorted = shuffled.every((post, index) => post === posts[index]);
  return isSorted ? shuffled.reverse() : shuffled;
}
