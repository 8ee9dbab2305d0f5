import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settleIdentityLinks } from '../../activities/identity-links.ts';
import { linkCustomers } from '../../db/customer-links.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  type ConnectionSender,
  learnAliases,
  type ResolvedCustomer,
  readAddresses,
  resolveCustomers,
} from '../../db/identities.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';
import { aLife, aRecycledPhone, type Item, idsAt, inAnyOrder } from '../support/lives.ts';
import { untilBlocked } from '../support/locks.ts';
import { conversationOf, createPeople, idValueOf, type People, wordOf } from '../support/people.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
/** Two pools of one connection each, as of two processes. */
let one: Database;
let other: Database;
let watch: Database;
let people: People;

beforeAll(async () => {
  database = await createTestDatabase();
  one = createDatabase(database.url, 1);
  other = createDatabase(database.url, 1);
  watch = createDatabase(database.url, 2);
});

afterAll(async () => {
  await Promise.all([one.destroy(), other.destroy(), watch.destroy()]);
  await database.drop();
});

beforeEach(async () => {
  people = await createPeople(watch);
});

const senderOf = ({ message }: EventInput): ConnectionSender => {
  if (!message) throw new Error('no message');
  const { sender, connectionId, sentAtMs = 0 } = message;
  return { ...sender, connectionId, seenAtMs: sentAtMs };
};

/** The customers that two transactions find, of which the second meets the first one's rows before they are committed. */
async function meet(first: EventInput, second: EventInput): Promise<[string | undefined, string | undefined]> {
  let late: Promise<ResolvedCustomer[]> | undefined;
  const [early] = await one.transaction().execute(async (trx) => {
    const found = await resolveCustomers(trx, [senderOf(first)]);
    late = other.transaction().execute((trx) => resolveCustomers(trx, [senderOf(second)]));
    await untilBlocked(database.url, 'customer');
    return found;
  });
  return [early?.customerId, (await late)?.[0]?.customerId];
}

const addressesOfAll = async (customerId: string | undefined) => {
  const rows = await watch
    .selectFrom('customerIdentity')
    .where('customerId', '=', customerId ?? '')
    .where('validTo', 'is', null)
    .select('address')
    .execute();
  return rows.map(({ address }) => wordOf(address)).toSorted();
};

describe('two transactions that meet the same ids at the same moment', () => {
  it('agree about a new person', async () => {
    const [early, late] = await meet(people.event('Y1 P1'), people.event('Y1 P1'));
    expect(late).toBe(early);
    expect(await people.count()).toBe(1);
  });

  it('agree when they know different ids of the new person', async () => {
    const [early, late] = await meet(people.event('Y1 P1'), people.event('P1'));
    expect(late).toBe(early);
    expect(await addressesOfAll(early)).toEqual(['P1', 'Y1']);
  });

  it('keep two new people apart who had the same phone, and the later one has it', async () => {
    const [early, late] = await meet(people.event('Y1 P1', { hour: 1 }), people.event('Y2 P1', { hour: 2 }));
    expect(late).not.toBe(early);
    expect([await addressesOfAll(early), await addressesOfAll(late)]).toEqual([['Y1'], ['P1', 'Y2']]);
  });

  it('whoever commits first', async () => {
    const [early, late] = await meet(people.event('Y2 P1', { hour: 2 }), people.event('Y1 P1', { hour: 1 }));
    expect([await addressesOfAll(early), await addressesOfAll(late)]).toEqual([['P1', 'Y2'], ['Y1']]);
  });

  it('give a known phone to one of two new user ids', async () => {
    await people.write('P1', { hour: 1 });
    const [early, late] = await meet(people.event('Y1 P1', { hour: 2 }), people.event('Y2 P1', { hour: 3 }));
    expect(late).not.toBe(early);
    expect([await addressesOfAll(early), await addressesOfAll(late)]).toEqual([['Y1'], ['P1', 'Y2']]);
  });
});

describe('an id that is learned while its customer is being linked', () => {
  type Learn = (younger: string) => Promise<unknown>;
  const linking = async (learn: Learn, whileLinked: (late: Promise<unknown>) => Promise<unknown>) => {
    const older = await people.write('P1');
    const younger = await people.write('Y2');
    const customerOf = async (id: string) =>
      (await watch.selectFrom('conversation').where('id', '=', id).select('customerId').executeTakeFirstOrThrow())
        .customerId;
    const [stays, absorbed] = [await customerOf(older), await customerOf(younger)];
    let late: Promise<unknown> = Promise.resolve();
    await one.transaction().execute(async (trx) => {
      await trx
        .selectFrom('customer')
        .where('id', 'in', [stays, absorbed])
        .select('id')
        .orderBy('id')
        .forNoKeyUpdate()
        .execute();
      late = learn(younger);
      await whileLinked(late);
      await linkCustomers(trx, people.planfixAccountId, { stays, absorbed, twoContacts: false });
    });
    await late;
    return { older, younger, stays, absorbed };
  };

  it('waits for the link and joins the customer that stays', async () => {
    const event = people.event('Y2 P9');
    const { older, stays } = await linking(
      () => storeEvents(other, [event]),
      () => untilBlocked(database.url, 'customer'),
    );
    expect(await conversationOf(watch, event)).toBe(older);
    expect(await addressesOfAll(stays)).toEqual(['P1', 'P9']);
  });

  it('does so from a status, too', async () => {
    const { stays, absorbed } = await linking(
      async (younger) => {
        const message = await people.send(younger);
        const seen = { ...message, recipient: { phone: idValueOf('P9') }, seenAtMs: people.at(900) };
        await other.transaction().execute((trx) => learnAliases(trx, [seen]));
      },
      () => untilBlocked(database.url, 'customer'),
    );
    expect([await addressesOfAll(stays), await addressesOfAll(absorbed)]).toEqual([['P1', 'P9'], ['Y2']]);
  });

  it('does not hold up those who learn nothing (control)', async () => {
    const event = people.event('Y2');
    const { younger } = await linking(
      () => storeEvents(other, [event]),
      (late) => late,
    );
    expect(await conversationOf(watch, event)).toBe(younger);
  });
});

describe('with everything at once', () => {
  const eventOf = (item: Item) =>
    people.event(item.ids, { hour: item.at / 10, ...(item.former === undefined ? {} : { former: item.former }) });

  /** Two processes take turns in taking what comes, and in deciding. */
  async function live(items: Item[], worker: boolean[]): Promise<void> {
    people = await createPeople(watch);
    const events = items.map(eventOf);
    await Promise.all(
      [one, other].map(async (db, process) => {
        for (const [index, event] of events.entries()) {
          if (index % 2 !== process) continue;
          await storeEvents(db, [event]);
          if (worker[index]) await decideAll(db);
        }
      }),
    );
    await decideAll(one);
  }

  async function decideAll(db: Database): Promise<void> {
    const conversations = await db
      .selectFrom('conversation')
      .where('connectionId', '=', people.connectionId)
      .select('id')
      .execute();
    for (const { id } of conversations) await settleIdentityLinks(db, id);
  }

  /** Where the conversations of the customers go who have, or had, this id. */
  async function reach(word: string): Promise<string[]> {
    const rows = await watch
      .selectFrom('conversation as c')
      .innerJoin('customer as u', 'u.id', 'c.customerId')
      .innerJoin('customer as family', (join) =>
        join.on((eb) =>
          eb(eb.fn.coalesce('family.mergedInto', 'family.id'), '=', eb.fn.coalesce('u.mergedInto', 'u.id')),
        ),
      )
      .innerJoin('customerIdentity as i', 'i.customerId', 'family.id')
      .where('c.connectionId', '=', people.connectionId)
      .where('i.value', '=', idValueOf(word))
      .select('c.id')
      .distinct()
      .execute();
    const addresses = await Promise.all(rows.map(({ id }) => readAddresses(watch, id)));
    return addresses.flat().map(({ value }) => wordOf(value));
  }

  const byPerson = (items: Item[]) => items.filter((item) => item.about === undefined);
  const ordered = aLife.chain(({ items, phones }) =>
    inAnyOrder(byPerson(items)).map((order) => ({ ...order, phones })),
  );
  const endsAsOne = (hear: (items: Item[]) => Item[] = (items) => items) =>
    fc.asyncProperty(ordered, async ({ items, worker, phones }) => {
      await live(hear(items), worker);
      const newest = items.reduce((first, next) => (next.at > first.at ? next : first));
      const now = idsAt(newest, (period) => phones[period] as string);
      const reached = await reach(now[0] as string);
      return (await people.count()) === 1 && reached.length > 0 && reached.every((word) => now.includes(word));
    });

  it('one person ends as one, reached by what they have now', async () => {
    await fc.assert(endsAsOne(), { numRuns: 25 });
  });

  it('and would not without the notices (control)', async () => {
    const deaf = (items: Item[]) => items.map(({ former: _former, ...item }) => item);
    expect((await fc.check(endsAsOne(deaf), { numRuns: 25, endOnFailure: true })).failed).toBe(true);
  });

  it('no conversation of a former owner goes to the new owner of the phone', async () => {
    await fc.assert(
      fc.asyncProperty(aRecycledPhone.chain(inAnyOrder), async ({ items, worker }) => {
        await live(items, worker);
        const former = [...(await reach('Y1')), ...(await reach('Y3'))];
        const stranger = await reach('Y2');
        return !former.includes('P1') && stranger.includes('P1') && !stranger.includes('Y1');
      }),
      { numRuns: 25 },
    );
  });

  it('which they do while nobody else has it (control)', async () => {
    await live(
      [
        { at: 1, ids: 'Y1 P1' },
        { at: 3_000, ids: 'Y2' },
      ],
      [false, true],
    );
    expect(await reach('Y1')).toContain('P1');
  });
});
