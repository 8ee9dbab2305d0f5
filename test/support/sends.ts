import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelConnection } from '../../activities/channel-connection.ts';
import type { ChannelClient, OutgoingMessage } from '../../activities/channels/channel.ts';
import { ChannelError, type ChannelFailure } from '../../activities/channels/errors.ts';
import type { Database } from '../../db/database.ts';
import { storeEvents } from '../../db/ingest.ts';
import { anInboundText, insertConnection, type TestConnection } from './rows.ts';

export type HeldMailing = { connection: TestConnection; mailingId: string; ids: string[]; phones: string[] };

/** A mailing that runs, with so many messages that are held and ready to be sent. */
export async function insertHeldMailing(
  db: Database,
  count: number,
  more: { messagesPerSecond?: number; isMarketing?: boolean } = {},
): Promise<HeldMailing> {
  const connection = await insertConnection(db);
  const { messagesPerSecond = 1_000, isMarketing = false } = more;
  await db.updateTable('connection').set({ messagesPerSecond }).where('id', '=', connection.connectionId).execute();
  const phones = Array.from({ length: count }, (_, index) => `4915${String(index).padStart(8, '0')}`);
  const events = phones.map((phone) => anInboundText(connection, { phone, text: 'Hi' }));
  const { wakes } = await storeEvents(db, events);
  const mailingId = randomUUID();
  const text = 'We open at nine';
  await db
    .insertInto('mailing')
    .values({ id: mailingId, ...connection, origin: 'detected', state: 'running', kind: 'text', text, isMarketing })
    .execute();
  const ids = phones.map(() => randomUUID());
  const rows = wakes.map(({ conversationId }, index) => ({
    id: ids[index] as string,
    ...connection,
    conversationId,
    mailingId,
    direction: 'outbound',
    origin: 'api',
    kind: 'text',
    state: 'ready' as const,
    hold: 'held',
    text: '',
    expiresAt: new Date(Date.now() + 3_600_000),
  }));
  await db.insertInto('message').values(rows).execute();
  return { connection, mailingId, ids, phones };
}

/** The network: what it answers each message, by our id of it, and what it was given. */
type Network = { answer?: (id: string, calls: number) => ChannelFailure | undefined; ms?: number };
export function aNetwork({ answer, ms = 5 }: Network = {}) {
  const calls: { id: string; atMs: number; message: OutgoingMessage }[] = [];
  let pauses = 0;
  const send = async (message: OutgoingMessage) => {
    const { callbackData: id } = message;
    calls.push({ id, atMs: Date.now(), message });
    await pause(ms);
    const failure = answer?.(id, calls.filter((call) => call.id === id).length);
    if (failure) throw new ChannelError(failure);
    return { channelMessageId: `wamid.${id}` };
  };
  const client = { send } as unknown as ChannelClient;
  const open = async () =>
    ({
      client,
      pauseIfDown: async (error: ChannelError) => {
        if (error.kind !== 'credentials-rejected') return false;
        pauses += 1;
        return true;
      },
    }) as unknown as ChannelConnection;
  return { calls, open, pauses: () => pauses };
}

/** In their order. */
export const readSends = async (db: Database, { mailingId }: HeldMailing) => {
  return db
    .selectFrom('message')
    .where('mailingId', '=', mailingId)
    .orderBy('position')
    .select(['id', 'state', 'reason', 'reasonCode', 'channelMessageId', 'notBefore'])
    .execute();
};
