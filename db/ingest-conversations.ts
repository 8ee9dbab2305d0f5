import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { inBatches } from './batches.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import { type ResolvedCustomer, resolveCustomers, type SenderInput } from './identities.ts';
import type { LockedConversation } from './ingest-messages.ts';

/** Who wrote, or was written to, on which number, and when, as far as the channel knows. */
type Addressed = { connectionId: string; sender: SenderInput; sentAtMs: number | undefined };

const conversationKey = (connectionId: string, customerId: string) => `${connectionId}|${customerId}`;
/** From the sender object to its conversation; senders are compared by identity of the object. */
type Conversations = Map<SenderInput, LockedConversation>;

/** Finds or creates the conversations of these messages and holds them until the end of the transaction. */
export async function lockConversations(
  trx: DatabaseTransaction,
  messages: readonly Addressed[],
): Promise<Conversations> {
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
    for (const batch of inBatches(missing)) {
      await trx
        .insertInto('conversation')
        .values(batch.map((pair) => ({ id: uuidv7(), ...pair })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    locked = await selectForUpdate(trx, [...unique, ...linkedPairs]);
  }
  for (const [index, { pair, linked }] of pairs.entries()) {
    const others = linked.flatMap((customerId) => locked.get(keyOf({ ...pair, customerId }))?.id ?? []);
    const own = locked.get(keyOf(pair)) as Locked;
    found.set((messages[index] as Addressed).sender, { ...own, linked: others });
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
