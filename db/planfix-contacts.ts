import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from './database.ts';
import { familyOf, personOf, shareContact } from './person-contacts.ts';

/** The claim on a person's contact, made before anything is created in Planfix: linked customers share it. */
export type ContactClaim = {
  id: string;
  contact: number | null;
  intentToken: string | null;
  intentMsAgo: number | null;
  cleanLooks: number;
};

/** Reads the claim, and makes it if there is none. */
export async function claimContact(db: Database, planfixAccountId: string, customerId: string): Promise<ContactClaim> {
  const personId = await personOf(db, customerId);
  await shareContact(db, planfixAccountId, personId);
  await db
    .insertInto('planfixContact')
    .values({ id: uuidv7(), planfixAccountId, customerId: personId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom('planfixContact')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('customerId', '=', personId)
    .select([
      'id',
      'contact',
      'intentToken',
      sql<number | null>`(extract(epoch from clock_timestamp() - intent_at) * 1000)::float8`.as('intentMsAgo'),
      'cleanLooks',
    ])
    .executeTakeFirstOrThrow();
}

/** True: searching for and creating this contact is ours; others wait. False: somebody else is at it, or it is known. */
export async function openContactIntent(db: Database, claimId: string, token: string): Promise<boolean> {
  const result = await db
    .updateTable('planfixContact')
    .set({ intentToken: token, intentAt: sql`clock_timestamp()`, cleanLooks: 0 })
    .where('id', '=', claimId)
    .where('contact', 'is', null)
    .where('intentToken', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The create is about to be called: its time counts from now. False: somebody else took the claim over. */
export async function renewContactIntent(db: Database, claimId: string, token: string): Promise<boolean> {
  const result = await db
    .updateTable('planfixContact')
    .set({ intentAt: sql`clock_timestamp()` })
    .where('id', '=', claimId)
    .where('contact', 'is', null)
    .where('intentToken', '=', token)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function dropContactIntent(db: Database, claimId: string, seen: string): Promise<void> {
  await db
    .updateTable('planfixContact')
    .set({ intentToken: null, intentAt: null, cleanLooks: 0 })
    .where('id', '=', claimId)
    .where('intentToken', '=', seen)
    .execute();
}

export async function countCleanContactLook(db: Database, claimId: string, seen: string): Promise<void> {
  await db
    .updateTable('planfixContact')
    .set((eb) => ({ cleanLooks: eb('cleanLooks', '+', 1) }))
    .where('id', '=', claimId)
    .where('intentToken', '=', seen)
    .execute();
}

/** The first one that is recorded stays: tasks may carry it already. */
export async function recordContact(
  db: Database,
  claimId: string,
  contact: number,
  { lacksPhone }: { lacksPhone: boolean },
): Promise<void> {
  const claim = await db
    .updateTable('planfixContact')
    .set({ contact, lacksPhone, intentToken: null, intentAt: null })
    .where('id', '=', claimId)
    .where('contact', 'is', null)
    .returning(['planfixAccountId', 'customerId'])
    .executeTakeFirst();
  if (claim) await shareContact(db, claim.planfixAccountId, await personOf(db, claim.customerId));
}

/** The contact has the phone now, or cannot have it. */
export async function recordPhoneAdded(db: Database, planfixAccountId: string, contact: number): Promise<void> {
  await db
    .updateTable('planfixContact')
    .set({ lacksPhone: false })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('contact', '=', contact)
    .execute();
}

/** The phones of the person that a customer is, strongest knowledge first; contacts are looked for by them. */
export async function phonesOf(db: Database, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('customerIdentity')
    .select('value')
    .where('customerId', 'in', await familyOf(db, await personOf(db, customerId)))
    .where('kind', '=', 'phone')
    .where('validTo', 'is', null)
    .orderBy('validFrom', 'desc')
    .execute();
  return rows.map((row) => row.value);
}
