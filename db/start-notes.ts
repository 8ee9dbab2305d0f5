import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { StartRefusal } from '../workflows/domain/start-refusals.ts';
import { msAgo } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inMilliseconds } from './lanes.ts';
import type { StartRecipient } from './start-places.ts';
import { openStartProblem } from './start-problems.ts';
import { inTransaction } from './transaction.ts';

/** A request that Planfix must be asked about, or told of. Ages in milliseconds. */
export type OpenStart = {
  id: string;
  planfixAccountId: string;
  connectionId: string;
  settings: ConnectionSettings;
  displayPhoneNumber: string | null;
  state: 'looking' | 'refused';
  reason: string | null;
  recipient: StartRecipient | null;
  planfixTask: number | null;
  requestedBy: string;
  /** The comment that should have been sent; null: it was a button or a scenario. */
  planfixComment: number | null;
  intentToken: string | null;
  intentMsAgo: number | null;
  cleanLooks: number;
  ageMs: number;
};

/** A comment that was meant for a customer and cannot be sent: said on its task, once however often it is heard of. */
export async function refuseComment(
  db: Database,
  comment: {
    planfixAccountId: string;
    connectionId: string;
    planfixTask: number;
    planfixComment: number;
    author: string;
    reason: StartRefusal;
  },
): Promise<Run[]> {
  const { planfixComment, author, ...row } = comment;
  const id = uuidv7();
  const inserted = await db
    .insertInto('conversationStart')
    .values({
      id,
      ...row,
      requestOwner: `${COMMENT_OWNER}${row.planfixAccountId}`,
      requestKey: String(planfixComment),
      requestDigest: Buffer.alloc(0),
      requestedBy: author,
      source: 'planfix',
      kind: 'text',
      text: '',
      state: 'refused',
      dueAt: sql`clock_timestamp()`,
      settledAt: sql`clock_timestamp()`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted ? [{ kind: 'conversation-start', id }] : [];
}

/** Requests that are comments belong to it. */
const COMMENT_OWNER = 'comment:';

/** Undefined: nothing is left to do. Nobody else needs to look within `leaseMs`. */
export async function takeStart(db: Database, id: string, leaseMs: number): Promise<OpenStart | undefined> {
  const taken = await db
    .updateTable('conversationStart')
    .set({ dueAt: inMilliseconds(leaseMs) })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('state', '=', 'looking'), eb('dueAt', 'is not', null)]))
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return undefined;
  const row = await db
    .selectFrom('conversationStart as s')
    .innerJoin('connection as n', 'n.id', 's.connectionId')
    .where('s.id', '=', id)
    .select(['s.id', 's.planfixAccountId', 's.connectionId', 'n.settings', 'n.displayPhoneNumber', 's.state'])
    .select(['s.reason', 's.recipient', 's.planfixTask', 's.requestedBy', 's.noteCleanLooks as cleanLooks'])
    .select([
      's.noteIntentToken as intentToken',
      msAgo('s.note_intent_at').as('intentMsAgo'),
      sql<number>`extract(epoch from clock_timestamp() - s.created_at) * 1000`.as('ageMs'),
      sql<number | null>`case when starts_with(s.request_owner, ${COMMENT_OWNER}) then s.request_key::integer end`.as(
        'planfixComment',
      ),
    ])
    .executeTakeFirst();
  return row as OpenStart | undefined;
}

/** When the run looks again, unless it is told to before. */
export async function postponeStart(db: Database, id: string, waitMs: number): Promise<void> {
  await db
    .updateTable('conversationStart')
    .set({ dueAt: inMilliseconds(waitMs) })
    .where('id', '=', id)
    .where('dueAt', 'is not', null)
    .execute();
}

/** Writes down that the next call will post the note. False: an intent is open, or it is posted. */
export async function openNoteIntent(db: Database, id: string, token: string): Promise<boolean> {
  const result = await db
    .updateTable('conversationStart')
    .set({ noteIntentToken: token, noteIntentAt: sql`clock_timestamp()`, noteCleanLooks: 0 })
    .where('id', '=', id)
    .where('noteIntentToken', 'is', null)
    .where('noteComment', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** `seen` is the intent that the caller knows: a newer one stays. */
export async function dropNoteIntent(db: Database, id: string, seen: string): Promise<void> {
  await db
    .updateTable('conversationStart')
    .set({ noteIntentToken: null, noteIntentAt: null, noteCleanLooks: 0 })
    .where('id', '=', id)
    .where('noteIntentToken', '=', seen)
    .execute();
}

export async function countCleanNoteLook(db: Database, id: string, seen: string): Promise<void> {
  await db
    .updateTable('conversationStart')
    .set((eb) => ({ noteCleanLooks: eb('noteCleanLooks', '+', 1) }))
    .where('id', '=', id)
    .where('noteIntentToken', '=', seen)
    .execute();
}

/** The note stands on the task. Nothing is left to do. */
export async function recordNote(db: Database, id: string, comment: number): Promise<void> {
  await closeNote(db, id, comment);
}

/** There is no place for the note any more, or Planfix goes on refusing it: a problem tells instead. */
export async function giveUpNote(db: Database, id: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const start = await closeNote(trx, id, null);
    if (start) await openStartProblem(trx, start);
  });
}

function closeNote(db: Database | DatabaseTransaction, id: string, comment: number | null) {
  return db
    .updateTable('conversationStart')
    .set({ noteComment: comment, noteIntentToken: null, noteIntentAt: null, dueAt: null })
    .where('id', '=', id)
    .where('dueAt', 'is not', null)
    .returning(['planfixAccountId', 'connectionId', 'reason', 'planfixTask'])
    .executeTakeFirst();
}
