import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import { unsupportedEdit } from '../messages/contents.ts';
import { writeEcho } from '../messages/echo.ts';
import { type CustomerMessage, receiveMessage } from '../messages/receive.ts';
import { isFields } from '../messages/types.ts';
import type { BusinessNumber, Customer } from '../model.ts';
import { digitsOf } from '../phone.ts';
import type { Update } from '../webhooks/payload.ts';
import { addCustomer, chatOf, findCustomer, type GraphWorld } from '../world.ts';
import { readContent } from './contents.ts';
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

/** What customers send to a business, and what its staff send from the phone app. */
export function registerMessageControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  server.post('/control/graph/messages', async (request) => write(sandbox, bodyOf(request.body), originOf(request)));

  server.post('/control/graph/batches', async (request) => writeMany(sandbox, bodyOf(request.body), originOf(request)));

  server.post('/control/graph/echoes', async (request) => echo(sandbox, bodyOf(request.body), originOf(request)));
}

/** Where the sandbox is reached: addresses of media begin with it. */
const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;

/**
 * One message. The webhook is on its way when this answers; with `wait` its receivers have answered. A deletion is told
 * only to numbers that are also in the phone app: nothing is known of an event for others.
 */
async function write(sandbox: GraphSandbox, body: Body, origin: string): Promise<unknown> {
  const { world, outbox } = sandbox;
  const input = await readMessage(sandbox, numberOf(world, body.phoneNumberId), body, origin);
  const { message, update } = receiveMessage(world, input);
  const wamid = message.id;
  const { type } = message;
  const isTold = body.deliver !== false && (input.number.isOnBizApp || !isFields(body.revoke));
  if (!isTold) return { wamid, type, isTold };
  const sent = outbox.emit(input.number, [update], deliveryOf(body));
  return body.wait === true ? { wamid, type, isTold, statuses: await sent } : { wamid, type, isTold };
}

const deliveryOf = (body: Body) => ({
  copies: optionalNumber(body, 'copies'),
  callbackIndex: optionalNumber(body, 'callbackIndex'),
});

/** Many messages in few POSTs; each POST holds at most `perPost` of them. */
async function writeMany(sandbox: GraphSandbox, body: Body, origin: string): Promise<unknown> {
  const { world, outbox } = sandbox;
  const items = Array.isArray(body.messages) ? body.messages.map(bodyOf) : [];
  const perPost = optionalNumber(body, 'perPost') ?? usualPerPost;
  if (items.length === 0 || perPost < 1 || perPost > mostPerPost) {
    throw new ControlError(400, `messages is required, and perPost at most ${mostPerPost}`);
  }
  const byNumber = new Map<BusinessNumber, Update[]>();
  const wamids: string[] = [];
  for (const item of items) {
    const number = numberOf(world, item.phoneNumberId ?? body.phoneNumberId);
    const { message, update } = receiveMessage(world, await readMessage(sandbox, number, item, origin));
    const updates = byNumber.get(number);
    if (updates === undefined) byNumber.set(number, [update]);
    else updates.push(update);
    wamids.push(message.id);
  }
  const posts: Promise<number[]>[] = [];
  for (const [number, updates] of byNumber) {
    for (let start = 0; start < updates.length; start += perPost) {
      posts.push(outbox.emit(number, updates.slice(start, start + perPost), deliveryOf(body)));
    }
  }
  return { wamids, statuses: (await Promise.all(posts)).flat() };
}

const usualPerPost = 200;
const mostPerPost = 1_000;

async function readMessage(
  sandbox: GraphSandbox,
  number: BusinessNumber,
  body: Body,
  origin: string,
): Promise<CustomerMessage> {
  const customer = customerOf(sandbox.world, body.from);
  const given = await readContent(sandbox, chatOf(number, customer), body, origin);
  const content = isFields(body.edit) && !number.isOnBizApp ? unsupportedEdit(given) : given;
  const { referral } = body;
  const group = optionalText(body, 'group');
  const beside = {
    ...(isFields(referral) ? { referral } : {}),
    ...(group === undefined ? {} : { group_id: group }),
  };
  return {
    number,
    customer,
    content: { ...content, more: { ...content.more, ...beside } },
    quoted: optionalText(body, 'quoted'),
    forwarded: readForwarded(body.forwarded),
    timestampMs: optionalNumber(body, 'timestampMs'),
    timestamp: body.timestamp === null ? null : optionalText(body, 'timestamp'),
    id: optionalText(body, 'id'),
  };
}

function readForwarded(value: unknown): 'once' | 'often' | undefined {
  if (value === undefined || value === 'once' || value === 'often') return value;
  throw new ControlError(400, 'forwarded must be once or often');
}

/** Whoever has that phone or BSUID; to a phone that nobody has, staff may still write. */
function addressee(world: GraphWorld, body: Body): Customer {
  const to = requiredText(body, 'to');
  const known = findCustomer(world, to);
  if (known !== undefined) return known;
  if (!/^\+?\d{7,15}$/.test(to)) throw new ControlError(404, 'no such customer');
  const phone = digitsOf(to);
  return addCustomer(world, { phone, name: optionalText(body, 'name') ?? `+${phone}` });
}

/** Staff write, edit or delete in the WhatsApp Business app. */
async function echo(sandbox: GraphSandbox, body: Body, origin: string): Promise<unknown> {
  const { world, outbox } = sandbox;
  const number = numberOf(world, body.phoneNumberId);
  const customer = addressee(world, body);
  const chat = chatOf(number, customer);
  const { message, update } = writeEcho(world, chat, {
    content: await readContent(sandbox, chat, body, origin),
    quoted: optionalText(body, 'quoted'),
    timestampMs: optionalNumber(body, 'timestampMs'),
    id: optionalText(body, 'id'),
    to: readTo(body.toForm),
  });
  const sent = outbox.emit(number, [update], deliveryOf(body));
  return body.wait === true ? { wamid: message.id, statuses: await sent } : { wamid: message.id };
}

function readTo(value: unknown): 'digits' | 'plus' | 'hidden' {
  if (value === undefined) return 'digits';
  if (value === 'digits' || value === 'plus' || value === 'hidden') return value;
  throw new ControlError(400, 'toForm must be digits, plus or hidden');
}
