import { dateTest } from './date-filter.ts';
import { PlanfixFailure } from './failure.ts';
import type { Account, People, PersonRef, Task } from './model.ts';
import { currentRef, isContactRef, list, refNumber } from './people.ts';

type Test = (task: Task) => boolean;
type Filter = { type: number; operator: string; value: unknown; field: number };
type Build = (filter: Filter, account: Account) => Test;

const builders: Record<number, Build> = {
  1: (filter, account) => personTest(filter, account, (task) => [task.assigner]),
  2: (filter, account) => peopleTest(filter, account, (task) => task.assignees),
  3: (filter, account) => peopleTest(filter, account, (task) => task.auditors),
  5: (filter) => numberTest(filter, (task) => task.projectId),
  7: (filter, account) => {
    const contact = { ...filter, value: `contact:${refNumber(scalar(filter.value))}` };
    return personTest(contact, account, (task) => (task.counterparty === undefined ? [] : [task.counterparty]));
  },
  8: (filter) => textTest(filter, (task) => task.name, true),
  10: (filter) => numberTest(filter, (task) => task.statusId),
  12: (filter, account) => timeTest(filter, account, (task) => task.createdAtMs),
  21: (filter, account) => timeTest(filter, account, (task) => task.lastCommentAtMs),
  24: (filter) => numberTest(filter, (task) => task.processId),
  33: (filter) => flagTest(filter, (task) => isEmpty(task.assignees)),
  34: (filter) => flagTest(filter, (task) => !isContactRef(task.assigner)),
  35: (filter) => flagTest(filter, (task) => isContactRef(task.assigner)),
  38: (filter, account) => timeTest(filter, account, (task) => task.changedAtMs),
  39: (filter, account) => peopleTest(filter, account, (task) => task.participants),
  41: (filter) => flagTest(filter, (task) => isEmpty(task.participants)),
  51: (filter) => numberTest(filter, (task) => task.templateId),
  57: (filter) => numberTest(filter, (task) => task.id),
  69: (filter) => flagTest(filter, (task) => task.assignees.users.some(isContactRef)),
  70: (filter) => flagTest(filter, (task) => task.participants.users.some(isContactRef)),
  71: (filter) => flagTest(filter, (task) => task.assignees.users.some((ref) => !isContactRef(ref))),
  72: (filter) => flagTest(filter, (task) => task.participants.users.some((ref) => !isContactRef(ref))),
  73: (filter) => numberTest(filter, (task) => task.parentId),
  79: (filter, account) => timeTest(filter, account, (task) => Math.max(task.changedAtMs, task.lastCommentAtMs ?? 0)),
  97: (filter, account) => personTest(filter, account, (task) => task.assignees.users),
  101: (filter) => textTest(filter, (task) => String(task.custom.get(filter.field) ?? ''), false),
  152: (filter) => flagTest({ ...filter, value: 1 }, (task) => isFilled(task, filter)),
  153: (filter) => flagTest({ ...filter, value: 1 }, (task) => !isFilled(task, filter)),
};

/**
 * One test for all filters of `POST /task/list`, which are ANDed (Planfix REST: tasks). Throws a PlanfixFailure (500) for
 * a filter type that Planfix does not have or that is not emulated here; the text says which type it was.
 */
export function buildTaskTest(account: Account, filters: unknown): Test {
  const tests = list(filters).map((item) => {
    const filter = parseFilter(item);
    const build = builders[filter.type];
    if (build === undefined) throw new PlanfixFailure(500, 0, `Unknown task filter type ${filter.type}`);
    return build(filter, account);
  });
  const inBin = account.settings.deletedTasksInLists;
  return (task) => (inBin || !task.isDeleted) && tests.every((test) => test(task));
}

/** Reads one filter element. Throws a PlanfixFailure (500, code 40) without a type. */
export function parseFilter(item: unknown): Filter {
  const filter = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
  if (filter.type === undefined) throw new PlanfixFailure(500, 40, 'Filter type is required');
  return {
    type: Number(filter.type),
    operator: typeof filter.operator === 'string' ? filter.operator : 'equal',
    value: filter.value,
    field: Number(filter.field),
  };
}

function scalar(value: unknown): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : Number.NaN;
}

function negated(operator: string): boolean {
  if (operator === 'equal') return false;
  if (operator === 'notequal') return true;
  throw new PlanfixFailure(500, 41, `Wrong operator ${operator}`);
}

function numberTest(filter: Filter, read: (task: Task) => number | undefined): Test {
  const wanted = new Set((Array.isArray(filter.value) ? filter.value : [filter.value]).map(Number));
  if (wanted.has(Number.NaN)) throw new PlanfixFailure(500, 41, 'Wrong filter value');
  const not = negated(filter.operator);
  return (task) => wanted.has(read(task) ?? Number.NaN) !== not;
}

function flagTest(filter: Filter, read: (task: Task) => boolean): Test {
  if (filter.operator !== 'equal') throw new PlanfixFailure(500, 41, `Wrong operator ${filter.operator}`);
  const wanted = filter.value === true || Number(filter.value) === 1;
  return (task) => read(task) === wanted;
}

function timeTest(filter: Filter, account: Account, read: (task: Task) => number | undefined): Test {
  const timeZone = account.users.get(account.tokenUserId)?.timeZone ?? 'UTC';
  const context = { nowMs: account.now(), timeZone, precision: account.settings.dateFilterPrecision };
  const test = dateTest(filter.operator, filter.value, context);
  return (task) => test(read(task));
}

function textTest(filter: Filter, read: (task: Task) => string, equalMeansContains: boolean): Test {
  const wanted = String(filter.value ?? '');
  const lower = wanted.toLowerCase();
  const contains: Test = (task) => read(task).toLowerCase().includes(lower);
  const equal: Test = equalMeansContains ? contains : (task) => read(task) === wanted;
  const tests: Record<string, Test> = {
    equal,
    notequal: (task) => !equal(task),
    have: contains,
    nothave: (task) => !contains(task),
  };
  const test = tests[filter.operator];
  if (test === undefined) throw new PlanfixFailure(500, 41, `Wrong operator ${filter.operator}`);
  return test;
}

function personTest(filter: Filter, account: Account, read: (task: Task) => PersonRef[]): Test {
  const wanted = currentRef(account, String(filter.value));
  const not = negated(filter.operator);
  return (task) => read(task).some((ref) => currentRef(account, ref) === wanted) !== not;
}

/** People named in person or through a group they belong to; `group:3` means the group itself. */
function peopleTest(filter: Filter, account: Account, read: (task: Task) => People): Test {
  const value = String(filter.value);
  const not = negated(filter.operator);
  if (value.startsWith('group:')) return (task) => read(task).groups.includes(refNumber(value)) !== not;
  const wanted = currentRef(account, value);
  const groups = value.startsWith('user:') ? (account.users.get(refNumber(value))?.groups ?? []) : [];
  return (task) => {
    const people = read(task);
    const named = people.users.some((ref) => currentRef(account, ref) === wanted);
    return (named || people.groups.some((id) => groups.includes(id))) !== not;
  };
}

function isEmpty(people: People): boolean {
  return people.users.length === 0 && people.groups.length === 0;
}

function isFilled(task: Task, filter: Filter): boolean {
  const value = task.custom.get(Number.isNaN(filter.field) ? Number(filter.value) : filter.field);
  return value !== undefined && value !== null && value !== '';
}
