/**
 * Statuses are not a sequence: they arrive concurrently, repeated and reversed, `delivered` is skipped when a chat is
 * open, and `failed` may come weeks after `sent`. So a message's state is the highest rank ever heard of it, whatever
 * the order. Only a delivery stands above a failure: who has the message has it. (WhatsApp: status webhooks)
 */
import type { MessageState } from './message.ts';

/** What the network reports about a message it has accepted. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** Outbound states only. Word from the network outranks whatever we believed, a refusal or a parking included. */
const RANK: Readonly<Partial<Record<MessageState, number>>> = {
  ready: 0,
  waiting: 1,
  parked: 2,
  sending: 3,
  unknown: 4,
  refused: 5,
  sent: 6,
  failed: 7,
  delivered: 8,
  read: 9,
};

/**
 * The state after hearing `incoming`. Associative, commutative and idempotent over outbound states; an inbound message
 * keeps its state.
 */
export function mergeDelivery(current: MessageState, incoming: MessageState): MessageState {
  const currentRank = RANK[current];
  const incomingRank = RANK[incoming];
  if (currentRank === undefined || incomingRank === undefined) return current;
  return incomingRank > currentRank ? incoming : current;
}
