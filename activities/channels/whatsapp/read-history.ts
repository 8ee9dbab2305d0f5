/** The messages of a stored piece of history. (Coexistence: history) */
import { canonicalPhone } from '../../../workflows/domain/phone.ts';
import type { HistoryMessage, Read } from '../history.ts';
import { readContacts, readPhone } from './contacts.ts';
import { readMessage } from './read-message.ts';
import type { Place } from './reading.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The network's word for a file that it has left out; it may follow. */
const PLACEHOLDER = 'media_placeholder';
/** A status is the network's word, kept for people: none of them is believed to be long. */
const MAX_WORD_LENGTH = 20;

/** `raw` is what a `history` event was stored with. Never throws. */
export function readHistory(raw: unknown): Read<HistoryMessage> {
  const read: Read<HistoryMessage> = { items: [], unreadable: 0 };
  for (const value of valuesOf(raw)) {
    const business = businessOf(value);
    for (const chunk of recordsOf(value.history)) {
      for (const thread of recordsOf(chunk.threads)) readThread(read, value, thread, business);
    }
    readFiles(read, value, 'messages');
    readFiles(read, value, 'message_echoes');
  }
  return read;
}

/** The value of each change of a stored envelope. */
export function valuesOf(raw: unknown): Fields[] {
  const entries = isRecord(raw) ? recordsOf(raw.entry) : [];
  return entries.flatMap((entry) => recordsOf(entry.changes).flatMap(({ value }) => (isRecord(value) ? [value] : [])));
}

function readThread(read: Read<HistoryMessage>, value: Fields, thread: Fields, business: string | undefined): void {
  const card = cardOf(thread);
  const person = canonical(card.wa_id);
  for (const item of listOf(thread.messages)) {
    const direction = isRecord(item) && isByBusiness(item, business, person) ? 'echo' : 'inbound';
    // One message at a time: the card of the thread is of whom it names, or leaves out.
    const contacts = readContacts([card], 1, direction);
    readItem(read, item, placeOf(value, { contacts, direction }));
  }
}

/** `from` tells it; `to` is left out as often as not. */
function isByBusiness(item: Fields, business: string | undefined, person: string | undefined): boolean {
  const from = canonical(item.from);
  if (from === undefined) return item.from_user_id === undefined && (item.to ?? item.to_user_id) !== undefined;
  return business === undefined ? person !== undefined && from !== person : from === business;
}

/** As the `contacts` of other changes: a thread is with one person, whose phone may be hidden. */
function cardOf({ id, context }: Fields): Fields {
  const { wa_id: phone = id, user_id, parent_user_id, username } = isRecord(context) ? context : ({} as Fields);
  return { wa_id: phone, user_id, parent_user_id, profile: { username } };
}

/** Files follow their messages in a list of their own, and name them by their id. */
function readFiles(read: Read<HistoryMessage>, value: Fields, key: 'messages' | 'message_echoes'): void {
  const items = listOf(value[key]);
  const direction = key === 'messages' ? 'inbound' : 'echo';
  const contacts = readContacts(value.contacts, items.length, direction);
  // Whom an echo went to may be left out.
  const place = { ...placeOf(value, { contacts, direction }), mayNameNobody: true as const };
  for (const item of items) readItem(read, item, place);
}

function placeOf(value: Fields, { contacts, direction }: Pick<Place, 'contacts' | 'direction'>): Place {
  // Which connection it is, its event says; a reader only wants to know that there is one.
  const known = { connectionKey: 'stored', accountKey: undefined };
  return { object: undefined, entry: {}, field: 'history', value, ...known, contacts, direction };
}

function readItem(read: Read<HistoryMessage>, item: unknown, place: Place): void {
  const message = isRecord(item) ? toMessage(item, place) : undefined;
  if (message === undefined) read.unreadable += 1;
  else read.items.push(message);
}

function toMessage(item: Fields, place: Place): HistoryMessage | undefined {
  const reading = readSafely(item, place);
  if (reading?.kind !== 'message') return undefined;
  const { kind, eventKey, connectionKey, providerKind, changedTo, content, reason, ...message } = reading;
  const context = isRecord(item.history_context) ? item.history_context : {};
  const status =
    typeof context.status === 'string' ? context.status.slice(0, MAX_WORD_LENGTH).toLowerCase() : undefined;
  const isPlaceholder = providerKind === PLACEHOLDER;
  return {
    ...message,
    content: {
      ...content,
      ...(isPlaceholder ? { placeholder: true } : {}),
      ...(status === undefined ? {} : { historyStatus: status.toWellFormed() }),
    },
    ...(reason === undefined || isPlaceholder ? {} : { reason }),
  };
}

function readSafely(item: Fields, place: Place) {
  try {
    return readMessage(item, place);
  } catch {
    return undefined;
  }
}

/** The business's own number, for comparing. */
function businessOf({ metadata }: Fields): string | undefined {
  return isRecord(metadata) ? canonical(metadata.display_phone_number) : undefined;
}

function canonical(phone: unknown): string | undefined {
  const digits = typeof phone === 'string' || typeof phone === 'number' ? readPhone(String(phone)) : undefined;
  return digits === undefined ? undefined : canonicalPhone(digits);
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const recordsOf = (value: unknown): Fields[] => listOf(value).filter(isRecord);

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
