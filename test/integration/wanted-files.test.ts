import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ChannelConnection } from '../../activities/channel-connection.ts';
import type { OutgoingMessage } from '../../activities/channels/channel.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createToCustomerActivities } from '../../activities/to-customer.ts';
import { readAttachments, readTransfer, recordUploaded, type Transfer } from '../../db/attachments.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { insertOutgoing } from '../../db/outgoing.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { OutgoingPart } from '../../workflows/domain/outgoing-parts.ts';
import type { TurnResult } from '../../workflows/domain/turn-results.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anInboundText, insertConnection } from '../support/rows.ts';

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

/** So many rows one turn reads. */
const LOOK = 20;
const words = (count: number): OutgoingPart[] =>
  Array.from({ length: count }, (_, index) => ({ kind: 'text', text: `words ${index}` }));
const aFile = (): OutgoingPart => ({ kind: 'file', planfixFile: randomInt(1e9), name: 'offer.pdf', caption: '' });

/** A customer who is to get these parts, in order. */
async function replies(parts: OutgoingPart[]): Promise<string> {
  const connection = await insertConnection(db);
  const { wakes } = await storeEvents(db, [anInboundText(connection, { phone: `4915${randomInt(1e9)}`, text: 'Hi' })]);
  const conversationId = wakes[0]?.conversationId as string;
  const comment = { ...connection, conversationId, planfixTask: 1, planfixComment: randomInt(1e9), parts };
  await inTransaction(db, (trx) => insertOutgoing(trx, { ...comment, planfixAuthor: 'user:3', isChosen: false }));
  return conversationId;
}

/** One turn of the lane, over a network that takes everything. */
async function takeTurn(conversationId: string): Promise<TurnResult & { sent: number }> {
  const sent: OutgoingMessage[] = [];
  const send = async (message: OutgoingMessage) => {
    sent.push(message);
    return { channelMessageId: `wamid.${randomUUID()}` };
  };
  const open = async () =>
    ({ access: { provider: 'whatsapp-cloud' }, client: { send } }) as unknown as ChannelConnection;
  const dependencies = { db, waits: DEFAULT_WAITS, wake: async () => undefined } as unknown as Dependencies;
  const { sendToCustomer } = createToCustomerActivities(dependencies, open);
  const result = (await new MockActivityEnvironment().run(sendToCustomer, { conversationId })) as TurnResult;
  return { ...result, ...(result.files ? { files: result.files.toSorted() } : {}), sent: sent.length };
}

const filesOf = async (conversationId: string) => {
  const rows = await db
    .selectFrom('message')
    .where('conversationId', '=', conversationId)
    .where('kind', '=', 'document')
    .orderBy('position')
    .select('id')
    .execute();
  const files = await Promise.all(rows.map(({ id }) => readAttachments(db, [id])));
  return files.flat().map(({ id }) => id);
};

async function move(file: string | undefined): Promise<void> {
  const transfer = (await readTransfer(db, file as string)) as Transfer;
  await recordUploaded(db, transfer, { channelMediaId: randomUUID(), uploadedAt: new Date(), kind: 'document' });
}

describe('files behind all the rows that a turn has read', () => {
  it.each<[string, OutgoingPart[], number]>([
    ['come first once those are sent', words(LOOK), LOOK],
    ['move up while another one waits for its file', [...words(1), aFile(), ...words(LOOK - 2)], 1],
  ])('are moved by the next turn, which comes at once, when they %s', async (_when, before, leaving) => {
    const conversationId = await replies([...before, aFile(), ...words(1)]);
    const files = await filesOf(conversationId);
    const first = await takeTurn(conversationId);
    expect(first).toMatchObject({ kind: 'not-before', waitMs: 0, sent: leaving });
    expect(first.files ?? []).toEqual(files.slice(0, -1));
    // Control: once all are wanted, the end of a transfer wakes the lane, and nothing else does.
    expect(await takeTurn(conversationId)).toEqual({ kind: 'done', files: files.toSorted(), sent: 0 });
    for (const file of files) await move(file);
    expect(await takeTurn(conversationId)).toMatchObject({ sent: Math.min(LOOK, before.length + 2 - leaving) });
  });
});
