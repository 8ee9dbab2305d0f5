import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { readMention } from '../../db/mentions.ts';
import { takeUnread } from '../../db/to-customer.ts';
import { aChunk, BUSINESS, type ToldMessage, toldMessage } from '../support/history-bodies.ts';
import {
  aHistoryConnection,
  conversationsIn,
  hear,
  hearLive,
  importAll,
  messagesIn,
} from '../support/history-world.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anEcho, type TestConnection } from '../support/rows.ts';

const PHONE = '4915100000001';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 20);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const fromCustomer: ToldMessage = { id: 'wamid.1', phone: PHONE, text: 'Is it ready?', minutesAgo: 5 };
const fromBusiness: ToldMessage = { ...fromCustomer, by: 'business', text: 'We are open' };
const liveOf = (message: ToldMessage) => ({
  ...toldMessage(message),
  ...(message.by === 'business' ? { to: PHONE } : {}),
});

async function takeIn(connection: TestConnection, messages: readonly ToldMessage[]) {
  const heard = await hear(db, connection, aChunk(messages));
  await importAll(db, connection);
  return heard;
}

const onlyMessage = async (connection: TestConnection) => {
  const [message, ...others] = await messagesIn(db, connection);
  expect(others).toEqual([]);
  return message;
};
const onlyConversation = async (connection: TestConnection) => {
  const [conversation, ...others] = await conversationsIn(db, connection);
  expect(others).toEqual([]);
  return conversation;
};

describe('a message that comes live as well', () => {
  it('stays as it is when its history comes later', async () => {
    const connection = await aHistoryConnection(db);
    const { wakes } = await hearLive(db, connection, liveOf(fromCustomer));
    expect(wakes).toHaveLength(1);
    const [message, conversation] = [await onlyMessage(connection), await onlyConversation(connection)];
    await takeIn(connection, [fromCustomer]);
    expect([await onlyMessage(connection), await onlyConversation(connection)]).toEqual([message, conversation]);
    expect(message).toMatchObject({ isHistory: false, state: 'received' });
  });

  it('is one to be answered when its history came before', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromCustomer]);
    const imported = await onlyMessage(connection);
    const { wakes } = await hearLive(db, connection, liveOf(fromCustomer));
    const { id } = (await onlyConversation(connection)) as { id: string };
    expect(wakes).toEqual([{ conversationId: id, lane: 'to-planfix' }]);
    expect(await onlyMessage(connection)).toMatchObject({
      ...{ id: imported?.id, isHistory: false, state: 'received', reason: null, planfixTask: null },
      ...{ text: 'Is it ready?', conversationId: id },
    });
    expect(await onlyConversation(connection)).toMatchObject({
      windowExpiresAt: expect.any(Date),
      lastInboundAt: expect.any(Date),
    });
  });

  it('control: its history alone asks for nothing', async () => {
    const connection = await aHistoryConnection(db);
    const { wakes } = await takeIn(connection, [fromCustomer]);
    expect(wakes).toEqual([]);
    const { connectionId } = connection;
    expect(await onlyConversation(connection)).toMatchObject({
      connectionId,
      windowExpiresAt: null,
      lastInboundAt: null,
    });
  });

  it('is one to be answered even if a task has told of it', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromCustomer]);
    const { connectionId } = connection;
    await sql`update message set state = 'posted', planfix_task = 7 where connection_id = ${connectionId}`.execute(db);
    expect((await hearLive(db, connection, liveOf(fromCustomer))).wakes).toHaveLength(1);
    expect(await onlyMessage(connection)).toMatchObject({ state: 'received', planfixTask: null, isHistory: false });
  });

  it('brings its own file', async () => {
    const connection = await aHistoryConnection(db);
    const image = (id: string) => ({ type: 'image', text: undefined, image: { id, mime_type: 'image/jpeg' } });
    await takeIn(connection, [{ ...fromCustomer, more: image('of-the-history') }]);
    await hearLive(db, connection, liveOf({ ...fromCustomer, more: image('live') }));
    const { connectionId } = connection;
    const files = await db.selectFrom('attachment').where('connectionId', '=', connectionId).selectAll().execute();
    expect(files).toEqual([expect.objectContaining({ channelMediaId: 'live', isShown: false })]);
  });

  it('of a colleague is held like any other', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromBusiness]);
    const { wakes } = await hearLive(db, connection, liveOf(fromBusiness));
    expect(wakes).toEqual([]);
    expect(await onlyMessage(connection)).toMatchObject({
      direction: 'echo',
      hold: 'held',
      reason: 'no-task',
      isHistory: false,
    });
    const { connectionId } = connection;
    expect(await db.selectFrom('outgoingFingerprint').where('connectionId', '=', connectionId).execute()).toHaveLength(
      1,
    );
  });

  it('is there once, and live, however the two meet', async () => {
    for (let round = 0; round < 20; round += 1) {
      const connection = await aHistoryConnection(db);
      const messages = [1, 2, 3, 4].map((index) => ({
        ...fromCustomer,
        id: `wamid.${index}`,
        phone: `491510000000${index}`,
      }));
      await hear(db, connection, aChunk(messages));
      await Promise.all([
        importAll(db, connection),
        ...messages.map((message) => hearLive(db, connection, toldMessage(message))),
      ]);
      const stored = await messagesIn(db, connection);
      expect(stored.map(({ isHistory, state }) => [isHistory, state])).toEqual(Array(4).fill([false, 'received']));
      for (const conversation of await conversationsIn(db, connection)) {
        expect(conversation).toMatchObject({ toPlanfixDueAt: expect.any(Date), windowExpiresAt: expect.any(Date) });
      }
    }
  });

  it('twice in one body is there once', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromCustomer]);
    const { history_context: _, ...live } = toldMessage(fromCustomer);
    await hear(db, connection, { messages: [live, live] }, { field: 'messages' });
    expect(await onlyMessage(connection)).toMatchObject({ isHistory: false, state: 'received' });
  });
});

describe('what was held for the customer', () => {
  /** A colleague's message that waits for an answer, on its own or as the last of many. */
  async function withHeld(reason: string) {
    const connection = await aHistoryConnection(db);
    const others = reason === 'bulk' ? ['101', '102', '103'].map((end) => `4915100000${end}`) : [];
    for (const phone of [...others, PHONE]) {
      const id = phone === PHONE ? 'wamid.held' : undefined;
      const sent = { phone, text: 'Spring sale', ...(id === undefined ? {} : { id }) };
      await storeEvents(db, [anEcho(connection, sent)]);
    }
    expect(await heldIn(connection)).toMatchObject({ hold: 'held', reason });
    return connection;
  }
  const heldIn = async (connection: TestConnection) =>
    (await messagesIn(db, connection)).find(({ channelMessageId }) => channelMessageId === 'wamid.held');

  it.each(['no-task', 'bulk'])(
    '(%s) is released by nothing that is imported, not even by what quotes it',
    async (reason) => {
      const connection = await withHeld(reason);
      const before = (await messagesIn(db, connection)).length;
      await takeIn(connection, [
        fromCustomer,
        { ...fromCustomer, id: 'wamid.2', more: { context: { id: 'wamid.held' } } },
      ]);
      expect(await messagesIn(db, connection)).toHaveLength(before + 2);
      expect(await heldIn(connection)).toMatchObject({ hold: 'held', reason });
    },
  );

  it.each(['no-task', 'bulk'])('control: the same message as a live one releases it (%s)', async (reason) => {
    const connection = await withHeld(reason);
    await hearLive(db, connection, liveOf(fromCustomer));
    expect((await heldIn(connection))?.hold).toBe('releasing');
  });
});

describe('messages to many', () => {
  const same = Array.from(
    { length: 6 },
    (_, index): ToldMessage => ({
      ...fromBusiness,
      id: `wamid.${index}`,
      phone: `491510000010${index}`,
    }),
  );
  const mailingsOf = ({ connectionId }: TestConnection) =>
    db.selectFrom('mailing').where('connectionId', '=', connectionId).select('id').execute();

  it('are none if they are imported, and count for none that follow', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, same);
    await hearLive(db, connection, { ...liveOf({ ...fromBusiness, id: 'wamid.live' }), to: '4915100000200' });
    expect(await mailingsOf(connection)).toEqual([]);
  });

  it('control: live ones are', async () => {
    const connection = await aHistoryConnection(db);
    for (const message of same) await hearLive(db, connection, { ...toldMessage(message), to: message.phone });
    expect(await mailingsOf(connection)).toHaveLength(1);
  });
});

describe('an imported message', () => {
  it('is known to what quotes it, changes it or reacts to it', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromCustomer]);
    const { connectionId } = connection;
    expect(await readMention(db, connectionId, 'wamid.1')).toMatchObject({ text: 'Is it ready?', planfixTask: null });
    expect(await readMention(db, connectionId, 'wamid.other')).toBeUndefined();
  });

  it('is never told to be read', async () => {
    const connection = await aHistoryConnection(db);
    await takeIn(connection, [fromCustomer]);
    const { connectionId } = connection;
    await sql`update message set state = 'posted', planfix_task = 7 where connection_id = ${connectionId}`.execute(db);
    const { id } = (await onlyConversation(connection)) as { id: string };
    expect(await takeUnread(db, id, ['posted', 'ignored'])).toBeUndefined();
    // Control: the same message as a live one is.
    await sql`update message set is_history = false where connection_id = ${connectionId}`.execute(db);
    expect(await takeUnread(db, id, ['posted', 'ignored'])).toBe('wamid.1');
  });

  it('joins the conversation that the customer has', async () => {
    const connection = await aHistoryConnection(db);
    await hearLive(db, connection, liveOf(fromCustomer));
    await takeIn(connection, [
      { ...fromCustomer, id: 'wamid.0', minutesAgo: 90 },
      { ...fromBusiness, id: 'wamid.3', minutesAgo: 80, more: { from: `+${BUSINESS}` } },
    ]);
    await onlyConversation(connection);
    const stored = await messagesIn(db, connection);
    expect(stored.map(({ channelMessageId }) => channelMessageId)).toEqual(['wamid.0', 'wamid.3', 'wamid.1']);
    expect(stored.map(({ direction }) => direction)).toEqual(['inbound', 'echo', 'inbound']);
  });
});
