/**
 * What one signed item teaches about who is who. User ids (BSUID, parent id) belong to one account for ever; a phone
 * goes from one owner to the next, and nobody tells. So user ids name a person, a phone does as long as nothing speaks
 * against it, and a phone that turns up with somebody else's user id leaves its former owner at once: replies to them
 * must never reach a stranger. Items come in any order, so the time of the item counts, not of its arrival.
 * (WhatsApp: BSUID and usernames; change events)
 */
import { haveDifferentUserIds, type Identity, type IdentityKind, type LinkEvidence } from './identity.ts';

/** One id, and whose it is. */
export type KnownId = {
  key: string;
  /** The portfolio within which a user id means something; empty for phones. */
  scope: string;
  kind: IdentityKind;
  value: string;
  address: string;
  /** The customer that it was learned for, and the one that this customer is linked with, or itself. */
  customerId: string;
  personId: string;
  validFromMs: number;
  /** When its owner gave it up. */
  validToMs: number | null;
  state: 'stored' | 'changed' | 'new';
};

/** By key. Holds every id of everybody whom the sightings name, and is brought up to date by each. */
export type IdentityBook = Map<string, KnownId>;

export type Sighting = {
  /** Account and network: ids of others mean nothing here. */
  space: string;
  scope: string;
  identities: readonly Identity[];
  former: readonly Identity[];
  seenAtMs: number;
  /** Whom the item is about, as far as we know ourselves: the person that a message was sent to. */
  aboutPersonId?: string | undefined;
  /** The id of the person, if it is nobody known. */
  newPersonId: string;
};

/** Two customers who may be one person; `key` is the phone that they share. */
export type Suspicion = {
  personId: string;
  otherPersonId: string;
  evidence: LinkEvidence;
  key: string | undefined;
  seenAtMs: number;
};

/**
 * A phone that somebody else had before a person moved to it was given up by its former owner: networks and carriers
 * take months for that. One that turned up at about the time of the move is the mover's own.
 */
const MOVE_SLACK_MS = 60 * 60_000;

export const scopeOf = (scope: string, kind: IdentityKind) => (kind === 'phone' ? '' : scope);

export function keyOf({ space, scope }: Pick<Sighting, 'space' | 'scope'>, { kind, value }: Identity): string {
  return [space, scopeOf(scope, kind), kind, value].join('|');
}

/** Finds the person and writes into the book what the item teaches; pairs that only a link would join are returned. */
export function placeSighting(book: IdentityBook, sighting: Sighting): { personId: string; suspicions: Suspicion[] } {
  const personId = findPerson(book, sighting);
  const suspicions: Suspicion[] = [];
  const suspect = (otherPersonId: string, evidence: LinkEvidence, key?: string) =>
    suspicions.push({ personId, otherPersonId, evidence, key, seenAtMs: sighting.seenAtMs });
  const work: Placing = { book, sighting, personId, leftAtMs: leftAt(book, sighting, personId), suspect };
  if (sighting.former.length > 0) leaveFormer(work);
  for (const identity of sighting.identities) placeIdentity(work, identity);
  const about = sighting.aboutPersonId;
  if (about !== undefined && about !== personId && !suspicions.some((one) => one.otherPersonId === about)) {
    if (!contradicts(book, sighting, about)) suspect(about, 'phone');
  }
  return { personId, suspicions };
}

type Placing = {
  book: IdentityBook;
  sighting: Sighting;
  personId: string;
  /** The item is older than the day on which the person gave up the ids that it shows. */
  leftAtMs: number | null;
  suspect: (otherPersonId: string, evidence: LinkEvidence, key?: string) => void;
};

const idsOf = (book: IdentityBook, personId: string) => [...book.values()].filter((id) => id.personId === personId);
const userIdsIn = (ids: readonly KnownId[]) => ids.filter(({ kind }) => kind === 'bsuid');

function findPerson(book: IdentityBook, sighting: Sighting): string {
  for (const group of [sighting.former, sighting.identities]) {
    for (const identity of group) {
      const known = book.get(keyOf(sighting, identity));
      if (known && (known.kind !== 'phone' || phoneNames(book, sighting, group, known))) return known.personId;
    }
  }
  const about = sighting.aboutPersonId;
  return about === undefined || contradicts(book, sighting, about) ? sighting.newPersonId : about;
}

/** A phone names its owner, unless they had given it up by then or are known there by another user id. */
function phoneNames(book: IdentityBook, sighting: Sighting, group: readonly Identity[], phone: KnownId): boolean {
  const { seenAtMs } = sighting;
  if (
    phone.validToMs !== null &&
    (group === sighting.former ? phone.validToMs < seenAtMs : phone.validToMs <= seenAtMs)
  )
    return false;
  return !haveDifferentUserIds(shownUserIds(sighting, group), userIdsOfPhone(book, phone));
}

const shownUserIds = ({ scope }: Sighting, group: readonly Identity[]) =>
  group.filter(({ kind }) => kind === 'bsuid').map(({ value }) => ({ scope, value }));

/** The user ids that the owner of a phone had while they had the phone. */
function userIdsOfPhone(book: IdentityBook, phone: KnownId): KnownId[] {
  const ids = userIdsIn(idsOf(book, phone.personId));
  return ids.filter(
    (id) =>
      id.validFromMs < (phone.validToMs ?? Number.MAX_VALUE) && (id.validToMs ?? Number.MAX_VALUE) > phone.validFromMs,
  );
}

function contradicts(book: IdentityBook, sighting: Sighting, personId: string): boolean {
  const current = userIdsIn(idsOf(book, personId)).filter((id) => id.validToMs === null);
  return haveDifferentUserIds(shownUserIds(sighting, sighting.identities), current);
}

function leftAt(book: IdentityBook, sighting: Sighting, personId: string): number | null {
  for (const identity of sighting.identities) {
    const known = book.get(keyOf(sighting, identity));
    // A user id is this person's under whatever customer.
    if (!known || (known.kind === 'phone' && known.personId !== personId)) continue;
    return known.validToMs !== null && known.validToMs >= sighting.seenAtMs ? known.validToMs : null;
  }
  return null;
}

/**
 * With the number, everything changes that hangs on it: the user ids of the portfolio, and every phone, also one that a
 * notice without a phone does not name. Ids that were learned later than the notice are not meant.
 */
function leaveFormer({ book, sighting, personId, suspect }: Placing): void {
  const { seenAtMs, scope, former, identities } = sighting;
  const kept = new Set(identities.map((identity) => keyOf(sighting, identity)));
  const end = (id: KnownId) => {
    if (id.validToMs !== null || id.validFromMs > seenAtMs || kept.has(id.key)) return;
    change(id, { validToMs: seenAtMs });
  };
  for (const identity of former) {
    const key = keyOf(sighting, identity);
    const known = book.get(key);
    // A stretch of some length, so that what was valid at the same time is seen to be.
    if (!known) learn(book, sighting, identity, { personId, validFromMs: seenAtMs - 1, validToMs: seenAtMs });
    else if (known.personId !== personId && (known.kind !== 'phone' || phoneNames(book, sighting, former, known))) {
      suspect(known.personId, known.kind === 'phone' ? 'phone' : 'user-id', key);
      end(known);
    }
  }
  for (const id of idsOf(book, personId)) if (id.kind === 'phone' || id.scope === scope) end(id);
}

function placeIdentity(work: Placing, identity: Identity): void {
  const { book, sighting, personId, leftAtMs } = work;
  const { seenAtMs } = sighting;
  const known = book.get(keyOf(sighting, identity));
  if (!known) {
    learn(book, sighting, identity, { personId, validFromMs: seenAtMs, validToMs: leftAtMs });
    if (identity.kind === 'bsuid' && leftAtMs === null) confirmPhones(work);
  } else if (known.personId === personId) {
    if (known.validToMs !== null && known.validToMs < seenAtMs)
      change(known, { validFromMs: seenAtMs, validToMs: null });
    const address = identity.address ?? identity.value;
    if (known.address !== address) change(known, { address });
    endWithUserId(known, leftAtMs);
  } else if (known.kind === 'phone') placeForeignPhone(work, known, identity);
  else work.suspect(known.personId, 'user-id');
}

/** From here on the phone is known to be that of a user id: an older item with another one is about a former owner. */
function confirmPhones({ book, sighting, personId }: Placing): void {
  for (const identity of sighting.identities) {
    const phone = book.get(keyOf(sighting, identity));
    if (phone?.kind === 'phone' && phone.personId === personId && phone.validFromMs < sighting.seenAtMs)
      change(phone, { validFromMs: sighting.seenAtMs });
  }
}

function placeForeignPhone(work: Placing, phone: KnownId, identity: Identity): void {
  const { book, sighting, personId, leftAtMs, suspect } = work;
  const { seenAtMs } = sighting;
  const take = () => {
    const address = identity.address ?? identity.value;
    change(phone, { personId, customerId: personId, validFromMs: seenAtMs, validToMs: leftAtMs, address });
  };
  if (phone.validToMs !== null && phone.validToMs <= seenAtMs) {
    take();
    return;
  }
  const current = userIdsIn(idsOf(book, personId)).filter((id) => id.validToMs === null);
  const ours = [...shownUserIds(sighting, sighting.identities), ...(leftAtMs === null ? current : [])];
  const wasAnothers = sighting.former.length > 0 && phone.validFromMs < seenAtMs - MOVE_SLACK_MS;
  if (wasAnothers || haveDifferentUserIds(ours, userIdsOfPhone(book, phone))) {
    if (phone.validToMs !== null || phone.validFromMs >= seenAtMs) return;
    suspect(phone.personId, 'phone-moved', phone.key);
    take();
    return;
  }
  // Somebody got it after this person had left it.
  if (leftAtMs !== null && phone.validFromMs >= leftAtMs) return;
  suspect(phone.personId, 'phone', phone.key);
  if (leftAtMs === null && phone.validFromMs < seenAtMs) change(phone, { validFromMs: seenAtMs });
  endWithUserId(phone, leftAtMs);
}

/** It was given up together with the user id that this older item names it with. */
function endWithUserId(id: KnownId, leftAtMs: number | null): void {
  if (leftAtMs !== null && id.kind === 'phone' && id.validToMs === null && id.validFromMs < leftAtMs)
    change(id, { validToMs: leftAtMs });
}

function learn(
  book: IdentityBook,
  sighting: Sighting,
  identity: Identity,
  facts: Pick<KnownId, 'personId' | 'validFromMs' | 'validToMs'>,
): void {
  const key = keyOf(sighting, identity);
  const { kind, value, address = value } = identity;
  const scope = scopeOf(sighting.scope, kind);
  book.set(key, { key, scope, kind, value, address, customerId: facts.personId, ...facts, state: 'new' });
}

function change(id: KnownId, values: Partial<KnownId>): void {
  Object.assign(id, values, { state: id.state === 'new' ? 'new' : 'changed' });
}

/**
 * Phones that a person turns out to have given up, once two customers are linked: the one had the phone, the other the
 * user id of that time, which has ended since. Nobody is written to by them any more. `ids` are all of that person.
 */
export function endGivenUpPhones(ids: readonly KnownId[]): void {
  const userIds = userIdsIn(ids);
  for (const phone of ids) {
    if (phone.kind !== 'phone' || phone.validToMs !== null) continue;
    const ended = userIds.filter((id) => id.validToMs !== null && id.validToMs > phone.validFromMs);
    const isStillTheirs = userIds.some(
      (id) => id.validToMs === null && id.validFromMs <= phone.validFromMs + MOVE_SLACK_MS,
    );
    if (ended.length > 0 && !isStillTheirs)
      change(phone, { validToMs: Math.min(...ended.map((id) => id.validToMs as number)) });
  }
}

/**
 * Where messages of a conversation go: the ids that its own customer has, so that a link never moves a destination;
 * those of the same person under another customer only when none of its own is left. `ids` are all of that person,
 * `scope` is the portfolio of the number that writes: it can use no other's user ids. The newest first.
 */
export function addressesOf(ids: readonly KnownId[], customerId: string, scope: string): KnownId[] {
  const usable = ids.filter((id) => id.validToMs === null && (id.kind === 'phone' || id.scope === scope));
  const own = usable.filter((id) => id.customerId === customerId);
  return (own.length > 0 ? own : usable).sort((a, b) => b.validFromMs - a.validFromMs);
}
