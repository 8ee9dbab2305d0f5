import type { FastifyInstance } from 'fastify';
import { createWamid } from '../ids.ts';
import type { GraphSandbox } from '../index.ts';
import { type CustomerMessage, openChat, receiveMessage } from '../messages/receive.ts';
import { isFields } from '../messages/types.ts';
import type { BusinessNumber, Chat, Customer, Message } from '../model.ts';
import { digitsOf } from '../phone.ts';
import { systemUpdate, type Update } from '../webhooks/payload.ts';
import { addCustomer, changePhone, type GraphWorld, type NewCustomer, userIdFor } from '../world.ts';
import {
  type Body,
  bodyOf,
  ControlError,
  customerOf,
  numberOf,
  optionalNumber,
  optionalText,
  requiredText,
} from './input.ts';

/** What people with phones do: they appear, write, read, take a username, change their number. */
export function registerCustomerControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/customers', async (request, reply) => {
    const body = bodyOf(request.body);
    const inputs = Array.isArray(body.customers) ? body.customers.map(bodyOf) : [body];
    const customers = inputs.map((input) => showCustomer(addCustomer(world, readCustomer(input))));
    return reply.code(201).send(Array.isArray(body.customers) ? { customers } : customers[0]);
  });

  server.get('/control/graph/customers', async () => ({ customers: [...world.customers.values()].map(showCustomer) }));

  server.post('/control/graph/customers/:customer', async (request) => {
    const customer = customerOf(world, (request.params as Body).customer);
    changeCustomer(customer, bodyOf(request.body));
    world.core.bus.emit({ kind: 'graph.customer', userId: customer.userId });
    return showCustomer(customer);
  });

  server.post('/control/graph/customers/:customer/phone', async (request) => {
    const customer = customerOf(world, (request.params as Body).customer);
    return movePhone(sandbox, customer, digitsOf(requiredText(bodyOf(request.body), 'phone')));
  });

  server.get('/control/graph/customers/:customer/messages', async (request) => {
    const customer = customerOf(world, (request.params as Body).customer);
    const { phoneNumberId } = request.query as { phoneNumberId?: string };
    const numbers = phoneNumberId === undefined ? [...world.numbers.values()] : [numberOf(world, phoneNumberId)];
    const chats = numbers.flatMap((number) => number.chats.get(customer) ?? []);
    return {
      customer: showCustomer(customer),
      windowEndsMs: chats[0]?.windowEndsMs,
      items: chats.flatMap(({ messages }) => messages.map(showMessage)),
    };
  });

  server.post('/control/graph/messages', async (request) => write(sandbox, bodyOf(request.body)));

  server.post('/control/graph/batches', async (request) => writeMany(sandbox, bodyOf(request.body)));

  server.post('/control/graph/read', async (request) => {
    const body = bodyOf(request.body);
    const number = numberOf(world, body.phoneNumberId);
    const read = await openChat(sandbox.statuses, number, customerOf(world, body.customer));
    return { read };
  });
}

function readCustomer(body: Body): NewCustomer {
  const phone = optionalText(body, 'phone');
  const name = requiredText(body, 'name');
  const username =
    typeof body.username === 'string' ? body.username : body.username === true ? handleOf(name) : undefined;
  return {
    name,
    username,
    phone: phone === undefined ? undefined : digitsOf(phone),
    userId: optionalText(body, 'userId'),
    onWhatsApp: body.onWhatsApp !== false,
  };
}

/** A username out of a name, in the letters that usernames may have. */
function handleOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.');
  const trimmed = plain.replace(/^\.|\.$/g, '');
  return trimmed === '' ? 'customer' : trimmed;
}

function changeCustomer(customer: Customer, body: Body): void {
  customer.name = optionalText(body, 'name') ?? customer.name;
  if (body.username === false || body.username === null) customer.username = undefined;
  else if (body.username === true) customer.username = handleOf(customer.name);
  else customer.username = optionalText(body, 'username') ?? customer.username;
  if (typeof body.onWhatsApp === 'boolean') customer.onWhatsApp = body.onWhatsApp;
}

/** Every business they chat with hears of a new phone by a message of type system (WhatsApp: system). */
async function movePhone(sandbox: GraphSandbox, customer: Customer, phone: string): Promise<unknown> {
  const { world, outbox } = sandbox;
  const chats = [...world.numbers.values()].flatMap((number) => number.chats.get(customer) ?? []);
  const before = chats.map((chat) => ({
    chat,
    old: { phone: customer.phone, userId: userIdFor(world, customer, chat.number.waba.businessId) },
  }));
  changePhone(world, customer, phone);
  for (const { chat, old } of before) {
    const update = systemUpdate(world, chat, createWamid(old.phone, 'customer'), old);
    void outbox.emit(chat.number, [update]);
  }
  return showCustomer(customer);
}

/** One message. The webhook is on its way when this answers; with `wait` its receivers have answered. */
async function write(sandbox: GraphSandbox, body: Body): Promise<unknown> {
  const { world, outbox } = sandbox;
  const input = readMessage(world, numberOf(world, body.phoneNumberId), body);
  const { message, update } = receiveMessage(world, input);
  if (body.deliver === false) return { wamid: message.id };
  const sent = outbox.emit(input.number, [update], {
    copies: optionalNumber(body, 'copies'),
    callbackIndex: optionalNumber(body, 'callbackIndex'),
  });
  return body.wait === true ? { wamid: message.id, statuses: await sent } : { wamid: message.id };
}

/** Many messages in few POSTs; each POST holds at most `perPost` of them. */
async function writeMany(sandbox: GraphSandbox, body: Body): Promise<unknown> {
  const { world, outbox } = sandbox;
  const items = Array.isArray(body.messages) ? body.messages.map(bodyOf) : [];
  const perPost = optionalNumber(body, 'perPost') ?? usualPerPost;
  if (items.length === 0 || perPost < 1 || perPost > mostPerPost) {
    throw new ControlError(400, `messages is required, and perPost at most ${mostPerPost}`);
  }
  const byNumber = new Map<BusinessNumber, Update[]>();
  const wamids = items.map((item) => {
    const number = numberOf(world, item.phoneNumberId ?? body.phoneNumberId);
    const { message, update } = receiveMessage(world, readMessage(world, number, item));
    const updates = byNumber.get(number);
    if (updates === undefined) byNumber.set(number, [update]);
    else updates.push(update);
    return message.id;
  });
  const options = { copies: optionalNumber(body, 'copies'), callbackIndex: optionalNumber(body, 'callbackIndex') };
  const posts: Promise<number[]>[] = [];
  for (const [number, updates] of byNumber) {
    for (let start = 0; start < updates.length; start += perPost) {
      posts.push(outbox.emit(number, updates.slice(start, start + perPost), options));
    }
  }
  return { wamids, statuses: (await Promise.all(posts)).flat() };
}

const usualPerPost = 200;
const mostPerPost = 1_000;

function readMessage(world: GraphWorld, number: BusinessNumber, body: Body): CustomerMessage {
  const text = optionalText(body, 'text');
  const raw = body.message;
  if (text === undefined && !isFields(raw)) throw new ControlError(400, 'text or message is required');
  return {
    number,
    customer: customerOf(world, body.from),
    text,
    message: isFields(raw) ? raw : undefined,
    quoted: optionalText(body, 'quoted'),
    timestampMs: optionalNumber(body, 'timestampMs'),
    id: optionalText(body, 'id'),
  };
}

export const showCustomer = ({ userId, phone, name, username, userIds }: Customer) => ({
  userId,
  phone,
  name,
  ...(username === undefined ? {} : { username }),
  userIds: Object.fromEntries(userIds),
});

export function showMessage(message: Message) {
  const { chat, callbackData, isPriced: _priced, ...plain } = message;
  return { ...plain, phoneNumberId: chat.number.phoneNumberId, callbackData };
}

export const showChat = (chat: Chat, newest: number) => ({
  customer: chat.customer.userId,
  phoneNumberId: chat.number.phoneNumberId,
  windowEndsMs: chat.windowEndsMs,
  messages: chat.messages
    .slice(-newest)
    .map(({ id, from, text, atMs, status, reason }) => ({ id, from, text, atMs, status, reason })),
});
