import { accounts, settlePending } from '../accounts.ts';
import type { Account, Comment, Recipients, Task } from '../model.ts';
import { parseRecipients, refNumber } from '../people.ts';

/** What a control call did wrong, with the status it is answered with. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

export type Params = Record<string, string>;
export type Body = Record<string, unknown>;

/** The account of the path, with everything due carried out. Throws a ControlError (404). */
export function accountOf(params: unknown): Account {
  const name = (params as Params).account ?? '';
  const account = accounts.get(name);
  if (account === undefined) throw new ControlError(404, `no account ${name}`);
  settlePending(account);
  return account;
}

export function taskOf(account: Account, id: unknown): Task {
  const task = account.tasks.get(Number(id));
  if (task === undefined) throw new ControlError(404, `no task ${String(id)}`);
  return task;
}

export function commentOf(account: Account, params: unknown): Comment {
  const comment = account.comments.get(Number((params as Params).id));
  if (comment === undefined) throw new ControlError(404, `no comment ${(params as Params).id}`);
  return comment;
}

export function bodyOf(body: unknown): Body {
  return typeof body === 'object' && body !== null ? (body as Body) : {};
}

/** Reads a notify list as a person would write it: `contact:12`, `user:4`, `group:1`, or a role such as `assignee`. */
export function recipientsOf(account: Account, notify: unknown): Recipients {
  const refs = (Array.isArray(notify) ? notify : []).map(String);
  return parseRecipients(account, {
    users: refs.filter((ref) => /^(user|contact):/.test(ref)).map((id) => ({ id })),
    groups: refs.filter((ref) => ref.startsWith('group:')).map((ref) => ({ id: refNumber(ref) })),
    roles: refs.filter((ref) => !ref.includes(':')),
  });
}

export const optionalNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
