import { CHOICE_KINDS, type ChoiceKind, readClock, readDirectory, storeDirectory } from '../db/choices.ts';
import { recheckPrimaryAdmin, recheckSettings } from '../db/settings-checks.ts';
import type { Dependencies } from './dependencies.ts';
import { checkNamedChoices, checkPrimaryAdmin } from './named-choices.ts';
import { canBeAssigned, type Employee, type NamedItem, type TaskTemplate } from './planfix/directory.ts';
import type { PlanfixAccount } from './planfix-account.ts';

type Kept = Pick<Dependencies, 'db'>;
type Waiting = Pick<Dependencies, 'db' | 'waits'>;

/** What is kept of an account, as far as it was read. */
export type Lists = {
  employees: Employee[];
  'task-templates': TaskTemplate[];
  'contact-templates': NamedItem[];
  groups: NamedItem[];
};

/** Employees and task templates of an account, from the cache while it is fresh; else read again and kept. */
export async function readChoices(
  dependencies: Waiting,
  account: PlanfixAccount,
): Promise<{ employees: Employee[]; templates: TaskTemplate[] }> {
  const { id } = account.access;
  const [employees, templates] = await Promise.all([
    readFresh(dependencies, id, 'employees'),
    readFresh(dependencies, id, 'task-templates'),
  ]);
  if (employees && templates) {
    return { employees: employees as Employee[], templates: templates as TaskTemplate[] };
  }
  const lists = await refreshLists(dependencies, account, ['employees', 'task-templates']);
  return { employees: lists.employees, templates: lists['task-templates'] };
}

/** Reads what has grown old. */
export async function keepChoicesFresh(dependencies: Waiting, account: PlanfixAccount): Promise<void> {
  const stale: ChoiceKind[] = [];
  for (const kind of CHOICE_KINDS) {
    if (!(await readFresh(dependencies, account.access.id, kind))) stale.push(kind);
  }
  if (stale.length > 0) await refreshLists(dependencies, account, stale);
}

async function readFresh({ db, waits }: Waiting, id: string, kind: ChoiceKind): Promise<unknown[] | undefined> {
  const entry = await readDirectory(db, id, kind);
  return entry && Date.now() - +entry.refreshedAt < waits.directoryMs ? entry.items : undefined;
}

/** Reads lists from Planfix, keeps them, and compares the settings of the account's connections with what is there now. */
export async function refreshLists<Kind extends ChoiceKind>(
  { db }: Kept,
  account: PlanfixAccount,
  kinds: readonly Kind[],
): Promise<Pick<Lists, Kind>> {
  const { client, access } = account;
  const read: { [K in ChoiceKind]: () => Promise<Lists[K]> } = {
    employees: () => client.listEmployees(),
    'task-templates': () => client.listTaskTemplates(),
    'contact-templates': () => client.listContactTemplates(),
    groups: () => client.listGroups(),
  };
  const lists: Partial<Lists> = {};
  const readAt = await readClock(db);
  for (const kind of kinds) Object.assign(lists, { [kind]: await read[kind]() });
  const { employees } = lists as Partial<Lists>;
  const kept = { ...lists, employees: employees?.map((one) => ({ ...one, canBeAssigned: canBeAssigned(one) })) };
  for (const kind of kinds) await storeDirectory(db, access.id, { kind, items: kept[kind] ?? [], readAt });
  await recheckSettings(db, access.id, checkNamedChoices);
  await recheckPrimaryAdmin(db, access.id, checkPrimaryAdmin);
  return lists as Pick<Lists, Kind>;
}
