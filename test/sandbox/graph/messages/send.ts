import type { FaultRule } from '../../core/faults.ts';
import { takeToken } from '../buckets.ts';
import { GraphError, webhookError } from '../errors.ts';
import { createWamid } from '../ids.ts';
import type { BusinessNumber, Chat, Message } from '../model.ts';
import { checkMaySend, paymentFailure } from '../onboarding/standing.ts';
import type { StatusTeller } from '../statuses.ts';
import { noteAccepted, noteCode, ratePerSecond } from '../traffic.ts';
import { chatOf, createMessage, type GraphWorld, realNow, rememberMessage, userIdFor } from '../world.ts';
import { isMarketing, marketingFailure, noteMarketing } from './marketing.ts';
import { readPart } from './parts.ts';
import { livingMessage, react, reactionFailure } from './reactions.ts';
import { contactOfAnswer, readRecipient } from './recipient.ts';
import { type Failure, type Fields, invalid, isFields, missing, type ReadPart } from './types.ts';

const longestCallbackData = 512;
/** For so long a number that was written to by phone learns the phone of a customer with a username. */
const phoneShownMs = 30 * 24 * 3_600_000;

/**
 * `POST /{phone}/messages`: a message of the business, or a read receipt. Accepting it happens in one turn of the event
 * loop; what becomes of it is told by statuses. @throws GraphError
 */
export async function acceptMessage(
  world: GraphWorld,
  statuses: StatusTeller,
  number: BusinessNumber,
  body: Fields,
  { fault, version }: { fault: FaultRule | undefined; version: number },
): Promise<Fields> {
  if (body.messaging_product === undefined) throw missing('messaging_product');
  if (body.messaging_product !== 'whatsapp') throw invalid('messaging_product', 'must be one of {WHATSAPP}');
  checkMaySend(world, number, String(body.type ?? 'text'));
  if (body.status !== undefined) return acceptReceipt(world, number, body);
  const read = readPart(body, world, number, version);
  const callbackData = readCallbackData(body.biz_opaque_callback_data);
  const quotedId = readQuoted(body.context, read.type);
  const recipient = readRecipient(world, number, body);
  const { customer, addressedBy } = recipient;
  const chat = chatOf(number, customer);
  checkLimits(world, number, chat);
  const failure = failureOf(world, chat, read, fault);
  if (failure !== undefined && isRefusedAtOnce(world, failure, fault)) throw new GraphError(failure.code);
  userIdFor(world, customer, number.waba.businessId);
  const now = world.core.clock.now();
  noteAccepted(number.traffic, realNow());
  if (failure !== undefined) noteCode(number.traffic.failed, failure.code);
  else if (isMarketing(read)) noteMarketing(customer, now);
  if (addressedBy === 'to' && failure === undefined) chat.phoneShownUntilMs = now + phoneShownMs;
  const message = createMessage(chat, {
    id: createWamid(customer.phone, 'business'),
    from: 'business',
    type: read.type,
    text: read.text,
    payload: read.part,
    media: read.media,
    template: read.template,
    // A quote of a message that is gone silently disappears.
    quoted: livingMessage(world, chat, quotedId)?.id,
    isBubble: read.type !== 'reaction',
    atMs: now,
    reached: failure === undefined,
    callbackData,
    addressedBy,
    category: read.category ?? 'service',
  });
  rememberMessage(world, message);
  if (read.type === 'reaction' && failure === undefined) applyReaction(world, message);
  world.core.bus.emit({ kind: 'graph.message', from: 'business', wamid: message.id });
  await planStatuses(statuses, message, failure, fault);
  const messageStatus = read.type === 'template' ? { message_status: 'accepted' } : {};
  return {
    messaging_product: 'whatsapp',
    contacts: [contactOfAnswer(recipient)],
    messages: [{ id: message.id, ...messageStatus }],
  };
}

function applyReaction(world: GraphWorld, { payload, text, atMs }: Message): void {
  const { message_id: target } = payload as Fields;
  react(world.messages.get(String(target)), 'business', text, atMs);
}

async function planStatuses(
  statuses: StatusTeller,
  message: Message,
  failure: Failure | undefined,
  fault: FaultRule | undefined,
): Promise<void> {
  if (fault?.kind === 'no-status') return;
  if (fault?.kind !== 'status-before-response') return statuses.plan(message, failure);
  // Resolves when the receivers have answered, so that the status is surely there first.
  if (failure === undefined) await statuses.tell(message, { status: 'sent' });
  else await statuses.tell(message, { status: 'failed', errors: [webhookError(failure.code, failure.details)] });
}

function isRefusedAtOnce({ settings }: GraphWorld, failure: Failure, fault: FaultRule | undefined): boolean {
  if (fault?.kind === 'async-error') return false;
  if (failure.code === 131050) return settings.marketingStopRefusal === 'sync';
  return failure.code === 131047 && settings.windowRefusal === 'sync';
}

/** Why an accepted message will not reach the customer. Templates reach people outside the window, too. */
function failureOf(
  world: GraphWorld,
  chat: Chat,
  read: ReadPart & { type: string; part: unknown },
  fault: FaultRule | undefined,
): Failure | undefined {
  if (fault?.kind === 'async-error') return { code: Number(fault.code ?? 131000) };
  const unpaid = paymentFailure(chat.number);
  if (unpaid !== undefined) return unpaid;
  if (!chat.customer.onWhatsApp) return { code: 131026 };
  const isOpen = read.type === 'template' || (chat.windowEndsMs ?? 0) > world.core.clock.now();
  if (!isOpen) return { code: 131047 };
  const refused = isMarketing(read) ? marketingFailure(world, chat) : undefined;
  if (refused !== undefined) return refused;
  if (read.type !== 'reaction') return read.failure;
  return reactionFailure(world, chat, Object(read.part).message_id);
}

function checkLimits(world: GraphWorld, number: BusinessNumber, chat: Chat): void {
  const { pairLimit, pairBurst, pairIntervalMs, numberLimit } = world.settings;
  const now = realNow();
  const rate = ratePerSecond(world.settings, number);
  if (numberLimit && !takeToken(number.bucket, rate, 1_000 / rate, now)) throw new GraphError(130429);
  if (pairLimit && !takeToken(chat.bucket, pairBurst, pairIntervalMs, now)) throw new GraphError(131056);
}

/** Earlier messages of the thread become read with it. It has no message id and no status. */
function acceptReceipt(world: GraphWorld, number: BusinessNumber, body: Fields): Fields {
  if (body.status !== 'read') throw invalid('status', 'must be one of {READ}');
  if (body.message_id === undefined) throw missing('message_id');
  const message = typeof body.message_id === 'string' ? world.messages.get(body.message_id) : undefined;
  if (message?.chat.number !== number || message.from !== 'customer') {
    throw new GraphError(131009, { details: 'message_id is not an incoming message of this phone number.' });
  }
  const { messages } = message.chat;
  for (let index = messages.lastIndexOf(message); index >= 0; index -= 1) {
    const earlier = messages[index];
    if (earlier?.from !== 'customer') continue;
    if (earlier.status === 'read') break;
    earlier.status = 'read';
  }
  world.core.bus.emit({ kind: 'graph.read', wamid: message.id });
  return { success: true };
}

function readCallbackData(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid('biz_opaque_callback_data', 'must be a string');
  if (value.length > longestCallbackData) {
    throw invalid('biz_opaque_callback_data', `must be at most ${longestCallbackData} characters long`);
  }
  return value;
}

/** @throws GraphError */
function readQuoted(context: unknown, type: string): string | undefined {
  if (context === undefined) return undefined;
  if (!isFields(context)) throw invalid('context', 'must be a JSON object');
  if (typeof context.message_id !== 'string') throw missing(`context['message_id']`);
  if (type === 'reaction') throw invalid('context', 'cannot stand beside a reaction');
  // Templates cannot quote.
  return type === 'template' ? undefined : context.message_id;
}
