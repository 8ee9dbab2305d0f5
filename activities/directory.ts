import { readDirectory, storeDirectory } from '../db/account-access.ts';
import type { Dependencies } from './dependencies.ts';
import type { Employee, TaskTemplate } from './planfix/directory.ts';
import type { PlanfixAccount } from './planfix-account.ts';

/** Employees and task templates of an account, from the cache while it is fresh; else read again and kept. */
export async function readChoices(
  { db, waits }: Dependencies,
  account: PlanfixAccount,
): Promise<{ employees: Employee[]; templates: TaskTemplate[] }> {
  const { id } = account.access;
  const cached = await Promise.all([readDirectory(db, id, 'employees'), readDirectory(db, id, 'task-templates')]);
  const [employees, templates] = cached;
  const isFresh = (entry: typeof employees) =>
    entry !== undefined && Date.now() - +entry.refreshedAt < waits.directoryMs;
  if (isFresh(employees) && isFresh(templates)) {
    return { employees: employees?.items as Employee[], templates: templates?.items as TaskTemplate[] };
  }
  return refreshChoices({ db }, account);
}

/** Reads both lists from Planfix and keeps them. */
export async function refreshChoices(
  { db }: Pick<Dependencies, 'db'>,
  account: PlanfixAccount,
): Promise<{ employees: Employee[]; templates: TaskTemplate[] }> {
  const employees = await account.client.listEmployees();
  const templates = await account.client.listTaskTemplates();
  await storeDirectory(db, account.access.id, 'employees', employees);
  await storeDirectory(db, account.access.id, 'task-templates', templates);
  return { employees, templates };
}
