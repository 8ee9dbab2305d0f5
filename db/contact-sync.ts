import { sql } from 'kysely';
import { identitiesOf, type Sender } from '../workflows/domain/identity.ts';
import { recordset } from './columns.ts';
import type { Database } from './database.ts';
import { type EventToImport, type HistoryPlace, lockEvent, settleEvent } from './history-imports.ts';
import { networkOf } from './identities.ts';
import { placeSightings } from './identity-book.ts';
import { inTransaction } from './transaction.ts';

/** Somebody in the address book of the business's own app. */
export type ContactInput = { customer: Sender; isRemoved: boolean; atMs: number | undefined };

/**
 * Takes in one stored piece of the address book, once. The names that the owner gave are kept, also of people who have
 * not written yet: such a name is better than what they call themselves. Ids that are named together are learned like
 * those of any other item. Who was taken out of the book keeps their name; that is only counted.
 */
export async function storeContacts(
  db: Database,
  place: HistoryPlace,
  event: EventToImport,
  read: { contacts: readonly ContactInput[]; unreadable: number },
): Promise<void> {
  const { planfixAccountId, portfolio, provider } = place;
  const added = read.contacts.filter(({ isRemoved }) => !isRemoved);
  const sightings = added.map(({ customer, atMs }) => ({
    planfixAccountId,
    network: networkOf(provider),
    portfolio,
    identities: identitiesOf(customer),
    former: [],
    name: customer.name ?? customer.username,
    seenAtMs: Math.min(atMs ?? +event.receivedAt, +event.receivedAt),
  }));
  await inTransaction(db, async (trx) => {
    if (!(await lockEvent(trx, event.id))) return;
    const placed = await placeSightings(trx, sightings);
    const named = new Map<string, { person: string; name: string; at: Date }>();
    for (const [index, { personId: person }] of placed.entries()) {
      const { customer } = added[index] as ContactInput;
      const at = new Date(sightings[index]?.seenAtMs ?? 0);
      if (customer.name !== undefined && at >= (named.get(person)?.at ?? at)) {
        named.set(person, { person, name: customer.name, at });
      }
    }
    // One person may be several customers of ours; the newest edit counts, in whatever order they come.
    await sql`
      update customer c set name = w.name, book_named_at = w.at
        from ${recordset([...named.values()], 'person uuid, name text, at timestamptz')}
       where (c.id = w.person or c.merged_into = w.person) and c.erased_at is null
         and (c.book_named_at is null or c.book_named_at <= w.at)`.execute(trx);
    const { unreadable } = read;
    const removedContacts = read.contacts.length - added.length;
    await settleEvent(trx, place, event.id, { contacts: named.size, removedContacts, unreadable });
  });
}
