import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideLink, type Identity, type LinkSide } from '../../../../workflows/domain/identity.ts';
import {
  addressesOf,
  endGivenUpPhones,
  type IdentityBook,
  type KnownId,
  keyOf,
  placeSighting,
  type Sighting,
  type Suspicion,
} from '../../../../workflows/domain/sighting.ts';
import { aLife, aRecycledPhone, type Item, idsAt, inAnyOrder } from '../../../support/lives.ts';

const HOUR_MS = 60 * 60_000;
const PLACE = { space: 'account|whatsapp', scope: 'portfolio' };

const idOf = (word: string): Identity => {
  const kind = word.startsWith('Y') ? 'bsuid' : word.startsWith('N') ? 'parent-bsuid' : 'phone';
  return { kind, value: word };
};
const idsOf = (words: string) => words.split(' ').filter(Boolean).map(idOf);

type Place = (book: IdentityBook, sighting: Sighting) => { personId: string; suspicions: Suspicion[] };

/** A memory of who is who; links are decided when `settle` is called, as by the worker. */
function createWorld(place: Place = placeSighting) {
  const book: IdentityBook = new Map();
  let persons = 0;
  let open: Suspicion[] = [];
  const outcomes: string[] = [];
  const known = (word: string) => book.get(keyOf(PLACE, idOf(word)));
  const sideOf = (customerId: string): LinkSide => ({
    customerId,
    createdAtMs: Number(customerId.slice(1)),
    contact: undefined,
    userIds: [...book.values()].filter(
      (id) => id.personId === customerId && id.kind === 'bsuid' && id.validToMs === null,
    ),
  });
  const merged = new Map<string, string>();
  const rootOf = (personId: string): string => {
    const into = merged.get(personId);
    return into === undefined ? personId : rootOf(into);
  };
  const destinations = (personId: string): string[][] => {
    const ids = [...book.values()].filter((id) => id.personId === personId);
    const customers = [...new Set(ids.map((id) => id.customerId))];
    return customers.map((id) => addressesOf(ids, id, PLACE.scope).map((address) => address.value));
  };
  return {
    outcomes,
    known,
    see({ at, ids, former = '', about }: Item): string {
      persons += 1;
      const sighting = { ...PLACE, identities: idsOf(ids), former: idsOf(former), seenAtMs: at * HOUR_MS };
      const aboutPersonId = about === undefined ? undefined : known(about)?.personId;
      const placed = place(book, { ...sighting, aboutPersonId, newPersonId: `c${persons}` });
      open.push(...placed.suspicions);
      return placed.personId;
    },
    settle() {
      for (const { personId, otherPersonId, evidence } of open) {
        const decision = decideLink(sideOf(rootOf(personId)), sideOf(rootOf(otherPersonId)), evidence);
        outcomes.push(decision.kind);
        if (decision.kind !== 'link') continue;
        merged.set(decision.absorbed, decision.stays);
        for (const id of book.values()) if (id.personId === decision.absorbed) id.personId = decision.stays;
        endGivenUpPhones([...book.values()].filter((id) => id.personId === decision.stays));
      }
      open = [];
    },
    persons: () => new Set([...book.values()].map((id) => id.personId)),
    personOf: (word: string) => known(word)?.personId,
    /** Where the conversations go of everybody who is this person. */
    reach(word: string): string[] {
      const personId = known(word)?.personId;
      return personId === undefined ? [] : destinations(personId).flat();
    },
    /** The same of every customer who can be reached, "P1 Y1". */
    reachByCustomer: () => {
      const persons = [...new Set([...book.values()].map((id) => id.personId))];
      const words = persons.flatMap(destinations).map((one) => one.toSorted().join(' '));
      return words.filter((one) => one !== '').toSorted();
    },
  };
}

type World = ReturnType<typeof createWorld>;

describe('placeSighting', () => {
  const see = (items: Item[]): World => {
    const world = createWorld();
    for (const item of items) world.see(item);
    world.settle();
    return world;
  };

  /** "3 Y1 P1 > Y2 P2 @P9": hour, ids before a change, ids, and an id of whom we sent something to. */
  const itemOf = (text: string): Item => {
    const [, at, former, ids = '', about] = /^(\d+) (?:(.+) > )?([^@]+?)(?: @(\w+))?$/.exec(text) ?? [];
    return {
      at: Number(at),
      ids,
      ...(former === undefined ? {} : { former }),
      ...(about === undefined ? {} : { about }),
    };
  };

  it.each<[string, string[], string[], string[]]>([
    ['an unknown alias joins', ['1 Y1', '2 Y1 P1'], [], ['P1 Y1']],
    ['a phone that is hidden later', ['1 Y1 P1', '2 Y1'], [], ['P1 Y1']],
    ['known by phone, then by both', ['1 P1', '2 Y1 P1'], [], ['P1 Y1']],
    ['known by phone and by id apart', ['1 P1', '2 Y1', '3 Y1 P1'], ['link'], ['P1', 'Y1']],
    ['a phone with a new owner', ['1 Y1 P1', '2 Y2 P1'], ['conflict'], ['P1 Y2', 'Y1']],
    ['a phone with a known new owner', ['1 Y1 P1', '2 Y2', '3 Y2 P1'], ['conflict'], ['P1 Y2', 'Y1']],
    ['an old item of a former owner', ['2 Y2 P1', '1 Y1 P1'], [], ['P1 Y2', 'Y1']],
    ['a changed number', ['1 Y1 P1', '2 Y1 P1 > Y2 P2'], [], ['P2 Y2']],
    ['a changed number, told late', ['1 Y1 P1', '3 Y2 P2', '2 Y1 P1 > Y2 P2'], ['link', 'same'], ['P2 Y2', 'P2 Y2']],
    ['a changed id without a phone', ['1 Y1 P1', '2 Y1 > Y2'], [], ['Y2']],
    ['a changed number of somebody else', ['0 P2', '1 Y1 P1', '9 Y1 P1 > Y2 P2'], ['conflict'], ['P2 Y2']],
    ['a parent id proves a new user id', ['1 Y1 N1', '2 Y2 N1'], [], ['N1 Y1 Y2']],
    ['a parent id of another', ['1 Y1 N1', '2 Y2', '3 Y2 N1'], ['link'], ['N1 Y1', 'Y2']],
    ['a status that knows more', ['1 P1', '2 Y1 @P1'], [], ['P1 Y1']],
    ['a status that names another', ['1 P1', '2 Y1', '3 Y1 @P1'], ['link'], ['P1', 'Y1']],
    ['a status of a phone with a new owner', ['1 Y1 P1', '2 Y2 P1 @Y1'], ['conflict'], ['P1 Y2', 'Y1']],
    ['a status of a stranger without a phone', ['1 Y1', '2 Y2 @Y1'], [], ['Y1', 'Y2']],
    ['a phone that was given up', ['1 P1', '2 P1 > P2', '3 P1'], [], ['P1', 'P2']],
  ])('%s', (_name, items, outcomes, reach) => {
    const world = see(items.map(itemOf));
    expect(world.outcomes).toEqual(outcomes);
    expect(world.reachByCustomer()).toEqual(reach);
  });
});

describe('addressesOf', () => {
  const anId = (values: Partial<KnownId>): KnownId => ({
    ...{ key: 'k', scope: '', kind: 'phone', value: 'P1', address: 'P1', customerId: 'a', personId: 'a' },
    ...{ validFromMs: 1, validToMs: null, state: 'stored' },
    ...values,
  });
  const reach = (ids: KnownId[], customerId: string) => addressesOf(ids, customerId, 'here').map((id) => id.value);

  it('stays with what a customer has, whatever was linked with it', () => {
    const linked = anId({ customerId: 'b', value: 'P2', validFromMs: 9 });
    expect(reach([anId({}), linked], 'a')).toEqual(['P1']);
    expect(reach([anId({}), linked], 'b')).toEqual(['P2']);
    expect(reach([anId({ validToMs: 2 }), linked], 'a')).toEqual(['P2']);
  });

  it('uses no user id of another portfolio, and the newest phone first', () => {
    const foreign = anId({ kind: 'bsuid', scope: 'there', value: 'Y1' });
    expect(reach([foreign, anId({}), anId({ value: 'P2', validFromMs: 9 })], 'a')).toEqual(['P2', 'P1']);
    expect(reach([foreign], 'a')).toEqual([]);
  });
});

const RUNS = 2_000;

describe('one person', () => {
  const endsAsOne = (place?: Place) =>
    fc.property(
      aLife.chain(({ items, phones }) => inAnyOrder(items).map((order) => ({ ...order, phones }))),
      ({ items, worker, phones }) => {
        const world = createWorld(place);
        for (const [index, item] of items.entries()) {
          world.see(item);
          if (worker[index]) world.settle();
        }
        world.settle();
        // Whatever came last: only what they have now is used.
        const newest = items.reduce((one, next) => (next.at > one.at ? next : one));
        const now = idsAt(newest, (period) => phones[period] as string);
        return world.persons().size === 1 && world.reach(now[0] as string).every((value) => now.includes(value));
      },
    );

  it('ends as one, reached by what they have now, whatever the order of items and decisions', () => {
    fc.assert(endsAsOne(), { numRuns: RUNS });
  });

  it('does not without the notices (control)', () => {
    const deaf: Place = (book, sighting) => placeSighting(book, { ...sighting, former: [] });
    expect(fc.check(endsAsOne(deaf), { numRuns: RUNS }).failed).toBe(true);
  });
});

describe('a phone that goes to a stranger', () => {
  const keepsApart = (place?: Place) =>
    fc.property(aRecycledPhone.chain(inAnyOrder), ({ items, worker }) => {
      const world = createWorld(place);
      let moved = false;
      for (const [index, item] of items.entries()) {
        world.see(item);
        if (worker[index]) world.settle();
        moved ||= item.ids === 'Y2 P1';
        if (world.known('Y1') && world.personOf('Y1') === world.personOf('Y2')) return false;
        if (moved && [...world.reach('Y1'), ...world.reach('Y3')].includes('P1')) return false;
      }
      world.settle();
      return world.reach('Y2').includes('P1');
    });

  it('takes no reply to the former owner along, whatever the order', () => {
    fc.assert(keepsApart(), { numRuns: RUNS });
  });

  it('would, if the first known id named the person and the rest joined (control)', () => {
    const trusting: Place = (book, sighting) => {
      const known = [...sighting.former, ...sighting.identities].map((one) => book.get(keyOf(sighting, one)));
      const personId = known.find((id) => id)?.personId ?? sighting.newPersonId;
      for (const one of sighting.identities) {
        const key = keyOf(sighting, one);
        if (book.has(key)) continue;
        const id = { key, scope: PLACE.scope, ...one, address: one.value, customerId: personId, personId };
        book.set(key, { ...id, validFromMs: sighting.seenAtMs, validToMs: null, state: 'new' });
      }
      return { personId, suspicions: [] };
    };
    expect(fc.check(keepsApart(trusting), { numRuns: RUNS }).failed).toBe(true);
  });
});
