import { sql } from 'kysely';
import type { Lane } from '../workflows/domain/ids.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** A lane of a conversation that somebody must look at; signalled only after the commit. */
export type Wake = { conversationId: string; lane: Lane };

/** Each lane has a due time and a lease of its own in the conversation's row. */
export const LANE_COLUMNS = {
  'to-planfix': { dueAt: 'toPlanfixDueAt', lease: 'toPlanfixLease' },
  'to-customer': { dueAt: 'toCustomerDueAt', lease: 'toCustomerLease' },
} as const satisfies Record<Lane, { dueAt: string; lease: string }>;

/**
 * Makes a lane due now. For everybody but ingest: they bring what a row waits for, so they always signal afterwards,
 * even if the lane had a due time. A lane at work keeps its lease, so the fence stays with whoever works.
 */
export async function makeDue(trx: Database | DatabaseTransaction, conversationId: string, lane: Lane): Promise<Wake> {
  await trx
    .updateTable('conversation')
    .set({ [LANE_COLUMNS[lane].dueAt]: sql`clock_timestamp()` })
    .where('id', '=', conversationId)
    .execute();
  return { conversationId, lane };
}
