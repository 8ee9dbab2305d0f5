import { type CustomValue, checkRequired, parseCustomValues } from './custom-values.ts';
import { PlanfixFailure } from './failure.ts';
import { dropOrphans, parseFiles } from './files.ts';
import type { Account, Call, Contact, People, PersonRef, Task, TaskUpdate } from './model.ts';
import { findContact, isContactRef, nobody, parseCounterparty, parsePeople, parseRef, readId } from './people.ts';
import { parseTimePoint } from './time.ts';

type Body = Record<string, unknown>;
type TaskChange = { fields: Partial<Task>; custom: CustomValue[] };

const inWorkStatus = 2;
const keptUpdates = 100;

/**
 * Creates a task as `POST /task/` does. There is no idempotency: the same body makes another task.
 * Throws a PlanfixFailure (400) for what Planfix refuses.
 */
export function createTask(account: Account, body: Body, refuse: Call['refuse']): Task {
  const templateId = readId(body.template) ?? readId(body.object);
  const template = templateId === undefined ? undefined : account.taskTemplates.get(templateId);
  if (templateId !== undefined && template === undefined) {
    throw new PlanfixFailure(400, 41, `Template not find by id ${templateId}`);
  }
  const attached = template?.customFieldIds ?? [];
  const change = parseTaskChange(account, body, attached, refuse);
  checkRequired(account, attached, change.custom);
  const now = account.now();
  const created = parseTimePoint(body.dateTime, employeeZone(account)) ?? now;
  const task: Task = {
    id: account.nextTaskId,
    sourceObjectId: undefined,
    sourceDataVersion: undefined,
    name: '',
    description: '',
    additionalDescriptionData: '',
    priority: 'NotUrgent',
    statusId: template?.statusId ?? 1,
    processId: template?.processId ?? 1,
    templateId,
    parentId: undefined,
    projectId: undefined,
    assigner: `user:${account.tokenUserId}`,
    counterparty: undefined,
    participants: template?.participants ?? nobody(),
    auditors: template?.auditors ?? nobody(),
    createdAtMs: created,
    changedAtMs: now,
    lastCommentAtMs: undefined,
    isDeleted: false,
    files: [],
    updates: [],
    comments: [],
    ...change.fields,
    assignees: assigneesOf(account, change.fields.assignees, template?.assignees),
    custom: new Map(change.custom.map((item) => [item.fieldId, item.value])),
  };
  if (change.fields.statusId === undefined && isSelfAssigned(task)) task.statusId = inWorkStatus;
  account.nextTaskId += 1;
  account.tasks.set(task.id, task);
  account.emit({ kind: 'planfix.task-created', account: account.name, task: task.id });
  return task;
}

/** Notes an update that REST made: it says more than the task's new state, such as whether it was silent. */
export function noteUpdate(account: Account, task: Task, body: Body, isSilent: boolean): void {
  const update: TaskUpdate = { atMs: account.now(), isSilent, fields: Object.keys(body) };
  task.updates = [...task.updates, update].slice(-keptUpdates);
}

/** Applies an update all at once or not at all; people and files replace, custom fields merge. */
export function updateTask(account: Account, task: Task, body: Body, refuse: Call['refuse']): void {
  const template = account.taskTemplates.get(task.templateId ?? Number.NaN);
  const change = parseTaskChange(account, body, template?.customFieldIds ?? [], refuse);
  const filesBefore = task.files;
  Object.assign(task, change.fields);
  if (change.fields.files !== undefined) dropOrphans(account, filesBefore);
  for (const { fieldId, value } of change.custom) task.custom.set(fieldId, value);
  task.changedAtMs = account.now();
  account.emit({ kind: 'planfix.task-changed', account: account.name, task: task.id });
}

/** Removes a task and its comments for good: every read and write answers as if it had never been. */
export function purgeTask(account: Account, task: Task): void {
  for (const comment of task.comments) account.comments.delete(comment.id);
  account.tasks.delete(task.id);
  account.emit({ kind: 'planfix.task-purged', account: account.name, task: task.id });
}

/** Time zone of the token's employee, in which bare local times are meant. */
export function employeeZone(account: Account): string {
  return account.users.get(account.tokenUserId)?.timeZone ?? 'UTC';
}

function parseTaskChange(account: Account, body: Body, attached: number[], refuse: Call['refuse']): TaskChange {
  const fields: Partial<Task> = {};
  for (const name of ['name', 'description', 'priority', 'sourceObjectId', 'sourceDataVersion'] as const) {
    if (body[name] !== undefined) fields[name] = String(body[name]);
  }
  if ((fields.name?.length ?? 0) > account.settings.maxTaskNameLength) {
    throw new PlanfixFailure(400, 41, 'Task name is too long');
  }
  if (body.status !== undefined) fields.statusId = parseStatus(account, body.status, refuse);
  if (body.assigner !== undefined) fields.assigner = parseAssigner(account, body.assigner, refuse);
  if (body.counterparty !== undefined) fields.counterparty = parseCounterparty(account, body.counterparty);
  for (const role of ['assignees', 'participants', 'auditors'] as const) {
    if (body[role] !== undefined) fields[role] = parsePeople(account, body[role]);
  }
  if (body.parent !== undefined) fields.parentId = parseParent(account, body.parent);
  if (body.project !== undefined) fields.projectId = readId(body.project);
  if (body.files !== undefined) fields.files = parseFiles(account, body.files);
  if (body.isDeleted !== undefined) fields.isDeleted = body.isDeleted === true;
  return { fields, custom: parseCustomValues(account, body.customFieldData, 0, attached) };
}

function parseStatus(account: Account, value: unknown, refuse: Call['refuse']): number {
  const id = readId(value) ?? Number.NaN;
  if (!account.statuses.has(id)) throw new PlanfixFailure(400, 41, `Status not find by id ${id}`);
  if (refuse.status) throw new PlanfixFailure(400, 6, 'Status change not allowed in this process');
  return id;
}

function parseAssigner(account: Account, value: unknown, refuse: Call['refuse']): PersonRef {
  const ref = parseRef(account, value);
  if (isContactRef(ref) && (refuse.assigner || isBarredFromTasks(account, findContact(account, ref)))) {
    throw new PlanfixFailure(400, account.settings.assignerRefusalCode, `Contact ${ref} can not be the assigner`);
  }
  return ref;
}

/** Contacts of some templates may not take part in tasks; whether REST enforces that is a setting. */
export function isBarredFromTasks(account: Account, contact: Contact | undefined): boolean {
  const template = account.contactTemplates.get(contact?.templateId ?? Number.NaN);
  return account.settings.restrictedContactsRefused && template?.canBeParticipant === false;
}

function parseParent(account: Account, value: unknown): number {
  const id = readId(value) ?? Number.NaN;
  if (!account.tasks.has(id)) throw new PlanfixFailure(400, 1000, `Task not found by id ${id}`);
  return id;
}

function assigneesOf(account: Account, given: People | undefined, template: People | undefined): People {
  const mode = account.settings.templateAssignees;
  if (template === undefined || mode === 'never') return given ?? nobody();
  if (given === undefined) return template;
  if (mode === 'when-omitted') return given;
  return {
    users: [...new Set([...template.users, ...given.users])],
    groups: [...new Set([...template.groups, ...given.groups])],
  };
}

/** A task that someone sets to himself starts in work (Planfix REST: status object). */
function isSelfAssigned(task: Task): boolean {
  const { users, groups } = task.assignees;
  return groups.length === 0 && users.length === 1 && users[0] === task.assigner;
}
