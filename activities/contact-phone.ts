import { recordPhoneAdded } from '../db/planfix-contacts.ts';
import type { PlanfixTurn } from '../db/planfix-turn.ts';
import { openProblem } from '../db/problems.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { tellOfTwoContacts } from '../workflows/domain/problem-findings.ts';
import { findByPhone } from './contact-search.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

/**
 * Adds a phone that was hidden when the contact was made. Another contact that has it already is the same person, which
 * only a person can put right: by merging the two in Planfix.
 */
export async function addHiddenPhone(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  { planfixAccountId, connectionId, contact, phoneToAdd }: PlanfixTurn,
): Promise<RowOutcome> {
  const { db } = dependencies;
  if (contact === null || phoneToAdd === null) return 'next';
  const twin = await findByPhone(account, [phoneToAdd], [contact]);
  if (twin !== undefined) {
    await openProblem(db, {
      kind: 'two-contacts',
      planfixAccountId,
      connectionId,
      conversationId: attempt.conversationId,
      reason: 'one-phone',
      ...tellOfTwoContacts([twin.id, contact]),
    });
  }
  try {
    await account.client.addPhone({ contactId: contact, phone: `+${phoneToAdd}` });
  } catch (error) {
    const isRefused = error instanceof PlanfixError && RETRY_CLASS[error.kind] === 'give-up';
    if (!isRefused) throw error;
  }
  await recordPhoneAdded(db, planfixAccountId, contact);
  return 'again';
}
