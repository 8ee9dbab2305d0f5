import { sql } from 'kysely';
import { identitiesOf, type Sender } from '../workflows/domain/identity.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import { addressesOf } from '../workflows/domain/sighting.ts';
import { recordset, unguessed } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type Placed, placeSightings, type SenderInput, type SightingInput } from './identity-book.ts';
import { emptyIds, readIds } from './identity-rows.ts';
import { HAS_PHONE_TO_ADD } from './planfix-turn.ts';

export type { SenderInput };

/** A sender on a number: the same person may be another customer there. */
export type ConnectionSender = SenderInput & { connectionId: string; seenAtMs: number };

/**
 * Finds or creates the customer behind each sender, whose conversation on that connection takes what they write; the
 * answer is in the senders' order. Every alias met is kept. Two known customers are never merged here, but a pair that
 * may be one person is put down for the worker; a phone that has a new owner leaves the old one at once.
 */
export async function resolveCustomers(
  trx: DatabaseTransaction,
  senders: ConnectionSender[],
): Promise<ResolvedCustomer[]> {
  const placed = await placeSightings(trx, senders);
  const resolved = await customersOnConnections(trx, senders, placed);
  await updateNames(trx, senders, resolved);
  return resolved;
}

/** `linked`: other customers of the same person who have a conversation on that connection. */
export type ResolvedCustomer = { customerId: string; linked: string[] };

/** Of linked customers, who has a conversation on that connection: the one that stayed, else the oldest conversation. */
async function customersOnConnections(
  trx: DatabaseTransaction,
  senders: ConnectionSender[],
  placed: Placed[],
): Promise<ResolvedCustomer[]> {
  const wanted = placed.flatMap(({ personId, isLinked }, index) =>
    isLinked ? [{ index, person: personId, connection: senders[index]?.connectionId }] : [],
  );
  const resolved = placed.map(({ personId }): ResolvedCustomer => ({ customerId: personId, linked: [] }));
  if (wanted.length === 0) return resolved;
  const { rows } = await sql<{ index: number; customerId: string }>`
    select w."index", c.customer_id as "customerId"
      from ${recordset(wanted, '"index" integer, person uuid, connection uuid')}
      join customer u on u.id = w.person or u.merged_into = w.person
      join conversation c on c.connection_id = w.connection and c.customer_id = u.id
     order by w."index", (u.merged_into is null) desc, c.created_at, c.id`.execute(trx);
  for (const [index, found] of Map.groupBy(rows, (row) => row.index)) {
    const [first, ...others] = found.map(({ customerId }) => customerId);
    if (first !== undefined) resolved[index] = { customerId: first, linked: others };
  }
  return resolved;
}

/** The newest name wins, but not over one of the business's own address book; who was erased gets none again. */
async function updateNames(
  trx: DatabaseTransaction,
  senders: ConnectionSender[],
  resolved: ResolvedCustomer[],
): Promise<void> {
  const names = new Map<string, string>();
  for (const [index, { customerId: id }] of resolved.entries()) {
    const name = senders[index]?.name;
    if (name !== undefined) names.set(id, name);
  }
  if (names.size === 0) return;
  const named = [...names].map(([id, name]) => ({ id, name }));
  const isFree = sql`c.name is distinct from w.name and c.book_named_at is null and c.erased_at is null`;
  await sql`
    update customer c set name = w.name from ${recordset(named, 'id uuid, name text')}
     where c.id = w.id and ${unguessed(isFree)}`.execute(trx);
}

/** What the network said of whom one of our messages went to; the message is named by either of its ids. */
export type RecipientSeen = {
  connectionId: string;
  messageId?: string;
  channelMessageId?: string;
  recipient: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>;
  seenAtMs: number;
};

/**
 * Learns who is who from answers to sends and from statuses: an id that is new joins the customer of that message, one
 * that is somebody else's makes a pair for the worker, and a phone may be one that Planfix lacks. To be called before the
 * transaction locks a conversation or a message; the answer are the conversations whose to-Planfix lane the caller makes
 * due once it may lock them.
 */
export async function learnAliases(trx: DatabaseTransaction, seen: RecipientSeen[]): Promise<string[]> {
  const named = seen.filter(({ recipient }) => identitiesOf(recipient).length > 0);
  if (named.length === 0) return [];
  const sightings = await toSightings(trx, named);
  const placed = await placeSightings(trx, sightings);
  const conversationsWhere = (isMeant: (one: Placed) => boolean) =>
    placed.flatMap((one, index) => (isMeant(one) ? [sightings[index]?.conversationId as string] : []));
  const suspected = conversationsWhere(({ suspicions }) => suspicions.length > 0);
  const taught = conversationsWhere(({ isNews }) => isNews);
  return [...new Set([...suspected, ...(await havingPhonesToAdd(trx, taught))])].sort();
}

/** Of these conversations, those whose contact in Planfix can be given a phone now. */
async function havingPhonesToAdd(trx: DatabaseTransaction, conversationIds: string[]): Promise<string[]> {
  if (conversationIds.length === 0) return [];
  const rows = await trx
    .selectFrom('conversation as c')
    .where('c.id', 'in', conversationIds)
    .where(HAS_PHONE_TO_ADD)
    .select('c.id')
    .execute();
  return rows.map(({ id }) => id);
}

async function toSightings(
  trx: DatabaseTransaction,
  seen: RecipientSeen[],
): Promise<(SightingInput & { conversationId: string })[]> {
  const wanted = seen.map(({ connectionId, messageId, channelMessageId }, index) => ({
    index,
    connection: connectionId,
    id: messageId ?? null,
    channel: channelMessageId ?? null,
  }));
  const { rows } = await sql<{ index: number } & MessagePlace>`
    with w as materialized (
      select * from ${recordset(wanted, '"index" integer, connection uuid, id uuid, channel text')}),
    found as (
      select w."index", m.conversation_id from w join message m on m.id = w.id
      union
      select w."index", m.conversation_id from w
        join message m on m.connection_id = w.connection and m.channel_message_id = w.channel)
    select f."index", c.id as "conversationId", c.customer_id as "customerId",
           c.planfix_account_id as "planfixAccountId", n.provider, coalesce(n.portfolio_id, n.waba_id) as portfolio
      from found f join conversation c on c.id = f.conversation_id join connection n on n.id = c.connection_id
     order by f."index"`.execute(trx);
  return rows.map(({ index, customerId, provider, ...place }) => ({
    ...place,
    network: networkOf(provider),
    identities: identitiesOf((seen[index] as RecipientSeen).recipient),
    former: [],
    name: undefined,
    seenAtMs: (seen[index] as RecipientSeen).seenAtMs,
    aboutCustomerId: customerId,
  }));
}

type MessagePlace = {
  conversationId: string;
  customerId: string;
  planfixAccountId: string;
  provider: string;
  portfolio: string;
};

export const networkOf = (provider: string) => traitsOf(provider).network;

/** How a customer can be addressed, by kind of identity. */
export type Address = { kind: string; value: string };

/** Where messages of a conversation go, the newest knowledge first; see `addressesOf`. */
export async function readAddresses(db: Database | DatabaseTransaction, conversationId: string): Promise<Address[]> {
  return (await readAddressesOf(db, [conversationId])).get(conversationId) ?? [];
}

/** The same of several conversations. */
export async function readAddressesOf(
  db: Database | DatabaseTransaction,
  conversationIds: readonly string[],
): Promise<Map<string, Address[]>> {
  if (conversationIds.length === 0) return new Map();
  const conversations = await db
    .selectFrom('conversation as c')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .where('c.id', 'in', conversationIds)
    .select((eb) => [
      'c.id',
      'c.customerId',
      eb.fn.coalesce('u.mergedInto', 'u.id').as('personId'),
      eb.fn.coalesce('n.portfolioId', 'n.wabaId').as('portfolio'),
    ])
    .execute();
  const persons = [...new Set(conversations.map(({ personId }) => personId))];
  const { book } = persons.length === 0 ? emptyIds() : await readIds(db, persons);
  const known = Map.groupBy(book.values(), ({ personId }) => personId);
  return new Map(
    conversations.map(({ id, customerId, personId, portfolio }) => {
      const ids = addressesOf(known.get(personId) ?? [], customerId, portfolio);
      return [id, ids.map(({ kind, address }) => ({ kind, value: address }))];
    }),
  );
}
