import { sql } from 'kysely';
import { type DeliveryStatus, mergeDelivery } from '../workflows/domain/delivery-status.ts';
import type { Sender } from '../workflows/domain/identity.ts';
import type { MessageState } from '../workflows/domain/message.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import { waitAfterAcceptance } from './late-refusals.ts';
import { addNote } from './notes.ts';
import { settleProblemsOfMessage } from './problems.ts';
import { makeDue, type Wake } from './wakes.ts';

/** A delivery status as the channel reported it. `messageId` is our row's id, where the status carries our token. */
export type StatusInput = {
  connectionId: string;
  eventKey: string;
  channelMessageId: string;
  messageId: string | undefined;
  status: DeliveryStatus;
  atMs: number;
  /** Whom the network says it went to. */
  recipient: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>;
  failure: { kind: string; code: number | undefined; detail: string } | undefined;
  /** What the network charges for it, in its own words. */
  pricing: object | undefined;
};

type Target = {
  id: string;
  conversationId: string;
  connectionId: string;
  planfixAccountId: string;
  state: MessageState;
  channelMessageId: string | null;
  planfixTask: number | null;
  /** The task shows the state in a field of its own. */
  isStateShown: boolean;
};

const UNSETTLED: ReadonlySet<MessageState> = new Set(['sending', 'unknown', 'ready']);
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Merges statuses into their messages by rank, whatever order they come in. One that matches no row stays unapplied
 * until the message's channel id is recorded. Only a failure and the settling of an unknown outcome wake a lane.
 */
export async function applyStatuses(trx: DatabaseTransaction, statuses: StatusInput[]): Promise<Wake[]> {
  const found = await findTargets(trx, statuses);
  const unmatched = statuses.filter((status) => !found.has(status));
  if (unmatched.length > 0) {
    await lockChannelIds(trx, unmatched);
    for (const [status, target] of await findTargets(trx, unmatched)) found.set(status, target);
  }
  const conversationIds = new Set<string>();
  for (const [status, target] of found) {
    if (status.status === 'failed' || target.isStateShown || UNSETTLED.has(target.state))
      conversationIds.add(target.conversationId);
  }
  await lockConversations(trx, [...conversationIds]);
  const current = await lockTargets(trx, [...new Set([...found.values()].map((target) => target.id))]);
  const wakes: Wake[] = [];
  for (const [status, { id }] of found) {
    const target = current.get(id);
    if (target) wakes.push(...(await applyStatus(trx, status, target)));
  }
  await markApplied(trx, [...found.keys()]);
  return wakes;
}

async function findTargets(trx: DatabaseTransaction, statuses: StatusInput[]): Promise<Map<StatusInput, Target>> {
  const wanted = statuses.map((status, index) => ({
    index,
    connection: status.connectionId,
    channel: status.channelMessageId,
    own: status.messageId !== undefined && UUID_PATTERN.test(status.messageId) ? status.messageId : null,
  }));
  const rows = await sql<{ index: number } & Target>`
    with w as materialized (
      select * from ${recordset(wanted, '"index" integer, connection uuid, channel text, own uuid')})
    select w."index", m.id, m.conversation_id as "conversationId", m.connection_id as "connectionId",
           m.planfix_account_id as "planfixAccountId", m.state, m.channel_message_id as "channelMessageId",
           m.planfix_task as "planfixTask", n.settings ? 'deliveryStateField' as "isStateShown"
      from w join message m on m.connection_id = w.connection and m.channel_message_id = w.channel
      join connection n on n.id = m.connection_id
     where m.direction = 'outbound'
    union
    select w."index", m.id, m.conversation_id, m.connection_id, m.planfix_account_id, m.state,
           m.channel_message_id, m.planfix_task, n.settings ? 'deliveryStateField'
      from w join message m on m.id = w.own and m.connection_id = w.connection
      join connection n on n.id = m.connection_id
     where m.direction = 'outbound' and (m.channel_message_id is null or m.channel_message_id = w.channel)
       and m.former_channel_message_id is distinct from w.channel`.execute(trx);
  return new Map(rows.rows.map((row) => [statuses[row.index] as StatusInput, row]));
}

/**
 * A status that finds no row and the recording of that very channel id must not pass each other unseen: both take this
 * lock, so that the second one to come sees what the first one wrote.
 */
export async function lockChannelIds(
  trx: DatabaseTransaction,
  ids: { connectionId: string; channelMessageId: string }[],
): Promise<void> {
  const keys = [...new Set(ids.map((id) => `${id.connectionId}|${id.channelMessageId}`))].sort();
  await sql`
    select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest(${keys}::text[]) with ordinality as w(k, n)
     order by n`.execute(trx);
}

async function lockConversations(trx: DatabaseTransaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.selectFrom('conversation').select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute();
}

async function lockTargets(trx: DatabaseTransaction, ids: string[]): Promise<Map<string, Target>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('message')
    .select([
      'id',
      'conversationId',
      'connectionId',
      'planfixAccountId',
      'state',
      'channelMessageId',
      'planfixTask',
      sql<boolean>`(select n.settings ? 'deliveryStateField' from connection n where n.id = message.connection_id)`.as(
        'isStateShown',
      ),
    ])
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

const TIME_COLUMNS = { sent: 'sentAt', delivered: 'deliveredAt', read: 'readAt', failed: 'failedAt' } as const;

/** `target` is locked, and kept up to date for the next status of the same message in the same body. */
async function applyStatus(trx: DatabaseTransaction, status: StatusInput, target: Target): Promise<Wake[]> {
  const before = target.state;
  if (before === 'sent' && status.status === 'failed' && status.failure?.kind === 'template-required') {
    target.state = 'waiting';
    return waitAfterAcceptance(trx, target.id, status.failure);
  }
  const state = mergeDelivery(before, status.status);
  const at = new Date(status.atMs);
  await trx
    .updateTable('message')
    .set((eb) => ({
      state,
      channelMessageId: status.channelMessageId,
      ...(status.pricing === undefined ? {} : { pricing: JSON.stringify(status.pricing) }),
      [TIME_COLUMNS[status.status]]: eb.fn.coalesce(TIME_COLUMNS[status.status], eb.val(at)),
      ...(state === 'failed' && before !== 'failed'
        ? {
            reason: status.failure?.kind ?? 'unexpected-response',
            reasonCode: status.failure?.code ?? null,
            reasonDetail: status.failure?.detail ?? null,
          }
        : {}),
      // What was believed before, an unknown outcome or a failure, did not hold.
      ...(state !== before && state !== 'failed' ? { reason: null, reasonCode: null, reasonDetail: null } : {}),
    }))
    .where('id', '=', target.id)
    .execute();
  target.state = state;
  const wakes: Wake[] = [];
  if (before === 'unknown' && state !== 'unknown') {
    await settleProblemsOfMessage(trx, target.id, `status:${state}`);
    wakes.push(await makeDue(trx, target.conversationId, 'to-customer'));
  }
  if (state === 'failed' && before !== 'failed' && target.planfixTask !== null) {
    wakes.push(await addNote(trx, target, 'outcome'));
  } else if (state !== before && target.isStateShown) {
    wakes.push(await makeDue(trx, target.conversationId, 'to-planfix'));
  }
  return wakes;
}

async function markApplied(trx: DatabaseTransaction, statuses: StatusInput[]): Promise<void> {
  const keys = statuses.map((status) => ({ connection: status.connectionId, key: status.eventKey }));
  if (keys.length === 0) return;
  await sql`
    update inbound_event e set applied_at = clock_timestamp()
      from ${recordset(keys, 'connection uuid, key text')}
     where e.source_id = w.connection and e.event_key = w.key and e.applied_at is null`.execute(trx);
}

/**
 * Applies what arrived before the channel id was known. Called in the transaction that records the id, with the
 * conversation and the message locked.
 */
export async function applyEarlyStatuses(
  trx: DatabaseTransaction,
  message: { connectionId: string; channelMessageId: string },
): Promise<Wake[]> {
  const events = await trx
    .selectFrom('inboundEvent')
    .select('detail')
    .where('connectionId', '=', message.connectionId)
    .where('subject', '=', message.channelMessageId)
    .where('kind', '=', 'status')
    .where('appliedAt', 'is', null)
    .orderBy('receivedAt')
    .execute();
  if (events.length === 0) return [];
  return applyStatuses(
    trx,
    events.map((event) => event.detail as StatusInput),
  );
}
