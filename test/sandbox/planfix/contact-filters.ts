import { dateTest } from './date-filter.ts';
import { PlanfixFailure } from './failure.ts';
import type { Account, Contact } from './model.ts';
import { list, refNumber } from './people.ts';
import { parseFilter } from './task-filters.ts';

type Test = (contact: Contact) => boolean;
type Filter = ReturnType<typeof parseFilter>;
type Build = (filter: Filter, account: Account) => Test;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

const builders: Record<number, Build> = {
  12: (filter, account) => timeTest(filter, account, (contact) => contact.createdAtMs),
  38: (filter, account) => timeTest(filter, account, (contact) => contact.changedAtMs),
  4001: (filter) => containsTest(filter, (contact) => [contact.name, contact.lastname]),
  4003: phoneTest,
  4005: (filter) => containsTest(filter, (contact) => [contact.email]),
  4006: (filter) => flagTest(filter, (contact) => contact.isCompany),
  4007: (filter) => flagTest(filter, (contact) => !contact.isCompany),
  4008: (filter) => numberTest(filter, (contact) => contact.groupId),
  4012: (filter, account) => flagTest(filter, (contact) => template(account, contact)?.canBeParticipant === true),
  4013: (filter, account) => flagTest(filter, (contact) => template(account, contact)?.canBeCounterparty === true),
  4014: (filter) => containsTest(filter, (contact) => [contact.name]),
  4015: (filter) => containsTest(filter, (contact) => [contact.lastname]),
  4016: (filter) => numberTest(filter, (contact) => contact.templateId),
  4017: (filter, account) => flagTest(filter, (contact) => template(account, contact)?.canBeParticipant !== true),
  4018: (filter, account) => flagTest(filter, (contact) => template(account, contact)?.canBeCounterparty !== true),
  4026: (filter) => either(filter, (contact) => contact.email.toLowerCase() === String(filter.value).toLowerCase()),
  4101: lineTest,
  4222: (filter) => containsTest(filter, (contact) => [contact.midname]),
  4231: (filter) => numberTest(filter, (contact) => contact.id),
};

/**
 * One test for all filters of `POST /contact/list`. Companies are left out unless `isCompany` asks for them, and then
 * they are all there is (Planfix REST: contacts). Throws a PlanfixFailure (500) for an unknown filter type.
 */
export function buildContactTest(account: Account, filters: unknown, isCompany: boolean): Test {
  const tests = list(filters).map((item) => {
    const filter = parseFilter(item);
    const build = builders[filter.type];
    if (build === undefined) throw new PlanfixFailure(500, 0, `Unknown contact filter type ${filter.type}`);
    return build(filter, account);
  });
  return (contact) => contact.isCompany === isCompany && !contact.isDeleted && tests.every((test) => test(contact));
}

/** How the stored form of a phone is compared is not known: the setting `phoneFilter`. */
function phoneTest(filter: Filter, account: Account): Test {
  const raw = String(filter.value ?? '');
  const digits = digitsOf(raw);
  if (digits === '') throw new PlanfixFailure(500, 41, 'Wrong filter value');
  const tests: Record<typeof account.settings.phoneFilter, (number: string) => boolean> = {
    'digits-substring': (number) => digitsOf(number).includes(digits),
    'raw-substring': (number) => number.includes(raw),
    'digits-equal': (number) => digitsOf(number) === digits,
  };
  const matches = tests[account.settings.phoneFilter];
  return either(filter, (contact) => contact.phones.some((phone) => matches(phone.number)));
}

function lineTest(filter: Filter): Test {
  const wanted = String(filter.value ?? '');
  const read = (contact: Contact) => String(contact.custom.get(filter.field) ?? '');
  const contains: Test = (contact) => read(contact).toLowerCase().includes(wanted.toLowerCase());
  if (filter.operator === 'have') return contains;
  if (filter.operator === 'nothave') return (contact) => !contains(contact);
  return either(filter, (contact) => read(contact) === wanted);
}

function containsTest(filter: Filter, read: (contact: Contact) => string[]): Test {
  const wanted = String(filter.value ?? '').toLowerCase();
  return either(filter, (contact) => read(contact).some((text) => text.toLowerCase().includes(wanted)));
}

function numberTest(filter: Filter, read: (contact: Contact) => number | undefined): Test {
  const values = Array.isArray(filter.value) ? filter.value : [filter.value];
  const wanted = new Set(values.map((value) => refNumber(value as string | number)));
  return either(filter, (contact) => wanted.has(read(contact) ?? Number.NaN));
}

function flagTest(filter: Filter, read: Test): Test {
  const wanted = filter.value === true || Number(filter.value) === 1;
  return either(filter, (contact) => read(contact) === wanted);
}

function timeTest(filter: Filter, account: Account, read: (contact: Contact) => number): Test {
  const timeZone = account.users.get(account.tokenUserId)?.timeZone ?? 'UTC';
  const context = { nowMs: account.now(), timeZone, precision: account.settings.dateFilterPrecision };
  const test = dateTest(filter.operator, filter.value, context);
  return (contact) => test(read(contact));
}

function either(filter: Filter, test: Test): Test {
  if (filter.operator === 'equal') return test;
  if (filter.operator === 'notequal') return (contact) => !test(contact);
  throw new PlanfixFailure(500, 41, `Wrong operator ${filter.operator}`);
}

function template(account: Account, contact: Contact) {
  return account.contactTemplates.get(contact.templateId);
}
