import { CHOICE_KINDS, type ChoiceKind, readStoredChoices } from '../db/choices.ts';
import { type NamedSettings, readNamedContacts, recheckSettings } from '../db/settings-checks.ts';
import { reasonOf } from '../workflows/domain/problem-findings.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { refreshLists } from './directory.ts';
import { checkNamedChoices, type KnownContacts } from './named-choices.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';

/** Live: reads the lists that the settings need, then compares. */
export async function checkPlanfixSide(
  dependencies: Pick<Dependencies, 'db'>,
  account: PlanfixAccount,
  named: Omit<NamedSettings, 'checks'>,
): Promise<ConnectionCheck[]> {
  const { settings } = named;
  try {
    await refreshLists(dependencies, account, kindsOf(settings));
    const contacts = await readContacts(
      account,
      settings.additionalAssignees.filter((ref) => ref.startsWith('contact:')),
    );
    const choices = await readStoredChoices(dependencies.db, account.access.id);
    const checks = checkNamedChoices({ ...named, checks: [] }, choices, contacts);
    return [...checks, ...(await checkNumbers(account, settings))];
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    return [describeRefusal(error, 'planfix-credentials')];
  }
}

/** Reads every list and every contact that connections of the account name, and compares their settings with them. */
export async function recheckAll(dependencies: Pick<Dependencies, 'db'>, account: PlanfixAccount): Promise<void> {
  const { db } = dependencies;
  await refreshLists(dependencies, account, CHOICE_KINDS);
  const refs = await readNamedContacts(db, account.access.id);
  if (refs.length === 0) return;
  const contacts = await readContacts(account, refs);
  await recheckSettings(db, account.access.id, (named, choices) => checkNamedChoices(named, choices, contacts));
}

const kindsOf = ({ contactTemplate, additionalAssignees }: ConnectionSettings): ChoiceKind[] => [
  'employees',
  'task-templates',
  ...(contactTemplate === undefined ? [] : ['contact-templates' as const]),
  ...(additionalAssignees.some((ref) => ref.startsWith('group:')) ? ['groups' as const] : []),
];

async function readContacts({ client }: PlanfixAccount, refs: readonly string[]): Promise<KnownContacts> {
  const known = new Map<string, boolean>();
  for (const ref of new Set(refs)) {
    const found = await client.getContact(Number(ref.slice('contact:'.length)));
    known.set(ref, found.kind === 'found' && !found.contact.isDeleted);
  }
  return known;
}

/** Settings that name a field or a status by number. */
async function checkNumbers(account: PlanfixAccount, settings: ConnectionSettings): Promise<ConnectionCheck[]> {
  const checks: ConnectionCheck[] = [];
  const { correlationField, deliveryStateField, initialStatus } = settings;
  const named = Object.entries({ correlationField, deliveryStateField }).filter(([, number]) => number !== undefined);
  const fields = named.length > 0 ? await account.client.listTaskFields() : [];
  for (const [name, number] of named) {
    const ok = fields.some((field) => field.id === number);
    checks.push(checkOf(name, ok, ok ? 'task-field-exists' : 'task-field-missing', { detail: `${number}` }));
  }
  if (initialStatus !== undefined) {
    const statuses = await account.client.listStatuses();
    const ok = statuses.some((status) => status.id === initialStatus);
    const code = ok ? 'status-exists' : 'status-missing';
    checks.push(checkOf('initialStatus', ok, code, { detail: `${initialStatus}` }));
  }
  return checks;
}

/** Why Planfix did not let us in, and what to do about it. `name`: of the check of its token. */
export function describeRefusal({ kind, told }: PlanfixError, name = 'credentials'): ConnectionCheck {
  const why = reasonOf(told);
  return kind === 'credentials-rejected'
    ? checkOf(name, false, 'planfix-token-refused', why)
    : checkOf('address', false, 'planfix-not-usable', why);
}
