import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { decideLink, type LinkDecision, type LinkEvidence, type LinkSide } from '../workflows/domain/identity.ts';
import { type Said, tell, tellOfTwoContacts } from '../workflows/domain/problem-findings.ts';
import { endGivenUpPhones, type Suspicion } from '../workflows/domain/sighting.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { readIds, updateIds } from './identity-rows.ts';
import { contactsOf, familyOf, shareContact } from './person-contacts.ts';
import { openProblem } from './problems.ts';
import { joinWindows } from './service-windows.ts';
import { inTransaction } from './transaction.ts';
import type { Wake } from './wakes.ts';

type SuspicionInput = Omit<Suspicion, 'key'> & {
  planfixAccountId: string;
  identityId: string | null;
};

/** Puts pairs down for the worker, once each; what speaks more clearly than what was put down before replaces it. */
export async function recordSuspicions(trx: DatabaseTransaction, suspicions: SuspicionInput[]): Promise<void> {
  for (const { planfixAccountId, personId, otherPersonId, evidence, identityId, seenAtMs } of suspicions) {
    await sql`
      insert into customer_link as l
        (id, planfix_account_id, customer_id, other_customer_id, evidence, identity_id, seen_at)
      values (${uuidv7()}, ${planfixAccountId}, ${personId}, ${otherPersonId}, ${evidence}, ${identityId},
              ${new Date(seenAtMs)})
      on conflict (least(customer_id, other_customer_id), greatest(customer_id, other_customer_id))
        where state = 'suspected'
      do update set customer_id = excluded.customer_id, other_customer_id = excluded.other_customer_id,
        evidence = excluded.evidence, identity_id = excluded.identity_id, seen_at = excluded.seen_at
      where l.evidence <> 'user-id' and excluded.evidence <> 'phone'`.execute(trx);
  }
}

/** Undecided pairs of whom this conversation's customer is one. */
export async function readSuspectedLinks(db: Database, conversationId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select l.id from conversation c
      join customer u on u.id = c.customer_id
      join customer_link l on l.planfix_account_id = c.planfix_account_id and l.state = 'suspected'
      join customer a on a.id = l.customer_id
      join customer b on b.id = l.other_customer_id
     where c.id = ${conversationId}
       and coalesce(u.merged_into, u.id) in (coalesce(a.merged_into, a.id), coalesce(b.merged_into, b.id))
     order by l.id`.execute(db);
  return rows.map((row) => row.id);
}

type Link = {
  id: string;
  planfixAccountId: string;
  customerId: string;
  otherCustomerId: string;
  evidence: LinkEvidence;
  identityId: string | null;
  seenAt: Date;
};

/** `wakes`: replies that leave because the two have one window now. */
export type SettledLink = { kind: LinkDecision['kind'] | 'settled-before' | 'later'; wakes: Wake[] };

/**
 * Decides about one pair, and does it, in one transaction: link or keep apart. Locks the customers, in order, before
 * anything else, as those do who learn ids. Safe to repeat and to run beside itself. `later`: a contact of theirs is
 * being created in Planfix, and which one stays is not known yet.
 */
export async function settleSuspectedLink(db: Database, linkId: string): Promise<SettledLink> {
  return inTransaction(db, async (trx) => {
    const seen = await readLink(trx, linkId);
    if (!seen) return { kind: 'settled-before', wakes: [] };
    const persons = await lockPersons(trx, seen);
    const link = await readLink(trx, linkId);
    if (!link) return { kind: 'settled-before', wakes: [] };
    const pair = { named: persons.get(link.customerId) as string, other: persons.get(link.otherCustomerId) as string };
    const [named, other] = [await readSide(trx, pair.named), await readSide(trx, pair.other)];
    if (named.isContactOpen || other.isContactOpen) return { kind: 'later', wakes: [] };
    const decision = decideLink(named, other, link.evidence);
    if (decision.kind === 'link') await linkCustomers(trx, link.planfixAccountId, decision);
    if (decision.kind === 'conflict') await recordIdentityConflict(trx, link, pair);
    const state = decision.kind === 'link' ? 'linked' : decision.kind;
    await trx
      .updateTable('customerLink')
      .set({ state, decidedAt: sql`clock_timestamp()` })
      .where('id', '=', linkId)
      .execute();
    return { kind: decision.kind, wakes: decision.kind === 'link' ? await joinWindows(trx, decision.stays) : [] };
  });
}

async function readLink(trx: DatabaseTransaction, id: string): Promise<Link | undefined> {
  const link = await trx
    .selectFrom('customerLink')
    .where('id', '=', id)
    .where('state', '=', 'suspected')
    .select(['id', 'planfixAccountId', 'customerId', 'otherCustomerId', 'evidence', 'identityId', 'seenAt'])
    .executeTakeFirst();
  return link && { ...link, evidence: link.evidence as LinkEvidence };
}

/** Who these customers are by now; locked until the end of the transaction, so that nobody links or names them anew. */
async function lockPersons(trx: DatabaseTransaction, link: Link): Promise<Map<string, string>> {
  for (;;) {
    const rows = await trx
      .selectFrom('customer')
      .where('id', 'in', [link.customerId, link.otherCustomerId])
      .select((eb) => ['id', eb.fn.coalesce('mergedInto', 'id').as('personId')])
      .execute();
    const persons = new Map(rows.map((row) => [row.id, row.personId]));
    const locked = await trx
      .selectFrom('customer')
      .where('id', 'in', [...persons.values()])
      .select('mergedInto')
      .orderBy('id')
      .forNoKeyUpdate()
      .execute();
    if (locked.every((customer) => customer.mergedInto === null)) return persons;
  }
}

async function readSide(trx: DatabaseTransaction, customerId: string): Promise<LinkSide & { isContactOpen: boolean }> {
  const family = await familyOf(trx, customerId);
  const [{ createdAt }, contacts, userIds] = [
    await trx.selectFrom('customer').where('id', '=', customerId).select('createdAt').executeTakeFirstOrThrow(),
    await trx
      .selectFrom('planfixContact')
      .where('customerId', 'in', family)
      .orderBy('createdAt')
      .select(['contact', 'createdAt', 'intentToken'])
      .execute(),
    await trx
      .selectFrom('customerIdentity')
      .where('customerId', 'in', family)
      .where('kind', '=', 'bsuid')
      .where('validTo', 'is', null)
      .select(['scope', 'value'])
      .execute(),
  ];
  const oldest = contacts.find((row) => row.contact !== null);
  return {
    customerId,
    createdAtMs: +createdAt,
    contact: oldest && { number: oldest.contact as number, sinceMs: +oldest.createdAt },
    userIds,
    isContactOpen: contacts.some((row) => row.contact === null && row.intentToken !== null),
  };
}

/**
 * From now on they are one person: what either writes goes to the conversation of the one that stays, or to the only
 * one there is. Ids, conversations, tasks and known contacts stay where they are, so no reply that was begun changes
 * its destination or its task. Both customers must be locked, and linked with nobody else.
 */
export async function linkCustomers(
  trx: DatabaseTransaction,
  planfixAccountId: string,
  { stays, absorbed, twoContacts }: { stays: string; absorbed: string; twoContacts: boolean },
): Promise<void> {
  const conversation = await newestConversation(trx, absorbed);
  await trx
    .updateTable('customer')
    .set({ mergedInto: stays })
    .where((eb) => eb.or([eb('id', '=', absorbed), eb('mergedInto', '=', absorbed)]))
    .execute();
  const ids = await readIds(trx, [stays]);
  endGivenUpPhones([...ids.book.values()]);
  await updateIds(trx, ids);
  await shareContact(trx, planfixAccountId, stays);
  if (!twoContacts) return;
  const contacts = await contactsOf(trx, stays);
  await openProblem(trx, {
    kind: 'two-contacts',
    planfixAccountId,
    ...(conversation ?? (await newestConversation(trx, stays))),
    reason: 'one-person',
    ...tellOfTwoContacts(contacts),
  });
}

async function newestConversation(
  trx: DatabaseTransaction,
  personId: string,
): Promise<{ conversationId: string; connectionId: string } | undefined> {
  return trx
    .selectFrom('conversation')
    .where('customerId', 'in', await familyOf(trx, personId))
    .orderBy('createdAt', 'desc')
    .select(['id as conversationId', 'connectionId'])
    .executeTakeFirst();
}

/**
 * They stay two, and a person is told in every conversation of the one that has lost the phone: replies there go to
 * that one's other ids, and to nobody if there are none. The phone belongs to whom the newest item named with it.
 */
export async function recordIdentityConflict(
  trx: DatabaseTransaction,
  link: Pick<Link, 'planfixAccountId' | 'identityId' | 'seenAt'>,
  { named, other }: { named: string; other: string },
): Promise<void> {
  const owner = await moveToNewest(trx, link, named);
  const loser = owner === other ? named : other;
  const conversations = await trx
    .selectFrom('conversation')
    .where('customerId', 'in', await familyOf(trx, loser))
    .orderBy('id')
    .select(['id as conversationId', 'connectionId'])
    .execute();
  const winner = await newestConversation(trx, loser === other ? named : other);
  const elsewhere: Said[] = winner ? [['other-conversation', { conversation: winner.conversationId }]] : [];
  for (const conversation of conversations) {
    await openProblem(trx, {
      kind: 'identity-conflict',
      planfixAccountId: link.planfixAccountId,
      ...conversation,
      reason: 'phone-has-new-owner',
      ...tell(['phone-has-new-owner'], ...elsewhere),
    });
  }
}

/** Whose the phone is now: the owner's, unless the item that named it with somebody else is newer. */
async function moveToNewest(
  trx: DatabaseTransaction,
  { identityId, seenAt }: Pick<Link, 'identityId' | 'seenAt'>,
  named: string,
): Promise<string> {
  if (identityId === null) return named;
  await trx
    .updateTable('customerIdentity')
    .set({ customerId: named, validFrom: seenAt })
    .where('id', '=', identityId)
    .where('customerId', 'not in', await familyOf(trx, named))
    .where('validTo', 'is', null)
    .where('validFrom', '<=', seenAt)
    .execute();
  const owner = await trx
    .selectFrom('customerIdentity as i')
    .innerJoin('customer as c', 'c.id', 'i.customerId')
    .where('i.id', '=', identityId)
    .select((eb) => eb.fn.coalesce('c.mergedInto', 'c.id').as('personId'))
    .executeTakeFirstOrThrow();
  return owner.personId;
}
