import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Database, DatabaseTransaction } from './database.ts';

/** The customers that a person is: the one that stands for all, and those that were linked with it. */
export async function familyOf(db: Database | DatabaseTransaction, personId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('customer')
    .where((eb) => eb.or([eb('id', '=', personId), eb('mergedInto', '=', personId)]))
    .orderBy('id')
    .select('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The customer that stands for the person, whose claim on a contact counts for all of them. */
export async function personOf(db: Database | DatabaseTransaction, customerId: string): Promise<string> {
  const row = await db
    .selectFrom('customer')
    .where('id', '=', customerId)
    .select((eb) => eb.fn.coalesce('mergedInto', 'id').as('personId'))
    .executeTakeFirstOrThrow();
  return row.personId;
}

/** A person's contacts in Planfix, the oldest first; more than one until somebody merges them there. */
export async function contactsOf(db: Database | DatabaseTransaction, personId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('planfixContact')
    .where('customerId', 'in', await familyOf(db, personId))
    .where('contact', 'is not', null)
    .orderBy('createdAt')
    .select('contact')
    .execute();
  return [...new Set(rows.map((row) => row.contact as number))];
}

/** Gives a person's oldest contact to those of their customers that have none and are not just creating one. */
export async function shareContact(
  trx: Database | DatabaseTransaction,
  planfixAccountId: string,
  personId: string,
): Promise<void> {
  const [contact] = await contactsOf(trx, personId);
  if (contact === undefined) return;
  const customers = await familyOf(trx, personId);
  if (customers.length > 1) await giveContact(trx, planfixAccountId, customers, contact);
}

/** The contact that a customer was found by is theirs, unless they have one, or one is being created just now. */
export async function adoptContact(
  trx: DatabaseTransaction,
  planfixAccountId: string,
  customerId: string,
  contact: number,
): Promise<void> {
  const personId = await personOf(trx, customerId);
  await giveContact(trx, planfixAccountId, [personId], contact);
  await shareContact(trx, planfixAccountId, personId);
}

async function giveContact(
  trx: Database | DatabaseTransaction,
  planfixAccountId: string,
  customers: readonly string[],
  contact: number,
): Promise<void> {
  await trx
    .insertInto('planfixContact')
    .values(customers.map((customerId) => ({ id: uuidv7(), planfixAccountId, customerId, contact })))
    .onConflict((conflict) =>
      conflict
        .columns(['planfixAccountId', 'customerId'])
        .doUpdateSet({ contact })
        .where('planfixContact.contact', 'is', null)
        .where('planfixContact.intentToken', 'is', null),
    )
    .execute();
}

/**
 * Contacts in Planfix of people who were taken for this one and are not: a search by phone finds them, since the phone
 * was theirs, and must not take them for this customer's.
 */
export async function contactsInConflict(db: Database, customerId: string): Promise<number[]> {
  const { rows } = await sql<{ contact: number }>`
    with person as (select coalesce(merged_into, id) as id from customer where id = ${customerId}),
    ours as (select c.id from customer c, person p where c.id = p.id or c.merged_into = p.id),
    theirs as (
      select case when l.customer_id in (select id from ours) then l.other_customer_id else l.customer_id end as id
        from customer_link l
       where (l.customer_id in (select id from ours) or l.other_customer_id in (select id from ours))
         and (l.state = 'conflict' or (l.state = 'suspected' and l.evidence = 'phone-moved'))),
    family as (
      select c.id from customer c where coalesce(c.merged_into, c.id) in
        (select coalesce(t.merged_into, t.id) from customer t where t.id in (select id from theirs)))
    select distinct p.contact from planfix_contact p
     where p.customer_id in (select id from family) and p.customer_id not in (select id from ours)
       and p.contact is not null`.execute(db);
  return rows.map((row) => row.contact);
}

/** For a customer whose name nobody knows; one who was erased gets none. */
export async function nameUnnamed(db: Database | DatabaseTransaction, customerId: string, name: string): Promise<void> {
  await db
    .updateTable('customer')
    .set({ name })
    .where('id', '=', customerId)
    .where('name', 'is', null)
    .where('erasedAt', 'is', null)
    .execute();
}

/** Somebody merged a person's contacts in Planfix: the problem about them is no longer one. */
export async function settleTwoContacts(db: Database, customerId: string): Promise<void> {
  const personId = await personOf(db, customerId);
  if ((await contactsOf(db, personId)).length > 1) return;
  await db
    .updateTable('problem')
    .set({ state: 'settled', resolution: 'merged in Planfix', settledAt: sql`clock_timestamp()` })
    .where('kind', '=', 'two-contacts')
    .where('state', '=', 'open')
    .where('conversationId', 'in', (eb) =>
      eb
        .selectFrom('conversation as c')
        .innerJoin('customer as u', 'u.id', 'c.customerId')
        .where((of) => of.or([of('u.id', '=', personId), of('u.mergedInto', '=', personId)]))
        .select('c.id'),
    )
    .execute();
}
