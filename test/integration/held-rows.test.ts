import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { settleIdentityLinks } from '../../activities/identity-links.ts';
import { conversationsOfTask } from '../../db/comments.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { createPeople, HOUR_MS } from '../support/people.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anEcho, anInboundText, insertConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('an echo that is held among identical ones comes back with its own white space', async () => {
  const connection = await insertConnection(db);
  const echo = (index: number, text: string) =>
    storeEvents(db, [anEcho(connection, { phone: `4915100000${index}`, text, holdWithoutTask: false })]);
  for (const index of [10, 11, 12, 13]) await echo(index, 'Open at nine\nCome by');
  await echo(14, 'Open at nine\n\nCome by');
  for (const index of [13, 14]) {
    await storeEvents(db, [anInboundText(connection, { phone: `4915100000${index}`, text: 'Thanks' })]);
  }
  const released = await db
    .selectFrom('message')
    .where('connectionId', '=', connection.connectionId)
    .where('mailingId', 'is not', null)
    .orderBy('position')
    .select(['text', 'hold'])
    .execute();
  expect(released).toEqual([
    // Control: what is the same word for word is kept once, and comes back, too.
    { text: 'Open at nine\nCome by', hold: 'releasing' },
    { text: 'Open at nine\n\nCome by', hold: 'releasing' },
  ]);
});

it('a message of a mailing answers nobody: a comment that notifies nobody is still told', async () => {
  for (const [ofMailing, unanswered] of [
    [true, 7],
    // Control: a message to this customer alone does.
    [false, null],
  ] as const) {
    const connection = await insertConnection(db);
    const { planfixAccountId, connectionId } = connection;
    const { wakes } = await storeEvents(db, [anInboundText(connection, { phone: '491510000099', text: 'Hello?' })]);
    const conversationId = wakes[0]?.conversationId as string;
    const task = { planfixAccountId, conversationId, planfixTask: 5, isActive: true, isCurrent: true };
    await db
      .insertInto('conversationTask')
      .values({ id: randomUUID(), ...task })
      .execute();
    await db
      .updateTable('message')
      .set({ state: 'posted', planfixTask: 5, planfixComment: 7 })
      .where('conversationId', '=', conversationId)
      .execute();
    const mailingId = randomUUID();
    const place = { planfixAccountId, connectionId };
    const said = { kind: 'text', text: 'We open at nine' };
    await db
      .insertInto('mailing')
      .values({ id: mailingId, ...place, ...said, origin: 'declared', state: 'running' })
      .execute();
    const sent = { direction: 'outbound', origin: 'api', state: 'unknown' as const };
    await db
      .insertInto('message')
      .values({ id: randomUUID(), ...place, ...said, ...sent, conversationId, ...(ofMailing ? { mailingId } : {}) })
      .execute();
    const [linked] = await conversationsOfTask(db, planfixAccountId, 5);
    expect(linked?.unansweredComment).toBe(unanswered);
  }
});

it('what was held before two customers turned out to be one person comes with their answer, where that goes', async () => {
  for (const [isLinked, hold] of [
    [true, 'releasing'],
    // Control: as long as they are two, the answer is another one's.
    [false, 'held'],
  ] as const) {
    const people = await createPeople(db);
    const { planfixAccountId, connectionId } = people;
    const byId = await people.write('Y');
    const byPhone = await people.write('P');
    const id = randomUUID();
    const place = { planfixAccountId, connectionId, conversationId: byPhone };
    const held = { hold: 'held', expiresAt: new Date(Date.now() + HOUR_MS) };
    const common = { ...place, ...held, kind: 'text', text: 'We open at nine' };
    const sent = { direction: 'outbound', origin: 'api', state: 'sent' as const };
    await db
      .insertInto('message')
      .values([
        { id, ...common, ...sent, channelMessageId: 'wamid.mailing' },
        { id: randomUUID(), ...common, direction: 'echo', state: 'received', channelMessageId: 'wamid.echo' },
      ])
      .execute();
    expect(await people.write('Y P')).toBe(byId);
    if (isLinked) await settleIdentityLinks(db, byId);
    expect(await people.write('Y')).toBe(byId);
    const rows = await db
      .selectFrom('message')
      .where('connectionId', '=', connectionId)
      .where((eb) => eb.or([eb('hold', 'is not', null), eb('direction', '=', 'note')]))
      .orderBy('direction')
      .select(['direction', 'conversationId', 'hold', 'aboutMessageId'])
      .execute();
    expect(rows).toEqual([
      { direction: 'echo', conversationId: isLinked ? byId : byPhone, hold, aboutMessageId: null },
      ...(isLinked ? [{ direction: 'note', conversationId: byId, hold: null, aboutMessageId: id }] : []),
      { direction: 'outbound', conversationId: byPhone, hold, aboutMessageId: null },
    ]);
  }
});
