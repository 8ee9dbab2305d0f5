import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Identity } from '../workflows/domain/identity.ts';
import type { DatabaseTransaction } from './database.ts';

/** A person as one webhook item names them: `identities` strongest first, never empty. */
export type SenderInput = {
  planfixAccountId: string;
  network: string;
  /** The portfolio within which a business-scoped id is unique; phones are unique everywhere. */
  portfolio: string;
  identities: Identity[];
  /** The phone as the network spells it; other ids have one spelling only. */
  phone: string | undefined;
  name: string | undefined;
};

type IdentityRow = {
  key: string;
  planfixAccountId: string;
  network: string;
  scope: string;
  kind: string;
  value: string;
  address: string;
};
type Owned = { id: string; customerId: string; address: string };

const scopeOf = (sender: SenderInput, identity: Identity) => (identity.kind === 'phone' ? '' : sender.portfolio);

function rowOf(sender: SenderInput, identity: Identity): IdentityRow {
  const { planfixAccountId, network } = sender;
  const scope = scopeOf(sender, identity);
  const key = [planfixAccountId, network, scope, identity.kind, identity.value].join('|');
  const address = identity.kind === 'phone' ? (sender.phone ?? identity.value) : identity.value;
  return { key, planfixAccountId, network, scope, kind: identity.kind, value: identity.value, address };
}

async function selectOwned(trx: DatabaseTransaction, rows: IdentityRow[]): Promise<Map<string, Owned>> {
  const wanted = JSON.stringify(
    rows.map((row) => ({
      a: row.planfixAccountId,
      n: row.network,
      s: row.scope,
      k: row.kind,
      v: row.value,
      key: row.key,
    })),
  );
  const found = await sql<{ key: string } & Owned>`
    select w.key, i.id, i.customer_id as "customerId", i.address
      from jsonb_to_recordset(${wanted}::jsonb) as w(a uuid, n text, s text, k text, v text, key text)
      join customer_identity i on i.planfix_account_id = w.a and i.network = w.n and i.scope = w.s
        and i.kind = w.k and i.value = w.v`.execute(trx);
  return new Map(found.rows.map(({ key, ...owned }) => [key, owned]));
}

async function insertMissing(trx: DatabaseTransaction, missing: Map<string, IdentityRow & { customerId: string }>) {
  const rows = [...missing.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return trx
    .insertInto('customerIdentity')
    .values(rows.map(({ key: _key, ...row }) => ({ id: randomUUIDv7(), ...row })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'planfixAccountId', 'network', 'scope', 'kind', 'value'])
    .execute();
}

/**
 * Finds or creates the customer behind each sender; the answer is in the senders' order. Every alias met is kept with
 * the customer that its strongest known identity points to; two known customers are never merged here. Two
 * transactions that meet the same new person agree: the identity's unique key decides, and the loser reads again.
 */
export async function resolveCustomers(trx: DatabaseTransaction, senders: SenderInput[]): Promise<string[]> {
  const rowsOf = senders.map((sender) => sender.identities.map((identity) => rowOf(sender, identity)));
  const all = [...new Map(rowsOf.flat().map((row) => [row.key, row])).values()];
  let owned = await selectOwned(trx, all);
  const missing = new Map<string, IdentityRow & { customerId: string }>();
  const assigned = new Map([...owned].map(([key, { customerId }]) => [key, customerId]));
  for (const rows of rowsOf) {
    const known = rows.find((row) => assigned.has(row.key));
    const customerId = known ? (assigned.get(known.key) as string) : randomUUIDv7();
    for (const row of rows) {
      if (assigned.has(row.key)) continue;
      assigned.set(row.key, customerId);
      missing.set(row.key, { ...row, customerId });
    }
  }
  if (missing.size > 0) {
    const inserted = await insertMissing(trx, missing);
    if (inserted.length < missing.size)
      owned = await settleLostRaces(trx, all, rowsOf, new Set(inserted.map((r) => r.id)));
    else for (const [key, row] of missing) owned.set(key, { id: '', customerId: row.customerId, address: row.address });
  }
  const customerIds = rowsOf.map((rows) => (owned.get(rows[0]?.key ?? '') as Owned).customerId);
  const customers = customersOf(senders, customerIds);
  if (missing.size > 0) {
    await trx
      .insertInto('customer')
      .values(customers)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  await updateNames(trx, customers);
  await updateAddresses(
    trx,
    all.filter((row) => owned.get(row.key)?.address !== row.address),
  );
  return customerIds;
}

/** Somebody else inserted some of them first: theirs count, and aliases that only we inserted follow. */
async function settleLostRaces(
  trx: DatabaseTransaction,
  all: IdentityRow[],
  rowsOf: IdentityRow[][],
  ours: ReadonlySet<string>,
): Promise<Map<string, Owned>> {
  const owned = await selectOwned(trx, all);
  for (const rows of rowsOf) {
    const strongest = owned.get(rows[0]?.key ?? '') as Owned;
    const theirs = rows.map((row) => owned.get(row.key) as Owned).find((row) => !ours.has(row.id)) ?? strongest;
    for (const row of rows) {
      const current = owned.get(row.key) as Owned;
      if (!ours.has(current.id) || current.customerId === theirs.customerId) continue;
      await trx
        .updateTable('customerIdentity')
        .set({ customerId: theirs.customerId })
        .where('id', '=', current.id)
        .execute();
      owned.set(row.key, { ...current, customerId: theirs.customerId });
    }
  }
  return owned;
}

type CustomerRow = { id: string; planfixAccountId: string; name: string | null };

function customersOf(senders: SenderInput[], customerIds: string[]): CustomerRow[] {
  const customers = new Map<string, CustomerRow>();
  for (const [index, id] of customerIds.entries()) {
    const sender = senders[index] as SenderInput;
    const name = sender.name ?? customers.get(id)?.name ?? null;
    customers.set(id, { id, planfixAccountId: sender.planfixAccountId, name });
  }
  return [...customers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The newest name wins; a customer who was erased gets none again. */
async function updateNames(trx: DatabaseTransaction, customers: CustomerRow[]): Promise<void> {
  const named = JSON.stringify(customers.filter((customer) => customer.name !== null));
  await sql`
    update customer c set name = w.name from jsonb_to_recordset(${named}::jsonb) as w(id uuid, name text)
     where c.id = w.id and c.name is distinct from w.name and c.erased_at is null`.execute(trx);
}

/** The network's newest spelling is the one that surely arrives. */
async function updateAddresses(trx: DatabaseTransaction, changed: IdentityRow[]): Promise<void> {
  for (const row of changed) {
    await trx
      .updateTable('customerIdentity')
      .set({ address: row.address })
      .where('planfixAccountId', '=', row.planfixAccountId)
      .where('network', '=', row.network)
      .where('scope', '=', row.scope)
      .where('kind', '=', row.kind)
      .where('value', '=', row.value)
      .execute();
  }
}
