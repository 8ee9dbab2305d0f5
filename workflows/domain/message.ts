/**
 * The words that all channels share: providers, networks, message kinds and message states. A provider's own words
 * (Meta's `type`, `status`, `code`) stop at its folder in `activities/channels`.
 */

export const PROVIDER_KINDS = ['whatsapp-cloud', 'dialog360'] as const;
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
 * What a message from the chat is; every kind has its rule in `inbound-rules.ts` and its look in `message-view.ts`.
 * `unsupported` is what the network itself could not pass on, or a type that Parley does not know.
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
/** A template is only ever sent. */
export type MessageKind = (typeof MESSAGE_KINDS)[number] | 'template';

/** Kinds that are about an earlier message, which they name where others name what they quote. */
export const ABOUT_ANOTHER: ReadonlySet<string> = new Set<MessageKind>(['reaction', 'edit', 'revoke']);

/** What a comment of Parley itself is about. */
export const NOTE_KINDS = [
  'outcome',
  'waiting',
  'window-closing',
  'late-files',
  'api-message',
  'sent-comment',
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** Where a mailing stands; `running` is also a detected one that still sends or takes in more. */
export const MAILING_STATES = [
  'checking',
  'refused',
  'scheduled',
  'running',
  'paused',
  'stopped',
  'cancelled',
  'done',
] as const;
export type MailingState = (typeof MAILING_STATES)[number];
