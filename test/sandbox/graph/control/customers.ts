import type { FastifyInstance } from 'fastify';
import { createWamid } from '../ids.ts';
import type { GraphSandbox } from '../index.ts';
import { openChat } from '../messages/receive.ts';
import type { Customer, Message } from '../model.ts';
import { digitsOf } from '../phone.ts';
import { preferenceValue, systemUpdate } from '../webhooks/payload.ts';
import {
  addCustomer,
  changePhone,
  chatOf,
  type GraphWorld,
  type NewCustomer,
  rotateUserIds,
  userIdFor,
} from '../world.ts';
import { showMessage } from './chat.ts';
import { type Body, bodyOf, ControlError, customerOf, numberOf, optionalText, requiredText } from './input.ts';
import { tellUnlessQuiet } from './telling.ts';

/** What people with phones do: they appear, read, take a username, change their number. */
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
    const phone = digitsOf(requiredText(bodyOf(request.body), 'phone'));
    return tellOfNewIds(sandbox, customer, () => changePhone(world, customer, phone));
  });

  /** The same person under a new BSUID, the phone unchanged. */
  server.post('/control/graph/customers/:customer/user-id', async (request) => {
    const customer = customerOf(world, (request.params as Body).customer);
    return tellOfNewIds(sandbox, customer, () => rotateUserIds(world, customer));
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

  server.get('/control/graph/recipients', async (request) => ({ items: recipients(world, bodyOf(request.query)) }));

  server.post('/control/graph/read', async (request) => {
    const body = bodyOf(request.body);
    const number = numberOf(world, body.phoneNumberId);
    const read = await openChat(sandbox.statuses, number, customerOf(world, body.customer));
    return { read };
  });

  server.post('/control/graph/preferences', async (request) => prefer(sandbox, bodyOf(request.body)));
}

/** Whoever got that template or text of a number since then, whether or not the page knows them. */
function recipients(world: GraphWorld, query: Body) {
  const number = numberOf(world, query.phoneNumberId);
  const [template, text] = [optionalText(query, 'template'), optionalText(query, 'text')];
  const sinceMs = Number(query.sinceMs ?? 0);
  const isIt = (message: Message) =>
    message.from === 'business' &&
    message.atMs >= sinceMs &&
    (template === undefined ? message.text === text : Object(message.payload).name === template);
  const got = [...number.chats.values()].filter(({ messages }) => messages.some(isIt));
  return got.map(({ customer }) => showCustomer(customer));
}

/** They stop or resume marketing of one number. */
async function prefer(sandbox: GraphSandbox, body: Body): Promise<unknown> {
  const { world } = sandbox;
  const chat = chatOf(numberOf(world, body.phoneNumberId), customerOf(world, body.customer));
  const { marketing } = body;
  if (marketing !== 'stop' && marketing !== 'resume') throw new ControlError(400, 'marketing must be stop or resume');
  chat.isMarketingStopped = marketing === 'stop';
  world.core.bus.emit({ kind: 'graph.customer', userId: chat.customer.userId });
  const update = { field: 'user_preferences', value: preferenceValue(world, chat, marketing), isTimed: false };
  return { marketing, ...(await tellUnlessQuiet(sandbox, chat.number.waba, update, body)) };
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

/** Every business they chat with hears of a new phone or BSUID by a message of type system (WhatsApp: system). */
async function tellOfNewIds(sandbox: GraphSandbox, customer: Customer, change: () => void): Promise<unknown> {
  const { world, outbox } = sandbox;
  const chats = [...world.numbers.values()].flatMap((number) => number.chats.get(customer) ?? []);
  const before = chats.map((chat) => ({
    chat,
    old: { phone: customer.phone, userId: userIdFor(world, customer, chat.number.waba.businessId) },
  }));
  change();
  for (const { chat, old } of before) {
    const update = systemUpdate(world, chat, createWamid(old.phone, 'customer'), old);
    void outbox.emit(chat.number, [update]);
  }
  return showCustomer(customer);
}

export const showCustomer = ({ userId, phone, name, username, userIds }: Customer) => ({
  userId,
  phone,
  name,
  ...(username === undefined ? {} : { username }),
  userIds: Object.fromEntries(userIds),
});
