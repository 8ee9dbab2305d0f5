/** What the pieces hold that the business's own app hands over; see HistoryEvent and ContactSyncEvent of the contract. */
import type { Sender } from '../../workflows/domain/identity.ts';
import type { MessageEvent } from './channel.ts';

/**
 * A message of the history as if it had just come; it is shown, and never answered, released, counted or notified.
 * `customer` names nobody in the late file of an echo: that belongs to the message which is stored under this id.
 */
export type HistoryMessage = Pick<
  MessageEvent,
  | 'direction'
  | 'channelMessageId'
  | 'customer'
  | 'sentAtMs'
  | 'messageKind'
  | 'text'
  | 'content'
  | 'media'
  | 'reason'
  | 'quotedChannelMessageId'
  | 'targetChannelMessageId'
>;

/** The business has a name for somebody in its own app, or has taken them out of its address book. */
export type SyncedContact = { customer: Sender; isRemoved: boolean; atMs?: number };

/** `unreadable`: so many more were not understood. */
export type Read<Item> = { items: Item[]; unreadable: number };
