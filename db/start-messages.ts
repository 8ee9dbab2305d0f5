import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { recordAudit } from './audit.ts';
import type { DatabaseTransaction } from './database.ts';
import { readAddresses } from './identities.ts';
import { addNote } from './notes.ts';
import { optedOut } from './opt-outs.ts';
import { type InsertedMessage, insertApiMessage, insertCountedMessage } from './outgoing.ts';
import { nameUnnamed } from './person-contacts.ts';
import { settleUnnotified } from './problems.ts';
import { isLive, type LockedPlace, lockPlace, type StartConnection, StartRefused } from './start-places.ts';
import { readRequestedLink } from './task-links.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What is said first, and where it shall stand. */
export type FirstMessage = {
  requestedBy: string;
  planfixTask: number | null;
  name: string | null;
  kind: 'text' | 'template';
  text: string;
  content: MessageContent | null;
  templateId: string | null;
};

export type Begun = {
  conversationId: string;
  customerId: string;
  messageId: string;
  wakes: Wake[];
  runs: Run[];
};

/**
 * Puts the message into the customer's conversation, which is made if there is none: for the customer's lane, and as a
 * note for the task, which the lane finds or opens. A message that is held has no note: it stands on no task until the
 * customer answers. `no-address`: nobody knows where to send it. @throws StartRefused
 */
export async function beginConversation(
  trx: DatabaseTransaction,
  connection: StartConnection,
  first: FirstMessage,
  customerId: string,
): Promise<Begun | 'no-address'> {
  if (!isLive(connection)) throw new StartRefused('not-connected');
  const place = await lockPlace(trx, connection, customerId);
  if (first.kind === 'text' && !place.isWindowOpen) throw new StartRefused('window-closed');
  if (await isUnwanted(trx, first.templateId, place.customerId)) throw new StartRefused('opted-out');
  if ((await readAddresses(trx, place.conversationId)).length === 0) return 'no-address';
  if (first.name !== null) await nameUnnamed(trx, place.customerId, first.name);
  const { conversationId } = place;
  const { isHeld, runs, ...message } = await insertMessage(trx, connection, first, place);
  const begun = { conversationId, customerId: place.customerId, messageId: message.id };
  const { requestedBy: actor, planfixTask } = first;
  await recordAudit(trx, { actor, action: 'start', subjectKind: 'conversation', subjectId: conversationId });
  if (isHeld) return { ...begun, wakes: [], runs };
  if (planfixTask !== null) await requestLink(trx, connection.planfixAccountId, conversationId, planfixTask);
  await settleUnnotified(trx, [conversationId]);
  const about = { id: message.id, conversationId, connectionId: connection.id };
  const { planfixAccountId } = connection;
  const wakes = [
    await makeDue(trx, conversationId, 'to-customer'),
    await addNote(trx, { ...about, planfixAccountId, planfixTask }, 'api-message'),
  ];
  return { ...begun, wakes, runs: [] };
}

/** What belongs to a task that somebody named is no mailing, however often it is said. */
async function insertMessage(
  trx: DatabaseTransaction,
  { id: connectionId, planfixAccountId, settings }: StartConnection,
  { kind, text, content, templateId, planfixTask }: FirstMessage,
  { conversationId }: LockedPlace,
): Promise<InsertedMessage> {
  const message = {
    planfixAccountId,
    connectionId,
    conversationId,
    // Known when it stands there: a task may be gone by then.
    planfixTask: null,
    kind,
    text,
    content,
    templateId,
    quotedChannelMessageId: null,
  };
  if (planfixTask === null) return insertCountedMessage(trx, message, settings);
  return { id: await insertApiMessage(trx, message), isHeld: false, runs: [] };
}

/** Advertising, as far as the network told last, for somebody who wants none. */
export async function isUnwanted(
  trx: DatabaseTransaction,
  templateId: string | null,
  customerId: string,
): Promise<boolean> {
  if (templateId === null) return false;
  const template = await trx
    .selectFrom('messageTemplate')
    .where('id', '=', templateId)
    .where('category', '=', 'marketing')
    .select('id')
    .executeTakeFirst();
  return template !== undefined && (await optedOut(trx, [customerId])).size > 0;
}

/** Unless the conversation is in that task already. */
async function requestLink(
  trx: DatabaseTransaction,
  planfixAccountId: string,
  conversationId: string,
  planfixTask: number,
): Promise<void> {
  const open = await readRequestedLink(trx, conversationId);
  if (open?.planfixTask === planfixTask) return;
  if (open) throw new StartRefused('task-busy');
  const { rows } = await sql`
    select 1 from conversation_task
     where conversation_id = ${conversationId} and is_current and not is_gone and planfix_task = ${planfixTask}`.execute(
    trx,
  );
  if (rows.length > 0) return;
  await trx
    .insertInto('taskLink')
    .values({ id: uuidv7(), planfixAccountId, conversationId, planfixTask, state: 'requested' })
    .execute();
}
