import { readSender } from './contacts.ts';
import { type Place, type Reading, readTime } from './reading.ts';
import { preferenceSchema } from './schema.ts';

/** Whoever stops marketing is the business's to obey: in its settings they are one switch. */
const CATEGORY = 'marketing_messages';
const VALUES: Readonly<Record<string, 'stopped' | 'allowed'>> = { stop: 'stopped', resume: 'allowed' };

/** One item of `user_preferences`: what a customer has switched in their own app. */
export function readPreference(item: Readonly<Record<string, unknown>>, place: Place): Reading {
  const parsed = preferenceSchema.safeParse(item);
  if (!parsed.success) return { kind: 'unreadable', reason: 'a preference without category or value' };
  if (place.connectionKey === undefined) {
    return { kind: 'unreadable', reason: 'a preference without the id of the business number' };
  }
  const { category, value, timestamp, wa_id: phone, user_id: bsuid, parent_user_id: parent } = parsed.data;
  const marketing = Object.hasOwn(VALUES, value) ? VALUES[value] : undefined;
  if (category !== CATEGORY || marketing === undefined) {
    return { kind: 'ignored', reason: `a preference that is not known: ${`${category} ${value}`.slice(0, 60)}` };
  }
  const customer = readSender({ phones: [phone], bsuids: [bsuid], parents: [parent] });
  if (Object.keys(customer).length === 0) return { kind: 'unreadable', reason: 'a preference of nobody' };
  const atMs = readTime(timestamp);
  return {
    kind: 'preference',
    connectionKey: place.connectionKey,
    customer,
    marketing,
    ...(atMs === undefined ? {} : { atMs }),
  };
}
