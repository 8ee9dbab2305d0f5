import { readCustomValue } from './custom-values.ts';
import { filesById } from './files.ts';
import type {
  Account,
  Comment,
  Contact,
  CustomField,
  Process,
  Status,
  StoredFile,
  Task,
  TaskTemplate,
  User,
} from './model.ts';
import { expandRoles, readPeople, readPerson } from './people.ts';
import type { Readers } from './projection.ts';
import { webHost } from './settings.ts';
import { storageLink } from './storage-links.ts';
import { type TimePoint, toTimePoint } from './time.ts';

function timePoint(account: Account, atMs: number | undefined): TimePoint | undefined {
  if (atMs === undefined) return undefined;
  const { timePointZone, secondsInTimes } = account.settings;
  const zone = timePointZone === 'utc' ? 'UTC' : (account.users.get(account.tokenUserId)?.timeZone ?? 'UTC');
  return toTimePoint(atMs, zone, secondsInTimes);
}

const named = (entity: { id: number; name: string } | undefined) =>
  entity === undefined ? undefined : { id: entity.id, name: entity.name };

const files = (account: Account, ids: number[]) =>
  filesById(account, ids).map((file) => ({ id: file.id, name: file.name, size: readSize(file, account) }));

function readSize({ sizeBytes }: StoredFile, { settings }: Account): number {
  return settings.fileSizeUnit === 'kb' ? Math.ceil(sizeBytes / 1024) : sizeBytes;
}

/** Reads of a file; there is no content type among them. `downloadUrl` expires. */
export const fileReaders = (origin: string): Readers<StoredFile> => ({
  id: (file) => file.id,
  name: (file) => file.name,
  size: readSize,
  downloadUrl: (file, account) => storageLink(account, file, origin),
  link: (file, account) => `https://${webHost(account)}/?action=getfile&uniqueid=${file.id}`,
});

export const taskReaders: Readers<Task> = {
  id: (task) => task.id,
  sourceObjectId: (task) => task.sourceObjectId,
  sourceDataVersion: (task) => task.sourceDataVersion,
  type: () => 'Task',
  name: (task) => task.name,
  description: (task) => task.description,
  additionalDescriptionData: (task) => task.additionalDescriptionData,
  priority: (task) => task.priority,
  status: (task, account) => readStatus(account.statuses.get(task.statusId)),
  processId: (task) => task.processId,
  template: (task, account) => named(account.taskTemplates.get(task.templateId ?? Number.NaN)),
  object: (task, account) => named(account.taskTemplates.get(task.templateId ?? Number.NaN)),
  parent: (task) => (task.parentId === undefined ? undefined : { id: task.parentId }),
  project: (task) => (task.projectId === undefined ? undefined : { id: task.projectId }),
  assigner: (task, account) => readPerson(account, task.assigner),
  counterparty: (task, account) =>
    task.counterparty === undefined ? undefined : readPerson(account, task.counterparty),
  assignees: (task, account) => readPeople(account, task.assignees),
  participants: (task, account) => readPeople(account, task.participants),
  auditors: (task, account) => readPeople(account, task.auditors),
  dateTime: (task, account) => timePoint(account, task.createdAtMs),
  dateOfLastUpdate: (task, account) => timePoint(account, task.changedAtMs),
  isDeleted: (task) => task.isDeleted,
  files: (task, account) => files(account, task.files),
};

/** Lists know one field more than single reads. */
export const listedTaskReaders: Readers<Task> = {
  ...taskReaders,
  dateOfLastComment: (task, account) => timePoint(account, task.lastCommentAtMs),
};

export function taskCustom(account: Account, task: Task): (field: CustomField) => unknown {
  const attached = account.taskTemplates.get(task.templateId ?? Number.NaN)?.customFieldIds ?? [];
  return (field) => readCustomValue(task.custom, attached, field);
}

export const commentReaders: Readers<Comment> = {
  id: (comment) => comment.id,
  sourceObjectId: (comment) => comment.sourceObjectId,
  sourceDataVersion: (comment) => comment.sourceDataVersion,
  dateTime: (comment, account) => timePoint(account, comment.atMs),
  type: () => 'Comment',
  fromType: (comment) => comment.fromType,
  description: (comment) => comment.description,
  task: (comment) => ({ id: comment.taskId }),
  owner: (comment, account) => readPerson(account, comment.owner),
  isDeleted: (comment) => comment.isDeleted,
  isPinned: (comment) => comment.isPinned,
  isHidden: (comment) => comment.isHidden,
  isNotRead: () => false,
  recipients: readRecipients,
  files: (comment, account) => files(account, comment.files),
};

/** Contacts read back among `users`; what roles read back as is not known. */
function readRecipients(comment: Comment, account: Account) {
  const { users, groups, roles } = comment.recipients;
  const task = account.tasks.get(comment.taskId);
  if (account.settings.recipientRolesRead === 'roles' || task === undefined) {
    return { ...readPeople(account, { users, groups }), roles };
  }
  const people = [...new Set([...users, ...expandRoles(task, roles)])];
  return { ...readPeople(account, { users: people, groups }), roles: [] };
}

export const contactReaders: Readers<Contact> = {
  id: (contact) => contact.id,
  sourceObjectId: (contact) => contact.sourceObjectId,
  sourceDataVersion: (contact) => contact.sourceDataVersion,
  template: (contact, account) => named(account.contactTemplates.get(contact.templateId)),
  name: (contact) => contact.name,
  midname: (contact) => contact.midname,
  lastname: (contact) => contact.lastname,
  description: (contact) => contact.description,
  email: (contact) => contact.email,
  languageCode: (contact) => contact.languageCode,
  phones: (contact) => contact.phones.map((phone) => ({ ...phone, maskedNumber: phone.number })),
  isCompany: (contact) => contact.isCompany,
  isDeleted: (contact) => contact.isDeleted,
  group: (contact) => (contact.groupId === undefined ? undefined : { id: contact.groupId }),
  addedBy: (contact, account) => readPerson(account, contact.addedBy),
  createdDate: (contact, account) => timePoint(account, contact.createdAtMs),
  dateOfLastUpdate: (contact, account) => timePoint(account, contact.changedAtMs),
};

export const prefixedContactReaders: Readers<Contact> = {
  ...contactReaders,
  id: (contact) => `contact:${contact.id}`,
};

export function contactCustom(account: Account, contact: Contact): (field: CustomField) => unknown {
  const attached = account.contactTemplates.get(contact.templateId)?.customFieldIds ?? [];
  return (field) => readCustomValue(contact.custom, attached, field);
}

/** Nothing here tells who owns the account: that is not to be had by REST. */
export const userReaders: Readers<User> = {
  id: (user) => user.id,
  name: (user) => user.name,
  lastname: (user) => user.lastname,
  email: (user) => user.email,
  role: (user) => user.role,
  status: (user) => user.status,
  phones: (user) => user.phones,
  groups: (user, account) => user.groups.flatMap((id) => account.groups.get(id) ?? []),
  languageCode: (user) => user.languageCode,
  timezone: (user) => user.timeZone,
};

export const prefixedUserReaders: Readers<User> = { ...userReaders, id: (user) => `user:${user.id}` };

export const templateReaders: Readers<TaskTemplate> = {
  id: (template) => template.id,
  type: () => 'Template',
  name: (template) => template.name,
  status: (template, account) => readStatus(account.statuses.get(template.statusId)),
  processId: (template) => template.processId,
  assignees: (template, account) => readPeople(account, template.assignees),
  participants: (template, account) => readPeople(account, template.participants),
  auditors: (template, account) => readPeople(account, template.auditors),
};

export const statusReaders: Readers<Status> = {
  id: (status) => status.id,
  name: (status) => status.name,
  color: (status) => status.color,
  isActive: (status) => status.isActive,
  hasDeadline: (status) => status.hasDeadline,
  isAppliedIndividually: () => false,
};

export const processReaders: Readers<Process> = { id: (process) => process.id, name: (process) => process.name };

/** What has no more than a name to show: contact templates and groups. */
export const namedReaders: Readers<{ id: number; name: string }> = { id: (one) => one.id, name: (one) => one.name };

export const customFieldReaders: Readers<CustomField> = {
  id: (field) => field.id,
  name: (field) => field.name,
  type: (field) => field.type,
  objectType: (field) => field.objectType,
};

function readStatus(status: Status | undefined): Record<string, unknown> | undefined {
  return status === undefined ? undefined : { ...status, isAppliedIndividually: false };
}
