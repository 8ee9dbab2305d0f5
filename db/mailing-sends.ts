import { sql } from 'kysely';
import { memberAsSaid } from '../workflows/domain/bulk.ts';
import type { Sender } from '../workflows/domain/identity.ts';
import { MARKETING_STOPPED_CODE } from '../workflows/domain/mailing-brake.ts';
import type { MessageKind } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type Address, learnAliases, readAddressesOf } from './identities.ts';
import { addNote } from './notes.ts';
import { optedOut, recordRefusedMarketing } from './opt-outs.ts';
import { msUntil, numberGateKey, type SlowNumber } from './rate-gate.ts';
import { applyEarlyStatuses, lockChannelIds } from './statuses.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What a page of sends must know about its mailing. */
export type SendingMailing = {
  id: string;
  state: string;
  connectionId: string;
  connectionState: string;
  /** What the network lets the number send; null: not asked yet. */
  messagesPerSecond: number | null;
  slow: SlowNumber;
  isMarketing: boolean;
  text: string;
  content: MessageContent | null;
};

export async function readSendingMailing(db: Database, mailingId: string): Promise<SendingMailing | undefined> {
  const row = await db
    .selectFrom('mailing as m')
    .innerJoin('connection as n', 'n.id', 'm.connectionId')
    .leftJoin('rateGate as g', (join) => join.on('g.key', '=', sql<string>`${numberGateKey('')}::text || n.id::text`))
    .where('m.id', '=', mailingId)
    .select(['m.id', 'm.state', 'm.connectionId', 'm.isMarketing', 'm.text', 'm.content'])
    .select(['n.state as connectionState', 'n.messagesPerSecond'])
    .select([msUntil('g.slow_until').as('slowForMs'), msUntil('g.held_until').as('heldForMs')])
    .executeTakeFirst();
  if (!row) return undefined;
  const { slowForMs, heldForMs, ...mailing } = row;
  return { ...mailing, slow: { slowForMs, heldForMs } };
}

/** A claimed message, as it is to be sent, and where to. */
export type ClaimedSend = {
  id: string;
  conversationId: string;
  customerId: string;
  kind: MessageKind;
  text: string;
  content: MessageContent | null;
  quotedChannelMessageId: string | null;
  attempts: number;
  addresses: Address[];
  /** They want no marketing, and this is some. */
  isUnwanted: boolean;
};

type ClaimedRow = Omit<ClaimedSend, 'addresses' | 'isUnwanted'> & { position: string; isMarketing: boolean };

/**
 * `ready → sending` for the next rows of the mailing, in order, while it runs under this lease: after this the one call
 * for each may be made. Addresses and opt-outs are read now, because both may have changed since.
 */
export async function claimMailingSends(
  db: Database,
  mailing: SendingMailing,
  lease: string,
  limit: number,
): Promise<ClaimedSend[]> {
  const { rows } = await sql<ClaimedRow>`
    with picked as (
      select m.id from message m join mailing g on g.id = m.mailing_id
       where m.mailing_id = ${mailing.id} and m.direction = 'outbound' and m.state = 'ready'
         and (m.not_before is null or m.not_before <= clock_timestamp())
         and g.state = 'running' and g.lease = ${lease}
         -- While a connection ends, only those leave that a person wants to.
         and (m.leaves_last or exists (select from connection n where n.id = g.connection_id and n.state = 'connected'))
       order by m.position limit ${limit} for no key update of m skip locked)
    update message m set state = 'sending', claim_token = ${lease}, claimed_at = clock_timestamp()
      from picked p, conversation c
     where m.id = p.id and m.state = 'ready' and c.id = m.conversation_id
    returning m.id, m.conversation_id as "conversationId", c.customer_id as "customerId", m.kind, m.text, m.content,
              m.quoted_channel_message_id as "quotedChannelMessageId", m.attempts, m.position,
              -- Identical words may have come as a text and as a template: each counts for itself.
              (${mailing.isMarketing} or exists (select from message_template t
                where t.id = m.template_id and t.category = 'marketing')) as "isMarketing"`.execute(db);
  if (rows.length === 0) return [];
  const addresses = await readAddressesOf(
    db,
    rows.map((row) => row.conversationId),
  );
  const unwanted = await optedOut(
    db,
    rows.filter((row) => row.isMarketing).map((row) => row.customerId),
  );
  return rows
    .sort((a, b) => Number(a.position) - Number(b.position))
    .map(({ position: _, isMarketing, ...row }) => ({
      ...row,
      ...memberAsSaid(row, mailing),
      addresses: addresses.get(row.conversationId) ?? [],
      isUnwanted: isMarketing && unwanted.has(row.customerId),
    }));
}

type Failure = { kind: string; code: number | undefined; detail: string };

/** What became of one call; `retry`: certainly not accepted, for a reason that passes. */
export type SendOutcome = { id: string; conversationId: string } & (
  | { kind: 'sent'; channelMessageId: string; recipient: Pick<Sender, 'phone' | 'bsuid'> }
  | { kind: 'refused'; failure: Failure }
  | { kind: 'unknown' }
  | { kind: 'retry'; failure: Failure; waitMs: number; isAttempt: boolean }
);
type Sent = Extract<SendOutcome, { kind: 'sent' }>;
type Retry = Extract<SendOutcome, { kind: 'retry' }>;
type Refused = Extract<SendOutcome, { kind: 'refused' }>;

/** Writes down what many calls did, in one transaction; not fenced, because what was sent is on its way. */
export async function recordSendOutcomes(
  db: Database,
  connectionId: string,
  outcomes: readonly SendOutcome[],
): Promise<Wake[]> {
  return inTransaction(db, async (trx) => {
    const sent = outcomes.filter((outcome) => outcome.kind === 'sent');
    const seenAtMs = Date.now();
    const suspected = await learnAliases(
      trx,
      sent.map(({ id: messageId, recipient }) => ({ connectionId, messageId, recipient, seenAtMs })),
    );
    await lockMessages(trx, outcomes);
    const wakes: Wake[] = [];
    for (const id of suspected) wakes.push(await makeDue(trx, id, 'to-planfix'));
    const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
    wakes.push(...(await recordRefusals(trx, refused)));
    await recordRetries(
      trx,
      outcomes.filter((outcome) => outcome.kind === 'retry'),
    );
    await recordUnknowns(
      trx,
      outcomes.filter((outcome) => outcome.kind === 'unknown').map(({ id }) => id),
    );
    return [...wakes, ...(await recordAccepted(trx, connectionId, sent))];
  });
}

/** In the order in which everybody locks. */
async function lockMessages(trx: DatabaseTransaction, outcomes: readonly SendOutcome[]): Promise<void> {
  const conversations = [...new Set(outcomes.map(({ conversationId }) => conversationId))];
  const lock = (table: 'conversation' | 'message', ids: string[]) =>
    trx.selectFrom(table).select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute();
  await lock('conversation', conversations);
  await lock(
    'message',
    outcomes.map(({ id }) => id),
  );
}

/** Whatever a faster status has already said, it counts more. */
async function recordAccepted(trx: DatabaseTransaction, connectionId: string, sent: Sent[]): Promise<Wake[]> {
  if (sent.length === 0) return [];
  const ids = sent.map(({ channelMessageId }) => ({ connectionId, channelMessageId }));
  await lockChannelIds(trx, ids);
  const rows = sent.map(({ id, channelMessageId }) => ({ id, channel: channelMessageId }));
  await sql`
    update message m
       set channel_message_id = w.channel, sent_at = coalesce(m.sent_at, clock_timestamp()),
           state = case when m.state in ('sending', 'unknown') then 'sent' else m.state end,
           reason = case when m.state in ('sending', 'unknown') then null else m.reason end,
           reason_code = case when m.state in ('sending', 'unknown') then null else m.reason_code end,
           reason_detail = case when m.state in ('sending', 'unknown') then null else m.reason_detail end
      from ${recordset(rows, 'id uuid, channel text')} where m.id = w.id`.execute(trx);
  return applyEarlyStatuses(trx, ids);
}

async function recordRefusals(trx: DatabaseTransaction, refused: Refused[]): Promise<Wake[]> {
  if (refused.length === 0) return [];
  const wanted = refused.map(({ id, failure: { kind, code, detail } }) => ({ id, kind, code, detail }));
  const { rows } = await sql<{
    id: string;
    conversationId: string;
    connectionId: string;
    planfixAccountId: string;
    planfixTask: number | null;
  }>`
    update message m set state = 'refused', reason = w.kind, reason_code = w.code, reason_detail = w.detail,
           failed_at = clock_timestamp()
      from ${recordset(wanted, 'id uuid, kind text, code integer, detail text')}
     where m.id = w.id and m.state in ('ready', 'sending')
    returning m.id, m.conversation_id as "conversationId", m.connection_id as "connectionId",
              m.planfix_account_id as "planfixAccountId", m.planfix_task as "planfixTask"`.execute(trx);
  await recordRefusedMarketing(
    trx,
    refused.filter(({ failure }) => failure.code === MARKETING_STOPPED_CODE).map(({ id }) => id),
  );
  const wakes: Wake[] = [];
  // The task shows it already: the customer has answered.
  for (const row of rows) if (row.planfixTask !== null) wakes.push(await addNote(trx, row, 'outcome'));
  return wakes;
}

async function recordRetries(trx: DatabaseTransaction, retries: Retry[]): Promise<void> {
  if (retries.length === 0) return;
  const rows = retries.map(({ id, waitMs, isAttempt, failure: { kind, code, detail } }) => ({
    id,
    wait: waitMs,
    attempts: isAttempt ? 1 : 0,
    kind,
    code,
    detail,
  }));
  await sql`
    update message m
       -- One whose month ended meanwhile has no words left, and will not be sent any more.
       set state = case when m.hold = 'expired' then 'ignored' else 'ready' end,
           claim_token = null, claimed_at = null, attempts = m.attempts + w.attempts,
           not_before = clock_timestamp() + w.wait * interval '1 millisecond', reason = w.kind, reason_code = w.code,
           reason_detail = w.detail
      from ${recordset(rows, 'id uuid, wait float8, attempts integer, kind text, code integer, detail text')}
     where m.id = w.id and m.state = 'sending'`.execute(trx);
}

async function recordUnknowns(trx: DatabaseTransaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable('message')
    .set({ state: 'unknown', reason: 'outcome-unknown' })
    .where('id', 'in', ids)
    .where('state', '=', 'sending')
    .execute();
}

/**
 * Claims whose attempt must be over: what became of them is not known, and nobody repeats them. The answer are those
 * that are unknown for so long that a person has to be told.
 */
export async function settleLostSends(
  db: Database,
  mailingId: string,
  after: { lostMs: number; problemMs: number; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with lost as (
      update message set state = 'unknown', reason = 'outcome-unknown'
       where mailing_id = ${mailingId} and state = 'sending'
         and claimed_at < clock_timestamp() - ${after.lostMs} * interval '1 millisecond' returning id)
    select id from message
     where mailing_id = ${mailingId} and state = 'unknown' and claim_token is not null
       and claimed_at < clock_timestamp() - ${after.problemMs} * interval '1 millisecond'
     limit ${after.limit}`.execute(db);
  return rows.map((row) => row.id);
}

/**
 * When there is something to do for the sends of this mailing: the next row may leave, if the mailing runs and its number
 * can send; an attempt is lost; an unknown outcome becomes a problem. Undefined: nothing, before something changes.
 */
export async function readSendsWaitMs(
  db: Database,
  mailingId: string,
  after: { lostMs: number; problemMs: number },
): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select extract(epoch from min(case state
             when 'ready' then coalesce(not_before, to_timestamp(0))
             when 'sending' then claimed_at + ${after.lostMs} * interval '1 millisecond'
             else claimed_at + ${after.problemMs} * interval '1 millisecond' end) - clock_timestamp())::float8 * 1000 as ms
      from (
        (select m.state, m.not_before, m.claimed_at from message m
          where m.mailing_id = ${mailingId} and m.direction = 'outbound' and m.state = 'ready'
            and exists (select from mailing g join connection n on n.id = g.connection_id
              where g.id = m.mailing_id and g.state = 'running'
                and (n.state = 'connected' or (n.state = 'disconnecting' and m.leaves_last)))
          order by m.not_before nulls first limit 1)
        union all
        select state, not_before, claimed_at from message
         where mailing_id = ${mailingId} and direction = 'outbound'
           and (state = 'sending' or (state = 'unknown' and claim_token is not null))) open`.execute(db);
  const ms = rows[0]?.ms;
  return ms == null ? undefined : Math.max(0, Math.ceil(ms));
}

/** Takes the mailing for one page: from here on no other attempt claims a row of it. */
export async function takeForSending(
  db: Database,
  mailingId: string,
  lease: string,
  dueInMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    update mailing set lease = ${lease}, due_at = clock_timestamp() + ${dueInMs} * interval '1 millisecond'
     where id = ${mailingId} and state = 'running' returning id`.execute(db);
  return rows.length > 0;
}
