import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { MessageState } from '../workflows/domain/message.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { reopenMailing } from './mailing-end.ts';
import { type ProblemRow, readProblem } from './problem-list.ts';
import type { ProblemKind } from './problems.ts';
import { inTransaction } from './transaction.ts';
import type { Visibility } from './visibility.ts';
import { makeDue, type Wake } from './wakes.ts';

/**
 * What a person decides: `resend` an unknown one (it may arrive twice, which the person accepts), `discard` it, `retry`
 * what was parked, or `send` a comment that notified nobody.
 */
export type Decision = 'resend' | 'discard' | 'retry' | 'send';
export type Decided =
  /** `hintedAccount`: its workflow has a comment to read; `run`: the mailing that sends the message. */
  | { kind: 'settled'; wake?: Wake; hintedAccount?: string; run?: Run }
  | { kind: 'not-found' }
  /** `reason` is a sentence for the caller. */
  | { kind: 'not-possible'; reason: string };

/** Locks the conversation before the message, as everybody does; settling, change and audit are one transaction. */
export async function decideProblem(
  db: Database,
  input: { id: string; decision: Decision; visibility: Visibility; actor: string },
): Promise<Decided> {
  return inTransaction(db, async (trx) => {
    const seen = await readProblem(trx, input.id, input.visibility);
    if (!seen) return { kind: 'not-found' };
    if (seen.conversationId !== null) await lockConversation(trx, seen.conversationId);
    const message = seen.messageId === null ? undefined : await lockMessage(trx, seen.messageId);
    const problem = await trx
      .selectFrom('problem')
      .where('id', '=', input.id)
      .select(['kind', 'state'])
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (problem.state !== 'open') return { kind: 'not-possible', reason: 'The problem is settled already' };
    const outcome = await applyDecision(trx, input.decision, { ...seen, kind: problem.kind as ProblemKind }, message);
    if (outcome.kind !== 'settled') return outcome;
    if (problem.kind === 'contact-refused-as-owner') await allowOwners(trx, seen.planfixAccountId);
    await trx
      .updateTable('problem')
      .set({
        state: 'settled',
        resolution: `${input.decision} by ${input.actor}`,
        settledAt: sql`clock_timestamp()`,
      })
      .where('id', '=', input.id)
      .execute();
    const { actor, decision: action, id: subjectId } = input;
    await recordAudit(trx, { actor, action, subjectKind: 'problem', subjectId });
    return outcome;
  });
}

async function lockConversation(trx: DatabaseTransaction, id: string): Promise<void> {
  await trx.selectFrom('conversation').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

type LockedMessage = { id: string; conversationId: string; direction: string; state: MessageState };

async function lockMessage(trx: DatabaseTransaction, id: string): Promise<LockedMessage | undefined> {
  return trx
    .selectFrom('message')
    .select(['id', 'conversationId', 'direction', 'state'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The decisions that each kind allows; kinds about an account or connection end when that is well again. */
const POSSIBLE: Readonly<Record<ProblemKind, readonly Decision[]>> = {
  'unknown-send': ['resend', 'discard'],
  parked: ['retry', 'discard'],
  'account-paused': [],
  'connection-paused': [],
  'account-check-failed': [],
  'connection-check-failed': [],
  'contact-refused-as-assigner': ['discard'],
  'contact-refused-as-owner': ['discard'],
  'fields-refused': ['discard'],
  'comments-forbidden': ['discard'],
  'notified-nobody': ['send', 'discard'],
  'nothing-to-send': ['discard'],
  'identity-conflict': ['discard'],
  'two-contacts': ['discard'],
  'templates-unreadable': [],
  'start-refused': ['discard'],
  'business-app-sync': ['discard'],
  'owner-disconnected': [],
  'connection-restricted': ['discard'],
  'disconnect-unconfirmed': [],
  'number-unusable': [],
  'quality-low': [],
  'display-name-declined': [],
  'sending-limited': [],
  // What will not come back by itself, a person may take note of.
  'limit-lowered': ['discard'],
  'subscription-lost': [],
  'webhook-misdirected': [],
  'account-events-missing': ['discard'],
  'fields-missing': [],
  'webhook-silent': [],
  'statuses-missing': [],
  'hint-never-seen': ['discard'],
  'token-expires': [],
  'clock-wrong': [],
};

/** What may be decided about a problem of this kind; none: it ends by itself. */
export const possibleDecisions = (kind: string): readonly Decision[] =>
  (POSSIBLE as Readonly<Record<string, readonly Decision[]>>)[kind] ?? [];

/** The state that a message must still be in: whoever was faster has settled it otherwise. */
const STATE_OF: Readonly<Partial<Record<ProblemKind, MessageState>>> = { 'unknown-send': 'unknown', parked: 'parked' };

async function applyDecision(
  trx: DatabaseTransaction,
  decision: Decision,
  problem: Omit<ProblemRow, 'kind'> & { kind: ProblemKind },
  message: LockedMessage | undefined,
): Promise<Decided> {
  const { kind } = problem;
  const possible = POSSIBLE[kind] ?? [];
  if (!possible.includes(decision)) {
    const words =
      possible.length === 0 ? 'ends by itself when its cause is gone' : `allows only ${possible.join(', ')}`;
    return { kind: 'not-possible', reason: `A problem of kind "${kind}" ${words}` };
  }
  const expected = STATE_OF[kind];
  if (decision === 'send') return sendComment(trx, problem);
  if (expected === undefined) return { kind: 'settled' };
  if (message?.state !== expected) {
    return { kind: 'not-possible', reason: `The message is no longer ${expected}` };
  }
  if (decision === 'discard') await discardMessage(trx, message);
  else {
    const mailing = await reopenMailing(trx, message.id);
    if (mailing?.kind === 'closed') {
      return { kind: 'not-possible', reason: `The mailing of this message is ${mailing.state}` };
    }
    await releaseMessage(trx, message, decision);
    if (mailing) return { kind: 'settled', run: mailing.run };
  }
  const lane = message.direction === 'outbound' ? 'to-customer' : 'to-planfix';
  return { kind: 'settled', wake: await makeDue(trx, message.conversationId, lane) };
}

/** The comment is read again, and goes to this customer whomever it notifies. */
async function sendComment(trx: DatabaseTransaction, problem: Omit<ProblemRow, 'kind'>): Promise<Decided> {
  const { planfixAccountId, planfixTask, planfixComment, conversationId } = problem;
  if (planfixAccountId === null || planfixTask === null || planfixComment === null) {
    return { kind: 'not-possible', reason: 'The problem names no comment' };
  }
  const hinted = await trx
    .insertInto('planfixHint')
    .values({ id: uuidv7(), planfixAccountId, planfixTask, planfixComment, sendTo: conversationId })
    .onConflict((conflict) =>
      conflict
        .columns(['planfixAccountId', 'planfixComment'])
        .doUpdateSet({ sendTo: conversationId })
        .where('planfixHint.sendTo', 'is', null),
    )
    .executeTakeFirst();
  if (hinted.numInsertedOrUpdatedRows === 0n) {
    return {
      kind: 'not-possible',
      reason: 'The comment is on its way to another customer of the task: try again soon',
    };
  }
  return { kind: 'settled', hintedAccount: planfixAccountId };
}

/** A person says that the permission is mended: contacts are owners of their comments again. */
async function allowOwners(trx: DatabaseTransaction, planfixAccountId: string | null): Promise<void> {
  await trx
    .updateTable('planfixContact')
    .set({ isRefusedAsOwner: false })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('isRefusedAsOwner', '=', true)
    .execute();
}

/** Outbound ones end as refused; what was meant for Planfix only stays in the list. */
async function discardMessage(trx: DatabaseTransaction, message: LockedMessage): Promise<void> {
  const isOutbound = message.direction === 'outbound';
  await trx
    .updateTable('message')
    .set((eb) => ({
      state: isOutbound ? 'refused' : 'ignored',
      reason: message.state === 'unknown' ? 'outcome-unknown' : eb.fn.coalesce('reason', sql<string>`'discarded'`),
      reasonDetail: 'discarded by a person',
      claimToken: null,
      ...(isOutbound ? { failedAt: sql<Date>`clock_timestamp()` } : {}),
    }))
    .where('id', '=', message.id)
    .execute();
}

/**
 * Back to work. A resend goes behind everything that waits; a retry keeps its place and, towards Planfix, its open
 * intent, so that an earlier call that did arrive is found and not repeated.
 */
async function releaseMessage(
  trx: DatabaseTransaction,
  message: LockedMessage,
  decision: 'resend' | 'retry',
): Promise<void> {
  const isOutbound = message.direction === 'outbound';
  await trx
    .updateTable('message')
    .set({
      state: isOutbound ? 'ready' : 'received',
      reason: null,
      reasonCode: null,
      reasonDetail: null,
      notBefore: null,
      blockedSince: null,
      attempts: 0,
      ...(isOutbound ? { claimToken: null, claimedAt: null } : {}),
      ...(decision === 'resend' ? { position: sql<number>`nextval('message_position')` } : {}),
    })
    .where('id', '=', message.id)
    .execute();
}
