import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createWamid } from '../ids.ts';
import type { GraphSandbox } from '../index.ts';
import { textContent } from '../messages/contents.ts';
import type { Content } from '../messages/receive.ts';
import { isFields } from '../messages/types.ts';
import type { BusinessNumber, Customer } from '../model.ts';
import { type AddressBookEntry, type PhoneSync, tellContacts } from '../onboarding/sync.ts';
import { digitsOf } from '../phone.ts';
import { addCustomer, chatOf, createMessage, findCustomer, type GraphWorld, rememberMessage } from '../world.ts';
import { readMediaForm } from './contents.ts';
import { type Body, bodyOf, ControlError, numberOf, optionalNumber, optionalText, requiredText } from './input.ts';

/** What is in the phone of a number that is in the WhatsApp Business app: chats and address book. */
export function registerHistoryControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  const path = '/control/graph/numbers/:phoneNumberId';
  const ofRequest = ({ params }: FastifyRequest) => numberOf(world, (params as Body).phoneNumberId);

  server.put(`${path}/history`, { bodyLimit: historyLimitBytes }, async (request) => {
    const number = ofRequest(request);
    await putHistory(sandbox, number, bodyOf(request.body), `${request.protocol}://${request.host}`);
    world.core.bus.emit({ kind: 'graph.history', phoneNumberId: number.phoneNumberId });
    return showHistory(number);
  });

  server.get(`${path}/history`, async (request) => showHistory(ofRequest(request)));

  server.post(`${path}/contacts`, async (request) => {
    const number = ofRequest(request);
    const body = bodyOf(request.body);
    const action = body.action ?? 'add';
    if (action !== 'add' && action !== 'remove') throw new ControlError(400, 'action must be add or remove');
    const entry = changeAddressBook(world, number, body, action);
    // Before the platform asked for the contacts, it hears of none.
    const isTold = number.sync.calls.has('smb_app_state_sync') && body.tell !== false;
    if (!isTold) return { isTold };
    const sent = tellContacts(sandbox, number, [entry], action);
    return body.wait === true ? { isTold, statuses: await sent } : { isTold };
  });
}

const historyLimitBytes = 64 * 1024 * 1024;

function showHistory({ sync, chats }: BusinessNumber) {
  const kept = [...chats.values()].reduce((sum, { messages }) => sum + messages.length, 0);
  const { generated, told, isLost } = sync;
  const madeUp = generated === undefined ? 0 : generated.customers.length * generated.messagesPerThread;
  const { chunks: toldChunks, messages: toldMessages, files: toldFiles, contacts: toldContacts } = told;
  const syncs = Object.fromEntries(sync.calls);
  const contacts = sync.addressBook.size;
  return { messages: kept + madeUp, contacts, syncs, toldChunks, toldMessages, toldFiles, toldContacts, isLost };
}

const declinedShapes = [false, 'enveloped', 'bare'] as const;

async function putHistory(sandbox: GraphSandbox, number: BusinessNumber, body: Body, origin: string): Promise<void> {
  const { world } = sandbox;
  const { sync } = number;
  const threads = Array.isArray(body.threads) ? body.threads.map(bodyOf) : [];
  for (const thread of threads) await putThread(sandbox, number, thread, origin);
  if (isFields(body.generate)) sync.generated = generateThreads(world, body.generate);
  if (Array.isArray(body.contacts)) {
    for (const contact of body.contacts) changeAddressBook(world, number, bodyOf(contact), 'add');
  } else
    for (const { customer, name } of threads.map((thread) => personOf(world, thread))) remember(sync, customer, name);
  if (body.declined !== undefined) {
    const declined = declinedShapes.find((shape) => shape === body.declined);
    if (declined === undefined) throw new ControlError(400, 'declined must be false, enveloped or bare');
    sync.declined = declined;
  }
  changeTelling(sync, body);
}

function changeTelling(sync: PhoneSync, body: Body): void {
  const { order, followUps } = body;
  if (order !== undefined && order !== 'shuffled' && order !== 'in-order') {
    throw new ControlError(400, 'order must be shuffled or in-order');
  }
  if (followUps !== undefined && followUps !== 'after' && followUps !== 'mixed') {
    throw new ControlError(400, 'followUps must be after or mixed');
  }
  sync.order = order ?? sync.order;
  sync.followUps = followUps ?? sync.followUps;
  sync.gapMs = optionalNumber(body, 'gapMs') ?? sync.gapMs;
  sync.chunkMessages = Math.max(1, optionalNumber(body, 'chunkMessages') ?? sync.chunkMessages);
}

/** A chat as it stands in the phone. It opens no window and is told nobody before it is asked for. */
async function putThread(sandbox: GraphSandbox, number: BusinessNumber, thread: Body, origin: string): Promise<void> {
  const { world } = sandbox;
  const { sync } = number;
  const { customer } = personOf(world, thread);
  const chat = chatOf(number, customer);
  if (thread.context === false) sync.plainThreads.add(customer);
  if (thread.to === false) sync.threadsWithoutTo.add(customer);
  const messages = Array.isArray(thread.messages) ? thread.messages.map(bodyOf) : [];
  for (const body of messages) {
    const isOwn = body.from === 'business';
    if (!isOwn && body.from !== 'customer') throw new ControlError(400, 'from must be customer or business');
    const content = isFields(body.media) ? await readMediaForm(sandbox, chat, body.media, origin) : readText(body);
    const { type, text, payload, media } = content;
    const message = createMessage(chat, {
      id: optionalText(body, 'id') ?? createWamid(customer.phone, isOwn ? 'business' : 'customer'),
      from: isOwn ? 'business' : 'customer',
      origin: isOwn ? 'app' : 'api',
      ...{ type, text, payload, media },
      atMs: readTime(world, body),
      status: 'read',
    });
    const status = optionalText(body, 'status');
    if (status !== undefined) sync.statuses.set(message.id, status);
    if (!world.messages.has(message.id)) rememberMessage(world, message);
  }
}

const readText = (body: Body): Content => textContent(requiredText(body, 'text'));

function readTime(world: GraphWorld, body: Body): number {
  const minutes = optionalNumber(body, 'minutesAgo');
  const days = optionalNumber(body, 'daysAgo');
  const agoMs = minutes === undefined ? (days ?? 0) * dayMs : minutes * 60_000;
  return optionalNumber(body, 'atMs') ?? world.core.clock.now() - agoMs;
}

const dayMs = 24 * 3_600_000;

type Person = { customer: Customer; name: string };

/** Whoever has that phone or BSUID, else somebody new; who is known by BSUID only has a username and hides the phone. */
function personOf(world: GraphWorld, body: Body): Person {
  const phone = optionalText(body, 'phone');
  const userId = optionalText(body, 'bsuid') ?? optionalText(body, 'userId');
  const key = userId ?? phone;
  if (key === undefined) throw new ControlError(400, 'phone or bsuid is required');
  const known = findCustomer(world, key);
  const name = optionalText(body, 'name') ?? known?.name ?? (phone === undefined ? 'Somebody' : `+${digitsOf(phone)}`);
  if (known !== undefined) return { customer: known, name };
  const username = optionalText(body, 'username') ?? (phone === undefined ? 'somebody' : undefined);
  const digits = phone === undefined ? undefined : digitsOf(phone);
  return { customer: addCustomer(world, { phone: digits, userId, name, username }), name };
}

function changeAddressBook(
  world: GraphWorld,
  number: BusinessNumber,
  body: Body,
  action: 'add' | 'remove',
): AddressBookEntry {
  const { customer, name } = personOf(world, body);
  if (action === 'add') return remember(number.sync, customer, name, optionalText(body, 'firstName'));
  const known = number.sync.addressBook.get(customer.userId);
  number.sync.addressBook.delete(customer.userId);
  return known ?? { customer, name, firstName: name };
}

function remember({ addressBook }: PhoneSync, customer: Customer, name: string, firstName?: string): AddressBookEntry {
  const entry = { customer, name, firstName: firstName ?? name.split(' ', 1)[0] ?? name };
  addressBook.set(customer.userId, entry);
  return entry;
}

const mostGenerated = 1_000_000;

function generateThreads(world: GraphWorld, body: Body): PhoneSync['generated'] {
  const threads = optionalNumber(body, 'threads') ?? 1;
  const messagesPerThread = optionalNumber(body, 'messagesPerThread') ?? 1;
  if (!(threads >= 1 && messagesPerThread >= 1 && threads * messagesPerThread <= mostGenerated)) {
    throw new ControlError(400, `generate needs threads and messagesPerThread, together at most ${mostGenerated}`);
  }
  const seed = optionalText(body, 'seed') ?? 'history';
  const people = Array.from({ length: threads }, (_one, index) => {
    const phone = `4915${String(700_000_000 + index)}`;
    return personOf(world, { phone, name: `Customer ${index + 1}` }).customer;
  });
  return {
    customers: people,
    messagesPerThread,
    days: optionalNumber(body, 'days') ?? 30,
    mediaEvery: optionalNumber(body, 'mediaEvery') ?? 0,
    seed,
  };
}
