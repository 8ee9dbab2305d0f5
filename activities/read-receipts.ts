import type { Database } from '../db/database.ts';
import { takeUnread } from '../db/to-customer.ts';
import type { ChannelConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';

const STATES = { answered: ['received', 'posted', 'ignored', 'parked'], posted: ['posted'] } as const;

/**
 * Tells the customer that everything they wrote so far was read, or what of it stands in Planfix. A courtesy that may
 * fail: it is not tried again before their next message.
 */
export async function tellRead(
  db: Database,
  { client }: ChannelConnection,
  conversationId: string,
  what: keyof typeof STATES,
): Promise<void> {
  const unread = await takeUnread(db, conversationId, STATES[what]);
  if (unread === undefined) return;
  await client.markRead(unread).catch((error: unknown) => {
    if (!(error instanceof ChannelError)) throw error;
  });
}
