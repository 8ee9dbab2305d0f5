import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { ABOUT_ANOTHER } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import { decideBulk, fingerprintOf, mailingFor } from './bulk.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import type { NewMessage } from './ingest-messages.ts';

/** Why and until when a message is kept out of tasks; `shares`: what of it is kept in the mailing, for all. */
export type Hold = {
  reason: string;
  expiresAt: Date;
  mailingId: string | null;
  shares?: { text: boolean; content: boolean };
};

/**
 * Decides which echoes are held (design, "Bulk, exactly", 6 to 8): what is bulk, whatever task there is; what has no
 * task; and what is about a held message, with it. One that the customer wrote after is never held. The conversations
 * are locked, so what is current now stays so. Returns the mailings that this began.
 */
export async function decideHolds(trx: DatabaseTransaction, messages: NewMessage[], now: Date): Promise<string[]> {
  const echoes = messages.filter((message) => message.direction === 'echo');
  if (echoes.length === 0) return [];
  const mailings = await holdBulk(trx, echoes, now);
  const aboutAnother = echoes.filter((message) => isAboutAnother(message) && isUnanswered(message));
  const shown = await followTargets(trx, aboutAnother, messages);
  await holdWithoutTask(
    trx,
    echoes.filter((message) => message.hold === undefined && isUnanswered(message) && !shown.has(message)),
  );
  return mailings;
}

const isAboutAnother = ({ kind }: NewMessage) => ABOUT_ANOTHER.has(kind);

/** The customer has written nothing later than it, neither before nor in this body. */
const isUnanswered = ({ conversation, at }: NewMessage) =>
  (conversation.lastInboundAt === null || conversation.lastInboundAt <= at) &&
  (conversation.newestInBody === undefined || conversation.newestInBody <= at);

/** All that count are decided; an answered one is counted, but not held. */
async function holdBulk(trx: DatabaseTransaction, echoes: NewMessage[], now: Date): Promise<string[]> {
  const fresh = await withoutStored(
    trx,
    echoes.filter((message) => !isAboutAnother(message)),
  );
  const byTemplate = await connectionsByTemplate(trx, fresh);
  const counted = fresh.flatMap((message) => {
    const input = comparedBy(message, byTemplate.has(message.connectionId));
    return input === undefined ? [] : [{ message, fingerprint: fingerprintOf(input), at: message.at }];
  });
  const decisions = await decideBulk(
    trx,
    counted.map(({ message: { connectionId }, ...rest }) => ({ connectionId, ...rest })),
  );
  const bulk = counted.filter(({ message }, index) => decisions[index] && isUnanswered(message));
  return joinMailings(trx, bulk, now);
}

type Bulk = { message: NewMessage; fingerprint: Buffer };

/** Each to the mailing of its fingerprint. Returns those that were begun. */
async function joinMailings(trx: DatabaseTransaction, bulk: Bulk[], now: Date): Promise<string[]> {
  const groups = Map.groupBy(bulk, ({ message, fingerprint }) =>
    [message.connectionId, fingerprint.toString('hex')].join('|'),
  );
  const begun: string[] = [];
  const joined = new Map<string, Bulk[]>();
  for (const [, members] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { message, fingerprint } = members[0] as Bulk;
    const { connectionId, kind, text, conversation } = message;
    const { planfixAccountId } = conversation;
    const said = { kind, text, content: contentOrNull(message.content), templateId: null };
    const place = { planfixAccountId, connectionId, fingerprint, at: now, isSent: true };
    const mailing = await mailingFor(trx, { ...place, ...said });
    joined.set(mailing.id, members);
    if (mailing.isNew) begun.push(mailing.id);
  }
  if (joined.size === 0) return begun;
  const ids = [...joined.keys()];
  const mailings = await trx
    .selectFrom('mailing')
    .where('id', 'in', ids)
    .select(['id', 'kind', 'text', 'content'])
    .execute();
  for (const { id, kind, text, content } of mailings) {
    for (const { message } of joined.get(id) ?? []) {
      // Identical words may differ in white space: what is not the same word for word, the message keeps for itself.
      const isSame = kind === message.kind && text === message.text;
      const shares = { text: isSame, content: isSame && isDeepStrictEqual(content, contentOrNull(message.content)) };
      message.hold = { reason: 'bulk', expiresAt: oneMonthLater(message.at), mailingId: id, shares };
    }
  }
  return begun;
}

export const contentOrNull = (content: MessageContent) => (Object.keys(content).length > 0 ? content : null);

/**
 * What makes an echo identical to another one. Files count by their digest; one without is like no other. Undefined:
 * nothing is known of what it says, so that it is identical to nothing.
 */
function comparedBy({ text, files, content }: NewMessage, isByTemplate: boolean) {
  const digests = files.map(({ sha256, mediaId }) => sha256 ?? mediaId ?? '').filter((digest) => digest !== '');
  // A place or a card has no words, but is something that is said.
  const details = content.details === undefined ? [] : [JSON.stringify(content.details)];
  if (text.trim() === '' && digests.length + details.length === 0) return undefined;
  return { text, digests: [...digests, ...details], templateName: isByTemplate ? content.template?.name : undefined };
}

/** Repeats are not counted twice: what has this id already, or comes with it twice in one body. */
async function withoutStored(trx: DatabaseTransaction, messages: NewMessage[]): Promise<NewMessage[]> {
  if (messages.length === 0) return [];
  const keyOf = (connection: string, channel: string) => `${connection}|${channel}`;
  const wanted = messages.map(({ connectionId, channelMessageId }) => ({
    connection: connectionId,
    channel: channelMessageId,
  }));
  const { rows } = await sql<{ connection: string; channel: string }>`
    select w.connection, w.channel from ${recordset(wanted, 'connection uuid, channel text')}
      join message m on m.connection_id = w.connection and m.channel_message_id = w.channel
       and not m.is_history`.execute(trx);
  const seen = new Set(rows.map((row) => keyOf(row.connection, row.channel)));
  return messages.filter(({ connectionId, channelMessageId }) => {
    const key = keyOf(connectionId, channelMessageId);
    const isFresh = !seen.has(key);
    seen.add(key);
    return isFresh;
  });
}

async function connectionsByTemplate(trx: DatabaseTransaction, messages: NewMessage[]): Promise<Set<string>> {
  const ids = new Set(messages.filter(({ content }) => content.template).map(({ connectionId }) => connectionId));
  if (ids.size === 0) return ids;
  const rows = await trx
    .selectFrom('connection')
    .where('id', 'in', [...ids])
    .where(sql<boolean>`(settings->>'bulkByTemplate')::boolean`)
    .select('id')
    .execute();
  return new Set(rows.map((row) => row.id));
}

type TargetRow = { index: number; hold: string | null; reason: string | null; expiresAt: Date | null; shown: boolean };

/**
 * Those about an earlier message go where it is: held with it, and until then. Returns those whose message stands on a
 * task, where they belong whatever task is current.
 */
async function followTargets(
  trx: DatabaseTransaction,
  messages: NewMessage[],
  body: NewMessage[],
): Promise<Set<NewMessage>> {
  const wanted = messages.map(({ connectionId, quotedChannelMessageId }, index) => ({
    index,
    connection: connectionId,
    channel: quotedChannelMessageId ?? null,
  }));
  if (wanted.length === 0) return new Set();
  const { rows } = await sql<TargetRow>`
    select w."index", m.hold, m.reason, m.expires_at as "expiresAt",
           m.planfix_task is not null and not exists (
             select from conversation_task t where t.planfix_account_id = m.planfix_account_id
                and t.planfix_task = m.planfix_task and t.is_gone) as shown
      from ${recordset(wanted, '"index" integer, connection uuid, channel text')}
      join message m on m.connection_id = w.connection and m.channel_message_id = w.channel`.execute(trx);
  const stored = new Map(rows.map((row) => [messages[row.index], row]));
  const inBody = new Map(body.flatMap((message) => (message.hold ? [[message.channelMessageId, message.hold]] : [])));
  for (const message of messages) {
    const row = stored.get(message);
    const besides = inBody.get(message.quotedChannelMessageId ?? '');
    if (row?.hold === 'held' && row.expiresAt !== null) {
      message.hold = { reason: row.reason ?? 'bulk', expiresAt: row.expiresAt, mailingId: null };
    } else if (besides) message.hold = { reason: besides.reason, expiresAt: besides.expiresAt, mailingId: null };
  }
  return new Set(messages.filter((message) => stored.get(message)?.shown));
}

/** An echo to somebody without an open task waits for their answer. */
async function holdWithoutTask(trx: DatabaseTransaction, echoes: NewMessage[]): Promise<void> {
  const waiting = echoes.filter((message) => message.holdWithoutTask);
  if (waiting.length === 0) return;
  const ids = [...new Set(waiting.map((message) => message.conversation.id))];
  const { rows } = await sql<{ id: string }>`
    select t.conversation_id as id from conversation_task t
      join conversation c on c.id = t.conversation_id
      join connection n on n.id = c.connection_id
     where t.conversation_id = any(${ids}::uuid[]) and t.is_current and not t.is_gone
       and (t.is_active or not (n.settings->>'newTaskWhenNoneActive')::boolean)`.execute(trx);
  const withTask = new Set(rows.map((row) => row.id));
  for (const message of waiting) {
    if (withTask.has(message.conversation.id)) continue;
    message.hold = { reason: 'no-task', expiresAt: oneMonthLater(message.at), mailingId: null };
  }
}
