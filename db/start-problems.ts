import { sql } from 'kysely';
import { type Said, tell } from '../workflows/domain/problem-findings.ts';
import { isStartRefusal } from '../workflows/domain/start-refusals.ts';
import type { DatabaseTransaction } from './database.ts';
import { openProblem } from './problems.ts';

/** What was to be sent, as far as it is a number in Planfix: phones and names have no place in a problem. */
export type UntoldStart = {
  planfixAccountId: string;
  connectionId: string;
  reason: string | null;
  planfixTask: number | null;
  contact?: number | undefined;
};

/** Somebody in Planfix asked for a message that was not sent, and there is no task to say so on. */
export async function openStartProblem(
  trx: DatabaseTransaction,
  { planfixAccountId, connectionId, reason, planfixTask, contact }: UntoldStart,
): Promise<void> {
  const refusal: Said[] = reason !== null && isStartRefusal(reason) ? [[`start:${reason}`]] : [];
  await openProblem(trx, {
    kind: 'start-refused',
    planfixAccountId,
    connectionId,
    ...tell(askedFor(contact, planfixTask), ...refusal),
    ...(reason === null ? {} : { reason }),
    ...(planfixTask === null ? {} : { planfixTask }),
    ...(contact === undefined ? {} : { planfixContact: contact }),
  });
}

function askedFor(contact: number | undefined, task: number | null): Said {
  if (contact === undefined) return task === null ? ['start-asked'] : ['start-asked-task', { task }];
  return task === null ? ['start-asked-contact', { contact }] : ['start-asked-both', { contact, task }];
}

/** What was begun: on which number, with whom, and where. */
export type BegunStart = {
  connectionId: string;
  customerId: string;
  contact: number | null;
  planfixTask: number | null;
};

/**
 * A request was served: what was refused before on this number for the same person is none of anybody's business any
 * more. A problem that names no contact is about its task.
 */
export async function settleStartProblems(
  trx: DatabaseTransaction,
  { connectionId, customerId, contact, planfixTask }: BegunStart,
): Promise<void> {
  await sql`
    update problem p set state = 'settled', resolution = 'sent later', settled_at = clock_timestamp()
     where p.kind = 'start-refused' and p.state = 'open'
       -- As the index of open problems has it.
       and coalesce(p.message_id, p.conversation_id, p.connection_id, p.planfix_account_id) = ${connectionId}
       and case when p.planfix_contact is null then p.planfix_task = ${planfixTask}
                else p.planfix_contact = ${contact} or exists (
                  select from customer u join customer f on coalesce(f.merged_into, f.id) = coalesce(u.merged_into, u.id)
                    join planfix_contact c on c.customer_id = f.id and c.contact = p.planfix_contact
                   where u.id = ${customerId}) end`.execute(trx);
}
