import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { settleIdentityLinks } from '../../activities/identity-links.ts';
import { settleConnectionChecks } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { learnAliases } from '../../db/identities.ts';
import { recordSent } from '../../db/to-customer.ts';
import { inTransaction } from '../../db/transaction.ts';
import { createPeople, HOUR_MS, type People, spell } from '../support/people.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let db: Database;
let people: People;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 2);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

beforeEach(async () => {
  people = await createPeople(db);
});

describe('a changed number', () => {
  it('stays one conversation, and nothing goes to the old number any more', async () => {
    const before = await people.write('Y1 P1');
    expect(await people.write('Y2 P2', { former: 'Y1 P1' })).toBe(before);
    expect(await people.write('Y2 P2')).toBe(before);
    expect(await people.addresses(before)).toEqual(['P2', 'Y2']);
  });

  it('goes on from the new number without the notice as somebody else (control)', async () => {
    const before = await people.write('Y1 P1');
    expect(await people.write('Y2 P2')).not.toBe(before);
  });

  it('may be told after the first message from the new number, and more than once', async () => {
    const before = await people.write('Y1 P1', { hour: 1 });
    const after = await people.write('Y2 P2', { hour: 3 });
    for (const hour of [2, 2]) expect(await people.write('Y2 P2', { former: 'Y1 P1', hour })).toBe(before);
    await settleIdentityLinks(db, after);
    expect(await people.write('Y2 P2')).toBe(before);
    expect([await people.addresses(before), await people.addresses(after)]).toEqual([
      ['P2', 'Y2'],
      ['P2', 'Y2'],
    ]);
  });

  it('keeps the network’s own spelling of the new phone', async () => {
    const before = await people.write('Y1 P1');
    await people.write('Y2 P2', { former: 'Y1 P1', respelled: true });
    expect(await people.addresses(before)).toEqual(['+P2', 'Y2']);
  });
});

describe('what answers and statuses tell', () => {
  const learn = async (conversationId: string, recipient: { phone?: string; bsuid?: string }, hour: number) => {
    const message = await people.send(conversationId);
    return inTransaction(db, (trx) =>
      learnAliases(trx, [{ ...message, recipient: spell(recipient), seenAtMs: people.at(hour) }]),
    );
  };

  it('a new id joins the customer of the message', async () => {
    const byPhone = await people.write('P', { hour: 1 });
    expect(await learn(byPhone, { bsuid: 'Y' }, 2)).toEqual([]);
    expect(await people.write('Y')).toBe(byPhone);
  });

  it('an id of somebody else is for the worker, whose lane is woken', async () => {
    const byPhone = await people.write('P', { hour: 1 });
    const byId = await people.write('Y', { hour: 2 });
    const { messageId: id, connectionId } = await people.send(byPhone);
    const receipt = { channelMessageId: `wamid.${randomUUID()}`, recipient: spell({ phone: 'P', bsuid: 'Y' }) };
    const wakes = await recordSent(db, { id, conversationId: byPhone, connectionId }, receipt);
    expect(wakes).toEqual([{ conversationId: byPhone, lane: 'to-planfix' }]);
    await settleIdentityLinks(db, byPhone);
    expect(await people.write('Y')).toBe(byPhone);
    expect(await people.addresses(byId)).toEqual(['Y']);
  });

  it('a message that reached a stranger is the last one that does', async () => {
    const old = await people.write('Y1 P', { hour: 1 });
    await learn(old, { phone: 'P', bsuid: 'Y2' }, 2);
    expect(await people.addresses(old)).toEqual(['Y1']);
  });

  it('nothing is learned of what is known (control)', async () => {
    const conversation = await people.write('Y P', { hour: 1 });
    expect(await learn(conversation, { phone: 'P', bsuid: 'Y' }, 2)).toEqual([]);
    expect(await people.addresses(conversation)).toEqual(['P', 'Y']);
    expect(await people.count()).toBe(1);
  });

  it('of messages that are not known, nothing is learned', async () => {
    const recipient = spell({ bsuid: 'Y' });
    const unknown = { connectionId: people.connectionId, channelMessageId: `wamid.${randomUUID()}` };
    const seen = { ...unknown, recipient, seenAtMs: Date.now() - HOUR_MS };
    expect(await inTransaction(db, (trx) => learnAliases(trx, [seen]))).toEqual([]);
    expect(await people.count()).toBe(0);
  });
});

describe('a business account whose portfolio becomes known', () => {
  const becomesKnown = (connectionId: string) =>
    settleConnectionChecks(db, connectionId, [], {
      displayPhoneNumber: undefined,
      verifiedName: undefined,
      messagesPerSecond: undefined,
      portfolioId: 'portfolio',
    });

  it('keeps its customers, who hide their phones', async () => {
    const before = await people.write('Y');
    await becomesKnown(people.connectionId);
    expect(await people.addresses(before)).toEqual(['Y']);
    expect(await people.write('Y', { portfolio: 'portfolio' })).toBe(before);
  });

  it('would take them for others (control)', async () => {
    const before = await people.write('Y');
    expect(await people.write('Y', { portfolio: 'portfolio' })).not.toBe(before);
  });

  it('finds who is known to the portfolio by another number', async () => {
    const before = await people.write('Y');
    const elsewhere = await people.onAnotherNumber();
    const known = await elsewhere.write('Y', { portfolio: 'portfolio' });
    for (let time = 0; time < 2; time += 1) await becomesKnown(people.connectionId);
    await settleIdentityLinks(db, known);
    expect(await people.count()).toBe(1);
    expect(await people.write('Y', { portfolio: 'portfolio' })).toBe(before);
    expect(await people.addresses(before)).toEqual(['Y']);
  });
});
