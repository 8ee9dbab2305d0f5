import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { parseWhatsAppBody } from '../../activities/channels/whatsapp/parse-envelope.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createHistoryImportActivities } from '../../activities/history-import.ts';
import { toEventInputs } from '../../api/webhook-events.ts';
import type { Database } from '../../db/database.ts';
import { type Ingested, storeEvents } from '../../db/ingest.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { BUSINESS, type toldMessage } from './history-bodies.ts';
import { insertConnection, type TestConnection } from './rows.ts';

/** A connection that wants so many days of history. */
export async function aHistoryConnection(db: Database, historyDays = 30): Promise<TestConnection> {
  const connection = await insertConnection(db);
  await setHistoryDays(db, connection, historyDays);
  return connection;
}

export async function setHistoryDays(db: Database, { connectionId }: TestConnection, historyDays: number) {
  const { settings } = await db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select('settings')
    .executeTakeFirstOrThrow();
  await db
    .updateTable('connection')
    .set({ settings: JSON.stringify({ ...settings, historyDays, openTaskForEchoes: false, bulkByTemplate: false }) })
    .where('id', '=', connectionId)
    .execute();
}

/** Stores a webhook about this connection as the api does. */
export async function hear(
  db: Database,
  connection: TestConnection,
  value: object,
  { field = 'history', state = 'connected', ...entry }: { field?: string; time?: number; state?: string } = {},
): Promise<Ingested> {
  const { connectionId, planfixAccountId } = connection;
  const metadata = { display_phone_number: BUSINESS, phone_number_id: connectionId };
  const changes = [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }];
  const body = { object: 'whatsapp_business_account', entry: [{ id: 'waba', ...entry, changes }] };
  const own = {
    ...{ id: connectionId, phoneNumberId: connectionId, planfixAccountId, wabaId: 'waba', portfolioId: null },
    ...{ state, opensTaskForEchoes: false, marketingStopWords: null, marketingStartWords: null },
  };
  const origin = {
    sourceId: randomUUID(),
    provider: 'whatsapp-cloud',
    connections: new Map(state === 'unknown' ? [] : [[connectionId, own]]),
  };
  return storeEvents(db, toEventInputs(parseWhatsAppBody(Buffer.from(JSON.stringify(body))), origin));
}

/** A live message, or echo, with the same id as one of a chunk. */
export const hearLive = (db: Database, connection: TestConnection, { history_context: _, ...told }: LiveMessage) =>
  told.from === BUSINESS
    ? hear(db, connection, { message_echoes: [told] }, { field: 'smb_message_echoes' })
    : hear(db, connection, { messages: [told] }, { field: 'messages' });
type LiveMessage = ReturnType<typeof toldMessage> & { to?: string };

/** Runs the import to its end, as its workflow does. */
export async function importAll(db: Database, { connectionId }: TestConnection): Promise<void> {
  const row = await db
    .selectFrom('historyImport')
    .where('connectionId', '=', connectionId)
    .select('id')
    .executeTakeFirst();
  const { importHistoryPage } = createHistoryImportActivities({ db, waits: DEFAULT_WAITS } as unknown as Dependencies);
  for (let isDue = row !== undefined; isDue; ) {
    const page = await new MockActivityEnvironment().run(importHistoryPage, { importId: row?.id as string });
    ({ isDue } = page as { isDue: boolean });
  }
}

export const messagesIn = (db: Database, { connectionId }: TestConnection) =>
  db
    .selectFrom('message')
    .where('connectionId', '=', connectionId)
    .orderBy('receivedAt')
    .orderBy('position')
    .selectAll()
    .execute();

export const conversationsIn = (db: Database, { connectionId }: TestConnection) =>
  db.selectFrom('conversation').where('connectionId', '=', connectionId).selectAll().execute();
