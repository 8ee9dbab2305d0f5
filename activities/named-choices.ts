import type { StoredChoices } from '../db/choices.ts';
import type { NamedSettings } from '../db/settings-checks.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import { checkOf } from './check-words.ts';

/** Checks that the lists of an account answer; others of a connection need calls of their own. */
const NAMES: ReadonlySet<string> = new Set([
  'taskTemplate',
  'contactTemplate',
  'configuredBy',
  'additionalAssignees',
  'echoAuthor',
]);
const isContact = (ref: string | undefined) => ref?.startsWith('contact:') === true;

/** Whether contacts that settings name are there; one that is missing here was not asked about. */
export type KnownContacts = ReadonlyMap<string, boolean>;

/**
 * All checks of a connection: those about what its settings name in the place of the former ones, the rest as they
 * were. What was found out about a contact stays where `contacts` says nothing of it.
 */
export function checkNamedChoices(
  { settings, configuredBy, checks }: NamedSettings,
  choices: StoredChoices,
  contacts: KnownContacts = new Map(),
): ConnectionCheck[] {
  const { taskTemplate, contactTemplate, echoAuthor, additionalAssignees } = settings;
  const { employees } = choices;
  const found = [
    checkTemplate('task', taskTemplate, choices.taskTemplates),
    ...(contactTemplate === undefined ? [] : [checkTemplate('contact', contactTemplate, choices.contactTemplates)]),
    checkEmployee('configuredBy', configuredBy, employees),
    ...additionalAssignees.flatMap((ref) => {
      if (!isContact(ref)) return { ...checkAssignee(ref, choices), about: ref };
      const exists = contacts.get(ref);
      return exists === undefined ? checks.filter((check) => check.about === ref) : checkContact(ref, exists);
    }),
    ...(echoAuthor === undefined ? [] : [checkEmployee('echoAuthor', echoAuthor, employees)]),
  ];
  return [...checks.filter(({ name }) => !NAMES.has(name)), ...found];
}

/** Who stands in when nobody else can. */
export const checkPrimaryAdmin = (primaryAdmin: string, { employees }: Pick<StoredChoices, 'employees'>) =>
  checkEmployee('primaryAdmin', primaryAdmin, employees);

type Named = { id: number; name: string };

function checkTemplate(kind: 'task' | 'contact', id: number, templates: readonly Named[]): ConnectionCheck {
  const name = `${kind}Template`;
  if (templates.some((entry) => entry.id === id)) return checkOf(name, true, `${kind}-template-exists`);
  const choices = `there are ${sampleOf(templates.map((one) => one.id))}`;
  return checkOf(name, false, `${kind}-template-missing`, { detail: `${id}`, choices });
}

const ASSIGNEES = 'additionalAssignees';

function checkAssignee(ref: string, { employees, groups }: StoredChoices): ConnectionCheck {
  if (!ref.startsWith('group:')) return checkEmployee(ASSIGNEES, ref, employees);
  const refs = groups.map((group) => `group:${group.id}`);
  if (refs.includes(ref)) return checkOf(ASSIGNEES, true, 'group-exists', { detail: ref });
  return checkOf(ASSIGNEES, false, 'group-missing', { detail: ref, choices: `there are ${sampleOf(refs)}` });
}

function checkContact(ref: string, exists: boolean): ConnectionCheck {
  return checkOf(ASSIGNEES, exists, exists ? 'contact-exists' : 'contact-missing', { detail: ref, about: ref });
}

type KnownEmployee = { ref: string; isActive: boolean; canBeAssigned?: boolean };
const isAble = ({ isActive, canBeAssigned = isActive }: KnownEmployee) => canBeAssigned;

/** By the setting that names them. */
const EMPLOYEES = {
  primaryAdmin: 'primary-admin',
  configuredBy: 'configured-by',
  echoAuthor: 'echo-author',
  additionalAssignees: 'additional-assignee',
} as const;

/** Whether Planfix knows this employee, and lets them work. */
function checkEmployee(
  name: keyof typeof EMPLOYEES,
  ref: string,
  employees: readonly KnownEmployee[],
): ConnectionCheck {
  const employee = employees.find((entry) => entry.ref === ref);
  if (employee && isAble(employee)) return checkOf(name, true, `${EMPLOYEES[name]}-active`, { detail: ref });
  const able = employees.filter(isAble).map((entry) => entry.ref);
  const code = employee ? (`${EMPLOYEES[name]}-inactive` as const) : 'employee-unknown';
  return checkOf(name, false, code, { detail: ref, choices: `active ones are ${sampleOf(able)}` });
}

const SAMPLE_SIZE = 5;
const sampleOf = (names: readonly (string | number)[]) => names.slice(0, SAMPLE_SIZE).join(', ') || 'none';
