import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Identity } from '../workflows/domain/identity.ts';
import {
  type IdentityBook,
  type KnownId,
  keyOf,
  placeSighting,
  type Suspicion,
  scopeOf,
} from '../workflows/domain/sighting.ts';
import { inBatches } from './batches.ts';
import { recordSuspicions } from './customer-links.ts';
import type { DatabaseTransaction } from './database.ts';
import { emptyIds, insertIds, type KnownIds, readByKeys, readIds, updateIds } from './identity-rows.ts';

/** A person as one signed item names them: `identities` strongest first; see `Naming`. */
export type SenderInput = {
  planfixAccountId: string;
  network: string;
  /** The portfolio within which a business-scoped id is unique; phones are unique everywhere. */
  portfolio: string;
  identities: Identity[];
  former: Identity[];
  name: string | undefined;
};

/** `seenAtMs` is the channel's time of the item; `aboutCustomerId` whom we know it to be about, by what we sent. */
export type SightingInput = SenderInput & { seenAtMs: number; aboutCustomerId?: string };

/** `isLinked`: the person is more than one customer. `isNews`: the sighting may have taught something. */
export type Placed = { personId: string; isLinked: boolean; isNews: boolean; suspicions: Suspicion[] };

type Work = Parameters<typeof placeSighting>[1] & { input: SightingInput };

/** A lost race is seen once the other one has committed, so that each attempt knows more than the one before. */
const ATTEMPTS = 20;

/**
 * Finds or creates the person behind each sighting, and keeps what the sightings teach. Who meets only what is known
 * reads and locks nothing. Otherwise the customers concerned are locked first, in order; two transactions that meet
 * the same new id agree by its unique key: the loser takes back what it wrote and looks again.
 */
export async function placeSightings(trx: DatabaseTransaction, inputs: SightingInput[]): Promise<Placed[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const works = await toWorks(trx, inputs);
    const known = await readByKey(trx, works);
    const open = works.filter((work) => !isSettled(known.book, work));
    if (attempt === 0 && open.length > 0) await sql`savepoint sightings`.execute(trx);
    const placed = open.length === 0 ? new Map<Work, Placed>() : await placeOpen(trx, open, known);
    if (placed) return works.map((work) => placed.get(work) ?? settled(known, work));
    await sql`rollback to savepoint sightings`.execute(trx);
  }
  throw new Error('the same identities were being learned elsewhere, again and again');
}

async function toWorks(trx: DatabaseTransaction, inputs: SightingInput[]): Promise<Work[]> {
  const about = [...new Set(inputs.flatMap((input) => input.aboutCustomerId ?? []))];
  const rows =
    about.length === 0 ? [] : await trx.selectFrom('customer').where('id', 'in', about).select(PERSON).execute();
  const persons = new Map(rows.map((row) => [row.id, row.personId]));
  const nowMs = Date.now();
  return inputs.map((input) => ({
    input,
    space: `${input.planfixAccountId}|${input.network}`,
    scope: input.portfolio,
    identities: input.identities,
    former: input.former,
    seenAtMs: Math.min(input.seenAtMs, nowMs),
    aboutPersonId: input.aboutCustomerId === undefined ? undefined : persons.get(input.aboutCustomerId),
    newPersonId: uuidv7(),
  }));
}

const PERSON = ['id', sql<string>`coalesce(merged_into, id)`.as('personId')] as const;

const readByKey = (trx: DatabaseTransaction, works: Work[]) =>
  readByKeys(
    trx,
    works.flatMap(({ input, scope, former, identities }) =>
      [...former, ...identities].map(({ kind, value }) => ({
        planfixAccountId: input.planfixAccountId,
        network: input.network,
        scope: scopeOf(scope, kind),
        kind,
        value,
      })),
    ),
  );

const keysOf = (work: Work) => [...work.former, ...work.identities].map((identity) => keyOf(work, identity));

/** Everything is known, is valid, belongs to one person, and is spelled as it was. */
function isSettled(book: IdentityBook, work: Work): boolean {
  if (work.former.length > 0) return false;
  const known = work.identities.map((identity) => book.get(keyOf(work, identity)));
  const personId = known[0]?.personId;
  if (work.aboutPersonId !== undefined && work.aboutPersonId !== personId) return false;
  return work.identities.every(({ value, address = value }, index) => {
    const id = known[index];
    return id?.personId === personId && id?.validToMs === null && id.address === address;
  });
}

function settled({ book, linked }: KnownIds, work: Work): Placed {
  const { personId } = book.get(keysOf(work)[0] ?? '') as KnownId;
  return { personId, isLinked: linked.has(personId), isNews: false, suspicions: [] };
}

/** Undefined: somebody was faster, so that what was read is no longer true. */
async function placeOpen(
  trx: DatabaseTransaction,
  open: Work[],
  seen: KnownIds,
): Promise<Map<Work, Placed> | undefined> {
  const persons = new Set(open.flatMap(({ aboutPersonId }) => aboutPersonId ?? []));
  for (const work of open) {
    for (const key of keysOf(work)) {
      const known = seen.book.get(key);
      if (known) persons.add(known.personId);
    }
  }
  const ids = persons.size === 0 ? emptyIds() : await lockAndRead(trx, open, [...persons].sort());
  if (!ids) return undefined;
  const placed = new Map<Work, Placed>();
  for (const work of open) {
    const { personId, suspicions } = placeSighting(ids.book, work);
    placed.set(work, { personId, isLinked: ids.linked.has(personId), isNews: true, suspicions });
  }
  return (await save(trx, ids, placed)) ? placed : undefined;
}

async function lockAndRead(trx: DatabaseTransaction, open: Work[], persons: string[]): Promise<KnownIds | undefined> {
  const locked = await trx
    .selectFrom('customer')
    .where('id', 'in', persons)
    .select('mergedInto')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (locked.some((customer) => customer.mergedInto !== null)) return undefined;
  const ids = await readIds(trx, persons);
  const now = await readByKey(trx, open);
  const isKnown = [...now.book.keys()].every((key) => ids.book.has(key));
  return isKnown ? ids : undefined;
}

async function save(trx: DatabaseTransaction, ids: KnownIds, placed: Map<Work, Placed>): Promise<boolean> {
  if (!(await insertIds(trx, ids))) return false;
  await insertCustomers(trx, placed);
  await updateIds(trx, ids);
  const suspicions = [...placed].flatMap(([{ input }, placement]) =>
    placement.suspicions.map(({ key, ...suspicion }) => ({
      ...suspicion,
      planfixAccountId: input.planfixAccountId,
      identityId: (key !== undefined && ids.rowIds.get(key)) || null,
    })),
  );
  await recordSuspicions(trx, suspicions);
  return true;
}

/** Those whom nobody had met before, with the last name that they were met with. */
async function insertCustomers(trx: DatabaseTransaction, placed: Map<Work, Placed>): Promise<void> {
  const minted = new Set([...placed.keys()].map((work) => work.newPersonId));
  const customers = new Map<string, { id: string; planfixAccountId: string; name: string | null }>();
  for (const [{ input }, { personId }] of placed) {
    if (!minted.has(personId)) continue;
    const name = input.name ?? customers.get(personId)?.name ?? null;
    customers.set(personId, { id: personId, planfixAccountId: input.planfixAccountId, name });
  }
  const rows = [...customers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const batch of inBatches(rows)) await trx.insertInto('customer').values(batch).execute();
}
