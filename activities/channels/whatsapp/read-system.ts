/**
 * Notices about a customer's number and ids. Both names of an event occur, the sender is the person as known before,
 * and who hides the phone is known by the previous ids alone. (WhatsApp: system; usernames: change events)
 */
import type { Sender } from '../../../workflows/domain/identity.ts';
import type { KindDetails } from '../../../workflows/domain/message-content.ts';
import { readPhone, readSender } from './contacts.ts';
import { systemSchema, type WhatsAppSystem } from './content-schemas.ts';
import type { WhatsAppMessage } from './schema.ts';

type SystemDetails = Extract<KindDetails, { type: 'system' }>;
type Ids = Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>;

const EVENTS: Readonly<Record<string, SystemDetails['event']>> = {
  user_changed_number: 'number-changed',
  customer_changed_number: 'number-changed',
  user_changed_user_id: 'id-changed',
  customer_identity_changed: 'identity-changed',
};

export function describeSystem(system: WhatsAppSystem): SystemDetails {
  const { type = '', body } = system;
  const event = Object.hasOwn(EVENTS, type) ? (EVENTS[type] ?? 'other') : 'other';
  const phone = event === 'number-changed' ? readPhone(system.wa_id ?? system.new_wa_id) : undefined;
  return {
    type: 'system',
    event,
    ...(phone === undefined ? {} : { phone }),
    ...(event === 'other' && body ? { notice: body } : {}),
  };
}

/** `before` is who the message is about, `after` what is new about them: never what was known before. */
export function readSystemIds(message: WhatsAppMessage, content: unknown): { before: Ids; after: Ids } {
  const system = systemSchema.safeParse(content).data ?? {};
  const announced = readSender({
    phones: [system.wa_id, system.new_wa_id],
    bsuids: [system.user_id],
    parents: [system.parent_user_id],
  });
  const sender = readSender({
    phones: [message.from, system.customer],
    bsuids: [system.previous_user_id, message.from_user_id],
    parents: [system.previous_parent_user_id, message.from_parent_user_id],
  });
  const before = without(sender, announced);
  // Nothing has changed, or nothing but the new ids is told: then they are the person's.
  if (Object.keys(before).length === 0) return { before: { ...announced, ...sender }, after: {} };
  return { before, after: without(announced, before) };
}

function without(ids: Ids, others: Ids): Ids {
  return Object.fromEntries(Object.entries(ids).filter(([kind, value]) => value !== others[kind as keyof Ids])) as Ids;
}
