import { sql } from 'kysely';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

export type AttachmentState = 'pending' | 'moved' | 'failed';

/** A file of a message, as a lane sees it. */
export type Attachment = {
  id: string;
  messageId: string;
  part: number;
  name: string | null;
  mime: string | null;
  size: number | null;
  isVoice: boolean;
  planfixFile: number | null;
  channelMediaId: string | null;
  state: AttachmentState;
  reason: string | null;
  /** Since a lane first wanted it; null: nobody has yet. */
  wantedMsAgo: number | null;
};

const SHOWN = [
  ...(['id', 'messageId', 'part', 'name', 'mime', 'size'] as const),
  ...(['isVoice', 'planfixFile', 'channelMediaId', 'reason'] as const),
] as const;

/** Of these messages, in order. */
export async function readAttachments(
  db: Database | DatabaseTransaction,
  messageIds: readonly string[],
): Promise<Attachment[]> {
  if (messageIds.length === 0) return [];
  const rows = await db
    .selectFrom('attachment')
    .where('messageId', 'in', messageIds)
    .orderBy('messageId')
    .orderBy('part')
    .select([
      ...SHOWN,
      'state',
      sql<number | null>`(extract(epoch from clock_timestamp() - wanted_at) * 1000)::float8`.as('wantedMsAgo'),
    ])
    .execute();
  return rows.map((row) => ({ ...row, state: row.state as AttachmentState }));
}

/**
 * Uploads that grew too old while their messages waited: the network may not have them much longer, so they are moved
 * again before they are sent.
 */
export async function dropOldUploads(db: Database, conversationId: string, olderThanMs: number): Promise<void> {
  await sql`
    update attachment f set state = 'pending', channel_media_id = null, channel_media_at = null, wanted_at = null
      from message m
     where f.conversation_id = ${conversationId} and f.state = 'moved'
       and f.channel_media_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
       and m.id = f.message_id and m.direction = 'outbound' and m.state = 'ready'`.execute(db);
}

/** A lane wants these files: from now on it waits for them only so long. */
export async function markWanted(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('attachment')
    .set({ wantedAt: sql`clock_timestamp()` })
    .where('id', 'in', ids)
    .where('wantedAt', 'is', null)
    .execute();
}

/** What has been waited for this file so far does not count. */
export async function restartWait(db: Database, id: string): Promise<void> {
  await db.updateTable('attachment').set({ wantedAt: sql`clock_timestamp()` }).where('id', '=', id).execute();
}

/**
 * What the next call tells Planfix about these files is final. Written down before the call, so that a file which
 * arrives during it is known to be missing there.
 */
export async function markShown(db: Database | DatabaseTransaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.updateTable('attachment').set({ isShown: true }).where('id', 'in', ids).execute();
}

export type UnshownMessage = {
  messageId: string;
  planfixTask: number;
  planfixComment: number | null;
  isHistory: boolean;
  /** Since the last of its files came, or failed. */
  settledMsAgo: number;
};

/** Messages of the conversation that stand in Planfix without files that have come, or failed, since. */
export async function readUnshown(
  db: Database | DatabaseTransaction,
  conversationId: string,
): Promise<UnshownMessage[]> {
  const rows = await db
    .selectFrom('attachment as f')
    .innerJoin('message as m', 'm.id', 'f.messageId')
    .where('f.conversationId', '=', conversationId)
    .where('f.isShown', '=', false)
    .where('m.state', '=', 'posted')
    .where('m.direction', 'in', ['inbound', 'echo'])
    .where('m.planfixTask', 'is not', null)
    .groupBy(['m.id', 'm.planfixTask', 'm.planfixComment', 'm.isHistory', 'm.position'])
    .having((eb) => eb.fn.count(sql`case when f.state = 'pending' then 1 end`), '=', 0)
    .orderBy('m.position')
    .select([
      'm.id as messageId',
      'm.planfixTask',
      'm.planfixComment',
      'm.isHistory',
      sql<number>`coalesce(extract(epoch from clock_timestamp() - max(f.moved_at)) * 1000, 0)::float8`.as(
        'settledMsAgo',
      ),
    ])
    .execute();
  return rows.map((row) => ({ ...row, planfixTask: row.planfixTask as number }));
}

/** As many are moved beside each other; the end of each makes the lane due, which then finds the next. */
const PENDING_PER_LOOK = 200;

/** Files that are still to be moved for messages which were posted without them, the oldest first. */
export async function readPendingOfPosted(db: Database, conversationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('attachment as f')
    .innerJoin('message as m', 'm.id', 'f.messageId')
    .where('f.conversationId', '=', conversationId)
    .where('f.isShown', '=', false)
    .where('f.state', '=', 'pending')
    .where('m.state', '=', 'posted')
    .orderBy('m.position')
    .limit(PENDING_PER_LOOK)
    .select('f.id')
    .execute();
  return rows.map((row) => row.id);
}

/** What moving one file needs to know. */
export type Transfer = {
  id: string;
  state: AttachmentState;
  planfixAccountId: string;
  connectionId: string;
  conversationId: string;
  direction: string;
  messageKind: string;
  content: MessageContent | null;
  isVoice: boolean;
  name: string | null;
  mime: string | null;
  size: number | null;
  sha256: string | null;
  caption: string;
  channelMediaId: string | null;
  planfixFile: number | null;
  attempts: number;
  wantedMsAgo: number;
  accountState: string;
  connectionState: string;
};

export async function readTransfer(db: Database, attachmentId: string): Promise<Transfer | undefined> {
  const row = await db
    .selectFrom('attachment as f')
    .innerJoin('message as m', 'm.id', 'f.messageId')
    .innerJoin('planfixAccount as a', 'a.id', 'f.planfixAccountId')
    .innerJoin('connection as n', 'n.id', 'f.connectionId')
    .where('f.id', '=', attachmentId)
    .select([
      'f.id',
      'f.state',
      'f.planfixAccountId',
      'f.connectionId',
      'f.conversationId',
      'm.direction',
      'm.kind as messageKind',
      'm.content',
      'm.text as caption',
      'f.isVoice',
      'f.name',
      'f.mime',
      'f.size',
      'f.sha256',
      'f.channelMediaId',
      'f.planfixFile',
      'f.attempts',
      sql<number>`coalesce(extract(epoch from clock_timestamp() - f.wanted_at) * 1000, 0)::float8`.as('wantedMsAgo'),
      'a.state as accountState',
      'n.state as connectionState',
    ])
    .executeTakeFirst();
  return row && { ...row, state: row.state as AttachmentState };
}

type Facts = { name?: string; mime?: string; size?: number; sha256?: string };

/** The other side has the file. The lane that waits for it is due; its wake is signalled by the caller. */
export async function recordMoved(
  db: Database,
  transfer: Pick<Transfer, 'id' | 'conversationId' | 'direction'>,
  moved: Facts & { planfixFile: number },
): Promise<Wake> {
  return settle(db, transfer, { ...moved, state: 'moved', reason: null, reasonDetail: null });
}

/** The network has the file under this id, good from `sinceMs` on; the message is sent as `kind`. */
export async function recordUploaded(
  db: Database,
  transfer: Pick<Transfer, 'id' | 'conversationId' | 'direction'>,
  uploaded: Facts & { channelMediaId: string; uploadedAt: Date; kind: string },
): Promise<Wake> {
  const { uploadedAt, kind, ...facts } = uploaded;
  return settle(db, transfer, { ...facts, channelMediaAt: uploadedAt, state: 'moved', reason: null }, kind);
}

/** The file will never arrive; why is said where the message stands. */
export async function recordTransferFailed(
  db: Database,
  transfer: Pick<Transfer, 'id' | 'conversationId' | 'direction'>,
  failure: { reason: string; detail: string } & Facts,
): Promise<Wake> {
  const { reason, detail, ...facts } = failure;
  return settle(db, transfer, { ...facts, state: 'failed', reason, reasonDetail: detail });
}

async function settle(
  db: Database,
  transfer: Pick<Transfer, 'id' | 'conversationId' | 'direction'>,
  change: object,
  kind?: string,
): Promise<Wake> {
  return inTransaction(db, async (trx) => {
    await trx
      .selectFrom('conversation')
      .select('id')
      .where('id', '=', transfer.conversationId)
      .forNoKeyUpdate()
      .execute();
    // An attempt that was given up may end after its successor: the first to settle it counts.
    const settled = await trx
      .updateTable('attachment')
      .set({ ...change, movedAt: sql`clock_timestamp()` })
      .where('id', '=', transfer.id)
      .where('state', '=', 'pending')
      .returning('messageId')
      .executeTakeFirst();
    if (settled && kind !== undefined) {
      await trx.updateTable('message').set({ kind }).where('id', '=', settled.messageId).execute();
    }
    return makeDue(trx, transfer.conversationId, transfer.direction === 'outbound' ? 'to-customer' : 'to-planfix');
  });
}

export async function countAttempt(db: Database, attachmentId: string): Promise<void> {
  await db
    .updateTable('attachment')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('id', '=', attachmentId)
    .execute();
}

/** The same file of Planfix, uploaded for this connection not too long ago. */
export async function findUploaded(
  db: Database,
  file: { connectionId: string; planfixFile: number; youngerThanMs: number },
): Promise<(Facts & { channelMediaId: string; uploadedAt: Date; kind: string }) | undefined> {
  const row = await db
    .selectFrom('attachment as f')
    .innerJoin('message as m', 'm.id', 'f.messageId')
    .where('f.connectionId', '=', file.connectionId)
    .where('f.planfixFile', '=', file.planfixFile)
    .where('f.channelMediaAt', '>', sql<Date>`clock_timestamp() - ${file.youngerThanMs} * interval '1 millisecond'`)
    .where('f.channelMediaId', 'is not', null)
    .orderBy('f.channelMediaAt', 'desc')
    .select(['f.channelMediaId', 'f.channelMediaAt', 'f.name', 'f.mime', 'f.size', 'f.sha256', 'm.kind'])
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    channelMediaId: row.channelMediaId as string,
    uploadedAt: row.channelMediaAt as Date,
    kind: row.kind,
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.mime === null ? {} : { mime: row.mime }),
    ...(row.size === null ? {} : { size: row.size }),
    ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
  };
}
