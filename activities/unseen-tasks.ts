import { conversationsOfTask, type OpenHint, takeComments } from '../db/comments.ts';
import { refuseComment } from '../db/start-notes.ts';
import {
  isOwnTask,
  liveConnections,
  type PersonPlace,
  placesOfContact,
  type StartConnection,
} from '../db/start-places.ts';
import { linkUnseenTask } from '../db/task-links.ts';
import { contactsToTell, isWrittenByEmployee } from '../workflows/domain/notified-contacts.ts';
import type { StartRefusal } from '../workflows/domain/start-refusals.ts';
import { firstWritablePhone } from './channels/phone-number.ts';
import { factsOf, outgoingOf, readRobots } from './comment-reading.ts';
import type { Dependencies } from './dependencies.ts';
import type { Comment } from './planfix/comments.ts';
import type { PersonRef } from './planfix/schema.ts';
import type { Task } from './planfix/tasks.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import { readRecent } from './task-linking.ts';

/** Where a comment to a contact goes, or why it goes nowhere; `connection` is whose templates can be sent instead. */
type Way =
  | { kind: 'open'; contact: number; place: PersonPlace }
  | { kind: 'refused'; reason: StartRefusal; connection: StartConnection };

/**
 * An employee wrote to a customer in a task in which no conversation stands. Where the customer may be answered freely,
 * the conversation goes on in that task and the comment is sent; else the task says why not, and which templates can be.
 * False: the conversation is just being put elsewhere, to be tried again. Whatever notifies no contact is not ours.
 */
export async function takeUnseen(
  dependencies: Dependencies,
  account: PlanfixAccount,
  hint: OpenHint,
): Promise<boolean> {
  const { db, lookAt } = dependencies;
  const { id: planfixAccountId } = account.access;
  const { planfixTask, planfixComment } = hint;
  // Asked first: scenarios may tell of every comment in the account, and each costs a call.
  const connections = await liveConnections(db, planfixAccountId);
  if (connections.length === 0) return true;
  const comment = await account.client.getComment(planfixComment);
  if (!comment || (comment.taskId !== undefined && comment.taskId !== planfixTask)) return true;
  if (!(await isMeantForOutside(dependencies, account, comment))) return true;
  const task = await account.client.getTask(planfixTask);
  // One of our own, whose number is not recorded yet, is read by the poll.
  if (!task || task.isDeleted || (await isOwnTask(db, task.sourceObjectId))) return true;
  const told = contactsToTell(withAssigner(comment, task));
  if (told.length === 0) return true;
  const ways: Way[] = [];
  for (const contact of told) ways.push(await findWay(dependencies, account, connections, { contact, task }));
  const open = ways.filter((way) => way.kind === 'open');
  if (open.length > 0) return sendThere(dependencies, account, { comment, task, open });
  const [refused] = ways;
  if (refused?.kind === 'refused') {
    const { reason, connection } = refused;
    const about = { planfixAccountId, connectionId: connection.id, planfixTask, planfixComment };
    await lookAt(await refuseComment(db, { ...about, author: comment.owner ?? '', reason }));
  }
  return true;
}

/** Robots write to nobody, and what Parley writes is no answer. */
async function isMeantForOutside({ db }: Dependencies, account: PlanfixAccount, comment: Comment): Promise<boolean> {
  const { users, roles } = comment.recipients;
  if (!isWrittenByEmployee(factsOf(comment)) || comment.sourceObjectId !== undefined) return false;
  if (!users.some((user) => user.startsWith('contact:')) && !roles.includes('assigner')) return false;
  return !(await readRobots(db, account)).has(comment.owner ?? '');
}

/** Whoever notifies the assigner notifies the contact that this is. */
function withAssigner(comment: Comment, task: Task): ReturnType<typeof factsOf> {
  const facts = factsOf(comment);
  const isTold = comment.recipients.roles.includes('assigner') && task.assigner?.startsWith('contact:');
  return isTold ? { ...facts, notified: [...facts.notified, task.assigner as PersonRef] } : facts;
}

/** By the number whose tasks are of this template, else where the customer wrote last, else by the only one. */
async function findWay(
  { db }: Dependencies,
  account: PlanfixAccount,
  connections: readonly StartConnection[],
  { contact, task }: { contact: number; task: Task },
): Promise<Way> {
  const [first] = connections as [StartConnection];
  const digits = await phoneOf(account, contact, first);
  const places = await placesOfContact(db, account.access.id, { contact, digits });
  const ofTemplate = connections.filter(({ settings }) => settings.taskTemplate === task.templateId);
  const latest = places.find((place) => connections.some(({ id }) => id === place.connectionId));
  const connection =
    (ofTemplate.length === 1 ? ofTemplate[0] : undefined) ??
    connections.find(({ id }) => id === latest?.connectionId) ??
    (connections.length === 1 ? first : undefined);
  if (digits === undefined && places.length === 0) {
    return { kind: 'refused', reason: 'contact-without-phone', connection: connection ?? first };
  }
  if (!connection) return { kind: 'refused', reason: 'unclear-connection', connection: first };
  const place = places.find(({ connectionId }) => connectionId === connection.id);
  return place?.isWindowOpen
    ? { kind: 'open', contact, place }
    : { kind: 'refused', reason: 'window-closed', connection };
}

async function phoneOf(
  account: PlanfixAccount,
  contact: number,
  { settings, displayPhoneNumber: ownNumber }: StartConnection,
): Promise<string | undefined> {
  const lookup = await account.client.getContact(contact);
  if (lookup.kind === 'missing') return undefined;
  const rules = { country: settings.defaultCountry, ownNumber };
  const first = firstWritablePhone(lookup.contact.phones, rules);
  return first?.kind === 'phone' ? first.digits : undefined;
}

/** The comment is sent as any other is, once the conversation stands in its task. */
async function sendThere(
  dependencies: Dependencies,
  account: PlanfixAccount,
  { comment, task, open }: { comment: Comment; task: Task; open: Extract<Way, { kind: 'open' }>[] },
): Promise<boolean> {
  const { db, waits, wake } = dependencies;
  const planfixAccountId = account.access.id;
  const beganAt = new Date(account.planfixTime(Date.now()));
  const { recent } = await readRecent(account, task.id, waits.commentOverlapMs, comment.createdAtMs);
  const comments = {
    newest: comment.id,
    newestAt: comment.createdAtMs === undefined ? null : new Date(comment.createdAtMs),
    recent: recent.filter((id) => id < comment.id),
  };
  const isActive = task.status?.isActive ?? true;
  for (const { contact, place } of open) {
    const { conversationId } = place;
    const link = { conversationId, planfixAccountId, planfixTask: task.id, isActive, contact, comments };
    if (!(await linkUnseenTask(db, link))) return false;
  }
  // By the contact that the customer is with us: of two with the same phone, Planfix may have named the other one.
  const linked = await conversationsOfTask(db, planfixAccountId, task.id);
  const users = linked.flatMap(({ contact }) => (contact === null ? [] : [`contact:${contact}` as const]));
  const told = { ...comment, recipients: { ...comment.recipients, users } };
  const wakes = await takeComments(db, {
    planfixAccountId,
    planfixTask: task.id,
    decided: [comment.id],
    newest: undefined,
    beganAt,
    complete: false,
    outgoing: await outgoingOf(dependencies, account, task.id, [told]),
  });
  await wake(wakes);
  return true;
}
