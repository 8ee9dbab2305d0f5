import { PlanfixFailure } from './failure.ts';
import { dropOrphans, parseFiles } from './files.ts';
import type { Account, Call, Comment, CommentEdit, PersonRef, Recipients, Task } from './model.ts';
import { expandRoles, findContact, isContactRef, parseRecipients, parseRef, refNumber } from './people.ts';
import { employeeZone, isBarredFromTasks } from './tasks.ts';
import { parseTimePoint } from './time.ts';

type Body = Record<string, unknown>;

type EditHow = Pick<CommentEdit, 'by' | 'isSilent'>;

type NewComment = {
  owner: PersonRef;
  description: string;
  recipients: Recipients;
  fromType: string;
  atMs?: number | undefined;
  files?: number[];
  sourceObjectId?: string | undefined;
  sourceDataVersion?: string | undefined;
  isPinned?: boolean;
  isHidden?: boolean;
  isSilent?: boolean;
  answersComment?: number | undefined;
  /** False: the number is given, but no read shows it before `showComment`. */
  visible?: boolean;
};

/** Adds a comment as `POST /task/{id}/comments/` does. Throws a PlanfixFailure (400) for what Planfix refuses. */
export function createRestComment({ account, body, query, refuse }: Call, task: Task): Comment {
  const owner = body.owner === undefined ? `user:${account.tokenUserId}` : parseOwner(account, body.owner, refuse);
  checkMayComment(account, task, refuse.status);
  const comment = addComment(account, task, {
    owner,
    description: parseText(account, body.description ?? ''),
    recipients: parseRecipients(account, body.recipients),
    fromType: account.settings.restCommentFromType,
    atMs: parseTimePoint(body.dateTime, employeeZone(account)),
    files: parseFiles(account, body.files),
    sourceObjectId: body.sourceObjectId === undefined ? undefined : String(body.sourceObjectId),
    sourceDataVersion: body.sourceDataVersion === undefined ? undefined : String(body.sourceDataVersion),
    isPinned: body.isPinned === true,
    isHidden: body.isHidden === true,
    isSilent: query.silent === 'true',
  });
  if (account.settings.restCommentsFireScenario) fireCommentAdded(account, comment);
  return comment;
}

/** Stores a comment; the number is the next one even while it is not visible yet. */
export function addComment(account: Account, task: Task, input: NewComment): Comment {
  const comment: Comment = {
    id: account.nextCommentId,
    taskId: task.id,
    sourceObjectId: input.sourceObjectId,
    sourceDataVersion: input.sourceDataVersion,
    atMs: input.atMs ?? account.now(),
    owner: input.owner,
    description: input.description,
    fromType: input.fromType,
    recipients: input.recipients,
    files: input.files ?? [],
    isPinned: input.isPinned ?? false,
    isHidden: input.isHidden ?? false,
    isSilent: input.isSilent ?? false,
    isDeleted: false,
    isEdited: false,
    edits: [],
    answersComment: input.answersComment,
    visible: false,
  };
  account.nextCommentId += 1;
  account.comments.set(comment.id, comment);
  task.comments.push(comment);
  if (input.visible !== false) showComment(account, comment);
  return comment;
}

/** Makes a comment visible to every read, as its transaction's commit would. */
export function showComment(account: Account, comment: Comment): void {
  const task = account.tasks.get(comment.taskId);
  if (comment.visible || task === undefined) return;
  comment.visible = true;
  const counted = account.settings.backdatedCommentCountsAs === 'now' ? account.now() : comment.atMs;
  task.lastCommentAtMs = Math.max(task.lastCommentAtMs ?? 0, counted);
  account.emit({ kind: 'planfix.comment-added', account: account.name, task: task.id, comment: comment.id });
}

/** Starts the scenario "comment added" if the account has one and the author meets its condition. */
export function fireCommentAdded(account: Account, comment: Comment): void {
  if (account.settings.scenarioAuthors === 'employees' && isContactRef(comment.owner)) return;
  account.hints.push(comment.taskId, comment.id);
}

/** Changes text, recipients or files. Throws a PlanfixFailure (400), nothing changed, if a new value cannot be read. */
export function editComment(account: Account, comment: Comment, body: Body, how: EditHow): void {
  const change: Partial<Comment> = {};
  if (body.description !== undefined) change.description = parseText(account, body.description);
  if (body.recipients !== undefined) change.recipients = parseRecipients(account, body.recipients);
  if (body.files !== undefined) change.files = newFiles(account, comment, body.files, how.by);
  if (body.isPinned !== undefined) change.isPinned = body.isPinned === true;
  if (body.isHidden !== undefined) change.isHidden = body.isHidden === true;
  if (body.sourceObjectId !== undefined) change.sourceObjectId = String(body.sourceObjectId);
  if (body.sourceDataVersion !== undefined) change.sourceDataVersion = String(body.sourceDataVersion);
  const { description, files } = comment;
  comment.edits.push({ ...how, atMs: account.now(), description, files });
  Object.assign(comment, change, { isEdited: true });
  if (change.files !== undefined) dropOrphans(account, files);
  const task = account.tasks.get(comment.taskId);
  if (task !== undefined && account.settings.commentEditTouchesTask) task.changedAtMs = account.now();
  account.emit({ kind: 'planfix.comment-changed', account: account.name, task: comment.taskId, comment: comment.id });
}

/** Agents see the files they change; what REST's list means is a setting. */
function newFiles(account: Account, comment: Comment, value: unknown, by: EditHow['by']): number[] {
  const given = parseFiles(account, value);
  const isAddition = by === 'rest' && account.settings.commentUpdateFiles === 'add';
  return isAddition ? [...new Set([...comment.files, ...given])] : given;
}

export function deleteComment(account: Account, comment: Comment): void {
  comment.isDeleted = true;
  account.emit({ kind: 'planfix.comment-deleted', account: account.name, task: comment.taskId, comment: comment.id });
}

/** Everyone a comment notifies, roles and all: what the agent's screen shows, not what REST returns. */
export function notifiedPeople(task: Task, recipients: Recipients): PersonRef[] {
  return [...new Set([...recipients.users, ...expandRoles(task, recipients.roles)])];
}

/**
 * Contacts as comment owners are documented and may yet be refused; nobody has published the code (Planfix REST:
 * comments), so it is a setting.
 */
function parseOwner(account: Account, value: unknown, refuse: Call['refuse']): PersonRef {
  const ref = parseRef(account, value);
  if (isContactRef(ref) && (refuse.owner || isBarredFromTasks(account, findContact(account, ref)))) {
    throw new PlanfixFailure(400, account.settings.ownerRefusalCode, `Contact ${refNumber(ref)} can not be the owner`);
  }
  return ref;
}

function checkMayComment(account: Account, task: Task, refused: boolean): void {
  const { commentBanStatuses, commentBanExemptsRobot, commentOnDeletedTask } = account.settings;
  const exempt = commentBanExemptsRobot && account.users.get(account.tokenUserId)?.role === 'Robot';
  if (refused || (commentBanStatuses.includes(task.statusId) && !exempt)) {
    throw new PlanfixFailure(400, 6, 'New comments not allowed in this process');
  }
  if (task.isDeleted && commentOnDeletedTask === 'refuse') {
    throw new PlanfixFailure(400, 1000, `Task not found by id ${task.id}`);
  }
}

function parseText(account: Account, value: unknown): string {
  const text = String(value);
  if (Buffer.byteLength(text) > account.settings.maxCommentBytes) {
    throw new PlanfixFailure(400, 5001, 'Comment is too long');
  }
  return text;
}
