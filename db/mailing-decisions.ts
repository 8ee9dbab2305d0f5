import { sql } from 'kysely';
import type { MailingState } from '../workflows/domain/message.ts';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import type { Visibility } from './visibility.ts';

export const MAILING_DECISIONS = ['pause', 'resume', 'cancel'] as const;
export type MailingDecision = (typeof MAILING_DECISIONS)[number];

const FROM: Readonly<Record<MailingDecision, readonly MailingState[]>> = {
  pause: ['scheduled', 'running'],
  resume: ['paused', 'stopped'],
  cancel: ['checking', 'scheduled', 'running', 'paused', 'stopped'],
};

export type DecidedMailing = { kind: 'done' } | { kind: 'not-found' } | { kind: 'not-possible'; state: string };

/** A person's decision about a mailing. It holds from the next claim of a message on; the run is told afterwards. */
export async function decideMailing(
  db: Database,
  id: string,
  decision: MailingDecision,
  { visibility: { planfixAccountId }, actor }: { visibility: Visibility; actor: string },
): Promise<DecidedMailing> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .selectFrom('mailing')
      .where('id', '=', id)
      .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
      .select(['state', 'origin', 'acceptedAt'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!row) return { kind: 'not-found' };
    const isPossible = row.origin === 'declared' && (FROM[decision] as readonly string[]).includes(row.state);
    if (!isPossible) return { kind: 'not-possible', state: row.state };
    await trx
      .updateTable('mailing')
      .set({ ...changesOf(decision, id, row.acceptedAt !== null), dueAt: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
    await recordAudit(trx, { actor, action: decision, subjectKind: 'mailing', subjectId: id });
    await announceRow(trx, id);
    return { kind: 'done' };
  });
}

function changesOf(decision: MailingDecision, id: string, isAccepted: boolean) {
  if (decision === 'pause') return { state: 'paused', reason: 'operator' };
  if (decision === 'cancel') return { state: 'cancelled', reason: 'operator' };
  return {
    // Where it stood; the run moves it on.
    state: isAccepted ? 'scheduled' : 'checking',
    reason: null,
    expiresAt: null,
    // Who resumes has seen why it paused: the brake looks at what comes from now on, which may be made already.
    startQuality: null,
    qualityReadAt: null,
    brakePosition: sql<number>`coalesce((select max(position) from message
      where mailing_id = ${id} and (state <> 'ready' or reason_code is not null)), 0)`,
  };
}
