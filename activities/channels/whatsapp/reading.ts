import type { ChannelEvent } from '../channel.ts';
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
};

/** What a reader makes of an item; key, raw slice and account are added for all of them in one place. */
export type Reading = ChannelEvent extends infer Event
  ? Event extends ChannelEvent
    ? Omit<Event, 'eventKey' | 'raw' | 'accountKey'> & { eventKey?: string }
    : never
  : never;
