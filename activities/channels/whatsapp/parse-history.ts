/**
 * `history` and `smb_app_state_sync`: what the business's own app hands over when it is connected, thousands of items in
 * one body. Here it is only cut into pieces that a worker takes one by one; nothing in it is read. Each item goes into one
 * piece, so that the pieces together are as large as the body. (Coexistence: history, address book)
 */
import { createHash } from 'node:crypto';
import { readContacts } from './contacts.ts';
import type { Place, Reading } from './reading.ts';
import { webhookErrorSchema } from './schema.ts';

/** What one transaction takes in. */
const ITEMS_PER_PIECE = 200;
/** The owner turned off sharing the history. */
const DECLINED = 2_593_109;

type Fields = Readonly<Record<string, unknown>>;

/** `slice` is the part of the change's value that the reading is about. */
export type Piece = { slice: Fields; reading: Reading };

/** The keys of a `history` change that the pieces below are made of. */
export const HISTORY_KEYS = ['history', 'messages', 'message_echoes'];
export const CONTACT_SYNC_KEYS = ['state_sync'];

/** Chunks of threads, how far it has come, and files that follow their messages. */
export function splitHistory(place: Place): Piece[] {
  return [
    ...listOf(place, 'history').flatMap((item) => splitChunk(place, item)),
    ...splitList(place, 'messages', 'history'),
    ...splitList({ ...place, direction: 'echo' }, 'message_echoes', 'history'),
  ];
}

export function splitContactSync(place: Place): Piece[] {
  return splitList(place, 'state_sync', 'contact-sync');
}

/** What is no list is one item that nobody understands. */
function listOf({ value }: Place, key: string): unknown[] {
  const items = value[key];
  if (items === undefined) return [];
  return Array.isArray(items) ? items : [items];
}

function splitChunk(place: Place, chunk: unknown): Piece[] {
  const slice = { history: [chunk] };
  if (!isRecord(chunk)) return [unreadable(slice, 'a piece of the history is no object')];
  if (place.connectionKey === undefined) return [unreadable(slice, 'a history without the id of the business number')];
  const { connectionKey } = place;
  const { threads, errors } = chunk;
  if (Array.isArray(errors) && errors.length > 0 && threads === undefined) {
    return [{ slice: { history: [{ errors }] }, reading: readErrors(errors, connectionKey) }];
  }
  if (threads !== undefined && !Array.isArray(threads)) return [unreadable(slice, 'the threads are no list')];
  const metadata = isRecord(chunk.metadata) ? chunk.metadata : {};
  const progress = readProgress(metadata.progress);
  const told: Piece = {
    slice: { history: [{ metadata: pick(metadata, ['phase', 'chunk_order', 'progress']) }] },
    reading: { kind: 'history-progress', connectionKey, ...(progress === undefined ? {} : { progress }) },
  };
  const pieces = splitThreads(threads ?? []).map(({ threads: own, items }) =>
    piece(
      { history: [{ metadata: pick(metadata, ['phase', 'chunk_order']), threads: own }] },
      {
        kind: 'history',
        connectionKey,
        items,
      },
    ),
  );
  if (progress !== undefined) pieces.push(told);
  return pieces.length > 0
    ? pieces
    : [{ slice, reading: { kind: 'ignored', reason: 'an empty piece of the history' } }];
}

function readErrors(errors: readonly unknown[], connectionKey: string): Reading {
  const codes = errors.flatMap((error) => webhookErrorSchema.safeParse(error).data?.code ?? []);
  if (codes.includes(DECLINED)) return { kind: 'history-progress', connectionKey, declined: true };
  return { kind: 'ignored', reason: `the history was not shared (code ${codes[0] ?? 'unknown'})` };
}

function readProgress(progress: unknown): number | undefined {
  const percent = typeof progress === 'string' && progress !== '' ? Number(progress) : progress;
  return typeof percent === 'number' && percent >= 0 && percent <= 100 ? Math.floor(percent) : undefined;
}

type ThreadPiece = { threads: Fields[]; items: number };

/** Whole threads where they fit, else parts of them, each with the head that says whose it is. */
function splitThreads(threads: readonly unknown[]): ThreadPiece[] {
  const pieces: ThreadPiece[] = [];
  let open: ThreadPiece = { threads: [], items: 0 };
  const close = () => {
    if (open.items > 0) pieces.push(open);
    open = { threads: [], items: 0 };
  };
  for (const thread of threads) {
    const { head, messages } = toThread(thread);
    for (let from = 0; from < messages.length; ) {
      const own = messages.slice(from, from + ITEMS_PER_PIECE - open.items);
      open.threads.push({ ...head, messages: own });
      open.items += own.length;
      from += own.length;
      if (open.items === ITEMS_PER_PIECE) close();
    }
  }
  close();
  return pieces;
}

/** One that is not understood counts as an item, so that it is told of. */
function toThread(thread: unknown): { head: Fields; messages: unknown[] } {
  if (!isRecord(thread)) return { head: {}, messages: [thread] };
  const { context, messages = [] } = thread;
  const person = isRecord(context) ? { context: pick(context, CONTEXT_KEYS) } : {};
  return { head: { ...pick(thread, ['id']), ...person }, messages: Array.isArray(messages) ? messages : [messages] };
}

const CONTEXT_KEYS = ['wa_id', 'user_id', 'parent_user_id', 'username'];

function splitList(place: Place, key: string, kind: 'history' | 'contact-sync'): Piece[] {
  const items = listOf(place, key);
  if (items.length === 0) return [];
  const { connectionKey } = place;
  if (connectionKey === undefined) {
    return [unreadable({ [key]: items }, `"${key}" of the app without the id of the business number`)];
  }
  const contacts = readContacts(place.value.contacts, items.length, place.direction);
  const pieces: Piece[] = [];
  for (let from = 0; from < items.length; from += ITEMS_PER_PIECE) {
    const own = items.slice(from, from + ITEMS_PER_PIECE);
    const cards = new Set(own.flatMap((item) => (isRecord(item) ? contacts.cardsFor(item) : [])));
    const slice = { ...(cards.size > 0 ? { contacts: [...cards] } : {}), [key]: own };
    pieces.push(piece(slice, { kind, connectionKey, items: own.length }));
  }
  return pieces;
}

/** The same piece in another body is the same: the app may hand its history over again. */
function piece(slice: Fields, reading: Reading): Piece {
  if (reading.kind !== 'history') return { slice, reading };
  const digest = createHash('sha256').update(JSON.stringify(slice)).digest('hex');
  return { slice, reading: { ...reading, eventKey: `history:${digest}` } };
}

const unreadable = (slice: Fields, reason: string): Piece => ({ slice, reading: { kind: 'unreadable', reason } });

function pick(record: Fields, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(record, key)).map((key) => [key, record[key]]));
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
