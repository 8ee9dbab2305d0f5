import { sql } from 'kysely';
import type { Lane } from '../workflows/domain/ids.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';
import { LANE_COLUMNS } from './wakes.ts';

/** One attempt at one lane: whoever wrote its token into the lane's lease last may act, all others may not. */
export type LaneAttempt = { conversationId: string; lane: Lane; token: string };

/** Thrown where an attempt finds that a successor has taken its lane; it ends without touching anything more. */
export class FencedOut extends Error {
  override readonly name = 'FencedOut';
}

/**
 * Takes the lane: from here on earlier attempts are fenced out, and nobody needs to look before the lease has run out.
 * Returns false when there is no such conversation.
 */
export async function takeLane(db: Database, attempt: LaneAttempt, leaseMs: number): Promise<boolean> {
  const { dueAt, lease } = LANE_COLUMNS[attempt.lane];
  const result = await db
    .updateTable('conversation')
    .set({ [lease]: attempt.token, [dueAt]: inMilliseconds(leaseMs) })
    .where('id', '=', attempt.conversationId)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export const inMilliseconds = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`;

/** Locks the conversation while the attempt still holds the lane; throws FencedOut otherwise. */
export async function lockLane(trx: DatabaseTransaction, attempt: LaneAttempt): Promise<void> {
  const row = await trx
    .selectFrom('conversation')
    .select('id')
    .where('id', '=', attempt.conversationId)
    .where(LANE_COLUMNS[attempt.lane].lease, '=', attempt.token)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw new FencedOut(`another attempt works on ${attempt.lane}`);
}

/** Runs `work` in a transaction that holds the conversation, if the attempt still holds its lane (else FencedOut). */
export function whileHoldingLane<T>(
  db: Database,
  attempt: LaneAttempt,
  work: (trx: DatabaseTransaction) => Promise<T>,
): Promise<T> {
  return inTransaction(db, async (trx) => {
    await lockLane(trx, attempt);
    return work(trx);
  });
}

/** Moves the due time ahead while the attempt works, or to the moment at which the lane wants to look again. */
export async function moveDueTime(trx: DatabaseTransaction, attempt: LaneAttempt, dueInMs: number): Promise<void> {
  await trx
    .updateTable('conversation')
    .set({ [LANE_COLUMNS[attempt.lane].dueAt]: inMilliseconds(dueInMs) })
    .where('id', '=', attempt.conversationId)
    .execute();
}

/** What a lane must do next: nothing, or look again (`waitMs` 0: at once). */
export type LaneRest = { kind: 'done' } | { kind: 'not-before'; waitMs: number };

/**
 * When the lane is workable again. `dueInMs`: nobody needs to wake it before. `lookInMs`: what its row waits for wakes
 * it, so it holds no due time, and is looked at then at the latest.
 */
export type LaneNext = { dueInMs: number } | { lookInMs: number } | undefined;

/**
 * Ends an attempt: lock the conversation, look for rows, empty the due time. Three statements, because one clever
 * UPDATE would look with a snapshot from before the lock and lose what came in between. `findNext` looks for the lane's
 * next workable row; undefined: there is none.
 */
export async function releaseLane(
  db: Database,
  attempt: LaneAttempt,
  findNext: (trx: DatabaseTransaction) => Promise<LaneNext>,
): Promise<LaneRest> {
  return whileHoldingLane(db, attempt, async (trx) => {
    const next = await findNext(trx);
    if (next && 'dueInMs' in next) {
      await moveDueTime(trx, attempt, next.dueInMs);
      return { kind: 'not-before', waitMs: next.dueInMs };
    }
    const { dueAt, lease } = LANE_COLUMNS[attempt.lane];
    await trx
      .updateTable('conversation')
      .set({ [dueAt]: null, [lease]: null, sweptAt: null, sweeps: 0 })
      .where('id', '=', attempt.conversationId)
      .execute();
    return next ? { kind: 'not-before', waitMs: next.lookInMs } : { kind: 'done' };
  });
}
