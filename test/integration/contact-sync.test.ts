import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { readAddresses } from '../../db/identities.ts';
import { aChunk } from '../support/history-bodies.ts';
import { aHistoryConnection, conversationsIn, hear, importAll } from '../support/history-world.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import type { TestConnection } from '../support/rows.ts';

const PHONE = '4915100000001';
const BSUID = 'DE.13491208655302741918';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 10);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

type Contact = { name?: string; phone?: string; bsuid?: string; action?: 'add' | 'remove'; at?: number };

const anEntry = ({ name, phone, bsuid, action = 'add', at = 1_764_000_000 }: Contact) => ({
  type: 'contact',
  action,
  contact: { full_name: name, phone_number: phone, user_id: bsuid },
  metadata: { timestamp: String(at) },
});

async function sync(connection: TestConnection, ...contacts: Contact[]) {
  const heard = await hear(db, connection, { state_sync: contacts.map(anEntry) }, { field: 'smb_app_state_sync' });
  await importAll(db, connection);
  return heard;
}

let ids = 0;
/** The customer writes, and calls themselves so. */
function write(
  connection: TestConnection,
  profile: string,
  sender: { phone?: string; bsuid?: string } = { phone: PHONE },
) {
  ids += 1;
  const { phone, bsuid } = sender;
  const contacts = [{ profile: { name: profile }, wa_id: phone, user_id: bsuid }];
  const message = { id: `wamid.c${ids}`, from: phone, from_user_id: bsuid, type: 'text', text: { body: 'Hello' } };
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return hear(db, connection, { contacts, messages: [{ ...message, timestamp }] }, { field: 'messages' });
}

const customersIn = ({ planfixAccountId }: TestConnection) =>
  db.selectFrom('customer').where('planfixAccountId', '=', planfixAccountId).orderBy('id').selectAll().execute();
const namesIn = async (connection: TestConnection) => (await customersIn(connection)).map(({ name }) => name);

describe('a name in the address book', () => {
  it('is known when the person writes, and better than what they call themselves', async () => {
    const connection = await aHistoryConnection(db);
    const { wakes, runs } = await sync(connection, { name: 'Anna the plumber', phone: PHONE });
    expect([wakes, runs.map(({ kind }) => kind)]).toEqual([[], ['history-import']]);
    await write(connection, 'xXannaXx');
    expect(await namesIn(connection)).toEqual(['Anna the plumber']);
  });

  it('control: without it they are called what they call themselves', async () => {
    const connection = await aHistoryConnection(db);
    await write(connection, 'xXannaXx');
    await write(connection, 'Anna K');
    expect(await namesIn(connection)).toEqual(['Anna K']);
  });

  it('replaces what somebody who has written calls themselves, and wakes nobody', async () => {
    const connection = await aHistoryConnection(db);
    await write(connection, 'xXannaXx');
    const before = await conversationsIn(db, connection);
    await sync(connection, { name: 'Anna the plumber', phone: PHONE });
    expect(await namesIn(connection)).toEqual(['Anna the plumber']);
    expect(await conversationsIn(db, connection)).toEqual(before);
  });

  it('is the newest that the owner gave, in whatever order it is told', async () => {
    const connection = await aHistoryConnection(db);
    await sync(connection, { name: 'Newest', phone: PHONE, at: 1_764_000_300 });
    await sync(connection, { name: 'Oldest', phone: PHONE, at: 1_764_000_100 });
    expect(await namesIn(connection)).toEqual(['Newest']);
    const both = [300, 200].map((at) => ({ name: `At ${at}`, phone: '4915100000002', at: 1_764_000_000 + at }));
    await sync(connection, ...both);
    expect(await namesIn(connection)).toEqual(['Newest', 'At 300']);
  });

  it('stays when they are taken out of the book', async () => {
    const connection = await aHistoryConnection(db);
    await sync(connection, { name: 'Anna', phone: PHONE });
    await sync(connection, { phone: PHONE, action: 'remove' }, { phone: '4915100000009', action: 'remove' });
    expect(await namesIn(connection)).toEqual(['Anna']);
    const { connectionId } = connection;
    const row = await db
      .selectFrom('historyImport')
      .where('connectionId', '=', connectionId)
      .selectAll()
      .executeTakeFirst();
    expect(row).toMatchObject({ contacts: 1, removedContacts: 2, dueAt: null });
  });

  it('is not given to somebody who was erased', async () => {
    const connection = await aHistoryConnection(db);
    await write(connection, 'Anna');
    await db
      .updateTable('customer')
      .set({ name: null, erasedAt: new Date() })
      .where('planfixAccountId', '=', connection.planfixAccountId)
      .execute();
    await sync(connection, { name: 'Anna', phone: PHONE });
    expect(await namesIn(connection)).toEqual([null]);
  });

  it('is taken whatever the connection wants of the history', async () => {
    const connection = await aHistoryConnection(db, 0);
    await sync(connection, { name: 'Anna', phone: PHONE });
    expect(await namesIn(connection)).toEqual(['Anna']);
  });
});

describe('ids that are named together', () => {
  it('belong to one person from then on', async () => {
    const connection = await aHistoryConnection(db);
    await sync(connection, { name: 'Anna', phone: PHONE, bsuid: BSUID });
    await write(connection, 'xXannaXx', { bsuid: BSUID });
    await write(connection, 'xXannaXx', { phone: PHONE });
    const [conversation, ...others] = await conversationsIn(db, connection);
    expect(others).toEqual([]);
    const addresses = await readAddresses(db, conversation?.id as string);
    expect(addresses).toEqual(
      expect.arrayContaining([
        { kind: 'bsuid', value: BSUID },
        { kind: 'phone', value: PHONE },
      ]),
    );
  });

  it('control: named apart they are two', async () => {
    const connection = await aHistoryConnection(db);
    await sync(connection, { name: 'Anna', phone: PHONE }, { name: 'Anna', bsuid: BSUID });
    await write(connection, 'xXannaXx', { bsuid: BSUID });
    await write(connection, 'xXannaXx', { phone: PHONE });
    expect(await conversationsIn(db, connection)).toHaveLength(2);
  });

  it('of two customers are a pair for the worker, who is not woken for it', async () => {
    const connection = await aHistoryConnection(db);
    await write(connection, 'Anna', { bsuid: BSUID });
    await write(connection, 'Anna', { phone: PHONE });
    const before = await conversationsIn(db, connection);
    await sync(connection, { name: 'Anna', phone: PHONE, bsuid: BSUID });
    const { planfixAccountId } = connection;
    const links = await db
      .selectFrom('customerLink')
      .where('planfixAccountId', '=', planfixAccountId)
      .selectAll()
      .execute();
    expect(links).toEqual([expect.objectContaining({ state: 'suspected' })]);
    expect(await conversationsIn(db, connection)).toEqual(before);
  });

  it('are learned from chats, too', async () => {
    const connection = await aHistoryConnection(db);
    const chunk = aChunk([{ id: 'wamid.h', phone: PHONE, more: { from_user_id: BSUID } }]);
    await hear(db, connection, chunk);
    await importAll(db, connection);
    await write(connection, 'Anna', { bsuid: BSUID });
    expect(await conversationsIn(db, connection)).toHaveLength(1);
  });
});
