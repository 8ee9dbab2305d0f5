import { sql } from 'kysely';
import type { LineProblem } from '../workflows/domain/mailing-lines.ts';
import { mailingReasonSentence } from '../workflows/domain/mailing-reasons.ts';
import type { MailingState } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { Database } from './database.ts';
import { countMessages, type MailingCounts, recallCounts, storeCounts } from './mailing-counts.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A mailing as the API shows it, with live counts. */
export type MailingRow = {
  id: string;
  planfixAccountId: string;
  connectionId: string;
  origin: string;
  name: string | null;
  state: MailingState;
  reason: string | null;
  reasonDetail: string | null;
  text: string;
  content: MessageContent | null;
  isMarketing: boolean;
  lines: number;
  rate: number | null;
  startAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: MailingCounts;
};

const SHOWN = [
  'id',
  'planfixAccountId',
  'connectionId',
  'origin',
  'name',
  'state',
  'reason',
  'text',
  'content',
  'isMarketing',
  'lines',
  'rate',
  'startAt',
  'createdAt',
  'startedAt',
  'finishedAt',
  'badLines',
  'duplicateLines',
  'optedOutLines',
  'queuedLines',
  'counts as storedCounts',
  'countedAt',
] as const;

function visibleMailings(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('mailing')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .select(SHOWN);
}

type StoredRow = Awaited<ReturnType<ReturnType<typeof visibleMailings>['execute']>>[number];

export async function readMailing(db: Database, id: string, visibility: Visibility): Promise<MailingRow | undefined> {
  const row = await visibleMailings(db, visibility).where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  return toMailing(row, (await countMessages(db, [row])).get(row.id) as MailingCounts);
}

/** Where a mailing stands, without its counts; for whoever waits for it. */
export async function readMailingState(db: Database, id: string): Promise<MailingState | undefined> {
  const row = await db.selectFrom('mailing').where('id', '=', id).select('state').executeTakeFirst();
  return row?.state as MailingState | undefined;
}

export type MailingFilter = {
  connectionId?: string | undefined;
  state?: MailingState | undefined;
  origin?: 'declared' | 'detected' | undefined;
};

/** Newest first. */
export async function listMailings(
  db: Database,
  { connectionId, state, origin }: MailingFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<MailingRow>> {
  let query = visibleMailings(db, visibility);
  if (connectionId !== undefined) query = query.where('connectionId', '=', connectionId);
  if (state !== undefined) query = query.where('state', '=', state);
  if (origin !== undefined) query = query.where('origin', '=', origin);
  if (after !== undefined) query = query.where('id', '<', after);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = toPage(rows, limit);
  const counts = await countOnce(db, page.items);
  return { ...page, items: page.items.map((row) => toMailing(row, counts.get(row.id) as MailingCounts)) };
}

/** The counts of a page: a mailing that is over is counted again the more rarely the longer it is. */
async function countOnce(db: Database, rows: readonly StoredRow[]): Promise<Map<string, MailingCounts>> {
  const counts = new Map(rows.flatMap((row) => recallCounts(row).map((known) => [row.id, known] as const)));
  const fresh = await countMessages(
    db,
    rows.filter(({ id }) => !counts.has(id)),
  );
  await storeCounts(db, fresh);
  return new Map([...counts, ...fresh]);
}

function toMailing(row: StoredRow, counts: MailingCounts): MailingRow {
  const { badLines, duplicateLines, optedOutLines, queuedLines, storedCounts, countedAt, ...shown } = row;
  return { ...shown, state: row.state as MailingState, reasonDetail: mailingReasonSentence(row.reason), counts };
}

const MOST_BAD_LINES = 1_000;

/** The first bad lines, in order. */
export async function readBadLines(
  db: Database,
  mailingId: string,
): Promise<{ isUpload: boolean; lines: ({ line: number } & LineProblem)[] }> {
  const rows = await db
    .selectFrom('mailingRecipient as r')
    .innerJoin('mailing as m', 'm.id', 'r.mailingId')
    .where('r.mailingId', '=', mailingId)
    .where('r.state', '=', 'bad')
    .orderBy('r.line')
    .limit(MOST_BAD_LINES)
    .select(['r.line', 'r.path', 'r.message', 'r.remedy', 'm.isUpload'])
    .execute();
  return {
    isUpload: rows[0]?.isUpload ?? false,
    lines: rows.map(({ line, path, message, remedy }) => ({
      line,
      path: path ?? 'to',
      message: message ?? '',
      remedy: remedy ?? '',
    })),
  };
}

export const RECIPIENT_STATES = [
  'bad',
  'duplicate',
  'opted-out',
  'waiting',
  'accepted',
  'failed',
  'unknown',
  'answered',
] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** One line; the message is there once it was made. */
export type RecipientRow = {
  line: number;
  state: string;
  path: string | null;
  message: string | null;
  remedy: string | null;
  messageId: string | null;
  conversationId: string | null;
  messageState: string | null;
  reason: string | null;
  reasonCode: number | null;
  reasonDetail: string | null;
};

const STATE_CONDITIONS: Readonly<Record<RecipientState, ReturnType<typeof sql<boolean>>>> = {
  bad: sql`r.state = 'bad'`,
  duplicate: sql`r.state = 'duplicate'`,
  'opted-out': sql`(r.state = 'opted-out' or (m.state = 'refused' and m.reason = 'opted-out'))`,
  waiting: sql`(r.state in ('unchecked', 'good') or m.state in ('ready', 'sending', 'waiting'))`,
  accepted: sql`m.state in ('sent', 'delivered', 'read')`,
  failed: sql`(m.state = 'failed' or (m.state = 'refused' and m.reason not in ('opted-out', 'cancelled')))`,
  unknown: sql`m.state = 'unknown'`,
  answered: sql`m.hold in ('releasing', 'released')`,
};

/** Lines of a declared mailing by what became of them, in order. `after`: the line that the page before ended with. */
export async function listRecipients(
  db: Database,
  mailingId: string,
  state: RecipientState | undefined,
  { after, limit }: { after: number; limit: number },
): Promise<{ items: RecipientRow[]; nextCursor: string | null }> {
  const { rows } = await sql<RecipientRow>`
    select r.line, r.state, r.path, r.message, r.remedy, r.message_id as "messageId",
           m.conversation_id as "conversationId", m.state as "messageState", m.reason, m.reason_code as "reasonCode",
           m.reason_detail as "reasonDetail"
      from mailing_recipient r left join message m on m.id = r.message_id
     where r.mailing_id = ${mailingId} and r.line > ${after}
       and ${state === undefined ? sql`true` : STATE_CONDITIONS[state]}
     order by r.line limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.line) : null };
}
