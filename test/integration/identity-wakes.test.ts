import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { settleIdentityLinks } from '../../activities/identity-links.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { learnAliases } from '../../db/identities.ts';
import { wakeWaiting } from '../../db/pauses.ts';
import { findForgotten } from '../../db/sweep.ts';
import { createPeople, type People, spell } from '../support/people.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let db: Database;
let people: People;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

beforeEach(async () => {
  people = await createPeople(db);
});

/** Everything that was said is posted: no lane of theirs is due. */
async function postEverything(): Promise<void> {
  await db.updateTable('message').set({ state: 'posted' }).where('direction', '=', 'inbound').execute();
  await db.updateTable('conversation').set({ toPlanfixDueAt: null }).execute();
}

const forgotten = async () =>
  (await findForgotten(db, 'to-planfix', 1_000, 0)).map(({ conversationId }) => conversationId).toSorted();

/** The contact of a conversation's customer, made while no phone was known, or with one. */
async function setContact(conversationId: string, lacksPhone: boolean): Promise<void> {
  const { customerId } = await db
    .selectFrom('conversation')
    .where('id', '=', conversationId)
    .select('customerId')
    .executeTakeFirstOrThrow();
  const { planfixAccountId } = people;
  await db
    .insertInto('planfixContact')
    .values({ id: randomUUID(), planfixAccountId, customerId, contact: 7, lacksPhone })
    .execute();
}

describe('two who may be one person', () => {
  it('are found by the sweep when nothing has made a lane of theirs due, until that is decided', async () => {
    const byPhone = await people.write('P');
    const byId = await people.write('Y');
    await people.write('Y P');
    await postEverything();
    expect(await forgotten()).toEqual([byPhone, byId].toSorted());
    await settleIdentityLinks(db, byId);
    await postEverything();
    // Control: a pair that is decided is nobody's business any more.
    expect(await forgotten()).toEqual([]);
  });
});

describe('a phone that the network tells of somebody who had none', () => {
  /** An answer to a send names the phone of whom it went to; the conversations that have to be looked at. */
  const learn = async (conversationId: string) => {
    const { connectionId, messageId } = await people.send(conversationId);
    const recipient = spell({ phone: 'P', bsuid: 'Y' });
    const seen = [{ connectionId, messageId, recipient, seenAtMs: Date.now() }];
    return db.transaction().execute((trx) => learnAliases(trx, seen));
  };

  it('is brought to the contact, once', async () => {
    const conversationId = await people.write('Y');
    await setContact(conversationId, true);
    expect(await learn(conversationId)).toEqual([conversationId]);
    // Control: the next answer teaches nothing.
    expect(await learn(conversationId)).toEqual([]);
  });

  it('is nobody’s business when the contact has a phone (control)', async () => {
    const conversationId = await people.write('Y');
    await setContact(conversationId, false);
    expect(await learn(conversationId)).toEqual([]);
  });

  it.each([true, false])('is brought when the account comes back, if the contact lacks it: %s', async (lacksPhone) => {
    const conversationId = await people.write('Y P');
    await setContact(conversationId, lacksPhone);
    await postEverything();
    const { planfixAccountId } = people;
    const wakes = await wakeWaiting(db, { planfixAccountId }, 'to-planfix', { after: undefined, limit: 10 });
    expect(wakes).toEqual(lacksPhone ? [{ conversationId, lane: 'to-planfix' }] : []);
  });
});
