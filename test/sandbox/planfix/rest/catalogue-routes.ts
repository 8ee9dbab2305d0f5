import { PlanfixFailure } from '../failure.ts';
import type { Answer, Call, CustomField, User } from '../model.ts';
import { parsePage, takePage } from '../paging.ts';
import { list, refNumber } from '../people.ts';
import { project } from '../projection.ts';
import { parseFilter } from '../task-filters.ts';
import * as views from '../views.ts';
import type { RestRoute } from './routes.ts';

const all = (): boolean => true;

/** Fields that reads without a `fields` parameter return. */
const objectFields = 'id,name,status,processId,assignees,participants,auditors';
const statusFields = 'id,name,color,isActive,hasDeadline,isAppliedIndividually';
const customFieldFields = 'id,name,type,objectType';

function userTest(filters: unknown): (user: User) => boolean {
  const tests = list(filters).map((item): ((user: User) => boolean) => {
    const { type, operator, value } = parseFilter(item);
    const wanted = String(value ?? '').toLowerCase();
    const not = operator === 'notequal';
    switch (type) {
      case 9001:
        return (user) => user.groups.includes(Number(value)) !== not;
      case 9002:
        return (user) => user.phones.some((phone) => phone.number.includes(wanted)) !== not;
      case 9003:
        return (user) => (user.email.toLowerCase() === wanted) !== not;
      case 9006:
        return (user) => `${user.name} ${user.lastname}`.toLowerCase().includes(wanted) !== not;
      case 9008:
        return (user) => (user.id === refNumber(wanted)) !== not;
      case 9009:
        return (user) => (user.role.toLowerCase() === wanted) !== not;
      default:
        throw new PlanfixFailure(500, 0, `Unknown employee filter type ${type}`);
    }
  });
  return (user) => tests.every((test) => test(user));
}

function listUsers({ account, body }: Call): Answer {
  const test = userTest(body.filters);
  const readers = body.prefixedId === true ? views.prefixedUserReaders : views.userReaders;
  const wanted = (user: User) => (body.onlyActive !== true || user.status === 'Active') && test(user);
  const users = takePage(account.users.values(), wanted, parsePage(body, account.settings)).map((user) =>
    project(account, user, body.fields, readers),
  );
  return { status: 200, body: { result: 'success', users } };
}

function readUser({ account, params, query }: Call): Answer {
  const found = account.users.get(refNumber(params.id ?? ''));
  if (found === undefined) throw new PlanfixFailure(400, 4000, `Employee not found by id - ${params.id}`);
  const readers = query.prefixedId === 'true' ? views.prefixedUserReaders : views.userReaders;
  return { status: 200, body: { result: 'success', user: project(account, found, query.fields, readers) } };
}

function listTemplates({ account, query }: Call): Answer {
  const page = takePage(account.taskTemplates.values(), all, parsePage(query, account.settings, 400));
  const templates = page.map((template) => project(account, template, query.fields, views.templateReaders));
  return { status: 200, body: { result: 'success', templates } };
}

function readObject({ account, params }: Call): Answer {
  const found = account.taskTemplates.get(Number(params.id));
  if (found === undefined) throw new PlanfixFailure(400, 0, `Object not found by id ${params.id}`);
  return {
    status: 200,
    body: { result: 'success', object: project(account, found, objectFields, views.templateReaders) },
  };
}

function listObjects({ account, body }: Call): Answer {
  const page = takePage(account.taskTemplates.values(), all, parsePage(body, account.settings));
  const objects = page.map((template) => project(account, template, 'id,name', views.templateReaders));
  return { status: 200, body: { result: 'success', objects } };
}

function listProcesses({ account, query }: Call): Answer {
  const processes = [...account.processes.values()].map((process) =>
    project(account, process, query.fields ?? 'id,name', views.processReaders),
  );
  return { status: 200, body: { result: 'success', processes } };
}

function statusesOf(call: Call, processId: number | undefined): Answer {
  const { account, params, query } = call;
  const process = account.processes.get(processId ?? Number.NaN);
  if (process === undefined) throw new PlanfixFailure(400, 0, `Process not found by id ${params.id}`);
  const statuses = process.statusIds.flatMap((id) => account.statuses.get(id) ?? []);
  return {
    status: 200,
    body: {
      result: 'success',
      statuses: statuses.map((status) => project(account, status, query.fields ?? statusFields, views.statusReaders)),
    },
  };
}

function listCustomFields({ account, query }: Call, objectType: CustomField['objectType']): Answer {
  const fields = [...account.customFields.values()].filter((field) => field.objectType === objectType);
  const customfields = fields.map((field) =>
    project(account, field, query.fields ?? customFieldFields, views.customFieldReaders),
  );
  return { status: 200, body: { result: 'success', customfields } };
}

function groupsAnswer({ account, query }: Call): Answer {
  const groups = [...account.groups.values()].map((group) =>
    project(account, group, query.fields ?? 'id,name', views.namedReaders),
  );
  return { status: 200, body: { result: 'success', groups } };
}

const read = (method: 'GET' | 'POST', path: string, scope: string, handle: (call: Call) => Answer): RestRoute => ({
  method,
  path,
  scope,
  effect: 'none',
  handle,
});

export const catalogueRoutes: RestRoute[] = [
  read('POST', '/user/list', 'user_readonly', listUsers),
  read('GET', '/user/:id', 'user_readonly', readUser),
  read('GET', '/user/groups', 'user_readonly', groupsAnswer),
  read('GET', '/task/templates', 'task_readonly', listTemplates),
  read('GET', '/object/:id', 'task_readonly', readObject),
  read('POST', '/object/list', 'task_readonly', listObjects),
  read('GET', '/object/:id/statuses', 'task_readonly', (call) =>
    statusesOf(call, call.account.taskTemplates.get(Number(call.params.id))?.processId),
  ),
  read('GET', '/process/task', 'task_readonly', listProcesses),
  read('GET', '/process/task/:id/statuses', 'task_readonly', (call) => statusesOf(call, Number(call.params.id))),
  read('GET', '/customfield/task', 'common_metadata', (call) => listCustomFields(call, 0)),
  read('GET', '/customfield/contact', 'common_metadata', (call) => listCustomFields(call, 1)),
];
