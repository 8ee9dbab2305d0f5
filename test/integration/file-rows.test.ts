import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  findUploaded,
  markShown,
  readAttachments,
  readTransfer,
  readUnshown,
  recordMoved,
  recordTransferFailed,
  recordUploaded,
  type Transfer,
} from '../../db/attachments.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { takeLane } from '../../db/lanes.ts';
import { insertOutgoing, splitOffCaption } from '../../db/outgoing.ts';
import { readCustomerRows } from '../../db/to-customer.ts';
import { recordPosted } from '../../db/to-planfix.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { OutgoingPart } from '../../workflows/domain/outgoing-parts.ts';
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

/** A customer's document that nobody has moved yet. */
async function aDocument(): Promise<{ transfer: Transfer; messageId: string; conversationId: string }> {
  const connection = await insertConnection(db);
  const event = anInboundText(connection, { phone: `4915${randomInt(1e9)}`, text: 'Our offer' });
  if (!event.message) throw new Error('no message');
  const files = [{ mediaId: 'media', name: 'offer.pdf', mime: 'application/pdf' }];
  const { wakes } = await storeEvents(db, [{ ...event, message: { ...event.message, kind: 'document', files } }]);
  const conversationId = wakes[0]?.conversationId as string;
  const row = await db
    .selectFrom('attachment')
    .select(['id', 'messageId'])
    .where('conversationId', '=', conversationId)
    .executeTakeFirstOrThrow();
  const transfer = (await readTransfer(db, row.id)) as Transfer;
  return { transfer, messageId: row.messageId, conversationId };
}

const stateOf = async (messageId: string) => {
  const [file] = await readAttachments(db, [messageId]);
  return [file?.state, file?.planfixFile, file?.reason];
};

describe('two attempts that move the same file', () => {
  const fails = (transfer: Transfer) => recordTransferFailed(db, transfer, { reason: 'expired', detail: 'it is gone' });
  const moves = (planfixFile: number) => (transfer: Transfer) => recordMoved(db, transfer, { planfixFile });
  const rows: [what: string, first: typeof fails, second: typeof fails, state: unknown[]][] = [
    ['both move it', moves(1), moves(2), ['moved', 1, null]],
    ['the later one fails', moves(1), fails, ['moved', 1, null]],
    ['the later one moves what the first gave up', fails, moves(2), ['failed', null, 'expired']],
  ];

  it.each(rows)('are settled by the first to end: %s', async (_what, first, second, state) => {
    const { transfer, messageId } = await aDocument();
    await first(transfer);
    expect(await stateOf(messageId)).toEqual(state);
    await second(transfer);
    expect(await stateOf(messageId)).toEqual(state);
  });
});

describe('a file that Planfix was not told of', () => {
  it('is found from its arrival on until it is shown, once its message is posted', async () => {
    const { transfer, messageId, conversationId } = await aDocument();
    const unshown = async () => (await readUnshown(db, conversationId)).map((message) => message.messageId);
    await recordPosted(db, messageId, { planfixTask: 1, planfixComment: 2 });
    expect(await unshown()).toEqual([]);
    await recordMoved(db, transfer, { planfixFile: 3 });
    expect(await unshown()).toEqual([messageId]);
    await markShown(db, [transfer.id]);
    expect(await unshown()).toEqual([]);
  });

  it('is not looked for while its message itself is still to be posted', async () => {
    const { transfer, messageId, conversationId } = await aDocument();
    await recordMoved(db, transfer, { planfixFile: 3 });
    expect(await readUnshown(db, conversationId)).toEqual([]);
    await recordPosted(db, messageId, { planfixTask: 1, planfixComment: 2 });
    expect(await readUnshown(db, conversationId)).toHaveLength(1);
  });
});

/** Parts of a comment for a new customer of this company, as rows in their order. */
async function outgoing(connection: TestConnection, parts: OutgoingPart[]) {
  const event = anInboundText(connection, { phone: `4915${randomInt(1e9)}`, text: 'Hello' });
  const { wakes } = await storeEvents(db, [event]);
  const conversationId = wakes[0]?.conversationId as string;
  const comment = { ...connection, conversationId, planfixTask: 1, planfixComment: randomInt(1e9), parts };
  await inTransaction(db, (trx) => insertOutgoing(trx, { ...comment, planfixAuthor: 'user:3', isChosen: false }));
  const rows = await readCustomerRows(db, conversationId, 10);
  return { conversationId, rows };
}

const aFilePart = (planfixFile: number, caption = ''): OutgoingPart => {
  return { kind: 'file', planfixFile, name: `${planfixFile}.pdf`, caption };
};

describe('a file that was uploaded before', () => {
  const DAY_MS = 24 * 60 * 60_000;

  it('is known by its connection and number, for as long as the network keeps it', async () => {
    const connection = await insertConnection(db);
    const other = await insertConnection(db);
    const { rows } = await outgoing(connection, [aFilePart(7)]);
    const [file] = await readAttachments(db, [rows[0]?.id as string]);
    const find = (planfixFile: number, connectionId: string, days: number) =>
      findUploaded(db, { connectionId, planfixFile, youngerThanMs: days * DAY_MS });
    expect(await find(7, connection.connectionId, 25)).toBeUndefined();

    const transfer = (await readTransfer(db, file?.id as string)) as Transfer;
    const uploadedAt = new Date(Date.now() - 10 * DAY_MS);
    await recordUploaded(db, transfer, { channelMediaId: 'media', uploadedAt, kind: 'document' });
    expect(await find(7, connection.connectionId, 25)).toMatchObject({ channelMediaId: 'media', uploadedAt });
    expect(await find(7, connection.connectionId, 9)).toBeUndefined();
    expect(await find(8, connection.connectionId, 25)).toBeUndefined();
    expect(await find(7, other.connectionId, 25)).toBeUndefined();
  });
});

describe('the words under a file that cannot be sent', () => {
  it('become one message in its place, however often they are split off', async () => {
    const connection = await insertConnection(db);
    const parts = [aFilePart(1, 'Both of them'), aFilePart(2)];
    const { conversationId, rows } = await outgoing(connection, parts);
    const attempt = { conversationId, lane: 'to-customer' as const, token: randomUUID() };
    await takeLane(db, attempt, 10_000);
    for (let times = 0; times < 3; times += 1) await splitOffCaption(db, attempt, rows[0]?.id as string);
    const after = await readCustomerRows(db, conversationId, 10);
    expect(after.filter(({ kind }) => kind === 'text').map(({ text }) => text)).toEqual(['Both of them']);
    expect(after.find(({ id }) => id === rows[0]?.id)?.text).toBe('');
    expect(after).toHaveLength(3);
    expect(after.at(-1)?.id).toBe(rows[1]?.id);
  });
});
