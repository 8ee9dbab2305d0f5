import type { StoredChoices } from '../db/choices.ts';
import type { NamedSettings } from '../db/settings-checks.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';

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
    checkTemplate('taskTemplate', 'task template', taskTemplate, choices.taskTemplates),
    ...(contactTemplate === undefined
      ? []
      : [checkTemplate('contactTemplate', 'contact template', contactTemplate, choices.contactTemplates)]),
    checkEmployee('configuredBy', 'Who configured the connection', configuredBy, employees),
    ...additionalAssignees.flatMap((ref) => {
      if (!isContact(ref)) return { ...checkAssignee(ref, choices), about: ref };
      const exists = contacts.get(ref);
      return exists === undefined ? checks.filter((check) => check.about === ref) : checkContact(ref, exists);
    }),
    ...(echoAuthor === undefined
      ? []
      : [checkEmployee('echoAuthor', "The author of colleagues' messages", echoAuthor, employees)]),
  ];
  return [...checks.filter(({ name }) => !NAMES.has(name)), ...found];
}

/** Who stands in when nobody else can. */
export const checkPrimaryAdmin = (primaryAdmin: string, { employees }: Pick<StoredChoices, 'employees'>) =>
  checkEmployee('primaryAdmin', 'The primary admin', primaryAdmin, employees);

type Named = { id: number; name: string };

function checkTemplate(name: string, what: string, id: number, templates: readonly Named[]): ConnectionCheck {
  if (templates.some((entry) => entry.id === id)) return { name, ok: true, message: `The ${what} exists` };
  return {
    name,
    ok: false,
    message: `Planfix shows no ${what} ${id}`,
    remedy: `Choose another one, or let the token's employee see it; there are ${sampleOf(templates.map((one) => one.id))}`,
  };
}

function checkAssignee(ref: string, { employees, groups }: StoredChoices): ConnectionCheck {
  const name = 'additionalAssignees';
  if (!ref.startsWith('group:')) return checkEmployee(name, `The additional assignee ${ref}`, ref, employees);
  const refs = groups.map((group) => `group:${group.id}`);
  if (refs.includes(ref)) return { name, ok: true, message: `The group ${ref} exists` };
  const remedy = `Choose another group, or take it out; there are ${sampleOf(refs)}`;
  return { name, ok: false, message: `Planfix shows no group ${ref}`, remedy };
}

function checkContact(ref: string, exists: boolean): ConnectionCheck {
  const name = 'additionalAssignees';
  if (exists) return { name, ok: true, message: `The contact ${ref} exists`, about: ref };
  const remedy = 'Name the contact that it was merged into, or take it out';
  return { name, ok: false, message: `Planfix shows no contact ${ref}`, remedy, about: ref };
}

type KnownEmployee = { ref: string; isActive: boolean; canBeAssigned?: boolean };
const isAble = ({ isActive, canBeAssigned = isActive }: KnownEmployee) => canBeAssigned;

/** Whether Planfix knows this employee, and lets them work. */
function checkEmployee(name: string, who: string, ref: string, employees: readonly KnownEmployee[]): ConnectionCheck {
  const employee = employees.find((entry) => entry.ref === ref);
  if (employee && isAble(employee)) return { name, ok: true, message: `${who} is an active employee` };
  const able = employees.filter(isAble).map((entry) => entry.ref);
  return {
    name,
    ok: false,
    message: employee ? `${who} is not active in Planfix, or a robot` : `Planfix knows no employee ${ref}`,
    remedy: `Name an active employee as "user:<number>"; active ones are ${sampleOf(able)}`,
  };
}

const SAMPLE_SIZE = 5;
const sampleOf = (names: readonly (string | number)[]) => names.slice(0, SAMPLE_SIZE).join(', ') || 'none';
