/** The people of a stored piece of the address book. (Coexistence: smb_app_state_sync) */
import { z } from 'zod';
import { shownName } from '../../../workflows/domain/shown-text.ts';
import type { Read, SyncedContact } from '../history.ts';
import { readSender } from './contacts.ts';
import { listOf, valuesOf } from './read-history.ts';
import { readTime } from './reading.ts';
import { lenient, textual } from './schema.ts';

/** Other types and actions may come; of those nothing is known. */
const itemSchema = z.object({
  type: z.literal('contact'),
  // "add" is said of one that was edited, too.
  action: z.enum(['add', 'remove']),
  contact: z.object({
    full_name: lenient(z.string()),
    first_name: lenient(z.string()),
    phone_number: lenient(textual),
    user_id: lenient(textual),
    parent_user_id: lenient(textual),
    username: lenient(z.string()),
  }),
  metadata: lenient(z.object({ timestamp: z.unknown().optional() })),
});

/** `raw` is what a `contact-sync` event was stored with. Never throws. */
export function readContactSync(raw: unknown): Read<SyncedContact> {
  const read: Read<SyncedContact> = { items: [], unreadable: 0 };
  for (const item of valuesOf(raw).flatMap((value) => listOf(value.state_sync))) {
    const contact = toContact(item);
    if (contact === undefined) read.unreadable += 1;
    else read.items.push(contact);
  }
  return read;
}

function toContact(item: unknown): SyncedContact | undefined {
  const parsed = itemSchema.safeParse(item);
  if (!parsed.success) return undefined;
  const { action, contact, metadata } = parsed.data;
  const { phone_number: phone, user_id: bsuid, parent_user_id: parent } = contact;
  const ids = readSender({ phones: [phone], bsuids: [bsuid], parents: [parent] });
  if (Object.keys(ids).length === 0) return undefined;
  const name = shownName(contact.full_name) ?? shownName(contact.first_name);
  const username = shownName(contact.username?.trim().replace(/^@/, ''));
  const atMs = readTime(metadata?.timestamp);
  return {
    customer: { ...ids, ...(name ? { name } : {}), ...(username ? { username } : {}) },
    isRemoved: action === 'remove',
    ...(atMs === undefined ? {} : { atMs }),
  };
}
