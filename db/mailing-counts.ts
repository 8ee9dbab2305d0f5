import { sql } from 'kysely';
import type { Database } from './database.ts';

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

type Counted = {
  mailingId: string;
  state: string;
  reason: string | null;
  code: number | null;
  isAnswered: boolean;
  messages: number;
};

/** What a mailing's row says of lines that no message was made for. */
type CountedRow = {
  id: string;
  origin: string;
  state: string;
  lines: number;
  badLines: number;
  duplicateLines: number;
  optedOutLines: number;
  queuedLines: number;
};

/** One pass over the messages of these mailings, by their index. `expired`: it had not left after its month. */
export async function countMessages(db: Database, rows: readonly CountedRow[]): Promise<Map<string, MailingCounts>> {
  if (rows.length === 0) return new Map();
  const ids = rows.map(({ id }) => id);
  const { rows: counted } = await sql<Counted>`
    select mailing_id as "mailingId",
           case when state = 'ignored' and direction = 'outbound' then 'expired' else state end as state,
           case when state in ('failed', 'refused') then reason end as reason,
           case when state in ('failed', 'refused') then reason_code end as code,
           coalesce(hold in ('releasing', 'released'), false) as "isAnswered", count(*)::integer as messages
      from message where mailing_id = any(${ids}::uuid[]) group by 1, 2, 3, 4, 5`.execute(db);
  const unsubscribed = await countUnsubscribed(db, ids);
  const byMailing = Map.groupBy(counted, ({ mailingId }) => mailingId);
  return new Map(
    rows.map((row) => {
      const counts = countsOf(row, byMailing.get(row.id) ?? []);
      return [row.id, { ...counts, unsubscribed: unsubscribed.get(row.id) ?? 0 }];
    }),
  );
}

/** Counts may be as old as this part of the time that the mailing has been over. */
const AGE_SHARE = 100;
const OLDEST_COUNTS_MS = 60 * 60_000;
/** Nothing is told of a message any more: what the network knows and what is held is kept for a month. */
const FINAL_MS = 45 * 24 * 60 * 60_000;

/** What was counted before, if that is good enough; nothing else. */
export function recallCounts(row: {
  state: string;
  finishedAt: Date | null;
  countedAt: Date | null;
  storedCounts: unknown;
}): MailingCounts[] {
  const { finishedAt, countedAt } = row;
  if (!isOver(row.state) || finishedAt === null || countedAt === null || countedAt < finishedAt) return [];
  const oldest = Math.min(OLDEST_COUNTS_MS, (Date.now() - +finishedAt) / AGE_SHARE);
  const isFinal = +countedAt > +finishedAt + FINAL_MS;
  return isFinal || Date.now() - +countedAt < oldest ? [row.storedCounts as MailingCounts] : [];
}

/** Keeps them with the mailings that are over. */
export async function storeCounts(db: Database, counts: ReadonlyMap<string, MailingCounts>): Promise<void> {
  if (counts.size === 0) return;
  const rows = JSON.stringify([...counts].map(([id, stored]) => ({ id, stored })));
  await sql`
    update mailing g set counts = w.stored, counted_at = clock_timestamp()
      from jsonb_to_recordset(${rows}::jsonb) as w(id uuid, stored jsonb)
     where g.id = w.id and g.state in ('refused', 'cancelled', 'done') and g.finished_at is not null`.execute(db);
}

const isOver = (state: string) => ['refused', 'cancelled', 'done'].includes(state);

const OWN_REASONS = { cancelled: 'cancelled', optedOut: 'opted-out' } as const;

function countsOf(row: CountedRow, counted: readonly Counted[]): Omit<MailingCounts, 'unsubscribed'> {
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
  const failed = counted.filter(
    ({ state, reason }) =>
      state === 'failed' || (state === 'refused' && !Object.values<unknown>(OWN_REASONS).includes(reason)),
  );
  return {
    recipients: row.origin === 'declared' ? row.lines : sum(() => true),
    bad,
    duplicate,
    optedOut: optedOut + refusedFor(OWN_REASONS.optedOut),
    waiting: (isOver(row.state) ? 0 : unqueued) + isIn('ready', 'sending', 'waiting'),
    accepted: isIn('sent', 'delivered', 'read') + sum(({ state }) => state === 'received' || state === 'posted'),
    delivered: isIn('delivered', 'read'),
    read: isIn('read'),
    failed: failed.reduce((total, { messages }) => total + messages, 0),
    unknown: isIn('unknown'),
    cancelled: (row.state === 'cancelled' ? unqueued : 0) + refusedFor(OWN_REASONS.cancelled) + isIn('expired'),
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
