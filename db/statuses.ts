import { sql } from 'kysely';
import { type DeliveryStatus, mergeDelivery } from '../workflows/domain/delivery-status.ts';
import type { Sender } from '../workflows/domain/identity.ts';
import { MARKETING_STOPPED_CODE } from '../workflows/domain/mailing-brake.ts';
import type { MessageState } from '../workflows/domain/message.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import { waitAfterAcceptance } from './late-refusals.ts';
import { addNote } from './notes.ts';
import { recordRefusedMarketing } from './opt-outs.ts';
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
  /** One of many: nothing waits for it, and while it is held nothing shows it. */
  isOfMailing: boolean;
};

const IS_STATE_SHOWN = sql<boolean>`
  m.hold is distinct from 'held' and m.hold is distinct from 'expired'
    and (select n.settings ? 'deliveryStateField' from connection n where n.id = m.connection_id)`;

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
    const mayWake = status.status === 'failed' || UNSETTLED.has(target.state);
    if (target.isStateShown || (mayWake && (!target.isOfMailing || target.planfixTask !== null)))
      conversationIds.add(target.conversationId);
  }
  await lockConversations(trx, [...conversationIds]);
  const current = await lockTargets(trx, [...new Set([...found.values()].map((target) => target.id))]);
  const changes: Change[] = [];
  for (const [status, { id }] of found) {
    const target = current.get(id);
    if (target) changes.push({ status, target, before: target.state });
  }
  const wakes = await applyChanges(trx, changes);
  const refused = changes.filter(({ status }) => status.failure?.code === MARKETING_STOPPED_CODE);
  await recordRefusedMarketing(
    trx,
    refused.map(({ target }) => target.id),
  );
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
           m.planfix_task as "planfixTask", ${IS_STATE_SHOWN} as "isStateShown",
           m.mailing_id is not null as "isOfMailing"
      from w join message m on m.connection_id = w.connection and m.channel_message_id = w.channel
     where m.direction = 'outbound'
    union
    select w."index", m.id, m.conversation_id, m.connection_id, m.planfix_account_id, m.state,
           m.channel_message_id, m.planfix_task, ${IS_STATE_SHOWN}, m.mailing_id is not null
      from w join message m on m.id = w.own and m.connection_id = w.connection
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
    .selectFrom('message as m')
    .select([
      'id',
      'conversationId',
      'connectionId',
      'planfixAccountId',
      'state',
      'channelMessageId',
      'planfixTask',
      IS_STATE_SHOWN.as('isStateShown'),
      sql<boolean>`m.mailing_id is not null`.as('isOfMailing'),
    ])
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** `target` is locked, and kept up to date for the next status of the same message in the same body. */
type Change = { status: StatusInput; target: Target; before: MessageState };

/** One by one in memory, and written together: a mailing's statuses come by the thousand. */
async function applyChanges(trx: DatabaseTransaction, changes: Change[]): Promise<Wake[]> {
  const wakes: Wake[] = [];
  let unwritten: Change[] = [];
  const write = async () => {
    await writeChanges(trx, unwritten);
    for (const change of unwritten) wakes.push(...(await tellOf(trx, change)));
    unwritten = [];
  };
  for (const change of changes) {
    const { status, target } = change;
    change.before = target.state;
    const isLate = target.state === 'sent' && status.status === 'failed';
    if (isLate && !target.isOfMailing && status.failure?.kind === 'template-required') {
      await write();
      target.state = 'waiting';
      wakes.push(...(await waitAfterAcceptance(trx, target.id, status.failure)));
      continue;
    }
    target.state = mergeDelivery(target.state, status.status);
    unwritten.push({ ...change, target: { ...target } });
  }
  await write();
  return wakes;
}

const TIMES = ['sent', 'delivered', 'read', 'failed'] as const;

async function writeChanges(trx: DatabaseTransaction, changes: Change[]): Promise<void> {
  const rows = [...Map.groupBy(changes, ({ target }) => target.id)].map(([id, own]) => {
    const { target } = own.at(-1) as Change;
    const time = (word: DeliveryStatus) => own.find(({ status }) => status.status === word)?.status.atMs;
    // What was believed before, an unknown outcome or a failure, did not hold.
    const turn = own.findLast((change) => change.target.state !== change.before);
    const failure = turn?.target.state === 'failed' ? turn.status.failure : undefined;
    return {
      id,
      state: target.state,
      channel: own.at(-1)?.status.channelMessageId,
      pricing: own.findLast(({ status }) => status.pricing !== undefined)?.status.pricing,
      ...Object.fromEntries(TIMES.map((word) => [word, toTime(time(word))])),
      turned: turn !== undefined,
      reason: turn?.target.state === 'failed' ? (failure?.kind ?? 'unexpected-response') : null,
      code: failure?.code,
      detail: failure?.detail,
    };
  });
  if (rows.length === 0) return;
  const columns = `id uuid, state text, channel text, pricing jsonb, sent timestamptz, delivered timestamptz,
    read timestamptz, failed timestamptz, turned boolean, reason text, code integer, detail text`;
  await sql`
    update message m
       set state = w.state, channel_message_id = w.channel, pricing = coalesce(w.pricing, m.pricing),
           sent_at = coalesce(m.sent_at, w.sent), delivered_at = coalesce(m.delivered_at, w.delivered),
           read_at = coalesce(m.read_at, w.read), failed_at = coalesce(m.failed_at, w.failed),
           reason = case when w.turned then w.reason else m.reason end,
           reason_code = case when w.turned then w.code else m.reason_code end,
           reason_detail = case when w.turned then w.detail else m.reason_detail end
      from ${recordset(rows, columns)} where m.id = w.id`.execute(trx);
}

const toTime = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));

/** Whom the news concerns beside the row itself. */
async function tellOf(trx: DatabaseTransaction, { target, before }: Change): Promise<Wake[]> {
  const { state } = target;
  const wakes: Wake[] = [];
  if (before === 'unknown' && state !== 'unknown') {
    await settleProblemsOfMessage(trx, target.id, `status:${state}`);
    if (!target.isOfMailing) wakes.push(await makeDue(trx, target.conversationId, 'to-customer'));
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
 * Applies what arrived before the channel ids were known. Called in the transaction that records them, with the
 * conversations and the messages locked.
 */
export async function applyEarlyStatuses(
  trx: DatabaseTransaction,
  messages: readonly { connectionId: string; channelMessageId: string }[],
): Promise<Wake[]> {
  const wanted = messages.map(({ connectionId, channelMessageId }) => ({
    connection: connectionId,
    channel: channelMessageId,
  }));
  const { rows } = await sql<{ detail: StatusInput }>`
    select e.detail from ${recordset(wanted, 'connection uuid, channel text')}
      join inbound_event e on e.connection_id = w.connection and e.subject = w.channel
     where e.kind = 'status' and e.applied_at is null
     order by e.received_at`.execute(trx);
  return rows.length === 0
    ? []
    : applyStatuses(
        trx,
        rows.map((row) => row.detail),
      );
}
