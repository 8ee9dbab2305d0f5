import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import type { Finding, HealthEntry } from '../workflows/domain/self-check.ts';
import { canSendAgain, mergeHealth, SIGHTING_SHARE } from '../workflows/domain/self-check.ts';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import { type NetworkFacts, tokenTimes } from './checks.ts';
import type { Database } from './database.ts';
import { endBan } from './link-events.ts';
import { openProblem, settleProblemsOfSubject } from './problems.ts';
import { liftRestriction } from './restrictions.ts';
import { inTransaction } from './transaction.ts';

/** What the rows tell of how a connection is, without asking anybody. Ages in milliseconds, by the database's clock. */
export type HealthFacts = {
  state: string;
  pausedReason: string | null;
  metaAppId: string | null;
  /** The best messaging limit that was known, in the network's words. */
  highestLimit: string | null;
  tokenExpiresAt: Date | null;
  checkedMsAgo: number | null;
  tokenCheckedMsAgo: number | null;
  /** Since the network called the app's address, for whichever of its connections. */
  addressSeenMsAgo: number | null;
  accountState: string;
  accountPausedReason: string | null;
  planfixClockAheadMs: number;
  hasHint: boolean;
  /** Employees answer, and the answers were found by looking. */
  hasReplies: boolean;
  /** Messages left, and nothing was told of this number since. */
  lacksStatuses: boolean;
  databaseNowMs: number;
};

const ms = (time: string) => sql`(extract(epoch from clock_timestamp() - ${sql.raw(time)}) * 1000)::float8`;

/** For queries over `connection c`. */
function lacksStatuses(statusLateMs: number) {
  const late = sql`${statusLateMs} * interval '1 millisecond'`;
  const grain = sql`${statusLateMs * SIGHTING_SHARE} * interval '1 millisecond'`;
  return sql<boolean>`(
    coalesce(c.webhook_seen_at, '-infinity') < clock_timestamp() - ${late} - ${grain}
    and exists (select from message m
      where m.connection_id = c.id and m.direction = 'outbound' and m.state = 'sent'
        and m.sent_at > coalesce(c.webhook_seen_at + ${grain}, clock_timestamp() - interval '1 day')
        and m.sent_at < clock_timestamp() - ${late}))`;
}

/** Answers of employees left, and no scenario told of one. For queries over `planfix_account a`. */
const lacksHint = (statusLateMs: number) => sql<boolean>`(
  a.hint_seen_at is null and exists (select from message m
    where m.planfix_account_id = a.id and m.planfix_comment is not null and m.direction = 'outbound'
      and m.received_at < clock_timestamp() - ${statusLateMs} * interval '1 millisecond'))`;

/**
 * Connections of which the rows say that something is wrong that their last check did not find: they are checked now.
 * One look for all of them, so that it can be made every minute.
 */
export async function findAilingConnections(db: Database, statusLateMs: number, limit: number): Promise<Run[]> {
  const isKnown = (code: string) => sql<boolean>`c.health @> ${JSON.stringify([{ code }])}::jsonb`;
  const { rows } = await sql<{ id: string }>`
    update connection set checked_at = null, due_at = clock_timestamp() where id in (
      select c.id from connection c join planfix_account a on a.id = c.planfix_account_id
       where c.state = 'connected'
         and ((not ${isKnown('statuses-missing')} and ${lacksStatuses(statusLateMs)})
              or (not ${isKnown('hint-never-seen')} and ${lacksHint(statusLateMs)}))
       order by c.id limit ${limit} for no key update of c skip locked)
    returning id`.execute(db);
  return rows.map(({ id }) => ({ kind: 'connection', id }));
}

/** `statusLateMs`: later than this after it was sent, nothing will be told of a message any more. */
export async function readHealthFacts(
  db: Database,
  connectionId: string,
  statusLateMs: number,
): Promise<HealthFacts | undefined> {
  const { rows } = await sql<HealthFacts>`
    select c.state, c.paused_reason as "pausedReason", c.meta_app_id as "metaAppId",
           c.facts->>'highestLimit' as "highestLimit", c.token_expires_at as "tokenExpiresAt",
           ${ms('c.checked_at')} as "checkedMsAgo", ${ms('c.token_checked_at')} as "tokenCheckedMsAgo",
           (select ${ms('max(greatest(o.webhook_seen_at, o.canary_seen_at))')} from connection o
             where o.meta_app_id = c.meta_app_id) as "addressSeenMsAgo",
           a.state as "accountState", a.paused_reason as "accountPausedReason",
           a.clock_offset_ms::float8 as "planfixClockAheadMs", a.hint_seen_at is not null as "hasHint",
           ${lacksHint(statusLateMs)} as "hasReplies", ${lacksStatuses(statusLateMs)} as "lacksStatuses",
           extract(epoch from clock_timestamp())::float8 * 1000 as "databaseNowMs"
      from connection c join planfix_account a on a.id = c.planfix_account_id
     where c.id = ${connectionId}`.execute(db);
  return rows[0];
}

/** The next check is due as if the last one had been made so long ago; whatever becomes of this one. */
export async function markChecked(db: Database, connectionId: string, msAgo: number): Promise<void> {
  await db
    .updateTable('connection')
    .set({ checkedAt: sql`clock_timestamp() - ${msAgo} * interval '1 millisecond'` })
    .where('id', '=', connectionId)
    .execute();
}

export type SelfCheck = {
  found: readonly Finding[];
  network?: NetworkFacts;
  /** The network's word for whether the account may send. */
  accountSending?: string | undefined;
  /** Of a banned account: that it may send is not believed so soon after news of it. */
  doubtMs?: number;
  highestLimit?: string | undefined;
  messagesPerSecond?: number | undefined;
  displayPhone?: string | undefined;
  verifiedName?: string | undefined;
  /** What its token is worth, where that was asked: null: it lasts for ever. */
  tokenExpiresAt?: Date | null;
  /** Something was mended by Parley itself: a word for it. */
  mended?: string;
};

/** Of any news, because a second ban changes nothing else. */
const msSinceNews = sql<number>`
  (extract(epoch from clock_timestamp() - greatest(paused_at, link_changed_at, 'epoch')) * 1000)::float8`;

const MENDED = 'found well by the self-check';

/**
 * Writes down what a self-check found: problems open and settle with it. Nothing is written of a connection that is
 * about to end.
 */
export async function storeSelfCheck(db: Database, connectionId: string, check: SelfCheck): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .where('state', 'in', ['connected', 'paused'])
      .select(['health', 'planfixAccountId', sql<string | null>`facts->>'accountSending'`.as('accountSending')])
      .select([sql<boolean>`paused_reason = 'disabled'`.as('isBanned'), msSinceNews.as('newsMsAgo')])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return;
    const { health, opened, settled } = mergeHealth(before.health as HealthEntry[], check.found, new Date());
    const { network = {}, highestLimit, messagesPerSecond, displayPhone, verifiedName } = check;
    const isTooSoon = check.doubtMs !== undefined && before.newsMsAgo < check.doubtMs;
    const isDoubtful = isTooSoon && check.accountSending === 'AVAILABLE';
    const accountSending = isDoubtful ? undefined : check.accountSending;
    const facts = JSON.stringify({ ...network, accountSending, highestLimit });
    await trx
      .updateTable('connection')
      .set({
        health: JSON.stringify(health),
        facts: sql<string>`facts || ${facts}::jsonb`,
        ...(messagesPerSecond === undefined ? {} : { messagesPerSecond }),
        ...(displayPhone === undefined ? {} : { displayPhoneNumber: displayPhone }),
        ...(verifiedName === undefined ? {} : { verifiedName }),
        ...tokenTimes(check.tokenExpiresAt),
      })
      .where('id', '=', connectionId)
      .execute();
    for (const kind of settled) await settleProblemsOfSubject(trx, kind, { connectionId }, MENDED);
    for (const problem of opened) {
      await openProblem(trx, { ...problem, planfixAccountId: before.planfixAccountId, connectionId });
    }
    if (canSendAgain(before.accountSending, accountSending)) {
      await (before.isBanned ? endBan(trx, connectionId) : liftRestriction(trx, connectionId, 'lifted'));
    }
    if (check.mended !== undefined) {
      const subject = { subjectKind: 'connection', subjectId: connectionId };
      await recordAudit(trx, { actor: 'parley', action: check.mended, ...subject });
    }
    await announceRow(trx, connectionId);
  });
}
