/**
 * The words that all channels share: providers, networks, message kinds and message states. A provider's own words
 * (Meta's `type`, `status`, `code`) stop at its folder in `activities/channels`.
 */

export const PROVIDER_KINDS = ['whatsapp-cloud'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** Languages in which Parley writes to agents. */
export type Language = 'en' | 'ru';

/** Where a message stands; the words are a public contract of `GET /v1/messages`. */
export const MESSAGE_STATES = [
  'received',
  'posted',
  'ready',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'refused',
  'unknown',
  'waiting',
  'parked',
  'ignored',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export const HOLD_STATES = ['held', 'releasing', 'released', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/**
 * What a customer's message is. Every kind carries a readable text, so that a kind without its own treatment still
 * shows on the task. `unsupported` is what the network itself could not pass on, or a type that Parley does not know.
 */
export const MESSAGE_KINDS = [
  'text',
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'button',
  'reaction',
  'order',
  'system',
  'edit',
  'revoke',
  'request_welcome',
  'unsupported',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];
