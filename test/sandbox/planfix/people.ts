import { PlanfixFailure } from './failure.ts';
import type { Account, Contact, Group, People, PersonRef, Recipients, Task, User } from './model.ts';

export type ReadPerson = { id: PersonRef; name: string };

export const nobody = (): People => ({ users: [], groups: [] });

export const isContactRef = (ref: PersonRef): boolean => ref.startsWith('contact:');

/** The number in `contact:12`, `user:5` or a bare number; NaN for anything else. */
export function refNumber(ref: string | number): number {
  if (typeof ref === 'number') return ref;
  const match = /^(?:(?:contact|user|group):)?(\d+)$/.exec(ref);
  return match === null ? Number.NaN : Number(match[1]);
}

/** Follows merges: the person that a stored reference means today. */
export function currentRef(account: Account, ref: PersonRef): PersonRef {
  if (account.mergedInto.size === 0 || !isContactRef(ref)) return ref;
  let id = refNumber(ref);
  for (let next = account.mergedInto.get(id); next !== undefined; next = account.mergedInto.get(id)) id = next;
  return `contact:${id}`;
}

export function fullName(person: { name: string; lastname: string }): string {
  return person.lastname === '' ? person.name : `${person.name} ${person.lastname}`;
}

export function findUser(account: Account, ref: PersonRef): User | undefined {
  return ref.startsWith('user:') ? account.users.get(refNumber(ref)) : undefined;
}

export function findContact(account: Account, ref: PersonRef): Contact | undefined {
  return isContactRef(ref) ? account.contacts.get(refNumber(currentRef(account, ref))) : undefined;
}

/** A person as every read shows it; a purged one keeps an empty name. */
export function readPerson(account: Account, ref: PersonRef): ReadPerson {
  const id = currentRef(account, ref);
  const person = isContactRef(id) ? account.contacts.get(refNumber(id)) : findUser(account, id);
  return { id, name: person === undefined ? '' : fullName(person) };
}

export function readPeople(account: Account, people: People): { users: ReadPerson[]; groups: Group[] } {
  return {
    users: people.users.map((ref) => readPerson(account, ref)),
    groups: people.groups.map((id) => account.groups.get(id) ?? { id, name: '' }),
  };
}

/** A reference out of `{ id: "user:5" }`. Throws a PlanfixFailure (400, code 41) if there is no such person. */
export function parseRef(account: Account, value: unknown): PersonRef {
  const id = typeof value === 'object' && value !== null ? (value as Record<string, unknown>).id : undefined;
  const ref = typeof id === 'string' ? id : '';
  if (findUser(account, ref) !== undefined || isLiveContact(account, ref)) return currentRef(account, ref);
  throw new PlanfixFailure(400, 41, `User or contact not found by id ${String(id)}`);
}

function isLiveContact(account: Account, ref: PersonRef): boolean {
  if (!isContactRef(ref)) return false;
  const wasMerged = account.mergedInto.has(refNumber(ref));
  return (!wasMerged || account.settings.mergedContactReads === 'survivor') && findContact(account, ref) !== undefined;
}

/** Counterparties are given as `12`, `"12"` or `"contact:12"`. */
export function parseCounterparty(account: Account, value: unknown): PersonRef {
  const id = typeof value === 'object' && value !== null ? (value as Record<string, unknown>).id : undefined;
  const number = typeof id === 'string' || typeof id === 'number' ? refNumber(id) : Number.NaN;
  return parseRef(account, { id: `contact:${number}` });
}

/** Reads `{ users: [{ id }], groups: [{ id }] }`; either part may be missing. */
export function parsePeople(account: Account, value: unknown): People {
  if (typeof value !== 'object' || value === null) throw new PlanfixFailure(400, 41, 'Wrong list of people');
  const { users, groups } = value as Record<string, unknown>;
  return {
    users: [...new Set(list(users).map((item) => parseRef(account, item)))],
    groups: [...new Set(list(groups).map((item) => parseGroup(account, item)))],
  };
}

function parseGroup(account: Account, value: unknown): number {
  const id = Number(typeof value === 'object' && value !== null ? (value as Record<string, unknown>).id : Number.NaN);
  if (!account.groups.has(id)) throw new PlanfixFailure(400, 41, `Group not found by id ${id}`);
  return id;
}

const recipientRoles = ['assignee', 'participant', 'auditor', 'assigner'];

/** Recipients of a comment; `roles` is an array, in older versions of the specification one string. */
export function parseRecipients(account: Account, value: unknown): Recipients {
  if (value === undefined || value === null) return { ...nobody(), roles: [] };
  const people = parsePeople(account, value);
  const { roles } = value as Record<string, unknown>;
  const names = typeof roles === 'string' ? [roles] : list(roles).map(String);
  const unknown = names.find((name) => !recipientRoles.includes(name));
  if (unknown !== undefined) throw new PlanfixFailure(400, 41, `Unknown role ${unknown}`);
  return { ...people, roles: names };
}

/** The people behind notified roles of a task. */
export function expandRoles(task: Task, roles: string[]): PersonRef[] {
  const byRole: Record<string, PersonRef[]> = {
    assignee: task.assignees.users,
    participant: task.participants.users,
    auditor: task.auditors.users,
    assigner: [task.assigner],
  };
  return roles.flatMap((role) => byRole[role] ?? []);
}

/** The number in `{ id: 12 }` or `{ id: "12" }`. */
export function readId(value: unknown): number | undefined {
  const id = typeof value === 'object' && value !== null ? (value as Record<string, unknown>).id : undefined;
  if (typeof id !== 'number' && typeof id !== 'string') return undefined;
  const number = refNumber(id);
  return Number.isNaN(number) ? undefined : number;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
