import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 2);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const countOf = async (
  table: 'inboundEvent' | 'message' | 'attachment' | 'conversation',
  { connectionId }: TestConnection,
) => {
  const { count } = await db
    .selectFrom(table)
    .where('connectionId', '=', connectionId)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

const times = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, i) => make(i));

/** Of each of these, the rows of one table are more than one statement can hold. */
const EVENTS = 10_000;
const MESSAGES = 7_000;

/** A file of a customer who had never written. */
function aFile(connection: TestConnection, index: number): EventInput {
  const phone = `4915${String(index).padStart(8, '0')}`;
  const { message, ...event } = anInboundText(connection, { phone, text: '', id: `wamid.${index}` });
  const files = [{ mediaId: `${index}`, mime: 'image/jpeg' }];
  return { ...event, message: { ...(message as NonNullable<typeof message>), files } };
}

describe('a body of more than one statement can hold', () => {
  it('is stored whole, once', async () => {
    const connection = await insertConnection(db);
    const body = times(MESSAGES, (index) => aFile(connection, index));
    expect(await storeEvents(db, body)).toMatchObject({ stored: MESSAGES, repeated: 0, wakes: { length: MESSAGES } });
    for (const table of ['inboundEvent', 'message', 'attachment', 'conversation'] as const) {
      expect([table, await countOf(table, connection)]).toEqual([table, MESSAGES]);
    }
    // In the order of the body, in whichever statement they were written.
    const stored = await db
      .selectFrom('message')
      .where('connectionId', '=', connection.connectionId)
      .orderBy('position')
      .select('channelMessageId')
      .execute();
    expect(stored.map(({ channelMessageId }) => channelMessageId)).toEqual(body.map(({ subject }) => subject));
    expect(await storeEvents(db, body)).toMatchObject({ stored: 0, repeated: MESSAGES, wakes: [] });
    expect(await countOf('message', connection)).toBe(MESSAGES);
  });

  it('is stored whole if all of it tells of templates, or of what became of messages', async () => {
    const connection = await insertConnection(db);
    const { connectionId } = connection;
    const about = { sourceId: connectionId, connectionId, raw: {}, reason: undefined };
    const account = { provider: 'whatsapp-cloud', accountKey: connectionId };
    await db
      .insertInto('channelAccount')
      .values({ id: connectionId, ...account })
      .execute();
    const news = times(EVENTS, (index): EventInput => {
      const event = { ...about, eventKey: `template.${index}`, kind: 'account-event', subject: undefined };
      return { ...event, touchesTemplatesOf: account };
    });
    expect(await storeEvents(db, news)).toMatchObject({
      stored: EVENTS,
      runs: [{ kind: 'template-sync', id: connectionId }],
    });
    const statuses = times(EVENTS, (index): EventInput => {
      const [eventKey, subject] = [`status.${index}`, `wamid.${index}`];
      const told = { eventKey, channelMessageId: subject, messageId: undefined, status: 'read', atMs: 1 } as const;
      const status = { connectionId, ...told, recipient: {}, failure: undefined, pricing: undefined };
      return { ...about, eventKey, kind: 'status', subject, status };
    });
    expect(await storeEvents(db, statuses)).toMatchObject({ stored: EVENTS });
    expect(await countOf('inboundEvent', connection)).toBe(2 * EVENTS);
  });

  it('control: one statement cannot hold as much', async () => {
    const { planfixAccountId } = await insertConnection(db);
    const rows = times(40_000, () => ({ id: crypto.randomUUID(), planfixAccountId }));
    await expect(db.insertInto('customer').values(rows).execute()).rejects.toThrow(/parameter/);
  });
});
