import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { OutgoingPart } from '../workflows/domain/outgoing-parts.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import { decideBulk, fingerprintOf, mailingFor } from './bulk.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type LaneAttempt, whileHoldingLane } from './lanes.ts';

/** One comment of an employee becomes these messages, a part each, for one conversation. */
export type OutgoingComment = {
  planfixAccountId: string;
  connectionId: string;
  conversationId: string;
  planfixTask: number;
  planfixComment: number;
  planfixAuthor: string;
  /** Quotes name messages by the channel's ids. */
  parts: OutgoingPart[];
  /** A person chose to send it, whomever it notifies. */
  isChosen: boolean;
};

/** Inserts what is not there yet; the conversation must be locked. Returns the ids of the parts that were new. */
export async function insertOutgoing(trx: DatabaseTransaction, comment: OutgoingComment): Promise<string[]> {
  const { parts, isChosen: _, ...common } = comment;
  if (parts.length === 0) return [];
  const rows = parts.map((part, planfixPart) => ({ id: uuidv7(), part, planfixPart }));
  const inserted = await trx
    .insertInto('message')
    .values(
      rows.map(({ id, part, planfixPart }) => ({
        id,
        direction: 'outbound',
        origin: 'planfix',
        kind: part.kind === 'file' ? 'document' : part.kind,
        state: 'ready' as const,
        text: textOf(part),
        planfixPart,
        quotedChannelMessageId: part.quoted ?? null,
        ...common,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  const fresh = new Set(inserted.map((row) => row.id));
  const files = rows.flatMap(({ id, part }) =>
    part.kind === 'file' && fresh.has(id) ? [{ messageId: id, part }] : [],
  );
  if (files.length > 0) {
    const { planfixAccountId, connectionId, conversationId } = comment;
    await trx
      .insertInto('attachment')
      .values(
        files.map(({ messageId, part }) => ({
          id: uuidv7(),
          planfixAccountId,
          connectionId,
          conversationId,
          messageId,
          name: part.name,
          planfixFile: part.planfixFile,
          state: 'pending',
          isShown: true,
        })),
      )
      .execute();
  }
  return inserted.map((row) => row.id);
}

function textOf(part: OutgoingPart): string {
  if (part.kind === 'text') return part.text;
  return part.kind === 'file' ? part.caption : part.emoji;
}

/** Parts made of other parts come behind all that a comment can have. */
export const SPLIT_OFF = 1_000;

/**
 * A file will not be sent, but the words under it can be: they become a message of their own in its place. Once, however
 * often it is called.
 */
export async function splitOffCaption(db: Database, attempt: LaneAttempt, messageId: string): Promise<void> {
  await whileHoldingLane(db, attempt, async (trx) => {
    await sql`
      insert into message (id, planfix_account_id, connection_id, conversation_id, direction, origin, kind, state, text,
        planfix_part, quoted_channel_message_id, planfix_task, planfix_comment, planfix_author, position)
      select ${uuidv7()}, planfix_account_id, connection_id, conversation_id, direction, origin, 'text', 'ready',
        text, planfix_part + ${SPLIT_OFF}, quoted_channel_message_id, planfix_task, planfix_comment, planfix_author,
        position
        from message where id = ${messageId} and text <> ''
      on conflict do nothing`.execute(trx);
    await trx.updateTable('message').set({ text: '' }).where('id', '=', messageId).execute();
  });
}

/** A message that a caller of the API sends into a conversation. */
export type ApiMessage = {
  planfixAccountId: string;
  connectionId: string;
  conversationId: string;
  planfixTask: number | null;
  kind: string;
  text: string;
  content: MessageContent | null;
  templateId: string | null;
  quotedChannelMessageId: string | null;
};

/** `isHeld`: a mailing sends it; its run is to be told, unless somebody else has done that just now. */
export type InsertedMessage = { id: string; isHeld: boolean; runs: Run[] };

/** Never counted, never held. The conversation must be locked. */
export const insertApiMessage = (trx: DatabaseTransaction, message: ApiMessage): Promise<string> =>
  insertRow(trx, message, {});

/**
 * Counts the message among identical ones; the fourth within five minutes is held: kept out of tasks until the customer
 * answers, and sent by its mailing (design, "Bulk, exactly"). The conversation must be locked.
 */
export async function insertCountedMessage(
  trx: DatabaseTransaction,
  message: ApiMessage,
  { bulkByTemplate }: Pick<ConnectionSettings, 'bulkByTemplate'>,
  at = new Date(),
): Promise<InsertedMessage> {
  const { connectionId, planfixAccountId, kind, text, content, templateId } = message;
  const fingerprint = fingerprintOf({
    // A place or a contact card has no words; what it holds is what makes it another one.
    text: content?.details === undefined ? text : JSON.stringify(content.details),
    digests: [],
    templateName: bulkByTemplate ? content?.template?.name : undefined,
  });
  const isCounted = kind !== 'reaction';
  const [isBulk] = isCounted ? await decideBulk(trx, [{ connectionId, fingerprint, at }]) : [false];
  if (!isBulk) return { id: await insertRow(trx, message, {}), isHeld: false, runs: [] };
  const shared = { kind, text, content, templateId };
  const place = { planfixAccountId, connectionId, fingerprint, at };
  const { id: mailingId, isToBeTold } = await mailingFor(trx, { ...place, ...shared });
  const own = (await isShared(trx, mailingId, shared)) ? { text: '', content: null } : { text, content };
  const held = { mailingId, hold: 'held', expiresAt: oneMonthLater(at) };
  const id = await insertRow(trx, { ...message, ...own, planfixTask: null }, held);
  return { id, isHeld: true, runs: isToBeTold ? [{ kind: 'bulk-hold', id: mailingId }] : [] };
}

/** Whether the mailing says word for word what this message says: then its row need not say it again. */
async function isShared(
  trx: DatabaseTransaction,
  mailingId: string,
  { kind, text, content, templateId }: Pick<ApiMessage, 'kind' | 'text' | 'content' | 'templateId'>,
): Promise<boolean> {
  const json = content === null ? null : JSON.stringify(content);
  const { rows } = await sql`
    select 1 from mailing where id = ${mailingId} and kind = ${kind} and text = ${text}
       and content is not distinct from ${json}::jsonb and template_id is not distinct from ${templateId}::uuid`.execute(
    trx,
  );
  return rows.length > 0;
}

async function insertRow(
  trx: DatabaseTransaction,
  message: ApiMessage,
  held: { mailingId?: string; hold?: string; expiresAt?: Date },
): Promise<string> {
  const id = uuidv7();
  const { content, ...rest } = message;
  await trx
    .insertInto('message')
    .values({
      id,
      direction: 'outbound',
      origin: 'api',
      state: 'ready',
      content: content === null ? null : JSON.stringify(content),
      ...rest,
      ...held,
    })
    .execute();
  return id;
}
