import type { Run } from '../workflows/domain/ids.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { StartRefusal } from '../workflows/domain/start-refusals.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { adoptContact } from './person-contacts.ts';
import { claimRequest, type RequestIdentity, settleRequest } from './requests.ts';
import { beginConversation } from './start-messages.ts';
import {
  findRecipient,
  isTaskKnown,
  readStartConnection,
  type StartConnection,
  type StartRecipient,
  StartRefused,
} from './start-places.ts';
import { openStartProblem, settleStartProblems } from './start-problems.ts';
import { inTransaction } from './transaction.ts';
import type { Wake } from './wakes.ts';

export type NewStart = RequestIdentity & {
  planfixAccountId: string;
  connectionId: string;
  requestedBy: string;
  source: 'api' | 'planfix';
  to: StartRecipient;
  planfixTask: number | null;
  /** Names a customer whom nobody has named. */
  name: string | null;
  kind: 'text' | 'template';
  text: string;
  content: MessageContent | null;
  templateId: string | null;
};

/** `repeated`: an earlier request with this key has done it, or is doing it. */
export type StartAnswer =
  | { kind: 'new' | 'repeated'; id: string; wakes: Wake[]; runs: Run[] }
  | { kind: 'other-request' }
  | { kind: 'refused'; reason: StartRefusal };

/**
 * One transaction: the request and all that follows from it, so that a repeat after a crash finds either nothing or
 * everything. Where only Planfix knows the recipient, the request waits for its run.
 */
export async function requestStart(db: Database, start: NewStart): Promise<StartAnswer> {
  try {
    return await inTransaction(db, async (trx) => {
      const claim = await claimRequest(trx, { ...start, recipient: start.to });
      if (claim.kind === 'other-request') return claim;
      const { id } = claim;
      if (claim.kind === 'repeated') return { ...claim, wakes: [], runs: [] };
      const connection = await readStartConnection(trx, start.connectionId);
      if (!connection) throw new Error('the connection of a start is there');
      const { planfixAccountId, planfixTask } = start;
      const isReady = planfixTask === null || (await isTaskKnown(trx, planfixAccountId, planfixTask));
      const begun = isReady ? await begin(trx, connection, { ...start, id }, start.to) : 'ask-planfix';
      if (begun !== 'ask-planfix') return { kind: 'new', id, ...begun };
      return { kind: 'new', id, wakes: [], runs: [{ kind: 'conversation-start', id }] };
    });
  } catch (error) {
    if (error instanceof StartRefused) return { kind: 'refused', reason: error.reason };
    throw error;
  }
}

type StoredStart = Omit<NewStart, keyof RequestIdentity | 'to'> & { id: string };

/** Begins the conversation and closes the request. @throws StartRefused */
async function begin(
  trx: DatabaseTransaction,
  connection: StartConnection,
  start: StoredStart,
  to: StartRecipient,
  contact?: number,
): Promise<{ wakes: Wake[]; runs: Run[] } | 'ask-planfix'> {
  const place = await findRecipient(trx, connection, to, start.planfixTask);
  if (place === 'ask-planfix') return place;
  const begun = await beginConversation(trx, connection, start, place.customerId);
  if (begun === 'no-address') {
    if (to.kind === 'contact' || to.kind === 'task') return 'ask-planfix';
    throw new StartRefused('no-address');
  }
  if (contact !== undefined) await adoptContact(trx, start.planfixAccountId, begun.customerId, contact);
  const { conversationId, messageId, customerId, wakes, runs } = begun;
  await settleRequest(trx, start.id, { state: 'started', conversationId, messageId });
  const found = contact ?? (to.kind === 'contact' ? to.contact : null);
  const { planfixTask } = start;
  await settleStartProblems(trx, { connectionId: connection.id, customerId, contact: found, planfixTask });
  return { wakes, runs };
}

/** What Planfix told: the contact, and the phone to write to if nobody here is known to be that contact. */
export type FoundRecipient = { contact: number; digits: string | undefined; name: string };

/**
 * Begins the conversation that a request has waited for, with whom Planfix named, or with whom it was for anyhow; does
 * nothing if that was done before.
 */
export async function startFound(
  db: Database,
  id: string,
  found: FoundRecipient | undefined,
): Promise<{ wakes: Wake[]; runs: Run[] }> {
  try {
    return await inTransaction(db, async (trx) => {
      const row = await lockLooking(trx, id);
      if (!row) return { wakes: [], runs: [] };
      const { recipient, ...start } = row;
      const connection = await readStartConnection(trx, start.connectionId);
      if (!connection) throw new Error('the connection of a start is there');
      const begun = found
        ? await beginFound(trx, connection, start as StoredStart, found)
        : await begin(trx, connection, start as StoredStart, recipient as StartRecipient);
      if (begun === 'ask-planfix') throw new StartRefused('contact-without-phone');
      return begun;
    });
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    await refuseStart(db, id, error.reason);
    return { wakes: [], runs: [] };
  }
}

function lockLooking(trx: DatabaseTransaction, id: string) {
  return trx
    .selectFrom('conversationStart')
    .where('id', '=', id)
    .where('state', '=', 'looking')
    .select(['id', 'planfixAccountId', 'connectionId', 'requestedBy', 'source', 'planfixTask', 'name', 'recipient'])
    .select(['kind', 'text', 'content', 'templateId'])
    .forUpdate()
    .executeTakeFirst();
}

/** Somebody who is known to be the contact is written to where they wrote; a stranger by the contact's phone. */
async function beginFound(
  trx: DatabaseTransaction,
  connection: StartConnection,
  stored: StoredStart,
  { contact, digits, name }: FoundRecipient,
): Promise<{ wakes: Wake[]; runs: Run[] } | 'ask-planfix'> {
  const start = { ...stored, name: stored.name ?? (name.trim() || null) };
  const known = await begin(trx, connection, start, { kind: 'contact', contact });
  if (known !== 'ask-planfix' || digits === undefined) return known;
  return begin(trx, connection, start, { kind: 'phone', digits }, contact);
}

/**
 * Closes a request that cannot be served. One that came from Planfix and named a task is said there, which its run does
 * next, and becomes a problem where there is no task. Whoever asks again has perhaps put it right.
 */
export async function refuseStart(db: Database, id: string, reason: StartRefusal): Promise<void> {
  await inTransaction(db, async (trx) => {
    const start = await lockLooking(trx, id);
    if (!start) return;
    const isForPlanfix = start.source === 'planfix';
    const isTold = isForPlanfix && start.planfixTask !== null && reason !== 'no-such-task';
    await settleRequest(trx, id, {
      state: 'refused',
      reason,
      dueAt: isTold ? new Date() : null,
      requestKey: null,
    });
    if (isForPlanfix && !isTold) await openStartProblem(trx, { ...start, reason, contact: contactIn(start.recipient) });
  });
}

const contactIn = (recipient: unknown): number | undefined => {
  const to = recipient as StartRecipient | null;
  return to?.kind === 'contact' ? to.contact : undefined;
};
