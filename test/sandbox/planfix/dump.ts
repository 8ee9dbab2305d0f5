import { filesById } from './files.ts';
import { maxCallsIn, shortestGap } from './meter.ts';
import type { Account, Comment, Contact, StoredFile, Task } from './model.ts';
import { fullName, readPeople, readPerson } from './people.ts';

/** An account as tests and the page look at it from outside: everything, invisible comments and the owner included. */
export function dumpAccount(account: Account, newestTasks = Number.POSITIVE_INFINITY) {
  const tasks = [...account.tasks.values()];
  return {
    account: account.name,
    nowMs: account.now(),
    settings: account.settings,
    owner: `user:${account.ownerUserId}`,
    tokenUser: `user:${account.tokenUserId}`,
    users: [...account.users.values()].map((user) => ({ ref: `user:${user.id}`, fullName: fullName(user), ...user })),
    groups: [...account.groups.values()],
    statuses: [...account.statuses.values()],
    templates: [...account.taskTemplates.values()],
    contactTemplates: [...account.contactTemplates.values()],
    customFields: [...account.customFields.values()],
    contacts: [...account.contacts.values()].map(dumpContact),
    downloads: account.downloads,
    merged: [...account.mergedInto].map(([from, into]) => ({ from, into })),
    tasks: tasks.slice(-Math.min(tasks.length, newestTasks)).map((task) => dumpTask(account, task)),
    hints: dumpHints(account),
    ...dumpButtons(account),
    rate: dumpRate(account),
    wrongForms: account.wrongForms,
  };
}

export function dumpTask(account: Account, task: Task) {
  const { comments, custom, assigner, counterparty, assignees, participants, ...plain } = task;
  return {
    ...plain,
    status: account.statuses.get(task.statusId),
    template: account.taskTemplates.get(task.templateId ?? Number.NaN)?.name ?? null,
    assigner: readPerson(account, assigner),
    counterparty: counterparty === undefined ? null : readPerson(account, counterparty),
    assignees: readPeople(account, assignees),
    participants: readPeople(account, participants),
    custom: Object.fromEntries(custom),
    files: filesById(account, task.files).map((file) => dumpFile(account, file)),
    comments: comments.map((comment) => dumpComment(account, comment)),
  };
}

function dumpComment(account: Account, comment: Comment) {
  const notified = comment.recipients.users.map((ref) => readPerson(account, ref));
  return {
    ...comment,
    owner: readPerson(account, comment.owner),
    recipients: { ...readPeople(account, comment.recipients), roles: comment.recipients.roles },
    files: filesById(account, comment.files).map((file) => dumpFile(account, file)),
    editCount: comment.edits.length,
    notifiesContact: notified.some((person) => person.id.startsWith('contact:')),
  };
}

/** A file without its bytes; `url` gives those out, whatever has become of download links. */
export function dumpFile(account: Account, { content: _content, ...file }: StoredFile) {
  return { ...file, url: `/control/planfix/${account.name}/files/${file.id}` };
}

export function dumpContact(contact: Contact) {
  return {
    ...contact,
    ref: `contact:${contact.id}`,
    fullName: fullName(contact),
    custom: Object.fromEntries(contact.custom),
  };
}

/**
 * Buttons without their headers, which hold a secret; what became of their presses, and until when all requests of the
 * account are kept back.
 */
export function dumpButtons({ buttons, presses, posts }: Account) {
  const shown = [...buttons.values()].map(({ headers: _headers, ...button }) => button);
  return { buttons: shown, presses, frozenUntilMs: posts.frozenUntilMs() };
}

export function dumpHints({ hints, posts }: Account) {
  const target = hints.target();
  return {
    url: target?.url ?? null,
    retryDelaysMs: target?.retryDelaysMs ?? [],
    frozenUntilMs: posts.frozenUntilMs(),
    waiting: posts.waiting(),
    log: hints.log,
  };
}

/** The rate by real time: the most calls in any window of that length, and how many there were. */
export function dumpRate({ meter }: Account, windowMs = 1_000) {
  return {
    windowMs,
    max: windowMs === 1_000 ? meter.maxPerSecond : maxCallsIn(meter, windowMs),
    total: meter.total,
    refused: meter.refused,
    usedToday: meter.usedToday,
    shortestGapMs: shortestGap(meter),
  };
}

export function summarizeAccount(account: Account) {
  return { account: account.name, tasks: account.tasks.size, contacts: account.contacts.size };
}
