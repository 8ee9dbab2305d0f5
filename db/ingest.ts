import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { type ChannelAccountKey, touchTemplates } from './channel-accounts.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { learnAliases, type ResolvedCustomer, resolveCustomers, type SenderInput } from './identities.ts';
import { insertMessages, type LockedConversation, type MessageInput } from './ingest-messages.ts';
import { type PreferenceInput, recordMarketingNews, resolvePreferences } from './marketing-news.ts';
import { applyStatuses, type StatusInput } from './statuses.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** One item of a webhook body. `sourceId` is the connection's id, or the Meta app's where no connection is concerned. */
export type EventInput = {
  sourceId: string;
  connectionId: string | undefined;
  eventKey: string;
  kind: string;
  /** The channel's message id that the event is about. */
  subject: string | undefined;
  raw: unknown;
  /** Why an event that is not worked on was put aside. */
  reason: string | undefined;
  message?: MessageInput;
  status?: StatusInput;
  preference?: PreferenceInput;
  /** Templates of this account have changed. */
  touchesTemplatesOf?: ChannelAccountKey;
};

export type Ingested = { stored: number; repeated: number; wakes: Wake[]; runs: Run[] };

/**
 * Stores one webhook body in one transaction: all of it or nothing. Conflicts are repeats and are ignored. The wakes
 * are the lanes whose due time this transaction set; they are signalled after the commit, and by nobody else; so are the
 * runs. `now`: of a test; otherwise the clocks count.
 */
export async function storeEvents(db: Database, events: EventInput[], now?: Date): Promise<Ingested> {
  return inTransaction(db, async (trx) => {
    const messages = events.flatMap((event) => (event.message ? [event.message] : []));
    const statuses = events.flatMap((event) => (event.status ? [event.status] : []));
    const suspected = await learnAliases(
      trx,
      statuses.map(({ connectionId, channelMessageId, recipient, atMs: seenAtMs }) => ({
        connectionId,
        channelMessageId,
        recipient,
        seenAtMs,
      })),
    );
    const news = await resolvePreferences(
      trx,
      events.flatMap((event) => event.preference ?? []),
    );
    const conversations = await lockConversations(trx, messages);
    const wakes: Wake[] = [];
    for (const id of suspected) wakes.push(await makeDue(trx, id, 'to-planfix'));
    const fresh = await insertEvents(trx, events);
    const isNew = (event: EventInput) => fresh.has(`${event.sourceId}|${event.eventKey}`);
    const newMessages = events.filter(isNew).flatMap((event) => (event.message ? [event.message] : []));
    const runs: Run[] = await touchTemplates(
      trx,
      events.filter(isNew).flatMap((event) => event.touchesTemplatesOf ?? []),
    );
    if (newMessages.length > 0) {
      const inserted = await insertMessages(trx, newMessages, (message) => conversations.get(message.sender), now);
      wakes.push(...inserted.wakes);
      runs.push(...inserted.runs);
      news.push(...inserted.news);
    }
    if (statuses.length > 0) wakes.push(...(await applyStatuses(trx, statuses)));
    await recordMarketingNews(trx, news);
    return { stored: fresh.size, repeated: events.length - fresh.size, wakes, runs };
  });
}

const conversationKey = (connectionId: string, customerId: string) => `${connectionId}|${customerId}`;
/** From the sender object to its conversation; senders are compared by identity of the object. */
type Conversations = Map<SenderInput, LockedConversation>;

/** Finds or creates the conversations of these messages and holds them until the end of the transaction. */
async function lockConversations(trx: DatabaseTransaction, messages: MessageInput[]): Promise<Conversations> {
  const found: Conversations = new Map();
  if (messages.length === 0) return found;
  const resolved = await resolveCustomers(
    trx,
    messages.map(({ sender, connectionId, sentAtMs = Date.now() }) => ({
      ...sender,
      connectionId,
      seenAtMs: sentAtMs,
    })),
  );
  const pairs = messages.map(({ connectionId, sender: { planfixAccountId } }, index) => {
    const { customerId, linked } = resolved[index] as ResolvedCustomer;
    return { pair: { connectionId, customerId, planfixAccountId }, linked };
  });
  const keyOf = (pair: Pair) => conversationKey(pair.connectionId, pair.customerId);
  const unique = [...new Map(pairs.map(({ pair }) => [keyOf(pair), pair])).values()];
  unique.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const linkedPairs = pairs.flatMap(({ pair: { connectionId }, linked }) =>
    linked.map((customerId) => ({ connectionId, customerId })),
  );
  let locked = await selectForUpdate(trx, [...unique, ...linkedPairs]);
  const missing = unique.filter((pair) => !locked.has(keyOf(pair)));
  if (missing.length > 0) {
    await trx
      .insertInto('conversation')
      .values(missing.map((pair) => ({ id: randomUUIDv7(), ...pair })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    locked = await selectForUpdate(trx, [...unique, ...linkedPairs]);
  }
  for (const [index, { pair, linked }] of pairs.entries()) {
    const others = linked.flatMap((customerId) => locked.get(keyOf({ ...pair, customerId }))?.id ?? []);
    const own = locked.get(keyOf(pair)) as Locked;
    found.set((messages[index] as MessageInput).sender, { ...own, linked: others });
  }
  return found;
}

type Pair = { connectionId: string; customerId: string };
type Locked = Omit<LockedConversation, 'linked'> & Pair;

async function selectForUpdate(trx: DatabaseTransaction, pairs: Pair[]): Promise<Map<string, Locked>> {
  const wanted = pairs.map((pair) => ({ connection: pair.connectionId, customer: pair.customerId }));
  const { rows } = await sql<Locked>`
    select c.id, c.connection_id as "connectionId", c.customer_id as "customerId",
           c.planfix_account_id as "planfixAccountId", c.to_planfix_due_at is not null as "isDue",
           c.last_inbound_at as "lastInboundAt"
      from ${recordset(wanted, 'connection uuid, customer uuid')}
      join conversation c on c.connection_id = w.connection and c.customer_id = w.customer
     order by c.id
       for no key update of c`.execute(trx);
  return new Map(rows.map((row) => [conversationKey(row.connectionId, row.customerId), row]));
}

/** The keys (`source|event`) of those that were not stored before. */
async function insertEvents(trx: DatabaseTransaction, events: EventInput[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = events
    .map((event) => ({
      id: randomUUIDv7(),
      sourceId: event.sourceId,
      connectionId: event.connectionId ?? null,
      eventKey: event.eventKey,
      kind: event.kind,
      subject: event.subject ?? null,
      detail: event.status ? JSON.stringify(event.status) : null,
      raw: JSON.stringify(event.raw ?? null),
      reason: event.reason ?? null,
    }))
    .sort((a, b) => (a.sourceId + a.eventKey < b.sourceId + b.eventKey ? -1 : 1));
  const inserted = await trx
    .insertInto('inboundEvent')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning(['sourceId', 'eventKey'])
    .execute();
  return new Set(inserted.map((row) => `${row.sourceId}|${row.eventKey}`));
}
