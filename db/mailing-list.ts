import { sql } from 'kysely';
import type { LineProblem } from '../workflows/domain/mailing-lines.ts';
import { mailingReasonSentence } from '../workflows/domain/mailing-reasons.ts';
import type { MailingState } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

export type MailingCounts = {
  recipients: number;
  bad: number;
  duplicate: number;
  optedOut: number;
  waiting: number;
  accepted: number;
  delivered: number;
  read: number;
  failed: number;
  unknown: number;
  cancelled: number;
  answered: number;
  unsubscribed: number;
  failedByReason: Record<string, number>;
};

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
  return row && (await withCounts(db, [row]))[0];
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
  return { ...page, items: await withCounts(db, page.items) };
}

type Counted = {
  mailingId: string;
  state: string;
  reason: string | null;
  code: number | null;
  isAnswered: boolean;
  messages: number;
};

/** One pass over the messages of these mailings, by their index. */
async function withCounts(db: Database, rows: readonly StoredRow[]): Promise<MailingRow[]> {
  const ids = rows.map(({ id }) => id);
  const { rows: counted } = await sql<Counted>`
    select mailing_id as "mailingId", state, case when state in ('failed', 'refused') then reason end as reason,
           case when state in ('failed', 'refused') then reason_code end as code,
           coalesce(hold in ('releasing', 'released'), false) as "isAnswered", count(*)::integer as messages
      from message where mailing_id = any(${ids}::uuid[]) group by 1, 2, 3, 4, 5`.execute(db);
  const unsubscribed = await countUnsubscribed(db, ids);
  const byMailing = Map.groupBy(counted, ({ mailingId }) => mailingId);
  return rows.map((row) => {
    const { badLines, duplicateLines, optedOutLines, queuedLines, ...shown } = row;
    const counts = countsOf(row, byMailing.get(row.id) ?? []);
    return {
      ...shown,
      state: row.state as MailingState,
      reasonDetail: mailingReasonSentence(row.reason),
      counts: { ...counts, unsubscribed: unsubscribed.get(row.id) ?? 0 },
    };
  });
}

const OWN_REASONS = { cancelled: 'cancelled', optedOut: 'opted-out' } as const;

function countsOf(row: StoredRow, counted: readonly Counted[]): Omit<MailingCounts, 'unsubscribed'> {
  const sum = (matches: (group: Counted) => boolean) =>
    counted.filter(matches).reduce((total, { messages }) => total + messages, 0);
  const isIn = (...states: string[]) => sum(({ state }) => states.includes(state));
  const refusedFor = (reason: string) => sum((group) => group.state === 'refused' && group.reason === reason);
  const { bad, duplicate, optedOut } = {
    bad: row.badLines,
    duplicate: row.duplicateLines,
    optedOut: row.optedOutLines,
  };
  const unqueued = Math.max(0, row.lines - bad - duplicate - optedOut - row.queuedLines);
  const isOver = ['refused', 'cancelled', 'done'].includes(row.state);
  const failed = counted.filter(
    ({ state, reason }) =>
      state === 'failed' || (state === 'refused' && !Object.values<unknown>(OWN_REASONS).includes(reason)),
  );
  return {
    recipients: row.origin === 'declared' ? row.lines : sum(() => true),
    bad,
    duplicate,
    optedOut: optedOut + refusedFor(OWN_REASONS.optedOut),
    waiting: (isOver ? 0 : unqueued) + isIn('ready', 'sending', 'waiting'),
    accepted: isIn('sent', 'delivered', 'read') + sum(({ state }) => state === 'received' || state === 'posted'),
    delivered: isIn('delivered', 'read'),
    read: isIn('read'),
    failed: failed.reduce((total, { messages }) => total + messages, 0),
    unknown: isIn('unknown'),
    cancelled: (row.state === 'cancelled' ? unqueued : 0) + refusedFor(OWN_REASONS.cancelled),
    answered: sum(({ isAnswered }) => isAnswered),
    failedByReason: failedByReason(failed),
  };
}

function failedByReason(failed: readonly Counted[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { reason, code, messages } of failed) {
    const key = `${reason ?? 'unexpected-response'}${code === null ? '' : `:${code}`}`;
    found[key] = (found[key] ?? 0) + messages;
  }
  return found;
}

/** Those who have stopped marketing since they got the message; from the ledger, which is the shorter side. */
async function countUnsubscribed(db: Database, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; people: number }>`
    select g.id, count(distinct o.customer_id)::integer as people
      from mailing g
      join marketing_opt_out o on o.planfix_account_id = g.planfix_account_id and o.created_at >= g.started_at
      join conversation c on c.customer_id = o.customer_id and c.connection_id = g.connection_id
      join message m on m.conversation_id = c.id and m.mailing_id = g.id and m.sent_at <= o.created_at + interval '1 second'
     where g.id = any(${[...ids]}::uuid[]) group by g.id`.execute(db);
  return new Map(rows.map(({ id, people }) => [id, people]));
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
