/** The sentences around a customer's message on its task, in the agent's language. No names, numbers or texts. */
import type { MessageKind } from './message.ts';
import type { KindDetails, Missing, Referral } from './message-content.ts';

/** Why a file is not on the task; the words are stored with the file. */
export const FILE_FAILURES = [
  'expired',
  'too-large',
  'refused-type',
  'digest-mismatch',
  'empty',
  'refused-address',
  'unavailable',
] as const;
export type FileFailure = (typeof FILE_FAILURES)[number];

type SystemEvent = Extract<KindDetails, { type: 'system' }>['event'];
type Who = 'inbound' | 'echo';

export type ViewWords = {
  /** How a message without words is called in an excerpt, and above its file. */
  kinds: Readonly<Record<MessageKind, string>>;
  template: (name: string, language: string) => string;
  voice: string;
  late: (time: string) => string;
  echo: string;
  forwarded: Readonly<Record<'once' | 'often', string>>;
  viewOnce: string;
  quoteUnknown: string;
  reacted: (who: Who, emoji: string) => string;
  unreacted: (who: Who) => string;
  edited: (who: Who) => string;
  newWords: string;
  noNewWords: string;
  revoked: (who: Who) => string;
  targetUnknown: string;
  chosen: string;
  place: string;
  website: string;
  cards: string;
  ownCard: string;
  card: Readonly<Record<'name' | 'phone' | 'email' | 'organization' | 'address' | 'url' | 'birthday', string>>;
  cardEmpty: string;
  form: string;
  address: string;
  formEmpty: string;
  formUnreadable: string;
  order: string;
  total: string;
  product: string;
  referral: Readonly<Record<Referral['source'], string>>;
  referralRows: Readonly<Record<'headline' | 'body' | 'id' | 'link', string>>;
  calls: Readonly<Record<'lasting' | 'once' | 'refused', string>>;
  system: Readonly<Record<SystemEvent, string>>;
  newNumber: (phone: string) => string;
  opened: string;
  unsupported: string;
  unsupportedKind: (kind: string) => string;
  /** By the network's word. */
  unsupportedKinds: Readonly<Record<string, string>>;
  unsupportedEdit: string;
  inApp: string;
  sendAgain: string;
  missing: Readonly<Record<Missing, string>>;
  file: (name: string | undefined, size: string | undefined) => string;
  filePending: string;
  fileFailures: Readonly<Record<FileFailure, string>>;
  units: readonly [string, string, string, string];
  decimal: string;
  /** Where a comment ends because Planfix takes no more. */
  cut: string;
};
