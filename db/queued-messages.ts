import { type RawBuilder, sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { makeMailingsDue } from './held-messages.ts';
import { addNote, type NoteSubjectRow } from './notes.ts';
import { inTransaction } from './transaction.ts';
import { type Page, type PageRequest, toPage } from './visibility.ts';
import { makeDue, type Wake } from './wakes.ts';

/** A message to a customer that has not left. */
export type QueuedRow = {
  id: string;
  conversationId: string;
  customerName: string | null;
  kind: string;
  text: string;
  state: string;
  origin: string | null;
  planfixTask: number | null;
  receivedAt: Date;
  /** A person wants it to leave before the connection ends. */
  leavesLast: boolean;
};

/**
 * Those of conversations, and of what was found to be written to many; a mailing that somebody declared is stopped as a
 * whole. For queries over `message m`.
 */
const isQueued = (connectionId: string): RawBuilder<boolean> => sql<boolean>`
  m.id in (
    select q.id from message q where q.connection_id = ${connectionId} and q.direction = 'outbound'
       and q.state in ('ready', 'waiting') and q.mailing_id is null
    union all
    select q.id from mailing g join message q on q.mailing_id = g.id and q.direction = 'outbound' and q.state = 'ready'
     where g.connection_id = ${connectionId} and g.origin = 'detected' and g.state = 'running')`;

/** For lists of connections: how many messages wait to be sent. */
export const queuedCount = sql<number>`(
  select count(*)::integer from message q where q.connection_id = connection.id and q.direction = 'outbound'
     and q.state in ('ready', 'waiting') and q.mailing_id is null)`;

/** Newest first. */
export async function listQueued(
  db: Database,
  connectionId: string,
  { after, limit }: PageRequest,
): Promise<Page<QueuedRow>> {
  const rows = await db
    .selectFrom('message as m')
    .innerJoin('conversation as c', 'c.id', 'm.conversationId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .leftJoin('mailing as g', 'g.id', 'm.mailingId')
    .where(isQueued(connectionId))
    .$if(after !== undefined, (query) => query.where('m.id', '<', after as string))
    .orderBy('m.id', 'desc')
    .limit(limit + 1)
    .select(['m.id', 'm.conversationId', 'u.name as customerName', 'm.kind', 'm.state', 'm.origin', 'm.planfixTask'])
    .select(['m.receivedAt', 'm.leavesLast'])
    // What all messages of a mailing share is kept there.
    .select(sql<string>`case when m.text = '' then coalesce(g.text, '') else m.text end`.as('text'))
    .execute();
  return toPage(rows, limit);
}

/** Nobody has decided about so many. */
export async function countUndecided(db: Database, connectionId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from message m
     where ${isQueued(connectionId)} and not m.leaves_last`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The position of the newest that is queued now, 0 where nothing is: whoever decides about all knows of no later ones. */
export async function readNewestQueued(db: Database, connectionId: string): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    select coalesce(max(m.position), 0) as position from message m where ${isQueued(connectionId)}`.execute(db);
  return rows[0]?.position ?? 0;
}

/** Undefined `ids`: all of them; undefined `upTo`: whenever they came. */
export type QueuedChoice = {
  connectionId: string;
  ids: readonly string[] | undefined;
  upTo?: number | undefined;
  limit: number;
};
/** `more`: there are further ones; call again. */
export type QueuedDecision = { decided: number; more: boolean; wakes: Wake[]; runs: Run[] };

/**
 * These leave although their connection ends, in their order, with the credentials that are still there. One that waits
 * for the customer to write cannot. Undefined: the connection does not end, or ends already for good.
 */
export async function sendQueued(
  db: Database,
  choice: QueuedChoice,
  actor: string,
): Promise<QueuedDecision | undefined> {
  const { connectionId, limit } = choice;
  return inTransaction(db, async (trx) => {
    if (!(await isEnding(trx, connectionId))) return undefined;
    const chosen = await lockChosen(trx, choice, sql`m.state = 'ready' and not m.leaves_last`);
    const { rows } = await sql<{ conversationId: string }>`
      update message set leaves_last = true where id = any(${chosen}::uuid[]) and state = 'ready'
      returning conversation_id as "conversationId"`.execute(trx);
    const runs = await makeMailingsDue(trx, connectionId);
    if (rows.length > 0) await audit(trx, connectionId, actor, { action: 'send-queued', messages: rows.length });
    return { decided: rows.length, more: chosen.length === limit, wakes: await wakeAll(trx, rows), runs };
  });
}

/** These never leave; their tasks say so. Undefined: as above. */
export async function discardQueued(
  db: Database,
  choice: QueuedChoice,
  actor: string,
): Promise<QueuedDecision | undefined> {
  return inTransaction(db, async (trx) => {
    if (!(await isEnding(trx, choice.connectionId))) return undefined;
    const dropped = await dropQueued(trx, choice, 'discarded by a person');
    const messages = dropped.decided;
    if (messages > 0) await audit(trx, choice.connectionId, actor, { action: 'discard-queued', messages });
    return { ...dropped, runs: [] };
  });
}

/** Whatever has not left by the end of its connection never will. */
export async function dropUndecided(
  db: Database,
  connectionId: string,
  limit: number,
): Promise<Omit<QueuedDecision, 'runs'>> {
  return inTransaction(db, (trx) =>
    dropQueued(trx, { connectionId, ids: undefined, limit }, 'the number was disconnected'),
  );
}

async function dropQueued(
  trx: DatabaseTransaction,
  choice: QueuedChoice,
  detail: string,
): Promise<Omit<QueuedDecision, 'runs'>> {
  const chosen = await lockChosen(trx, choice, sql`true`);
  if (chosen.length === 0) return { decided: 0, more: false, wakes: [] };
  const { rows: dropped } = await sql<NoteSubjectRow>`
    update message
       set state = 'refused', reason = 'disconnected', reason_detail = ${detail}, failed_at = clock_timestamp(),
           hold = case when hold = 'held' then 'expired' else hold end,
           text = case when hold = 'held' then '' else text end,
           content = case when hold = 'held' then null else content end
     where id = any(${chosen}::uuid[]) and state in ('ready', 'waiting')
    returning id, conversation_id as "conversationId", connection_id as "connectionId",
              planfix_account_id as "planfixAccountId", planfix_task as "planfixTask"`.execute(trx);
  const wakes: Wake[] = [];
  for (const row of dropped) if (row.planfixTask !== null) wakes.push(await addNote(trx, row, 'outcome'));
  return { decided: dropped.length, more: chosen.length === choice.limit, wakes };
}

/** The ids of those that are meant; their conversations are locked, before any message, as everywhere. */
async function lockChosen(
  trx: DatabaseTransaction,
  { connectionId, ids, upTo, limit }: QueuedChoice,
  which: RawBuilder<unknown>,
): Promise<string[]> {
  const isNamed = ids === undefined ? sql`true` : sql`m.id = any(${[...ids]}::uuid[])`;
  const isMeant = upTo === undefined ? sql`true` : sql`m.position <= ${upTo}`;
  const { rows } = await sql<{ id: string; conversationId: string }>`
    select m.id, m.conversation_id as "conversationId" from message m
     where ${isQueued(connectionId)} and ${which} and ${isNamed} and ${isMeant}
     order by m.position limit ${limit}`.execute(trx);
  const conversations = [...new Set(rows.map((row) => row.conversationId))].sort();
  await sql`select from conversation where id = any(${conversations}::uuid[]) order by id for no key update`.execute(
    trx,
  );
  return rows.map((row) => row.id);
}

/** Locks the connection, so that its end does not come in between. */
async function isEnding(trx: DatabaseTransaction, connectionId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .where('state', '=', 'disconnecting')
    .select('id')
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

async function wakeAll(trx: DatabaseTransaction, rows: readonly { conversationId: string }[]): Promise<Wake[]> {
  const wakes: Wake[] = [];
  const ids = [...new Set(rows.map((row) => row.conversationId))].sort();
  for (const id of ids) wakes.push(await makeDue(trx, id, 'to-customer'));
  return wakes;
}

const audit = (
  trx: DatabaseTransaction,
  subjectId: string,
  actor: string,
  { action, messages }: { action: string; messages: number },
) => recordAudit(trx, { actor, action, subjectKind: 'connection', subjectId, detail: { messages } });
