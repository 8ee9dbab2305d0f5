import { randomBytes } from 'node:crypto';
import { GraphError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { type Fields, invalid } from '../messages/types.ts';
import type { BusinessNumber, Customer } from '../model.ts';
import { type GraphWorld, userIdFor } from '../world.ts';
import { type GeneratedThreads, tellHistory } from './history.ts';
import { checkProduct, isOnPlatform } from './registration.ts';

export const syncTypes = ['smb_app_state_sync', 'history'] as const;
export type SyncType = (typeof syncTypes)[number];

/** Somebody in the address book of the phone, under the name that its owner gave them. */
export type AddressBookEntry = { customer: Customer; name: string; firstName: string };

/** What the phone app shares with the platform, and how. */
export type PhoneSync = {
  /** Calls that were made, by type; each can be made once. */
  calls: Map<SyncType, { requestId: string; atMs: number }>;
  /** By the customer's name in the sandbox. */
  addressBook: Map<string, AddressBookEntry>;
  /** Whether the owner refuses to share the history, and in which shape that is told. */
  declined: false | 'enveloped' | 'bare';
  /** What they chose in Embedded Signup. */
  sharesHistory: boolean;
  /** Messages that nobody wrote, made up when they are told. */
  generated: GeneratedThreads | undefined;
  /** Customers whose threads are told in the older form. */
  plainThreads: Set<Customer>;
  /** Customers whose threads do not say whom the business wrote to. */
  threadsWithoutTo: Set<Customer>;
  /** What `history_context` says of a message, by wamid, where that is not what became of it. */
  statuses: Map<string, string>;
  chunkMessages: number;
  order: 'shuffled' | 'in-order';
  followUps: 'after' | 'mixed';
  /** Real time between two webhooks. */
  gapMs: number;
  told: { chunks: number; messages: number; files: number; contacts: number };
  /** Nobody was subscribed when it was asked for. */
  isLost: boolean;
};

export const createSync = (): PhoneSync => ({
  calls: new Map(),
  addressBook: new Map(),
  declined: false,
  sharesHistory: true,
  generated: undefined,
  plainThreads: new Set(),
  threadsWithoutTo: new Set(),
  statuses: new Map(),
  chunkMessages: 500,
  order: 'shuffled',
  followUps: 'after',
  gapMs: 0,
  told: { chunks: 0, messages: 0, files: 0, contacts: 0 },
  isLost: false,
});

const syncWithinMs = 24 * 3_600_000;
const contactsPerPost = 100;

/**
 * `POST /{phone}/smb_app_data`: the phone begins to send what it has, once for each type and within a day (onboarding:
 * coexistence). @throws GraphError 100, 2593107, 2593108
 */
export function requestSync(sandbox: GraphSandbox, number: BusinessNumber, body: Fields, origin: string): Fields {
  const { world, outbox } = sandbox;
  checkProduct(body);
  const type = syncTypes.find((known) => known === body.sync_type);
  if (type === undefined) throw invalid('sync_type', 'must be one of {SMB_APP_STATE_SYNC, HISTORY}');
  if (!number.isOnBizApp || !isOnPlatform(number)) {
    throw new GraphError(100, { details: 'This phone number was not onboarded from the WhatsApp Business app.' });
  }
  const { sync } = number;
  const nowMs = world.core.clock.now();
  if (sync.calls.has(type)) throw new GraphError(2593107);
  if (nowMs - number.onboardedAtMs > syncWithinMs) throw new GraphError(2593108);
  const requestId = randomBytes(12).toString('hex').toUpperCase();
  sync.calls.set(type, { requestId, atMs: nowMs });
  // Whoever subscribes later gets nothing of it.
  const isHeard = outbox.isHeard(number, type);
  if (type === 'history') {
    sync.isLost = !isHeard;
    if (isHeard) void tellHistory(sandbox, number, origin);
  } else if (isHeard) void tellAddressBook(sandbox, number);
  return { messaging_product: 'whatsapp', request_id: requestId };
}

async function tellAddressBook(sandbox: GraphSandbox, number: BusinessNumber): Promise<void> {
  const entries = [...number.sync.addressBook.values()];
  for (let start = 0; start < entries.length; start += contactsPerPost) {
    await tellContacts(sandbox, number, entries.slice(start, start + contactsPerPost), 'add');
  }
}

/** `add` stands for a change, too; `remove` leaves the names out. Resolves to how the receivers answered. */
export async function tellContacts(
  { world, outbox }: GraphSandbox,
  number: BusinessNumber,
  entries: readonly AddressBookEntry[],
  action: 'add' | 'remove',
): Promise<number[]> {
  number.sync.told.contacts += entries.length;
  const timestamp = String(Math.floor(world.core.clock.now() / 1_000));
  const news = entries.map((entry) => ({
    type: 'contact',
    contact: contactOf(world, number, entry, action),
    action,
    metadata: { timestamp },
  }));
  return outbox.tellNumber(number, 'smb_app_state_sync', { state_sync: news });
}

/** Whoever has a username is known without a phone. */
function contactOf(world: GraphWorld, number: BusinessNumber, entry: AddressBookEntry, action: string): Fields {
  const { customer, name, firstName } = entry;
  const { phone, username } = customer;
  return {
    ...(action === 'add' ? { full_name: name, first_name: firstName } : {}),
    ...(username === undefined ? { phone_number: phone } : { username }),
    user_id: userIdFor(world, customer, number.waba.businessId),
  };
}
