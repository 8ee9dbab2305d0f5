import { PlanfixFailure } from '../failure.ts';
import type { Call, Task } from '../model.ts';
import { parsePage, takePage } from '../paging.ts';
import { project } from '../projection.ts';
import { buildTaskTest } from '../task-filters.ts';
import { createTask, noteUpdate, updateTask } from '../tasks.ts';
import { listedTaskReaders, taskCustom, taskReaders } from '../views.ts';
import type { RestRoute } from './routes.ts';

/** The task of the path. The status of its absence goes by method (Planfix REST: errors). */
export function taskOfPath(call: Call, missingStatus: number, missingCode = 1000): Task {
  const id = Number(call.params.id);
  const task = call.account.tasks.get(id);
  if (task === undefined)
    throw new PlanfixFailure(
      missingStatus,
      missingCode,
      missingCode === 0 ? 'Rest API error' : `Task not found by id ${call.params.id}`,
    );
  return task;
}

export const taskRoutes: RestRoute[] = [
  {
    method: 'POST',
    path: '/task/',
    scope: 'task_add',
    effect: 'create',
    handle: ({ account, body, refuse }) => ({
      status: 201,
      body: { result: 'success', id: createTask(account, body, refuse).id },
    }),
  },
  {
    method: 'GET',
    path: '/task/:id',
    scope: 'task_readonly',
    effect: 'none',
    handle: (call) => {
      const task = taskOfPath(call, 400, call.account.settings.missingTaskReadCode);
      const custom = taskCustom(call.account, task);
      const view = project(call.account, task, call.query.fields, taskReaders, custom);
      return { status: 200, body: { result: 'success', task: view } };
    },
  },
  {
    method: 'POST',
    path: '/task/:id',
    scope: 'task_update',
    effect: 'update',
    handle: (call) => {
      const { account, body, query, refuse } = call;
      const task = taskOfPath(call, 404);
      updateTask(account, task, body, refuse);
      noteUpdate(account, task, body, query.silent === 'true');
      return { status: 200, body: { result: 'success' } };
    },
  },
  {
    method: 'POST',
    path: '/task/list',
    scope: 'task_readonly',
    effect: 'none',
    handle: ({ account, body }) => {
      if (body.filterId !== undefined) throw new PlanfixFailure(500, 41, `Filter not found by id ${body.filterId}`);
      const page = takePage(
        account.tasks.values(),
        buildTaskTest(account, body.filters),
        parsePage(body, account.settings),
      );
      const tasks = page.map((task) =>
        project(account, task, body.fields, listedTaskReaders, taskCustom(account, task)),
      );
      return { status: 200, body: { result: 'success', tasks } };
    },
  },
];
