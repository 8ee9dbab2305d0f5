import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { IdentityBook, KnownId } from '../workflows/domain/sighting.ts';
import { inBatches } from './batches.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** Identities as rows: `rowIds` by key, `linked` the people who are more than one customer. */
export type KnownIds = { book: IdentityBook; rowIds: Map<string, string>; linked: Set<string> };

export const emptyIds = (): KnownIds => ({ book: new Map(), rowIds: new Map(), linked: new Set() });

export type IdKey = { planfixAccountId: string; network: string; scope: string; kind: string; value: string };

type IdRow = Omit<KnownId, 'validFromMs' | 'validToMs' | 'state'> & {
  id: string;
  validFrom: Date;
  validTo: Date | null;
  isLinked: boolean;
};

const COLUMNS = sql`
  i.id, concat_ws('|', i.planfix_account_id, i.network, i.scope, i.kind, i.value) as key, i.scope, i.kind, i.value,
  i.address, i.customer_id as "customerId", coalesce(c.merged_into, c.id) as "personId",
  i.valid_from as "validFrom", i.valid_to as "validTo",
  (c.merged_into is not null or exists (select from customer m where m.merged_into = c.id)) as "isLinked"`;

/** The ids with these keys. */
export async function readByKeys(trx: DatabaseTransaction, keys: IdKey[]): Promise<KnownIds> {
  if (keys.length === 0) return emptyIds();
  const { rows } = await sql<IdRow>`
    select ${COLUMNS}
      from ${recordset(keys, '"planfixAccountId" uuid, network text, scope text, kind text, value text')}
      join customer_identity i on i.planfix_account_id = w."planfixAccountId" and i.network = w.network
        and i.scope = w.scope and i.kind = w.kind and i.value = w.value
      join customer c on c.id = i.customer_id`.execute(trx);
  return toIds(rows);
}

/** All ids of these people. */
export async function readIds(db: Database | DatabaseTransaction, personIds: string[]): Promise<KnownIds> {
  const { rows } = await sql<IdRow>`
    select ${COLUMNS} from customer c join customer_identity i on i.customer_id = c.id
     where c.id = any(${personIds}::uuid[]) or c.merged_into = any(${personIds}::uuid[])`.execute(db);
  return toIds(rows);
}

function toIds(rows: IdRow[]): KnownIds {
  const ids = emptyIds();
  for (const { id, isLinked, validFrom, validTo, ...row } of rows) {
    const validToMs = validTo === null ? null : +validTo;
    ids.book.set(row.key, { ...row, validFromMs: +validFrom, validToMs, state: 'stored' });
    ids.rowIds.set(row.key, id);
    if (isLinked) ids.linked.add(row.personId);
  }
  return ids;
}

const inState = ({ book }: KnownIds, state: KnownId['state']) =>
  [...book.values()].filter((id) => id.state === state).sort((a, b) => (a.key < b.key ? -1 : 1));

/** Inserts the new ones. False: somebody else has inserted one of them. */
export async function insertIds(trx: DatabaseTransaction, known: KnownIds): Promise<boolean> {
  const ids = inState(known, 'new');
  const rows = ids.map((id) => {
    const [planfixAccountId, network] = id.key.split('|') as [string, string];
    const { customerId, scope, kind, value, address } = id;
    const rowId = uuidv7();
    known.rowIds.set(id.key, rowId);
    return { id: rowId, planfixAccountId, network, customerId, scope, kind, value, address, ...validityOf(id) };
  });
  for (const batch of inBatches(rows)) {
    const inserted = await trx
      .insertInto('customerIdentity')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    if (inserted.length < batch.length) return false;
  }
  return true;
}

const validityOf = ({ validFromMs, validToMs }: KnownId) => ({
  validFrom: new Date(validFromMs),
  validTo: validToMs === null ? null : new Date(validToMs),
});

/** Writes the changed ones; the customers that they belong to must be locked. */
export async function updateIds(trx: DatabaseTransaction, known: KnownIds): Promise<void> {
  const ids = inState(known, 'changed');
  if (ids.length === 0) return;
  const wanted = ids.map((id) => ({
    id: known.rowIds.get(id.key),
    customer: id.customerId,
    address: id.address,
    ...validityOf(id),
  }));
  await sql`
    update customer_identity i
       set customer_id = w.customer, address = w.address, valid_from = w."validFrom", valid_to = w."validTo"
      from ${recordset(wanted, 'id uuid, customer uuid, address text, "validFrom" timestamptz, "validTo" timestamptz')}
     where i.id = w.id`.execute(trx);
}
