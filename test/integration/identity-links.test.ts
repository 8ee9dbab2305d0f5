import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { settleIdentityLinks } from '../../activities/identity-links.ts';
import { moveContact } from '../../db/comments.ts';
import { readSuspectedLinks, settleSuspectedLink } from '../../db/customer-links.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { contactsInConflict, personOf, settleTwoContacts } from '../../db/person-contacts.ts';
import { claimContact, phonesOf, recordContact } from '../../db/planfix-contacts.ts';
import { createPeople, type People } from '../support/people.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let db: Database;
let other: Database;
let people: People;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
  other = createDatabase(database.url, 1);
});

afterAll(async () => {
  await Promise.all([db.destroy(), other.destroy()]);
  await database.drop();
});

beforeEach(async () => {
  people = await createPeople(db);
});

const customerOf = async (conversationId: string) =>
  (await db.selectFrom('conversation').where('id', '=', conversationId).select('customerId').executeTakeFirstOrThrow())
    .customerId;
const problems = (conversationId: string) =>
  db
    .selectFrom('problem')
    .where('conversationId', '=', conversationId)
    .where('state', '=', 'open')
    .select(['kind', 'reason', 'detail'])
    .execute();
const windowOf = async (conversationId: string) =>
  (
    await db
      .selectFrom('conversation')
      .where('id', '=', conversationId)
      .select('windowExpiresAt')
      .executeTakeFirstOrThrow()
  ).windowExpiresAt as Date;
let contacts = 0;
/** Each younger than the one before. */
const setContact = async (conversationId: string, contact: number | null, intentToken: string | null = null) => {
  const customerId = await customerOf(conversationId);
  contacts += 1;
  const createdAt = new Date(people.at(contacts));
  await db
    .insertInto('planfixContact')
    .values({
      id: randomUUID(),
      planfixAccountId: people.planfixAccountId,
      customerId,
      contact,
      intentToken,
      createdAt,
    })
    .execute();
};
const contactOf = async (conversationId: string) =>
  (
    await db
      .selectFrom('planfixContact')
      .where('customerId', '=', await customerOf(conversationId))
      .select('contact')
      .executeTakeFirst()
  )?.contact;

describe('two customers who turn out to be one person', () => {
  /** Known by phone first, by user id then, and by both in the end. */
  const meet = async () => {
    const byPhone = await people.write('P');
    const byId = await people.write('Y');
    const together = await people.write('Y P');
    return { byPhone, byId, together };
  };

  it('are two conversations until the worker decides, then what they write goes to the older one', async () => {
    const { byPhone, byId, together } = await meet();
    expect(byPhone).not.toBe(byId);
    expect(together).toBe(byId);
    await settleIdentityLinks(db, together);
    expect(await people.write('Y')).toBe(byPhone);
    expect(await people.write('P')).toBe(byPhone);
    expect(await people.write('Y P')).toBe(byPhone);
    expect(await readSuspectedLinks(db, together)).toEqual([]);
  });

  it('stay two without that decision (control)', async () => {
    const { byPhone, byId } = await meet();
    expect(await people.write('Y')).toBe(byId);
    expect(await people.write('P')).toBe(byPhone);
  });

  it('keep their destinations, and go on to the other one only when their own is given up', async () => {
    const { byPhone, byId } = await meet();
    await settleIdentityLinks(db, byId);
    expect([await people.addresses(byPhone), await people.addresses(byId)]).toEqual([['P'], ['Y']]);
    await people.write('Y2 P2', { former: 'Y P' });
    expect([await people.addresses(byPhone), await people.addresses(byId)]).toEqual([
      ['P2', 'Y2'],
      ['P2', 'Y2'],
    ]);
  });

  it('go on in the only conversation that one of them has on a number', async () => {
    await people.write('P');
    const elsewhere = await people.onAnotherNumber();
    const only = await elsewhere.write('Y');
    await elsewhere.write('Y P');
    await settleIdentityLinks(db, only);
    expect(await elsewhere.write('P')).toBe(only);
    expect(await people.addresses(only)).toEqual(['Y']);
  });

  it('are linked once, by whoever comes first, also when several try at once', async () => {
    const { byId } = await meet();
    const [linkId] = (await readSuspectedLinks(db, byId)) as [string];
    const outcomes = await Promise.all([db, other, db].map((one) => settleSuspectedLink(one, linkId)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['link', 'settled-before', 'settled-before']);
    expect(await settleSuspectedLink(db, linkId)).toMatchObject({ kind: 'settled-before' });
  });

  it('form one person of three, one hop away', async () => {
    const { byPhone, byId } = await meet();
    const third = await people.write('P3');
    await people.write('Y P3');
    // The pair of the two younger ones is decided first, so that their link has to be moved by the next one.
    const links = (await readSuspectedLinks(db, byId)).toReversed();
    expect(links).toHaveLength(2);
    for (const link of links) expect(await settleSuspectedLink(db, link)).toMatchObject({ kind: 'link' });
    const stays = await customerOf(byPhone);
    for (const one of [byPhone, byId, third]) expect(await personOf(db, await customerOf(one))).toBe(stays);
    expect(await people.write('P3')).toBe(byPhone);
  });

  describe('with a reply that waits in the conversation where they do not write any more', () => {
    const NOW_HOUR = 1_000;
    const wait = async (conversationId: string) => {
      const { messageId } = await people.send(conversationId);
      await db.updateTable('message').set({ state: 'waiting' }).where('id', '=', messageId).execute();
      return messageId;
    };
    const stateOf = async (id: string) =>
      (await db.selectFrom('message').where('id', '=', id).select('state').executeTakeFirstOrThrow()).state;

    it('have one window: it leaves when they write in the other one, and its lane is woken', async () => {
      const { byId, byPhone } = await meet();
      await settleIdentityLinks(db, byId);
      const messageId = await wait(byId);
      const { wakes } = await storeEvents(db, [people.event('P', { hour: NOW_HOUR })]);
      expect(wakes).toEqual(expect.arrayContaining([{ conversationId: byId, lane: 'to-customer' }]));
      expect(await stateOf(messageId)).toBe('ready');
      expect(+(await windowOf(byId))).toBe(+(await windowOf(byPhone)));
    });

    it('get that window when they are found to be one', async () => {
      const { byId, byPhone } = await meet();
      const messageId = await wait(byPhone);
      expect(await people.write('Y', { hour: NOW_HOUR })).toBe(byId);
      expect(await settleIdentityLinks(db, byId)).toEqual([{ conversationId: byPhone, lane: 'to-customer' }]);
      expect(await stateOf(messageId)).toBe('ready');
    });

    it('have two windows while they are two (control)', async () => {
      const { byId } = await meet();
      const messageId = await wait(byId);
      await storeEvents(db, [people.event('P', { hour: NOW_HOUR })]);
      expect(await stateOf(messageId)).toBe('waiting');
    });

    it('have one window for each number (control)', async () => {
      const { byId } = await meet();
      await settleIdentityLinks(db, byId);
      const messageId = await wait(byId);
      const elsewhere = await people.onAnotherNumber();
      await elsewhere.write('P', { hour: NOW_HOUR });
      expect(await stateOf(messageId)).toBe('waiting');
    });
  });

  it('share the contact that one of them has', async () => {
    const { byPhone, byId } = await meet();
    await setContact(byId, 7);
    await settleIdentityLinks(db, byId);
    expect([await contactOf(byPhone), await contactOf(byId)]).toEqual([7, 7]);
    expect(await problems(byPhone)).toEqual([]);
    // The one with the contact has stayed, although it is younger.
    expect(await people.write('P')).toBe(byId);
  });

  it('with two contacts are a problem for a person, and keep both until those are merged', async () => {
    const { byPhone, byId } = await meet();
    await setContact(byId, 7);
    await setContact(byPhone, 8);
    await settleIdentityLinks(db, byId);
    expect([await contactOf(byPhone), await contactOf(byId)]).toEqual([8, 7]);
    const detail = 'Contacts 7 and 8 in Planfix are one person: merge them into 7';
    expect(await problems(byPhone)).toEqual([{ kind: 'two-contacts', reason: 'one-person', detail }]);
  });

  it('and are none any more once they are merged there', async () => {
    const { byPhone, byId } = await meet();
    await setContact(byId, 7);
    await setContact(byPhone, 8);
    await settleIdentityLinks(db, byId);
    await settleTwoContacts(db, await customerOf(byId));
    expect(await problems(byPhone)).toHaveLength(1);
    await moveContact(db, people.planfixAccountId, await customerOf(byPhone), 7);
    await settleTwoContacts(db, await customerOf(byId));
    expect(await problems(byPhone)).toEqual([]);
  });

  it('claim one contact together, found by the phones of both', async () => {
    const { byPhone, byId } = await meet();
    await settleIdentityLinks(db, byId);
    const [first, second] = [await customerOf(byPhone), await customerOf(byId)];
    const claims = [
      await claimContact(db, people.planfixAccountId, first),
      await claimContact(db, people.planfixAccountId, second),
    ] as const;
    expect(claims[1].id).toBe(claims[0].id);
    expect(await phonesOf(db, second)).toEqual(await phonesOf(db, first));
    await recordContact(db, claims[1].id, 7, { lacksPhone: false });
    expect([await contactOf(byPhone), await contactOf(byId)]).toEqual([7, 7]);
  });

  it('claim one each while nothing is known of the other (control)', async () => {
    const { byPhone, byId } = await meet();
    const claims = [
      await claimContact(db, people.planfixAccountId, await customerOf(byPhone)),
      await claimContact(db, people.planfixAccountId, await customerOf(byId)),
    ] as const;
    expect(claims[1].id).not.toBe(claims[0].id);
  });

  it('wait while a contact of theirs is being created', async () => {
    const { byPhone, byId } = await meet();
    await setContact(byPhone, null, randomUUID());
    const [linkId] = (await readSuspectedLinks(db, byId)) as [string];
    expect(await settleSuspectedLink(db, linkId)).toMatchObject({ kind: 'later' });
    await db.updateTable('planfixContact').set({ contact: 9, intentToken: null }).execute();
    expect(await settleSuspectedLink(db, linkId)).toMatchObject({ kind: 'link' });
    expect(await contactOf(byId)).toBe(9);
  });
});

describe('a phone with a new owner', () => {
  it('leaves the old one at once, before anybody has decided anything', async () => {
    const old = await people.write('Y1 P');
    expect(await people.addresses(old)).toEqual(['P', 'Y1']);
    const stranger = await people.write('Y2 P');
    expect(stranger).not.toBe(old);
    expect([await people.addresses(old), await people.addresses(stranger)]).toEqual([['Y1'], ['P', 'Y2']]);
    await settleIdentityLinks(db, stranger);
    expect([await people.addresses(old), await people.addresses(stranger)]).toEqual([['Y1'], ['P', 'Y2']]);
    expect(await personOf(db, await customerOf(old))).not.toBe(await personOf(db, await customerOf(stranger)));
    expect(await problems(old)).toEqual([
      { kind: 'identity-conflict', reason: 'phone-has-new-owner', detail: expect.stringContaining(stranger) },
    ]);
    expect(await problems(stranger)).toEqual([]);
  });

  it('is still the same person with the same user id (control)', async () => {
    const old = await people.write('Y1 P');
    expect(await people.write('Y1 P')).toBe(old);
    expect(await people.addresses(old)).toEqual(['P', 'Y1']);
  });

  it('is not taken back by what the old one wrote before', async () => {
    const old = await people.write('Y1');
    const stranger = await people.write('Y2 P', { hour: 20 });
    expect(await people.write('Y1 P', { hour: 10 })).toBe(old);
    expect([await people.addresses(old), await people.addresses(stranger)]).toEqual([['Y1'], ['P', 'Y2']]);
    // What is newer counts.
    await people.write('Y1 P', { hour: 30 });
    expect([await people.addresses(old), await people.addresses(stranger)]).toEqual([['P', 'Y1'], ['Y2']]);
  });

  it('brings the old contact to nobody', async () => {
    const old = await people.write('Y1 P');
    await setContact(old, 7);
    const stranger = await people.write('Y2 P');
    expect(await contactsInConflict(db, await customerOf(stranger))).toEqual([7]);
    await settleIdentityLinks(db, stranger);
    expect(await contactsInConflict(db, await customerOf(stranger))).toEqual([7]);
    expect(await contactsInConflict(db, await customerOf(old))).toEqual([]);
  });

  it('makes a conflict also when the pair looked like one person before it was decided', async () => {
    const byPhone = await people.write('P', { hour: 1 });
    const byId = await people.write('Y1', { hour: 2 });
    await people.write('Y1 P', { hour: 3 });
    expect(await people.write('Y2 P', { hour: 4 })).toBe(byPhone);
    await settleIdentityLinks(db, byId);
    expect([await people.addresses(byPhone), await people.addresses(byId)]).toEqual([['P', 'Y2'], ['Y1']]);
    expect((await problems(byId)).map(({ kind }) => kind)).toEqual(['identity-conflict']);
  });
});
