import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { namingOf, type Sender } from '../workflows/domain/identity.ts';
import type { MessageKind } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { recordset, unguessed } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import {
  type EventToImport,
  type HistoryPlace,
  lockEvent,
  putOffEvent,
  resumeEvents,
  settleEvent,
} from './history-imports.ts';
import { networkOf, type SenderInput } from './identities.ts';
import { lockConversations } from './ingest-conversations.ts';
import { contentOrNull } from './ingest-holds.ts';
import type { FileInput, LockedConversation } from './ingest-messages.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A message of the history as the channel told it; of a late file the customer may be nobody. */
export type HistoryInput = {
  direction: 'inbound' | 'echo';
  customer: Sender;
  channelMessageId: string;
  quotedChannelMessageId: string | undefined;
  kind: MessageKind;
  text: string;
  content: MessageContent;
  files: FileInput[];
  sentAtMs: number | undefined;
};

type Dated = HistoryInput & { at: Date };

/**
 * Takes in one stored piece of history, whole or not at all, and once: as messages that are shown and otherwise left
 * alone. Nothing of the conversations changes, and nobody is woken. What has come live by now stays as it is.
 */
export async function storeHistory(
  db: Database,
  place: HistoryPlace,
  event: EventToImport,
  read: { messages: readonly HistoryInput[]; unreadable: number },
): Promise<void> {
  const receivedMs = +event.receivedAt;
  const since = receivedMs - place.historyDays * DAY_MS;
  const dated = read.messages.map((message) => ({
    ...message,
    // The phone's clock; what is imported is never later than its import.
    at: new Date(Math.min(message.sentAtMs ?? receivedMs, receivedMs)),
  }));
  const wanted = place.historyDays > 0 ? dated.filter(({ at }) => +at >= since) : [];
  await inTransaction(db, async (trx) => {
    if (!(await lockEvent(trx, event.id))) return;
    const inserted = await insertHistory(trx, place, wanted);
    const late = wanted.filter((message) => message.files.length > 0 && !inserted.has(message.channelMessageId));
    const isWaiting = !(await addLateFiles(trx, place, late));
    if (wanted.some(({ channelMessageId: id, content }) => content.placeholder && inserted.has(id))) {
      await resumeEvents(trx, place.connectionId);
    }
    if (isWaiting) return putOffEvent(trx, place, event.id, { messages: inserted.size });
    const { unreadable } = read;
    await settleEvent(trx, place, event.id, {
      messages: inserted.size,
      older: dated.length - wanted.length,
      unreadable,
    });
  });
}

/** The ids, at the channel, of those that were not stored before. */
async function insertHistory(
  trx: DatabaseTransaction,
  place: HistoryPlace,
  messages: readonly Dated[],
): Promise<Set<string>> {
  const { connectionId } = place;
  const conversationOf = await findConversations(trx, place, messages);
  const rows = messages.flatMap((message) => {
    const conversation = conversationOf(message);
    return conversation === undefined ? [] : [{ id: uuidv7(), message, conversation }];
  });
  if (rows.length === 0) return new Set();
  rows.sort((a, b) => +a.message.at - +b.message.at);
  const inserted = await trx
    .insertInto('message')
    .values(
      rows.map(({ id, message, conversation }) => {
        const content = contentOrNull(message.content);
        return {
          id,
          planfixAccountId: place.planfixAccountId,
          connectionId,
          conversationId: conversation.id,
          direction: message.direction,
          kind: message.kind,
          state: 'ignored' as const,
          reason: 'history',
          isHistory: true,
          text: message.text,
          content: content === null ? null : JSON.stringify(content),
          channelMessageId: message.channelMessageId,
          quotedChannelMessageId: message.quotedChannelMessageId ?? null,
          channelAt: message.at,
          receivedAt: message.at,
        };
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  const ids = new Set(inserted.map((row) => row.id));
  const fresh = rows.filter(({ id }) => ids.has(id));
  await insertFiles(
    trx,
    place,
    fresh.map(({ id, message, conversation }) => ({ id, conversationId: conversation.id, files: message.files })),
  );
  return new Set(fresh.map(({ message }) => message.channelMessageId));
}

/** Finds or creates the conversation of each person, and gives those a name that have none. */
async function findConversations(
  trx: DatabaseTransaction,
  { connectionId, planfixAccountId, provider, portfolio }: HistoryPlace,
  messages: readonly Dated[],
): Promise<(message: Dated) => LockedConversation | undefined> {
  const persons = new Map<string, { connectionId: string; sender: SenderInput; sentAtMs: number; username?: string }>();
  const keys = new Map<Dated, string>();
  for (const message of messages) {
    const naming = namingOf(message.customer);
    if (naming.identities.length === 0) continue;
    const key = JSON.stringify(naming.identities);
    keys.set(message, key);
    const known = persons.get(key);
    const { username } = message.customer;
    persons.set(key, {
      connectionId,
      // Old names and pseudonyms must not replace what is known.
      sender: known?.sender ?? {
        planfixAccountId,
        network: networkOf(provider),
        portfolio,
        ...naming,
        name: undefined,
      },
      // Who has a phone is known from the newest of what they wrote.
      sentAtMs: Math.max(known?.sentAtMs ?? 0, +message.at),
      ...(username === undefined ? {} : { username }),
    });
  }
  const conversations = await lockConversations(trx, [...persons.values()]);
  const find = (key: string | undefined) => {
    const person = key === undefined ? undefined : persons.get(key);
    return person && conversations.get(person.sender);
  };
  const named = [...persons].flatMap(([key, { username }]) =>
    username === undefined ? [] : [{ conversation: find(key)?.id, name: username }],
  );
  if (named.length > 0) {
    await sql`
      update customer u set name = w.name from ${recordset(named, 'conversation uuid, name text')}
        join conversation c on c.id = w.conversation
       where u.id = c.customer_id and ${unguessed(sql`u.name is null and u.erased_at is null`)}`.execute(trx);
  }
  return (message) => find(keys.get(message));
}

type Filed = { id: string; conversationId: string; files: FileInput[]; isPosted?: boolean };

/** Nothing is to be shown of them until their message stands in a task. */
async function insertFiles(trx: DatabaseTransaction, place: HistoryPlace, messages: readonly Filed[]): Promise<void> {
  const rows = messages.flatMap(({ id, conversationId, files, isPosted = false }) =>
    files.map((file, part) => ({
      id: uuidv7(),
      planfixAccountId: place.planfixAccountId,
      connectionId: place.connectionId,
      conversationId,
      messageId: id,
      part,
      name: file.name ?? null,
      mime: file.mime ?? null,
      sha256: file.sha256 ?? null,
      isVoice: file.voice === true,
      channelMediaId: file.mediaId ?? null,
      state: 'pending',
      isShown: !isPosted,
    })),
  );
  if (rows.length === 0) return;
  await trx
    .insertInto('attachment')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Files that follow their messages take the place-holders' place. False: one of them belongs to nothing that is stored. */
async function addLateFiles(
  trx: DatabaseTransaction,
  place: HistoryPlace,
  messages: readonly Dated[],
): Promise<boolean> {
  if (messages.length === 0) return true;
  const wanted = messages.map(({ channelMessageId: channel, kind, text, content }) => ({
    channel,
    kind,
    text,
    content: contentOrNull(content),
  }));
  const { rows } = await sql<{ id: string; channel: string; conversationId: string; isPosted: boolean }>`
    update message m set kind = w.kind, text = w.text, content = w.content
      from ${recordset(wanted, 'channel text, kind text, text text, content jsonb')}
     where m.connection_id = ${place.connectionId} and m.channel_message_id = w.channel
       and m.is_history and m.content ? 'placeholder'
    returning m.id, m.channel_message_id as channel, m.conversation_id as "conversationId",
              m.state = 'posted' as "isPosted"`.execute(trx);
  const files = new Map(messages.map((message) => [message.channelMessageId, message.files]));
  await insertFiles(
    trx,
    place,
    rows.map((row) => ({ ...row, files: files.get(row.channel) ?? [] })),
  );
  const { rows: missing } = await sql`
    select 1 from ${recordset(wanted, 'channel text')}
     where not exists (select from message m where m.connection_id = ${place.connectionId}
       and m.channel_message_id = w.channel) limit 1`.execute(trx);
  return missing.length === 0;
}
