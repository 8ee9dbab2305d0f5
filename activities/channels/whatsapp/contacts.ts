/**
 * `contacts` beside `messages` or `statuses` is a list of its own: positions mean nothing, and it may be missing or
 * lack people. (WhatsApp: inbound messages, common parts)
 */
import { isBsuid, isParentBsuid, type Sender } from '../../../workflows/domain/identity.ts';
import { canonicalPhone } from '../../../workflows/domain/phone.ts';
import type { MessageEvent } from '../channel.ts';
import { contactSchema, type WhatsAppContact } from './schema.ts';

export type ContactBook = {
  find(item: Readonly<Record<string, unknown>>): WhatsAppContact | undefined;
  /** The cards, as they came, that an item's raw slice needs to be read again on its own. */
  cardsFor(item: Readonly<Record<string, unknown>>): unknown[];
};

type Entry = { card: unknown; contact: WhatsAppContact };

/** `messageCount` is the number of messages that share these cards; they are of who wrote, or of whom echoes went to. */
export function readContacts(cards: unknown, messageCount: number, direction: MessageEvent['direction']): ContactBook {
  const byId = new Map<string, Entry>();
  const entries: Entry[] = [];
  for (const card of Array.isArray(cards) ? cards : []) {
    const parsed = contactSchema.safeParse(card);
    if (!parsed.success) continue;
    const entry = { card, contact: parsed.data };
    entries.push(entry);
    for (const id of idsOf([parsed.data.user_id, parsed.data.wa_id, parsed.data.parent_user_id])) {
      if (!byId.has(id)) byId.set(id, entry);
    }
  }
  const only = entries.length === 1 && messageCount === 1 ? entries[0] : undefined;
  const find = (item: Readonly<Record<string, unknown>>): Entry | undefined => {
    // The one card of such a notice, if there is any, is somebody else's.
    if (item.type === 'system') return undefined;
    const ids = idsOf(
      direction === 'echo'
        ? [item.to_user_id, item.to, item.to_parent_user_id]
        : [item.from_user_id, item.from, item.from_parent_user_id],
    );
    // A card with other ids is another person: their ids must never be taken for this one's.
    if (ids.length === 0) return only;
    return ids.map((id) => byId.get(id)).find((entry) => entry !== undefined);
  };
  return {
    find: (item) => find(item)?.contact,
    cardsFor: (item) => {
      const entry = find(item);
      return entry === undefined ? [] : [entry.card];
    },
  };
}

/** A phone counts in its canonical spelling too: the two lists may use different ones. */
function idsOf(values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const id = String(value);
    const phone = readPhone(id);
    return phone === undefined ? [id] : [id, canonicalPhone(phone)];
  });
}

/** The digits of an international number, or undefined for anything else. */
export function readPhone(value: string | undefined): string | undefined {
  const digits = value?.replace(/[\s+().-]/g, '');
  return digits !== undefined && /^[1-9]\d{4,14}$/.test(digits) ? digits : undefined;
}

/** A user id has been seen, and was once announced, in the place of the phone: accept each wherever it stands. */
export function readSender(ids: {
  phones: readonly (string | undefined)[];
  bsuids: readonly (string | undefined)[];
  parents: readonly (string | undefined)[];
}): Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'> {
  const anywhere = [...ids.bsuids, ...ids.phones, ...ids.parents].filter((id) => id !== undefined);
  const phone = ids.phones.map(readPhone).find((digits) => digits !== undefined);
  const bsuid = anywhere.find((id) => isBsuid(id) && !isParentBsuid(id));
  const parentBsuid = anywhere.find(isParentBsuid);
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(bsuid === undefined ? {} : { bsuid }),
    ...(parentBsuid === undefined ? {} : { parentBsuid }),
  };
}
