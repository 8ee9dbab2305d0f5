import type { ChannelEvent, MessageEvent } from '../channel.ts';
import type { ContactBook } from './contacts.ts';

/** Where an item was found; enough to build the envelope that holds it alone. */
export type Place = {
  object: unknown;
  entry: Readonly<Record<string, unknown>>;
  field: string;
  value: Readonly<Record<string, unknown>>;
  connectionKey: string | undefined;
  accountKey: string | undefined;
  contacts: ContactBook;
  direction: MessageEvent['direction'];
  /** Here a message may leave out whose it is: that is known by its id. */
  mayNameNobody?: true;
};

/** What a reader makes of an item; key, raw slice and account are added for all of them in one place. */
export type Reading = ChannelEvent extends infer Event
  ? Event extends ChannelEvent
    ? Omit<Event, 'eventKey' | 'raw' | 'accountKey'> & { eventKey?: string }
    : never
  : never;

/** WhatsApp is younger than this, and no phone's clock is believed beyond that. */
const EARLIEST_MS = Date.UTC(2010, 0);
const LATEST_MS = Date.UTC(2101, 0);

/** Milliseconds of a time in unix seconds. One that cannot be believed is none: the item is kept all the same. */
export function readTime(timestamp: unknown): number | undefined {
  const isWritten = typeof timestamp === 'string' && timestamp.trim() !== '';
  const seconds = isWritten || typeof timestamp === 'number' ? Number(timestamp) : Number.NaN;
  const ms = Math.floor(seconds * 1_000);
  return ms >= EARLIEST_MS && ms < LATEST_MS ? ms : undefined;
}
