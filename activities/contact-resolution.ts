import { v7 as uuidv7 } from 'uuid';
import { moveContact } from '../db/comments.ts';
import type { TaskCreation } from '../db/conversation-tasks.ts';
import type { Database } from '../db/database.ts';
import { contactsInConflict, nameUnnamed, settleTwoContacts } from '../db/person-contacts.ts';
import {
  type ContactClaim,
  claimContact,
  countCleanContactLook,
  dropContactIntent,
  openContactIntent,
  phonesOf,
  recordContact,
  renewContactIntent,
} from '../db/planfix-contacts.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { formatPhone } from './channels/phone-number.ts';
import { findByPhone, isSameStoredPhone, searchesFor } from './contact-search.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import type { NewContact } from './planfix/contacts.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import { CLEAN_LOOKS_NEEDED, nextReadBackStep } from './read-back.ts';

/** Whose contact is looked for. */
export type ContactOwner = Pick<TaskCreation, 'planfixAccountId' | 'customerId' | 'customerName' | 'settings'>;

/**
 * Finds or creates the Planfix contact of a customer. The claim row makes it one contact per customer, whatever number
 * of conversations asks at once: whoever does not hold the intent waits for it.
 */
export async function resolveContactOf(
  dependencies: Dependencies,
  account: PlanfixAccount,
  creation: ContactOwner,
): Promise<StepResult> {
  const { db, waits } = dependencies;
  const claim = await claimContact(db, creation.planfixAccountId, creation.customerId);
  if (claim.contact !== null) return { kind: 'done' };
  if (claim.intentToken !== null) return lookForContact(dependencies, account, creation, claim);
  const token = uuidv7();
  if (!(await openContactIntent(db, claim.id, token))) return { kind: 'not-before', waitMs: 200 };
  try {
    const phones = await phonesOf(db, creation.customerId);
    await account.enterGate(phones.flatMap(searchesFor).length + 1);
    const found = await findByPhone(account, phones, await contactsInConflict(db, creation.customerId));
    if (found !== undefined) {
      // Unless it is called by its number, as Parley does for want of a name.
      if (/\p{L}/u.test(found.name)) await nameUnnamed(db, creation.customerId, found.name.trim());
      await recordContact(db, claim.id, found.id, { lacksPhone: false });
      return { kind: 'done' };
    }
    const notAfterMs = Date.now() + waits.callDeadlineMs;
    if (!(await renewContactIntent(db, claim.id, token))) return { kind: 'not-before', waitMs: 200 };
    const deadlineMs = Math.max(1, notAfterMs - Date.now());
    const created = await account.client.createContact(newContact(creation, claim, phones), { notAfterMs, deadlineMs });
    await recordContact(db, claim.id, created.id, { lacksPhone: phones.length === 0 });
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof PlanfixError && error.kind === 'outcome-unknown') {
      await account.pauseIfDown(error);
      return { kind: 'not-before', waitMs: waits.callDeadlineMs + waits.readBackFirstMs };
    }
    // Nothing was created. Of any other error (the database's, say) that is not known: the intent stays, and is looked for.
    if (error instanceof PlanfixError || error instanceof NotNow) await dropContactIntent(db, claim.id, token);
    throw error;
  } finally {
    await account.leaveGate();
  }
}

/** A contact needs a name: a customer without one is called by the number, or by the network. */
function newContact(creation: ContactOwner, claim: ContactClaim, phones: string[]): NewContact {
  const [phone] = phones;
  return {
    name: contactName(creation.customerName, phone),
    sourceObjectId: claim.id,
    ...(phone === undefined ? {} : { phone: `+${phone}` }),
    ...(creation.settings.contactTemplate === undefined ? {} : { templateId: creation.settings.contactTemplate }),
  };
}

export function contactName(customerName: string | null, phone: string | undefined): string {
  const name = customerName?.trim();
  if (name) return name;
  return phone === undefined ? 'WhatsApp' : formatPhone(phone);
}

/**
 * Whether this customer's contact was merged into another one. Planfix shows the old number as the survivor, or as
 * missing: then only the customer's phone, which comes along, tells the survivor from anybody else in the task.
 */
export async function isMergedInto(
  db: Database,
  account: PlanfixAccount,
  ours: { contact: number; customerId: string },
  other: number,
): Promise<boolean> {
  const former = await account.client.getContact(ours.contact);
  if (former.kind === 'merged') return former.contact.id === other;
  if (former.kind === 'found' && !former.contact.isDeleted) return false;
  const survivor = await account.client.getContact(other);
  if (survivor.kind === 'missing') return false;
  const phones = await phonesOf(db, ours.customerId);
  return survivor.contact.phones.some((stored) => phones.some((phone) => isSameStoredPhone(stored, phone)));
}

/**
 * Planfix refuses a contact: if it is not there any more, the one that has the customer's phone takes its place. False:
 * nothing changed, and the refusal stands.
 */
export async function replaceMerged(
  db: Database,
  account: PlanfixAccount,
  { contact, customerId }: { contact: number | null; customerId: string },
): Promise<boolean> {
  if (contact === null) return false;
  const former = await account.client.getContact(contact);
  if (former.kind === 'found' && !former.contact.isDeleted) return false;
  const merged = former.kind === 'merged' ? former.contact.id : undefined;
  const others = await contactsInConflict(db, customerId);
  const survivor = merged ?? (await findByPhone(account, await phonesOf(db, customerId), others))?.id;
  if (survivor === undefined || survivor === contact) return false;
  await moveContact(db, account.access.id, customerId, survivor);
  await settleTwoContacts(db, customerId);
  return true;
}

async function lookForContact(
  dependencies: Dependencies,
  account: PlanfixAccount,
  creation: ContactOwner,
  claim: ContactClaim,
): Promise<StepResult> {
  const { db, waits } = dependencies;
  const seen = claim.intentToken as string;
  const step = nextReadBackStep(claim, waits);
  // Most often the other conversation of the same person has the answer in a moment.
  if (step.kind === 'wait') return { kind: 'not-before', waitMs: Math.min(step.waitMs, 1_000) };
  if (step.kind === 'look') {
    const sinceMs = account.planfixTime(Date.now() - (claim.intentMsAgo ?? 0)) - waits.readBackOverlapMs;
    for await (const page of account.client.listContactsCreatedSince({ sinceMs })) {
      const found = page.find((contact) => contact.sourceObjectId === claim.id);
      if (found) {
        const lacksPhone = (await phonesOf(db, creation.customerId)).length === 0;
        await recordContact(db, claim.id, found.id, { lacksPhone });
        return { kind: 'done' };
      }
    }
    await countCleanContactLook(db, claim.id, seen);
    if (claim.cleanLooks + 1 < CLEAN_LOOKS_NEEDED) return { kind: 'not-before', waitMs: waits.readBackSecondMs };
  }
  await dropContactIntent(db, claim.id, seen);
  return resolveContactOf(dependencies, account, creation);
}
