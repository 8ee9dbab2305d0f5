import { isSamePhone, phoneSpellings } from '../workflows/domain/phone.ts';
import type { Contact } from './planfix/contacts.ts';
import type { PlanfixAccount } from './planfix-account.ts';

/** How many last digits make a second search, for numbers that were stored without their country. */
const LOCAL_DIGITS = 10;

/** The full number in each of its spellings, then its end. */
export const searchesFor = (phone: string) => [...new Set([...phoneSpellings(phone), phone.slice(-LOCAL_DIGITS)])];

/** The lowest-numbered contact that has one of the phones, is not deleted and is not known to be somebody else. */
export async function findByPhone(
  account: PlanfixAccount,
  phones: string[],
  others: number[],
): Promise<Contact | undefined> {
  for (const phone of phones) {
    const matches = (stored: string) => isSameStoredPhone(stored, phone);
    const found = await account.client.findContactsByPhone({ digits: searchesFor(phone), matches });
    const usable = found.find((contact) => !contact.isDeleted && !others.includes(contact.id));
    if (usable) return usable;
  }
  return undefined;
}

/** A stored number without its country counts as the same if it is the end of ours (at least nine digits). */
export function isSameStoredPhone(stored: string, phone: string): boolean {
  const digits = stored.replace(/\D/g, '');
  if (digits.length < 9) return false;
  return isSamePhone(digits, phone) || phone.endsWith(digits.replace(/^[08]/, ''));
}
