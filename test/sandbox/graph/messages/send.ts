import type { FaultRule } from '../../core/faults.ts';
import { takeToken } from '../buckets.ts';
import { GraphError } from '../errors.ts';
import { createWamid } from '../ids.ts';
import type { BusinessNumber, Chat, Message } from '../model.ts';
import type { StatusTeller } from '../statuses.ts';
import { chatOf, type GraphWorld, realNow, rememberMessage, userIdFor } from '../world.ts';
import { contactOfAnswer, readRecipient } from './recipient.ts';
import { type Fields, invalid, isFields, missing, readPart } from './types.ts';

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
  fault: FaultRule | undefined,
): Promise<Fields> {
  if (body.messaging_product === undefined) throw missing('messaging_product');
  if (body.messaging_product !== 'whatsapp') throw invalid('messaging_product', 'must be one of {WHATSAPP}');
  if (body.status !== undefined) return acceptReceipt(world, number, body);
  const { type, text, part } = readPart(body, world.settings);
  const callbackData = readCallbackData(body.biz_opaque_callback_data);
  const quoted = readQuoted(body.context);
  const recipient = readRecipient(world, number, body);
  const { customer, addressedBy } = recipient;
  const chat = chatOf(number, customer);
  checkLimits(world, number, chat);
  const failure = failureOf(world, chat, fault);
  if (failure !== undefined && isRefusedAtOnce(world, failure, fault)) throw new GraphError(failure);
  userIdFor(world, customer, number.waba.businessId);
  const now = world.core.clock.now();
  if (addressedBy === 'to' && failure === undefined) chat.phoneShownUntilMs = now + phoneShownMs;
  const message: Message = {
    id: createWamid(customer.phone, 'business'),
    chat,
    from: 'business',
    type,
    text,
    payload: part,
    quoted,
    atMs: now,
    status: 'accepted',
    statuses: [],
    reached: failure === undefined,
    reason: undefined,
    callbackData,
    addressedBy,
    isPriced: false,
  };
  rememberMessage(world, message);
  world.core.bus.emit({ kind: 'graph.message', from: 'business', wamid: message.id });
  await planStatuses(statuses, message, failure, fault);
  return {
    messaging_product: 'whatsapp',
    contacts: [contactOfAnswer(recipient)],
    messages: [{ id: message.id }],
  };
}

async function planStatuses(
  statuses: StatusTeller,
  message: Message,
  failure: number | undefined,
  fault: FaultRule | undefined,
): Promise<void> {
  if (fault?.kind === 'no-status') return;
  if (fault?.kind !== 'status-before-response') return statuses.plan(message, failure);
  // Resolves when the receivers have answered, so that the status is surely there first.
  if (failure === undefined) await statuses.tell(message, { status: 'sent' });
  else await statuses.tell(message, { status: 'failed', errors: failure });
}

function isRefusedAtOnce({ settings }: GraphWorld, failure: number, fault: FaultRule | undefined): boolean {
  return failure === 131047 && settings.windowRefusal === 'sync' && fault?.kind !== 'async-error';
}

/** Why an accepted message will not reach the customer. */
function failureOf(world: GraphWorld, chat: Chat, fault: FaultRule | undefined): number | undefined {
  if (fault?.kind === 'async-error') return Number(fault.code ?? 131000);
  if (!chat.customer.onWhatsApp) return 131026;
  // Templates, which reach people outside the window too, are not emulated yet.
  return (chat.windowEndsMs ?? 0) > world.core.clock.now() ? undefined : 131047;
}

function checkLimits(world: GraphWorld, number: BusinessNumber, chat: Chat): void {
  const { pairLimit, pairBurst, pairIntervalMs, numberLimit, numberPerSecond } = world.settings;
  const now = realNow();
  if (numberLimit && !takeToken(number.bucket, numberPerSecond, 1_000 / numberPerSecond, now)) {
    throw new GraphError(130429);
  }
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

/** A quote of a message that is gone is no error: the bubble silently disappears. */
function readQuoted(context: unknown): string | undefined {
  if (context === undefined) return undefined;
  if (!isFields(context)) throw invalid('context', 'must be a JSON object');
  if (typeof context.message_id !== 'string') throw missing(`context['message_id']`);
  return context.message_id;
}
