import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { MessageKind } from '../workflows/domain/message.ts';
import type { MediaReference, MessageContent } from '../workflows/domain/message-content.ts';
import { SERVICE_WINDOW_MS } from '../workflows/domain/service-window.ts';
import { inBatches } from './batches.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import type { SenderInput } from './identities.ts';
import { contentOrNull, decideHolds, type Hold } from './ingest-holds.ts';
import { type MarketingNews, resolveWords } from './marketing-news.ts';
import { settleUnnotified } from './problems.ts';
import { releaseHeld } from './releases.ts';
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
  /** The customer asks for no marketing any more, or allows it again, and says nothing else. */
  marketing?: 'stop' | 'start' | undefined;
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

/** `newestInBody`: of what the same customer wrote in this body. */
export type NewMessage = MessageInput & {
  id: string;
  conversation: LockedConversation & { newestInBody?: Date };
  at: Date;
  hold?: Hold;
};

/** The wakes are the lanes that this transaction made due, the runs the mailings that it began. */
export type InsertedMessages = { wakes: Wake[]; runs: Run[]; news: MarketingNews[] };

/** Inserts messages whose conversations are locked. `now`: of a test; otherwise the clocks count. */
export async function insertMessages(
  trx: DatabaseTransaction,
  inputs: MessageInput[],
  conversationOf: (message: MessageInput) => LockedConversation | undefined,
  now: Date | undefined,
): Promise<InsertedMessages> {
  const nowMs = now === undefined ? Date.now() : +now;
  const messages = withoutRepeats(inputs).map(
    (message): NewMessage => ({
      ...message,
      id: uuidv7(),
      conversation: conversationOf(message) as LockedConversation,
      at: believableTime(message.sentAtMs, nowMs),
    }),
  );
  noteNewest(messages);
  const mailings = await decideHolds(trx, messages, new Date(nowMs));
  const fresh = await insertFresh(trx, messages, now);
  await insertAttachments(trx, fresh);
  const answers = fresh
    .filter((message) => message.direction === 'inbound' && message.startsTask)
    .map(({ conversation: { id: conversationId, linked }, quotedChannelMessageId: quoted, at }) => ({
      ...{ conversationId, linked, quoted, at },
    }));
  const released = await releaseHeld(trx, answers, now);
  // What is sent to many answers nobody, and changes nothing of the conversation.
  const said = fresh.filter((message) => message.hold?.reason !== 'bulk');
  const wakes = await touchConversations(trx, said, released);
  await settleUnnotified(
    trx,
    said.filter((message) => message.direction === 'echo').map((message) => message.conversation.id),
  );
  const runs = mailings.map((id): Run => ({ kind: 'bulk-hold', id }));
  const words = fresh.flatMap(({ id: messageId, conversation, marketing: says, at }) =>
    says === undefined ? [] : [{ messageId, conversationId: conversation.id, says, at }],
  );
  const news = await resolveWords(trx, words);
  return { wakes: [...wakes, ...(await openWindows(trx, fresh))], runs, news };
}

const keyOf = ({ connectionId, channelMessageId }: { connectionId: string; channelMessageId: string | null }) =>
  `${connectionId}|${channelMessageId}`;

/** The first of those that a body holds twice. */
function withoutRepeats(inputs: readonly MessageInput[]): MessageInput[] {
  const first = new Map<string, MessageInput>();
  for (const input of inputs) if (!first.has(keyOf(input))) first.set(keyOf(input), input);
  return [...first.values()];
}

/** Columns of an imported message that take what the live one says; its id stays. */
const TAKEN_OVER = [
  ...(['planfixAccountId', 'conversationId', 'direction', 'kind', 'state', 'text', 'content', 'reason'] as const),
  ...(['quotedChannelMessageId', 'channelAt', 'receivedAt', 'position', 'hold', 'expiresAt', 'mailingId'] as const),
  // As of any new message: it stands in no task.
  ...(['isHistory', 'planfixTask', 'postedAt'] as const),
] as const;

/**
 * Returns those that were not stored before. What was imported counts as not stored: the customer wrote it to us after
 * all, and it must be answered.
 */
async function insertFresh(
  trx: DatabaseTransaction,
  messages: readonly NewMessage[],
  now: Date | undefined,
): Promise<NewMessage[]> {
  const ids = new Map<string, string>();
  for (const batch of inBatches(messages)) {
    const rows = batch.map((message) => ({ ...toRow(message), ...(now === undefined ? {} : { receivedAt: now }) }));
    for (const row of await insertRows(trx, rows)) ids.set(keyOf(row), row.id);
  }
  const taken = messages.filter(({ id, ...message }) => (ids.get(keyOf(message)) ?? id) !== id);
  for (const message of taken) message.id = ids.get(keyOf(message)) as string;
  if (taken.length > 0) {
    // It brings its own file.
    const own = taken.map(({ id }) => id);
    await trx.deleteFrom('attachment').where('messageId', 'in', own).execute();
  }
  return messages.filter((message) => ids.has(keyOf(message)));
}

function insertRows(trx: DatabaseTransaction, rows: ReturnType<typeof toRow>[]) {
  return trx
    .insertInto('message')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['connectionId', 'channelMessageId'])
        .where('channelMessageId', 'is not', null)
        .doUpdateSet((eb) =>
          Object.fromEntries(TAKEN_OVER.map((column) => [column, eb.ref(`excluded.${column}` as const)])),
        )
        .where('message.isHistory', '=', true),
    )
    .returning(['id', 'connectionId', 'channelMessageId'])
    .execute();
}

/** What the customer wrote in the same body counts like what is stored. */
function noteNewest(messages: NewMessage[]): void {
  const newest = new Map<string, Date>();
  for (const { direction, conversation, at } of messages) {
    if (direction !== 'inbound') continue;
    const known = newest.get(conversation.id);
    if (known === undefined || at > known) newest.set(conversation.id, at);
  }
  for (const message of messages) {
    const at = newest.get(message.conversation.id);
    if (at !== undefined) message.conversation = { ...message.conversation, newestInBody: at };
  }
}

/** The channel tells whole seconds: a message that lacks its time must not count as later than the next one. */
function believableTime(sentAtMs: number | undefined, nowMs: number): Date {
  const isTold = sentAtMs !== undefined && sentAtMs <= nowMs + LONGEST_AHEAD_MS;
  return new Date(isTold ? sentAtMs : Math.floor(nowMs / 1_000) * 1_000);
}

function toRow(message: NewMessage) {
  const { hold } = message;
  const content = hold?.shares?.content ? null : contentOrNull(message.content);
  return {
    id: message.id,
    planfixAccountId: message.conversation.planfixAccountId,
    connectionId: message.connectionId,
    conversationId: message.conversation.id,
    direction: message.direction,
    kind: message.kind,
    state: 'received' as const,
    // The words of a mailing are kept there.
    text: hold?.shares?.text ? '' : message.text,
    content: content === null ? null : JSON.stringify(content),
    reason: hold?.reason ?? message.reason ?? null,
    channelMessageId: message.channelMessageId,
    quotedChannelMessageId: message.quotedChannelMessageId ?? null,
    channelAt: message.at,
    ...(hold ? { hold: 'held', expiresAt: hold.expiresAt, mailingId: hold.mailingId } : {}),
  };
}

async function insertAttachments(trx: DatabaseTransaction, messages: NewMessage[]): Promise<void> {
  const rows = messages.flatMap((message) =>
    message.files.map((file, part) => ({
      id: uuidv7(),
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
  for (const batch of inBatches(rows)) await trx.insertInto('attachment').values(batch).execute();
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
    const work = before?.work === true || message.hold === undefined || released.has(id);
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
