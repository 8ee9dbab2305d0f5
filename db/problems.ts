import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Told } from '../workflows/domain/problem-findings.ts';
import { HEALTH_PROBLEMS } from '../workflows/domain/self-check-words.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** What needs a person. The words are a public contract of `GET /v1/problems`. */
export const PROBLEM_KINDS = [
  'unknown-send',
  'parked',
  'account-paused',
  'connection-paused',
  'account-check-failed',
  'connection-check-failed',
  'contact-refused-as-assigner',
  'contact-refused-as-owner',
  'fields-refused',
  'comments-forbidden',
  // An employee wrote to somebody who waits, and ticked nobody outside.
  'notified-nobody',
  'nothing-to-send',
  'identity-conflict',
  'two-contacts',
  // For so long that what is known of the templates may be wrong.
  'templates-unreadable',
  // Asked for in Planfix, where there is no task to say so on.
  'start-refused',
  // The phone app did not hand over its chats or contacts.
  'business-app-sync',
  // The network says that the owner has ended the link, or that it restricts what a number may do.
  'owner-disconnected',
  'connection-restricted',
  // Step two of a disconnection is not done.
  'disconnect-unconfirmed',
  ...HEALTH_PROBLEMS,
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export type ProblemInput = {
  kind: ProblemKind;
  planfixAccountId: string;
  connectionId?: string;
  conversationId?: string;
  messageId?: string;
  reason?: string;
  planfixTask?: number;
  planfixComment?: number;
  planfixContact?: number;
} & Partial<Told>;

/** Opens a problem; one that is open about the same thing stays as it is. */
export async function openProblem(
  db: Database | DatabaseTransaction,
  { findings = [], ...problem }: ProblemInput,
): Promise<void> {
  await db
    .insertInto('problem')
    .values({ id: uuidv7(), ...problem, findings: JSON.stringify(findings) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Settles what is open about a message; `resolution` says who or what did it. */
export async function settleProblemsOfMessage(
  db: Database | DatabaseTransaction,
  messageId: string,
  resolution: string,
): Promise<void> {
  await db
    .updateTable('problem')
    .set({ state: 'settled', resolution, settledAt: sql`clock_timestamp()` })
    .where('messageId', '=', messageId)
    .where('state', '=', 'open')
    .execute();
}

type Subject = { planfixAccountId: string } | { connectionId: string };

const isOpenOf = (kind: ProblemKind, subject: Subject) => sql<boolean>`
  kind = ${kind} and state = 'open' and message_id is null and ${
    'connectionId' in subject
      ? sql`connection_id = ${subject.connectionId}`
      : sql`planfix_account_id = ${subject.planfixAccountId}`
  }`;

/** What is wrong with an account or connection has changed while the problem was open. */
export async function describeProblemAnew(
  trx: DatabaseTransaction,
  kind: ProblemKind,
  subject: Subject,
  { detail, findings = [] }: Told,
): Promise<void> {
  const codes = JSON.stringify(findings);
  await trx
    .updateTable('problem')
    .set({ detail, findings: codes })
    .where(isOpenOf(kind, subject))
    .where(sql<boolean>`(detail, findings) is distinct from (${detail}, ${codes}::jsonb)`)
    .execute();
}

/** Settles a problem about an account or connection that is well again. True: one was open. */
export async function settleProblemsOfSubject(
  db: Database | DatabaseTransaction,
  kind: ProblemKind,
  subject: Subject,
  resolution: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('problem')
    .set({ state: 'settled', resolution, settledAt: sql`clock_timestamp()` })
    .where(isOpenOf(kind, subject))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The customers got an answer: what was written before without ticking them was not for them. */
export async function settleUnnotified(trx: DatabaseTransaction, conversationIds: readonly string[]): Promise<void> {
  if (conversationIds.length === 0) return;
  await trx
    .updateTable('problem')
    .set({ state: 'settled', resolution: 'answered', settledAt: sql`clock_timestamp()` })
    .where('kind', '=', 'notified-nobody')
    // As the index of open problems has it.
    .where(
      sql<boolean>`coalesce(message_id, conversation_id, connection_id, planfix_account_id)
        = any(${[...new Set(conversationIds)]}::uuid[])`,
    )
    .where('state', '=', 'open')
    .execute();
}
