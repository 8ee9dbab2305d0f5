/**
 * The WhatsApp envelope → neutral events; shared by every provider that passes Meta's payload on. It walks every
 * entry, change and item, in order, and guards each one by itself. (WhatsApp: POST envelope, delivery semantics)
 */
import { createHash } from 'node:crypto';
import type { ChannelEvent } from '../channel.ts';
import { readContacts } from './contacts.ts';
import { failureOfCode } from './error-codes.ts';
import { CONTACT_SYNC_KEYS, HISTORY_KEYS, type Piece, splitContactSync, splitHistory } from './parse-history.ts';
import { readLink } from './read-link.ts';
import { readMessage } from './read-message.ts';
import { readPreference } from './read-preference.ts';
import { readStatus } from './read-status.ts';
import type { Place, Reading } from './reading.ts';
import { webhookErrorSchema } from './schema.ts';
import { makeStorable } from './storable.ts';

/** Of a body that is no JSON, this much is kept for a person to look at. */
const MAX_UNREADABLE_CHARACTERS = 20_000;

/** An index over keys cannot take more than this; ids in the wild are below 130. */
const MAX_KEY_LENGTH = 300;

/** In what a provider that passes Meta's envelope on differs. */
export type EnvelopeDialect = {
  /** The provider's id of the business number that a change is about. */
  numberOf: (metadata: Readonly<Record<string, unknown>>) => unknown;
  /** The usual envelope of a body that comes in another one; anything else as it is. */
  unwrap?: (body: unknown) => unknown;
};

const META: EnvelopeDialect = { numberOf: (metadata) => metadata.phone_number_id };

/** `body` is an authentic request body. Never throws; see ChannelWebhook.parse. */
export function parseWhatsAppBody(body: Uint8Array, dialect = META): ChannelEvent[] {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    return [unreadable('the body is not JSON', makeStorable(text.slice(0, MAX_UNREADABLE_CHARACTERS)))];
  }
  const storable = makeStorable(envelope);
  return parseEnvelope(dialect.unwrap?.(storable) ?? storable, dialect);
}

/** The envelope as a value, for instance a stored raw slice; must be storable already. */
export function parseEnvelope(envelope: unknown, dialect = META): ChannelEvent[] {
  if (!isRecord(envelope)) return [unreadable('the body has no entries', envelope)];
  if (!Array.isArray(envelope.entry)) {
    // The refusal to share a history is documented without the envelope around it.
    if (!Array.isArray(envelope.history)) return [unreadable('the body has no entries', envelope)];
    return parseEnvelope({ entry: [{ changes: [{ field: 'history', value: envelope }] }] }, dialect);
  }
  const { object } = envelope;
  return envelope.entry.flatMap((entry: unknown): ChannelEvent[] => {
    if (!isRecord(entry) || !Array.isArray(entry.changes)) {
      return [unreadable('an entry has no changes', { object, entry: [entry] })];
    }
    return entry.changes.flatMap((change: unknown) => parseChange({ object, entry, dialect }, change));
  });
}

type Entry = { object: unknown; entry: Readonly<Record<string, unknown>>; dialect: EnvelopeDialect };

function parseChange({ object, entry, dialect }: Entry, change: unknown): ChannelEvent[] {
  const accountKey = readId(entry.id);
  if (!isRecord(change) || !isFieldName(change.field) || !isRecord(change.value)) {
    return [unreadable('a change has no field or value', wrap(object, entry, change), accountKey)];
  }
  const { field, value } = change;
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const connectionKey = readId(dialect.numberOf(metadata));
  const direction = field === ECHO_FIELD ? 'echo' : 'inbound';
  const lists = LISTS.get(field);
  const messages = lists && value[lists[0].key];
  const contacts = readContacts(value.contacts, Array.isArray(messages) ? messages.length : 0, direction);
  const place: Place = { object, entry, field, value, connectionKey, accountKey, contacts, direction };
  if (lists === undefined) return [accountEvent(place, change)];

  const pieces = PIECES.get(field);
  const events = (pieces?.split(place) ?? []).map(({ slice, reading }) => finish(place, slice, reading));
  events.push(...lists.flatMap((list) => readItems(place, list)));
  // Clicks on links, hand-overs and keys that appear without notice: one event for all of them together.
  const known = new Set([...HEAD_KEYS, 'contacts', ...(pieces?.keys ?? []), ...lists.map((list) => list.key)]);
  const rest = Object.keys(value).filter((key) => !known.has(key));
  if (rest.length > 0) {
    events.push(finish(place, pick(value, rest), { kind: 'ignored', reason: `nothing to do for ${nameKeys(rest)}` }));
  }
  if (events.length > 0) return events;
  return [finish(place, {}, { kind: 'ignored', reason: 'a change without messages, statuses or errors' })];
}

/** What was written in the business's own app. (Coexistence: smb_message_echoes) */
const ECHO_FIELD = 'smb_message_echoes';

type ItemList = { key: string; read: (item: Readonly<Record<string, unknown>>, place: Place) => Reading };

/** The lists that a change of each field may hold; what the field is about comes first. */
const LISTS: ReadonlyMap<string, readonly [ItemList, ...ItemList[]]> = new Map([
  [
    'messages',
    [
      { key: 'messages', read: readMessage },
      { key: 'statuses', read: readStatus },
      { key: 'errors', read: readError },
    ],
  ],
  [
    ECHO_FIELD,
    [
      { key: 'message_echoes', read: readMessage },
      { key: 'errors', read: readError },
    ],
  ],
  ['user_preferences', [{ key: 'user_preferences', read: readPreference }]],
  ['history', [{ key: 'errors', read: readError }]],
  ['smb_app_state_sync', [{ key: 'errors', read: readError }]],
]);

/** What comes by the thousand is stored in pieces, and read later. */
const PIECES: ReadonlyMap<string, { keys: readonly string[]; split: (place: Place) => Piece[] }> = new Map([
  ['history', { keys: HISTORY_KEYS, split: splitHistory }],
  ['smb_app_state_sync', { keys: CONTACT_SYNC_KEYS, split: splitContactSync }],
]);

/** Whatever they tell of, all templates are read again. (WhatsApp: template webhooks) */
const TEMPLATE_FIELDS: ReadonlySet<string> = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
  'template_correct_category_detection',
]);

const HEAD_KEYS = ['messaging_product', 'metadata'];

function isFieldName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 100;
}

/** Keys are the sender's words: shown, but neither many nor long. */
function nameKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map((key) => key.slice(0, 40).toWellFormed());
  return shown.join(', ');
}

function readItems(place: Place, { key, read }: ItemList): ChannelEvent[] {
  const items = place.value[key];
  if (items === undefined) return [];
  if (!Array.isArray(items)) {
    return [finish(place, { [key]: items }, { kind: 'unreadable', reason: `"${key}" is not a list` })];
  }
  return items.map((item: unknown) => {
    const contacts = isRecord(item) && read === readMessage ? place.contacts.cardsFor(item) : [];
    const slice = { ...(contacts.length > 0 ? { contacts } : {}), [key]: [item] };
    if (!isRecord(item)) {
      return finish(place, slice, { kind: 'unreadable', reason: `an item of "${key}" is no object` });
    }
    try {
      return finish(place, slice, read(item, place));
    } catch {
      // A defect of ours must not make Meta send the other 999 again for seven days.
      return finish(place, slice, { kind: 'unreadable', reason: `an item of "${key}" could not be read` });
    }
  });
}

function readError(item: Readonly<Record<string, unknown>>, place: Place): Reading {
  const parsed = webhookErrorSchema.safeParse(item);
  const connection = place.connectionKey === undefined ? {} : { connectionKey: place.connectionKey };
  if (!parsed.success) return { kind: 'unreadable', reason: 'an error without a code', ...connection };
  return { kind: 'channel-error', failure: failureOfCode(parsed.data.code), ...connection };
}

function accountEvent(place: Place, change: Readonly<Record<string, unknown>>): ChannelEvent {
  const raw = wrap(place.object, place.entry, change);
  const link = place.field === 'account_update' ? readLink(place.value, place.entry.time) : undefined;
  if (link) return complete(link.reading, raw, { ...place, accountKey: link.accountKey ?? place.accountKey });
  const touches = TEMPLATE_FIELDS.has(place.field) ? { touches: 'templates' as const } : {};
  return complete({ kind: 'account-event', field: place.field, ...touches }, raw, place);
}

/** The event for one item: its raw slice is the envelope that holds this item and nothing else of its kind. */
function finish(place: Place, slice: Readonly<Record<string, unknown>>, reading: Reading): ChannelEvent {
  const head = pick(place.value, HEAD_KEYS);
  const raw = wrap(place.object, place.entry, { field: place.field, value: { ...head, ...slice } });
  return complete(reading, raw, place);
}

function complete(reading: Reading, raw: unknown, place: Pick<Place, 'connectionKey' | 'accountKey'>): ChannelEvent {
  const { eventKey, ...rest } = reading;
  return {
    ...(place.connectionKey === undefined ? {} : { connectionKey: place.connectionKey }),
    ...(place.accountKey === undefined ? {} : { accountKey: place.accountKey }),
    ...rest,
    eventKey: boundedKey(eventKey ?? `${rest.kind}:${digest(JSON.stringify(raw))}`),
    raw,
  } as ChannelEvent;
}

function unreadable(reason: string, raw: unknown, accountKey?: string): ChannelEvent {
  return complete({ kind: 'unreadable', reason }, raw, { connectionKey: undefined, accountKey });
}

function wrap(object: unknown, entry: Readonly<Record<string, unknown>>, change: unknown): unknown {
  return { object, entry: [{ ...pick(entry, ['id', 'time']), changes: [change] }] };
}

function boundedKey(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? key : `${key.slice(0, key.indexOf(':'))}:${digest(key)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function pick(record: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(record, key)).map((key) => [key, record[key]]));
}

function readId(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_KEY_LENGTH ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
