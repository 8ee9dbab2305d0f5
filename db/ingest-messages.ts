import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { ABOUT_ANOTHER, type MessageKind } from '../workflows/domain/message.ts';
import type { MediaReference, MessageContent } from '../workflows/domain/message-content.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import { SERVICE_WINDOW_MS } from '../workflows/domain/service-window.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import type { SenderInput } from './identities.ts';
import { readMention } from './mentions.ts';
import { settleUnnotified } from './problems.ts';
import { releaseWaiting, shareWindows } from './service-windows.ts';
import type { Wake } from './wakes.ts';

/** A message of the channel: a customer's, or a colleague's in the business's own app (`echo`). */
export type MessageInput = {
  connectionId: string;
  direction: 'inbound' | 'echo';
  /** The customer: who wrote it, or whom it was written to. */
  sender: SenderInput;
  channelMessageId: string;
  quotedChannelMessageId: string | undefined;
  kind: MessageKind;
  text: string;
  content: MessageContent;
  files: FileInput[];
  /** The channel's time; undefined: it gave none that can be true, and the time of arrival counts. */
  sentAtMs: number | undefined;
  reason: string | undefined;
  opensWindow: boolean;
  /** Whether it may be the first of a task, which is also what makes held messages worth showing. */
  startsTask: boolean;
  /** An echo without a task is kept for the customer's answer. */
  holdWithoutTask: boolean;
};

/** Without `mediaId` the file is made from the message's own content. */
export type FileInput = Omit<MediaReference, 'mediaId'> & { mediaId: string | undefined };

export type LockedConversation = {
  id: string;
  planfixAccountId: string;
  isDue: boolean;
  lastInboundAt: Date | null;
  /** Those of the same person on the same number: locked, too. */
  linked: string[];
};

/** A clock that is ahead of ours by more than this is no clock. */
const LONGEST_AHEAD_MS = 60 * 60_000;

type NewMessage = MessageInput & { id: string; conversation: LockedConversation; at: Date; isHeld: boolean };

/** Inserts messages whose conversations are locked; the wakes are the lanes that this transaction made due. */
export async function insertMessages(
  trx: DatabaseTransaction,
  inputs: MessageInput[],
  conversationOf: (message: MessageInput) => LockedConversation | undefined,
): Promise<Wake[]> {
  const messages = inputs.map((message) => ({
    ...message,
    id: randomUUIDv7(),
    conversation: conversationOf(message) as LockedConversation,
    at: believableTime(message.sentAtMs),
    isHeld: false,
  }));
  await decideHolds(trx, messages);
  const inserted = await trx
    .insertInto('message')
    .values(messages.map(toRow))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  const ids = new Set(inserted.map((row) => row.id));
  const fresh = messages.filter((message) => ids.has(message.id));
  await insertAttachments(trx, fresh);
  const released = await releaseHeld(trx, fresh);
  const wakes = await touchConversations(trx, fresh, released);
  const answered = fresh.filter((message) => message.direction === 'echo').map((message) => message.conversation.id);
  for (const id of new Set(answered)) await settleUnnotified(trx, id);
  return [...wakes, ...(await openWindows(trx, fresh))];
}

/** The channel tells whole seconds: a message that lacks its time must not count as later than the next one. */
function believableTime(sentAtMs: number | undefined): Date {
  const nowMs = Date.now();
  const isTold = sentAtMs !== undefined && sentAtMs <= nowMs + LONGEST_AHEAD_MS;
  return new Date(isTold ? sentAtMs : Math.floor(nowMs / 1_000) * 1_000);
}

function toRow(message: NewMessage) {
  return {
    id: message.id,
    planfixAccountId: message.conversation.planfixAccountId,
    connectionId: message.connectionId,
    conversationId: message.conversation.id,
    direction: message.direction,
    kind: message.kind,
    state: 'received' as const,
    text: message.text,
    content: Object.keys(message.content).length > 0 ? JSON.stringify(message.content) : null,
    reason: message.isHeld ? 'no-task' : (message.reason ?? null),
    channelMessageId: message.channelMessageId,
    quotedChannelMessageId: message.quotedChannelMessageId ?? null,
    channelAt: message.at,
    ...(message.isHeld ? { hold: 'held', expiresAt: oneMonthLater(message.at) } : {}),
  };
}

/**
 * An echo to somebody without an open task waits for their answer, unless they wrote later than it (DESIGN §7.6, 7.8).
 * The conversations are locked, so what is current now stays so.
 */
async function decideHolds(trx: DatabaseTransaction, messages: NewMessage[]): Promise<void> {
  const echoes = messages.filter((message) => message.direction === 'echo' && message.holdWithoutTask);
  if (echoes.length === 0) return;
  const ids = [...new Set(echoes.map((message) => message.conversation.id))];
  const { rows } = await sql<{ id: string }>`
    select t.conversation_id as id from conversation_task t
      join conversation c on c.id = t.conversation_id
      join connection n on n.id = c.connection_id
     where t.conversation_id = any(${ids}::uuid[]) and t.is_current and not t.is_gone
       and (t.is_active or not (n.settings->>'newTaskWhenNoneActive')::boolean)`.execute(trx);
  const withTask = new Set(rows.map((row) => row.id));
  const shown = await findShown(trx, echoes);
  for (const message of echoes) {
    const { id, lastInboundAt } = message.conversation;
    const answered =
      (lastInboundAt !== null && lastInboundAt > message.at) ||
      messages.some((other) => other.direction === 'inbound' && other.conversation.id === id && other.at > message.at);
    message.isHeld = !withTask.has(id) && !answered && !shown.has(message);
  }
}

/** Those about an earlier message that stands on a task: they belong there, whatever task is current. */
async function findShown(trx: DatabaseTransaction, messages: NewMessage[]): Promise<Set<NewMessage>> {
  const found = new Set<NewMessage>();
  for (const message of messages) {
    const { connectionId, quotedChannelMessageId } = message;
    if (!ABOUT_ANOTHER.has(message.kind) || quotedChannelMessageId === undefined) continue;
    const mention = await readMention(trx, connectionId, quotedChannelMessageId);
    if (mention !== undefined && mention.planfixTask !== null) found.add(message);
  }
  return found;
}

async function insertAttachments(trx: DatabaseTransaction, messages: NewMessage[]): Promise<void> {
  const rows = messages.flatMap((message) =>
    message.files.map((file, part) => ({
      id: randomUUIDv7(),
      planfixAccountId: message.conversation.planfixAccountId,
      connectionId: message.connectionId,
      conversationId: message.conversation.id,
      messageId: message.id,
      part,
      name: file.name ?? null,
      mime: file.mime ?? null,
      sha256: file.sha256 ?? null,
      isVoice: file.voice === true,
      channelMediaId: file.mediaId ?? null,
      state: 'pending',
    })),
  );
  if (rows.length > 0) await trx.insertInto('attachment').values(rows).execute();
}

/** The customer's answer brings what was held for it: the message that it quotes and its changes, or all of them. */
async function releaseHeld(trx: DatabaseTransaction, messages: NewMessage[]): Promise<Set<string>> {
  const answers = messages
    .filter((message) => message.direction === 'inbound' && message.startsTask)
    .map((message) => ({ conversation: message.conversation.id, quoted: message.quotedChannelMessageId ?? null }));
  if (answers.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    with a as (select * from ${recordset(answers, 'conversation uuid, quoted text')}),
    -- A quote of something that is not held is as good as none.
    wanted as (select a.conversation, q.id as message, a.quoted from a
      left join message q on q.conversation_id = a.conversation and q.hold = 'held' and q.channel_message_id = a.quoted)
    update message m set hold = 'releasing', reason = null from wanted w
     where m.conversation_id = w.conversation and m.hold = 'held' and m.expires_at > clock_timestamp()
       and (w.message is null or w.message = m.id
         or (m.quoted_channel_message_id = w.quoted and m.kind = any(${[...ABOUT_ANOTHER]}::text[])))
    returning m.conversation_id as id`.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** Channel times in milliseconds, 0 where there is none: the latest of what opens the window, what asks, what answers. */
type Touched = { id: string; opened: number; wrote: number; answered: number; work: boolean; wake: boolean };

/**
 * The rows are locked, so `isDue` is the latest value: filtering by "is null" in the update itself would look with an
 * old snapshot and lose a wake.
 */
async function touchConversations(
  trx: DatabaseTransaction,
  messages: NewMessage[],
  released: ReadonlySet<string>,
): Promise<Wake[]> {
  const touched = new Map<string, Touched>();
  for (const message of messages) {
    const { id, isDue } = message.conversation;
    const before = touched.get(id);
    const work = before?.work === true || !message.isHeld || released.has(id);
    const opens = message.direction === 'inbound' && message.opensWindow;
    // Whoever only opened the chat waits for no answer.
    const wrote = message.direction === 'inbound' && message.startsTask;
    const answers = message.direction === 'echo';
    touched.set(id, {
      id,
      opened: Math.max(before?.opened ?? 0, opens ? +message.at : 0),
      wrote: Math.max(before?.wrote ?? 0, wrote ? +message.at : 0),
      answered: Math.max(before?.answered ?? 0, answers ? +message.at : 0),
      work,
      wake: work && !isDue,
    });
  }
  const rows = [...touched.values()];
  if (rows.length === 0) return [];
  await sql`
    update conversation c
       set to_planfix_due_at = case when w.work then coalesce(c.to_planfix_due_at, clock_timestamp())
                                    else c.to_planfix_due_at end,
           window_expires_at = greatest(c.window_expires_at,
             case when w.opened > 0 then to_timestamp((w.opened + ${SERVICE_WINDOW_MS}) / 1000.0) end),
           last_inbound_at = greatest(c.last_inbound_at, case when w.wrote > 0 then to_timestamp(w.wrote / 1000.0) end),
           -- The network tells whole seconds: an answer that was sent within the second of this message came before it.
           last_answer_at = greatest(
             case when w.opened > 0 and c.last_answer_at > to_timestamp(w.opened / 1000.0)
                   and c.last_answer_at < to_timestamp(w.opened / 1000.0) + interval '1 second'
                  then to_timestamp(w.opened / 1000.0) - interval '1 millisecond' else c.last_answer_at end,
             case when w.answered > 0 then to_timestamp(w.answered / 1000.0) end)
      from ${recordset(rows, 'id uuid, opened float8, wrote float8, answered float8, work boolean')}
     where c.id = w.id`.execute(trx);
  return rows.filter((row) => row.wake).map((row) => ({ conversationId: row.id, lane: 'to-planfix' as const }));
}

/** Replies that waited for the window leave when the customer opens it. A late message may be too old to open any. */
async function openWindows(trx: DatabaseTransaction, messages: NewMessage[]): Promise<Wake[]> {
  const opened = messages.filter(({ direction, opensWindow }) => direction === 'inbound' && opensWindow);
  if (opened.length === 0) return [];
  const linked = opened.flatMap(({ conversation }) => conversation.linked);
  const ids = [...new Set([...opened.map(({ conversation }) => conversation.id), ...linked])];
  if (linked.length > 0) await shareWindows(trx, ids);
  return releaseWaiting(trx, ids);
}
