import { v7 as uuidv7 } from 'uuid';
import { readAccountAccess } from '../db/account-access.ts';
import { markShown } from '../db/attachments.ts';
import {
  countCleanTaskLook,
  dropTaskIntent,
  giveUpTask,
  openTaskIntent,
  readTaskCreation,
  recordAssignees,
  recordTask,
  type TaskCreation,
} from '../db/conversation-tasks.ts';
import { phonesOf } from '../db/planfix-contacts.ts';
import { openProblem } from '../db/problems.ts';
import { makeDue } from '../db/wakes.ts';
import { chooseAssignees } from '../workflows/domain/assignee.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import { taskName } from '../workflows/domain/task-routing.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import { formatPhone } from './channels/phone-number.ts';
import { contactName, replaceMerged, resolveContactOf } from './contact-resolution.ts';
import type { Dependencies } from './dependencies.ts';
import { readChoices } from './directory.ts';
import { backOff, NotNow } from './not-now.ts';
import { canBeAssigned } from './planfix/directory.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PersonRef } from './planfix/schema.ts';
import type { NewTask, People } from './planfix/tasks.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { CLEAN_LOOKS_NEEDED, nextReadBackStep } from './read-back.ts';
import { verifyStoredFields } from './stored-fields.ts';
import { type Opening, readOpening } from './task-opening.ts';

type Step = { conversationTaskId: string; attempt: number };

export type TaskCreationActivities = {
  /** Finds the customer's contact in Planfix by phone, or creates it. */
  resolveContact: (step: Step) => Promise<StepResult>;
  /** Creates the task with the first message as its description, records it, and wakes the lane that waits for it. */
  createTask: (step: Step) => Promise<StepResult>;
};

export function createTaskCreationActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): TaskCreationActivities {
  const run = (step: Step, work: (account: PlanfixAccount, creation: TaskCreation) => Promise<StepResult>) =>
    withHeartbeat(dependencies.waits.turnHeartbeatMs / 4, () => takeStep({ dependencies, openAccount }, step, work));
  return {
    resolveContact: (step) => run(step, (account, creation) => resolveContactOf(dependencies, account, creation)),
    createTask: (step) => run(step, (account, creation) => createTaskOf(dependencies, account, creation, {})),
  };
}

/** What both steps have in common: a paused account stops them, and so does a refusal that lasts too long. */
async function takeStep(
  { dependencies, openAccount }: { dependencies: Dependencies; openAccount: OpenPlanfixAccount },
  step: Step,
  work: (account: PlanfixAccount, creation: TaskCreation) => Promise<StepResult>,
): Promise<StepResult> {
  const { db, waits, wake } = dependencies;
  const creation = await readTaskCreation(db, step.conversationTaskId);
  if (!creation || creation.planfixTask !== null) return { kind: 'done' };
  if (creation.accountState !== 'connected') return stopForPause(db, creation);
  const account = await openAccount(creation.planfixAccountId);
  try {
    return await work(account, creation);
  } catch (error) {
    if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
    if (!(error instanceof PlanfixError)) throw error;
    if (await account.pauseIfDown(error)) return stopForPause(db, creation);
    const isOfMessage = error.scope === 'message' && RETRY_CLASS[error.kind] !== 'retry';
    const refusal = { reason: error.kind, ...error.told, afterMs: waits.parkMs };
    const given = isOfMessage ? await giveUpTask(db, creation, refusal) : undefined;
    if (given) {
      await wake([given]);
      return { kind: 'stopped' };
    }
    const waitMs = error.retryAfterMs ?? backOff(step.attempt, waits.retryFirstMs, waits.retryLongestMs);
    return { kind: 'not-before', waitMs };
  }
}

/**
 * The account's return wakes the lane, unless it was quicker than this stop: then the sweep finds the lane due. No wake
 * from here: it would find this creation still running.
 */
async function stopForPause(db: Dependencies['db'], creation: TaskCreation): Promise<StepResult> {
  const account = await readAccountAccess(db, creation.planfixAccountId);
  if (account?.state === 'connected') await makeDue(db, creation.conversationId, 'to-planfix');
  return { kind: 'stopped' };
}

/** Fields that Planfix refused in this very attempt and that the task can do without. */
type Without = { assigner?: true; correlation?: true; status?: true };

async function createTaskOf(
  dependencies: Dependencies,
  account: PlanfixAccount,
  creation: TaskCreation,
  without: Without,
): Promise<StepResult> {
  const { db, waits, wake } = dependencies;
  if (creation.intentToken !== null) return lookForTask(dependencies, account, creation);
  const { employees, templates } = await readChoices(dependencies, account);
  const template = templates.find((entry) => entry.id === creation.settings.taskTemplate);
  const able = new Set(employees.filter(canBeAssigned).map((employee) => employee.ref));
  const choice = chooseAssignees({
    template: assigneesOf(template?.assignees),
    additional: creation.settings.additionalAssignees,
    primaryAdmin: creation.primaryAdmin,
    configuredBy: creation.configuredBy,
    fallbackOrder: creation.settings.fallbackOrder,
    isActive: (assignee) => able.has(assignee as PersonRef),
  });
  await recordAssignees(db, creation.conversationTaskId, choice);
  const [phone] = await phonesOf(db, creation.customerId);
  const opening = await readOpening(db, account, creation);
  await account.enterGate();
  await markShown(db, opening.shown);
  const token = uuidv7();
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  if (!(await openTaskIntent(db, creation.conversationTaskId, token))) return { kind: 'not-before', waitMs: 200 };
  try {
    const deadlineMs = Math.max(1, notAfterMs - Date.now());
    const task = newTask(creation, { phone, assignees: choice.assignees, opening }, without);
    const emptyAt = new Date(account.planfixTime(Date.now()));
    const created = await account.client.createTask(task, { notAfterMs, deadlineMs });
    await wake([await recordTask(db, creation, { planfixTask: created.id, choice, emptyAt })]);
    await verifyStoredFields(dependencies, account, creation, { ...task, id: created.id });
    if (created.failures.length > 0) await noteRefusedFields(dependencies, creation, created.failures);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    if (error.kind === 'outcome-unknown') {
      await account.pauseIfDown(error);
      return { kind: 'not-before', waitMs: waits.callDeadlineMs + waits.readBackFirstMs };
    }
    await dropTaskIntent(db, creation.conversationTaskId, token);
    if (error.refusal === 'assigner' && (await replaceMerged(db, account, creation))) {
      return { kind: 'not-before', waitMs: 0 };
    }
    const spared = await spareField(dependencies, creation, error, without);
    if (!spared) throw error;
    return createTaskOf(dependencies, account, creation, spared);
  }
}

function newTask(
  creation: TaskCreation,
  { phone, assignees, opening }: { phone: string | undefined; assignees: string[]; opening: Opening },
  without: Without,
): NewTask {
  const { settings, contact } = creation;
  const name = contactName(creation.customerName, phone);
  const person = contact === null || without.assigner ? {} : { assigner: `contact:${contact}` as const };
  const fieldId = without.correlation ? undefined : settings.correlationField;
  return {
    name: taskName(name, 'WhatsApp', formatPhone(creation.businessNumber.replace(/\D/g, ''))),
    descriptionHtml: opening.html,
    ...(opening.files.length === 0 ? {} : { files: opening.files }),
    templateId: settings.taskTemplate,
    assignees: peopleOf(assignees),
    sourceObjectId: creation.conversationTaskId,
    ...person,
    ...(person.assigner === undefined ? {} : { counterparty: person.assigner }),
    ...(fieldId === undefined ? {} : { correlation: { fieldId, value: creation.conversationTaskId } }),
  };
}

const assigneesOf = (people: People | undefined): string[] =>
  people ? [...people.users, ...people.groups.map((group) => `group:${group}`)] : [];

function peopleOf(assignees: string[]): People {
  return {
    users: assignees.filter((assignee): assignee is PersonRef => !assignee.startsWith('group:')),
    groups: assignees.filter((assignee) => assignee.startsWith('group:')).map((group) => Number(group.slice(6))),
  };
}

/** A refused field that the task can do without: said once as a problem, and the task is made all the same. */
async function spareField(
  { db }: Dependencies,
  creation: TaskCreation,
  error: PlanfixError,
  without: Without,
): Promise<Without | undefined> {
  const subject = { planfixAccountId: creation.planfixAccountId, connectionId: creation.connectionId };
  if (error.refusal === 'assigner' && !without.assigner) {
    await openProblem(db, { kind: 'contact-refused-as-assigner', ...subject, ...error.told });
    return { ...without, assigner: true };
  }
  if (error.refusal === 'custom-field' && !without.correlation) {
    await openProblem(db, { kind: 'fields-refused', ...subject, ...error.told });
    return { ...without, correlation: true };
  }
  return undefined;
}

async function noteRefusedFields({ db }: Dependencies, creation: TaskCreation, fields: string[]): Promise<void> {
  const { planfixAccountId, connectionId } = creation;
  const told = tell(['fields-not-taken', { fields: fields.join(', ') }]);
  await openProblem(db, { kind: 'fields-refused', planfixAccountId, connectionId, ...told });
}

async function lookForTask(
  dependencies: Dependencies,
  account: PlanfixAccount,
  creation: TaskCreation,
): Promise<StepResult> {
  const { db, waits, wake } = dependencies;
  const seen = creation.intentToken as string;
  const step = nextReadBackStep(creation, waits);
  if (step.kind === 'wait') return { kind: 'not-before', waitMs: step.waitMs };
  if (step.kind === 'look') {
    const found = await findTask(account, creation, waits.readBackOverlapMs);
    if (found !== undefined) {
      await wake([await recordTask(db, creation, { planfixTask: found, choice: undefined, emptyAt: null })]);
      return { kind: 'done' };
    }
    await countCleanTaskLook(db, creation.conversationTaskId, seen);
    if (creation.cleanLooks + 1 < CLEAN_LOOKS_NEEDED) return { kind: 'not-before', waitMs: waits.readBackSecondMs };
  }
  await dropTaskIntent(db, creation.conversationTaskId, seen);
  return { kind: 'not-before', waitMs: 0 };
}

/** By our id: first where the server can search for it, then among the tasks of the template since the intent. */
async function findTask(
  account: PlanfixAccount,
  creation: TaskCreation,
  overlapMs: number,
): Promise<number | undefined> {
  const { settings, conversationTaskId } = creation;
  const sinceMs = account.planfixTime(Date.now() - (creation.intentMsAgo ?? 0)) - overlapMs;
  if (settings.correlationField !== undefined) {
    const correlation = { fieldId: settings.correlationField, value: conversationTaskId, sinceMs };
    const [found] = await account.client.findTasksByCorrelation(correlation);
    if (found) return found.id;
  }
  const since = { templateId: settings.taskTemplate, sinceMs };
  for await (const page of account.client.listTasksByTemplateCreatedSince(since)) {
    const found = page.find((task) => task.sourceObjectId === conversationTaskId);
    if (found) return found.id;
  }
  return undefined;
}
