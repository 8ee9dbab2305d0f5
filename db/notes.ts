import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { MessageKind, NoteKind } from '../workflows/domain/message.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { SPLIT_OFF } from './outgoing.ts';
import { makeDue, type Wake } from './wakes.ts';

export type NoteSubjectRow = {
  /** The message that the note is about; null: the conversation as a whole. */
  id: string | null;
  conversationId: string;
  connectionId: string;
  planfixAccountId: string;
  planfixTask: number | null;
};

/** A comment of Parley itself on a task, for employees; its words are chosen when it is posted. */
export async function addNote(trx: DatabaseTransaction, about: NoteSubjectRow, kind: NoteKind): Promise<Wake> {
  await trx
    .insertInto('message')
    .values({
      id: uuidv7(),
      planfixAccountId: about.planfixAccountId,
      connectionId: about.connectionId,
      conversationId: about.conversationId,
      direction: 'note',
      kind,
      state: 'received',
      text: '',
      channelAt: sql`clock_timestamp()`,
      aboutMessageId: about.id,
      planfixTask: about.planfixTask,
    })
    .execute();
  return makeDue(trx, about.conversationId, 'to-planfix');
}

/** A message that was written to the customer from outside a task. `isFromButton`: somebody sent it out of Planfix. */
export async function readApiMessage(db: Database, messageId: string) {
  const row = await db
    .selectFrom('message as m')
    .where('m.id', '=', messageId)
    .select(['m.id', 'm.kind', 'm.state', 'm.text', 'm.content', 'm.hold', 'm.quotedChannelMessageId'])
    .select(['m.sentAt', 'm.receivedAt'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('conversationStart as s')
            .whereRef('s.messageId', '=', 'm.id')
            .where('s.source', '=', 'planfix')
            .select('s.id'),
        )
        .as('isFromButton'),
    )
    .executeTakeFirst();
  return row && { ...row, kind: row.kind as MessageKind };
}

/** Says on the task that a message waits for the customer, once for all parts of its comment. */
export async function addWaitingNote(
  trx: DatabaseTransaction,
  message: NoteSubjectRow & { id: string; planfixComment: number | null },
): Promise<Wake[]> {
  if (message.planfixTask === null || (await isToldToWait(trx, message))) return [];
  return [await addNote(trx, message, 'waiting')];
}

/** Whether the task says already that this message, or another part of its comment, waits. */
async function isToldToWait(
  trx: DatabaseTransaction,
  message: { id: string; conversationId: string; planfixComment: number | null },
): Promise<boolean> {
  const { id, conversationId, planfixComment } = message;
  const { rows } = await sql`
    select 1 from message n join message m on m.id = n.about_message_id
     where n.conversation_id = ${conversationId} and n.direction = 'note' and n.kind = 'waiting'
       and (m.id = ${id} or m.planfix_comment = ${planfixComment}) limit 1`.execute(trx);
  return rows.length > 0;
}

/** What a note on a task must say about the employee's message that did not arrive, and the other parts of its comment. */
export type NoteSubject = {
  kind: string;
  state: string;
  reason: string | null;
  reasonCode: number | null;
  text: string;
  fileName: string | null;
  templateName: string | null;
  /** Why its file was not sent. */
  fileReason: string | null;
  planfixAuthor: string | null;
  parts: number;
  partsSent: number;
};

export async function readNoteSubject(db: Database, messageId: string): Promise<NoteSubject | undefined> {
  return db
    .selectFrom('message as m')
    .leftJoin('attachment as f', 'f.messageId', 'm.id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('message as p')
          .whereRef('p.planfixAccountId', '=', 'm.planfixAccountId')
          .whereRef('p.planfixComment', '=', 'm.planfixComment')
          .whereRef('p.conversationId', '=', 'm.conversationId')
          .where('p.direction', '=', 'outbound')
          // Words that a file left behind are no part of their own.
          .where('p.planfixPart', '<', SPLIT_OFF)
          .select([
            sql<number>`count(*)::integer`.as('parts'),
            sql<number>`count(*) filter (where p.state in ('sent', 'delivered', 'read'))::integer`.as('partsSent'),
          ])
          .as('siblings'),
      (join) => join.onTrue(),
    )
    .where('m.id', '=', messageId)
    .select((eb) => [
      'm.kind',
      'm.state',
      'm.reason',
      'm.reasonCode',
      'm.text',
      'm.planfixAuthor',
      'f.name as fileName',
      sql<string | null>`m.content->'template'->>'name'`.as('templateName'),
      'f.reason as fileReason',
      eb.fn.coalesce('siblings.parts', sql<number>`1`).as('parts'),
      eb.fn.coalesce('siblings.partsSent', sql<number>`0`).as('partsSent'),
    ])
    .executeTakeFirst();
}
