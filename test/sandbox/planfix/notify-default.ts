import { notifiedPeople } from './comments.ts';
import type { Account, Comment, PersonRef, Task } from './model.ts';
import { currentRef, isContactRef, type ReadPerson, readPerson } from './people.ts';

type NotifyDefault = {
  preselected: (ReadPerson & { isContact: boolean })[];
  /** Why: the comment answered, the last comment, a task without comments, or somebody joining a client dialogue. */
  reason: 'reply' | 'last-comment' | 'first-comment' | 'joins-client-dialogue';
  /** Everyone who can be chosen: people of the task, of its comments, and active employees. */
  candidates: (ReadPerson & { isContact: boolean })[];
};

/**
 * Whom Planfix preselects under "notify" when an employee starts a comment (Planfix REST: who gets a comment): the
 * author of the last comment, or of the one answered, with those notified in it. Before the first comment the task itself
 * counts as one: its assigner wrote it and its assignees were told. An employee who joins a colleague's dialogue with a
 * client gets nobody preselected.
 */
export function notifyDefault(account: Account, task: Task, author: PersonRef, replyTo?: Comment): NotifyDefault {
  const visible = task.comments.filter((comment) => comment.visible && !comment.isDeleted);
  const base = replyTo ?? visible.at(-1);
  const told =
    base === undefined
      ? [task.assigner, ...task.assignees.users]
      : [base.owner, ...notifiedPeople(task, base.recipients)];
  const selected = distinct(account, told).filter((ref) => ref !== author);
  const joins = selected.some(isContactRef) && joinsClientDialogue(account, task, visible, author);
  const everyone = [
    ...told,
    task.assigner,
    ...(task.counterparty === undefined ? [] : [task.counterparty]),
    ...task.assignees.users,
    ...task.participants.users,
    ...visible.flatMap((comment) => [comment.owner, ...comment.recipients.users]),
    ...[...account.users.values()].flatMap((user) => (user.status === 'Active' ? [`user:${user.id}`] : [])),
  ];
  return {
    preselected: joins ? [] : selected.map((ref) => show(account, ref)),
    reason: joins
      ? 'joins-client-dialogue'
      : replyTo !== undefined
        ? 'reply'
        : base === undefined
          ? 'first-comment'
          : 'last-comment',
    candidates: distinct(account, everyone).flatMap((ref) => (ref === author ? [] : [show(account, ref)])),
  };
}

/**
 * The dialogue is a colleague's once another employee has written to the client in it, or while it is assigned to others
 * only; whoever has commented before belongs to it.
 */
function joinsClientDialogue(account: Account, task: Task, comments: Comment[], author: PersonRef): boolean {
  if (comments.some((comment) => comment.owner === author)) return false;
  const colleagueWrote = comments.some(
    (comment) =>
      !isContactRef(comment.owner) &&
      comment.owner !== `user:${account.tokenUserId}` &&
      notifiedPeople(task, comment.recipients).some(isContactRef),
  );
  const { users, groups } = task.assignees;
  const inGroup = account.users.get(Number(author.slice('user:'.length)))?.groups.some((id) => groups.includes(id));
  const isAssignee = users.includes(author) || inGroup === true;
  const hasAssignees = users.length + groups.length > 0;
  return colleagueWrote || (hasAssignees && !isAssignee);
}

function distinct(account: Account, refs: PersonRef[]): PersonRef[] {
  return [...new Set(refs.map((ref) => currentRef(account, ref)))];
}

function show(account: Account, ref: PersonRef): ReadPerson & { isContact: boolean } {
  return { ...readPerson(account, ref), isContact: isContactRef(ref) };
}
