import { performance } from 'node:perf_hooks';
import type { SandboxCore } from '../core/index.ts';
import { createBucket } from './buckets.ts';
import { createUserId } from './ids.ts';
import type { App, BusinessNumber, Chat, Customer, Media, Message, Template, Token, Waba } from './model.ts';
import { countryOf, spellingsOf } from './phone.ts';
import { defaultSettings, type GraphSettings } from './settings.ts';
import type { SignUpCode, SignUpConfiguration } from './sign-up/sign-up.ts';

/** Everything the network knows. Look-ups are by key, whatever the size of the world. */
export type GraphWorld = {
  core: SandboxCore;
  settings: GraphSettings;
  apps: Map<string, App>;
  tokens: Map<string, Token>;
  wabas: Map<string, Waba>;
  numbers: Map<string, BusinessNumber>;
  /** By their name in the sandbox. */
  customers: Map<string, Customer>;
  customersByPhone: Map<string, Customer>;
  /** By every BSUID that they have or had, together with the portfolio it belongs to. */
  customersByUserId: Map<string, { customer: Customer; businessId: string | undefined }>;
  /** By id. */
  templates: Map<string, Template>;
  /** By wamid, oldest first; the oldest are forgotten. */
  messages: Map<string, Message>;
  /** The same in a ring by their number, so that the oldest is found at once, and pages of them can be read. */
  messageLog: { ring: Message[]; next: number };
  /** By id, oldest first; the oldest are forgotten. */
  media: Map<string, Media>;
  signUpConfigurations: Map<string, SignUpConfiguration>;
  signUpCodes: Map<string, SignUpCode>;
};

export const keptMessages = 250_000;

export function createWorld(core: SandboxCore): GraphWorld {
  return {
    core,
    settings: { ...defaultSettings },
    apps: new Map(),
    tokens: new Map(),
    wabas: new Map(),
    numbers: new Map(),
    customers: new Map(),
    customersByPhone: new Map(),
    customersByUserId: new Map(),
    templates: new Map(),
    messages: new Map(),
    messageLog: { ring: [], next: 0 },
    media: new Map(),
    signUpConfigurations: new Map(),
    signUpCodes: new Map(),
  };
}

export function clearWorld(world: GraphWorld): void {
  world.settings = { ...defaultSettings };
  world.messageLog = { ring: [], next: 0 };
  const { apps, tokens, wabas, numbers, customers, customersByPhone, customersByUserId } = world;
  const { templates, messages, media, signUpConfigurations, signUpCodes } = world;
  for (const map of [apps, tokens, wabas, numbers, customers, customersByPhone, customersByUserId]) map.clear();
  for (const map of [templates, messages, media, signUpConfigurations, signUpCodes]) map.clear();
}

export type NewCustomer = {
  phone?: string | undefined;
  name: string;
  username?: string | undefined;
  userId?: string | undefined;
  onWhatsApp?: boolean | undefined;
};

/** A new person; without a phone one is made up. @throws RangeError when phone or id are taken */
export function addCustomer(world: GraphWorld, input: NewCustomer): Customer {
  const phone = input.phone ?? freePhone(world);
  if (findByPhone(world, phone) !== undefined) throw new RangeError('a customer with that phone exists');
  const userId = input.userId ?? createUserId(countryOf(phone).country);
  if (world.customersByUserId.has(userId)) throw new RangeError('a customer with that userId exists');
  const { name, username, onWhatsApp = true } = input;
  const customer: Customer = { userId, phone, name, username, userIds: new Map(), onWhatsApp, marketingAtMs: [] };
  world.customers.set(userId, customer);
  world.customersByPhone.set(phone, customer);
  world.customersByUserId.set(userId, { customer, businessId: undefined });
  world.core.bus.emit({ kind: 'graph.customer', userId });
  return customer;
}

/** Numbers that the United Kingdom keeps for films, so that nobody's own is met by chance. */
function freePhone(world: GraphWorld): string {
  for (let next = world.customers.size; ; next += 1) {
    const phone = `447700${String(900_000 + next).padStart(6, '0')}`;
    if (!world.customersByPhone.has(phone)) return phone;
  }
}

/** Also under the other spelling of Brazil and Mexico. */
export function findByPhone(world: GraphWorld, phone: string): Customer | undefined {
  for (const spelling of spellingsOf(phone)) {
    const customer = world.customersByPhone.get(spelling);
    if (customer !== undefined) return customer;
  }
  return undefined;
}

/** By phone, or by any BSUID, in whatever portfolio. */
export function findCustomer(world: GraphWorld, phoneOrUserId: string): Customer | undefined {
  return world.customersByUserId.get(phoneOrUserId)?.customer ?? findByPhone(world, phoneOrUserId.replace(/^\+/, ''));
}

/** One id for each portfolio; the first one they meet gets the id they were created with (WhatsApp: BSUID). */
export function userIdFor(world: GraphWorld, customer: Customer, businessId: string): string {
  const known = customer.userIds.get(businessId);
  if (known !== undefined) return known;
  const isFirst = customer.userIds.size === 0;
  const { country } = countryOf(customer.phone);
  const userId = isFirst ? customer.userId : createUserId(country, `${customer.userId} ${businessId}`);
  customer.userIds.set(businessId, userId);
  world.customersByUserId.set(userId, { customer, businessId });
  return userId;
}

/** A new phone means a new BSUID in every portfolio; the sandbox goes on naming the person by the first one. */
export function changePhone(world: GraphWorld, customer: Customer, phone: string): void {
  if (findByPhone(world, phone) !== undefined) throw new RangeError('a customer with that phone exists');
  world.customersByPhone.delete(customer.phone);
  customer.phone = phone;
  world.customersByPhone.set(phone, customer);
  rotateUserIds(world, customer);
}

/** New BSUIDs in every portfolio; the old ones are good for nothing any more. */
export function rotateUserIds(world: GraphWorld, customer: Customer): void {
  for (const businessId of customer.userIds.keys()) {
    const userId = createUserId(countryOf(customer.phone).country);
    customer.userIds.set(businessId, userId);
    world.customersByUserId.set(userId, { customer, businessId });
  }
}

/** Whether webhooks of this chat state the phone (WhatsApp: BSUID and usernames). */
export function showsPhone(world: GraphWorld, { customer, phoneShownUntilMs }: Chat): boolean {
  return customer.username === undefined || phoneShownUntilMs > world.core.clock.now();
}

export function chatOf(number: BusinessNumber, customer: Customer): Chat {
  const known = number.chats.get(customer);
  if (known !== undefined) return known;
  const chat: Chat = {
    number,
    customer,
    windowEndsMs: undefined,
    phoneShownUntilMs: 0,
    isMarketingStopped: false,
    messages: [],
    bucket: createBucket(),
  };
  number.chats.set(customer, chat);
  return chat;
}

type NewMessage = Pick<Message, 'id' | 'from' | 'type' | 'text' | 'payload' | 'atMs'> & Partial<Message>;

/** A message as it begins, with what is known of it. */
export function createMessage(chat: Chat, known: NewMessage): Message {
  return {
    chat,
    origin: 'api',
    more: {},
    media: undefined,
    template: undefined,
    quoted: undefined,
    forwarded: undefined,
    reactions: [],
    isEdited: false,
    isDeleted: false,
    isBubble: true,
    status: 'accepted',
    statuses: [],
    reached: true,
    reason: undefined,
    callbackData: undefined,
    addressedBy: 'to',
    isPriced: false,
    category: 'service',
    ...known,
  };
}

/** Costs the same however many there are. */
export function rememberMessage({ messages, messageLog }: GraphWorld, message: Message): void {
  messages.set(message.id, message);
  if (message.isBubble) message.chat.messages.push(message);
  const place = messageLog.next % keptMessages;
  const oldest = messageLog.ring[place];
  messageLog.ring[place] = message;
  messageLog.next += 1;
  if (oldest === undefined) return;
  messages.delete(oldest.id);
  // The oldest of all is also the oldest of its chat.
  if (oldest.isBubble) oldest.chat.messages.shift();
}

/** A page of what is remembered, in order: the messages after that number which the filter wants. */
export function pageOfMessages(
  { messageLog }: GraphWorld,
  after: number,
  limit: number,
  wants: (message: Message) => boolean,
): { items: { seq: number; message: Message }[]; nextAfter: number | null } {
  const { ring, next } = messageLog;
  const items: { seq: number; message: Message }[] = [];
  for (let seq = Math.max(after + 1, next - keptMessages, 0); seq < next; seq += 1) {
    const message = ring[seq % keptMessages];
    if (message === undefined || !wants(message)) continue;
    if (items.length === limit) return { items, nextAfter: seq - 1 };
    items.push({ seq, message });
  }
  return { items, nextAfter: null };
}

/** Real time, for limits on callers. */
export const realNow = (): number => performance.now();
