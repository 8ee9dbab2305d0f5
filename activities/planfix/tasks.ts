import { z } from 'zod';
import type { Call, CallOptions, ClientOptions } from './call.ts';
import type { Suspect } from './classify-failure.ts';
import { type Created, customFieldData } from './contacts.ts';
import { PlanfixError } from './errors.ts';
import { filesBody } from './files.ts';
import { collect, pages } from './paging.ts';
import { createdSchema, type PersonRef, taskSchema, updatedSchema } from './schema.ts';
import { parseTimePoint, sinceFilter } from './time.ts';

export type People = { users: PersonRef[]; groups: number[] };

/** `status.isActive` is what makes a task active, never the status's name. Times have minute precision. */
export type Task = {
  id: number;
  isDeleted: boolean;
  status: { id: number; isActive: boolean } | undefined;
  templateId: number | undefined;
  assigner: PersonRef | undefined;
  counterparty: PersonRef | undefined;
  assignees: People;
  sourceObjectId: string | undefined;
  createdAtMs: number | undefined;
  lastCommentAtMs: number | undefined;
};

export type NewTask = {
  name: string;
  descriptionHtml: string;
  templateId: number;
  /** A contact here may be refused (`refusal: 'assigner'`); send it as `counterparty` too. */
  assigner?: PersonRef;
  counterparty?: PersonRef;
  /** Given explicitly, since it is not known whether Planfix copies the template's. */
  assignees: People;
  /** A uuid of ours: stored and returned, but no filter finds it. */
  sourceObjectId: string;
  /** A text field of the template that carries our id: the only key that can be searched. */
  correlation?: { fieldId: number; value: string };
  statusId?: number;
  /** What `uploadFile` gave: they stand with the description. */
  files?: readonly number[];
};

/** `queued`: the task was locked, and Planfix will apply the change by itself. */
export type Updated = { applied: 'now' | 'queued'; failures: string[] };

export type TaskFieldChange = { taskId: number; fieldId: number; value: string; silent?: boolean };

export type TaskCalls = {
  createTask: (task: NewTask, options?: CallOptions) => Promise<Created>;
  /** Undefined when the task does not exist; one in the bin does, with `isDeleted`. */
  getTask: (id: number, options?: CallOptions) => Promise<Task | undefined>;
  /** Tasks changed or commented on since then, in Planfix's time, at least; ascending ids. */
  listTasksChangedSince: (
    filter: { sinceMs: number; templateIds?: readonly number[] },
    options?: CallOptions,
  ) => AsyncGenerator<Task[]>;
  /** For the read-back of a create: compare `sourceObjectId`. */
  listTasksByTemplateCreatedSince: (
    filter: { templateId: number; sinceMs: number },
    options?: CallOptions,
  ) => AsyncGenerator<Task[]>;
  findTasksByCorrelation: (
    correlation: { fieldId: number; value: string; sinceMs?: number },
    options?: CallOptions,
  ) => Promise<Task[]>;
  /** Those of these numbers that lists show: tasks in the bin may be left out. */
  listTasksByNumber: (numbers: readonly number[], options?: CallOptions) => AsyncGenerator<Task[]>;
  setTaskStatus: (change: { taskId: number; statusId: number }, options?: CallOptions) => Promise<Updated>;
  /** Other fields stay. A field that is not on the task's template is taken and not stored. `silent`: nobody is told. */
  setTaskField: (change: TaskFieldChange, options?: CallOptions) => Promise<Updated>;
  /** What Planfix kept of a create: writing a field that is not on the template succeeds and stores nothing. */
  readStored: (task: { taskId: number; fieldId?: number }, options?: CallOptions) => Promise<StoredFields>;
};

/** `fieldText` is undefined where the answer does not carry the field at all: it is not on the task's template. */
export type StoredFields = {
  assigner: PersonRef | undefined;
  counterparty: PersonRef | undefined;
  fieldText: string | undefined;
};

const FIELDS = 'id,sourceObjectId,isDeleted,status,template,assigner,counterparty,assignees,dateTime,dateOfLastComment';
const CHANGED_FIELDS = 'id,status,isDeleted,template,dateOfLastComment';

const CHANGED_OR_COMMENTED = 79;
const CREATED = 12;
const TEMPLATE = 51;
const NUMBER = 57;
const CUSTOM_LINE = 101;

type Filter = { type: number; operator: string; value: unknown; field?: number };

type Context = { call: Call; timeZone: string };

export function taskCalls(call: Call, { timeZone }: Pick<ClientOptions, 'timeZone'>): TaskCalls {
  const context = { call, timeZone };
  const since = (type: number, ms: number): Filter => ({ type, operator: 'gt', value: sinceFilter(ms, timeZone) });
  return {
    createTask: (task, options) => createTask(call, task, options),
    getTask: (id, options) => getTask(context, id, options),
    listTasksChangedSince: ({ sinceMs, templateIds }, options) => {
      const filters: Filter[] = [since(CHANGED_OR_COMMENTED, sinceMs)];
      if (templateIds !== undefined) filters.push({ type: TEMPLATE, operator: 'equal', value: templateIds });
      return list(context, filters, CHANGED_FIELDS, options);
    },
    listTasksByNumber: (numbers, options) =>
      list(context, [{ type: NUMBER, operator: 'equal', value: numbers }], CHANGED_FIELDS, options),
    listTasksByTemplateCreatedSince: ({ templateId, sinceMs }, options) => {
      const filters = [{ type: TEMPLATE, operator: 'equal', value: templateId }, since(CREATED, sinceMs)];
      return list(context, filters, FIELDS, options);
    },
    findTasksByCorrelation: ({ fieldId, value, sinceMs }, options) => {
      const filters: Filter[] = [{ type: CUSTOM_LINE, field: fieldId, operator: 'equal', value }];
      if (sinceMs !== undefined) filters.push(since(CREATED, sinceMs));
      return collect(list(context, filters, FIELDS, options));
    },
    setTaskStatus: ({ taskId, statusId }, options) => {
      const change: TaskChange = { taskId, body: { status: { id: statusId } }, sent: ['status'] };
      return updateTask(call, change, options);
    },
    setTaskField: ({ taskId, fieldId, value, silent }, options) => {
      const body = customFieldData([{ fieldId, value }]);
      const change: TaskChange = { taskId, body, sent: ['custom-field'], ...(silent === undefined ? {} : { silent }) };
      return updateTask(call, change, options);
    },
    readStored: async ({ taskId, fieldId }, options) => {
      const fields = ['id', 'assigner', 'counterparty', ...(fieldId === undefined ? [] : [fieldId])].join();
      const task = await read(call, taskId, fields, options);
      const entry = task.customFieldData?.find(({ field }) => field.id === fieldId);
      return {
        assigner: personOf(task.assigner),
        counterparty: personOf(task.counterparty),
        fieldText: entry && (typeof entry.value === 'string' ? entry.value : (entry.stringValue ?? '')),
      };
    },
  };
}

function list(
  { call, timeZone }: Context,
  filters: Filter[],
  fields: string,
  options?: CallOptions,
): AsyncGenerator<Task[]> {
  const schema = z.object({ tasks: z.array(taskSchema) });
  return pages(async (offset, pageSize) => {
    const body = { offset, pageSize, filters, fields };
    const request = { method: 'POST', path: '/task/list', body, effect: 'read', subject: 'task', schema } as const;
    const { data } = await call(request, options);
    return data.tasks.map((task) => toTask(task, timeZone));
  });
}

async function read(call: Call, id: number, fields: string, options?: CallOptions): Promise<TaskRead> {
  const schema = z.object({ task: taskSchema });
  const query = { fields };
  const { data } = await call(
    { method: 'GET', path: `/task/${id}`, query, effect: 'read', subject: 'task', schema },
    options,
  );
  return data.task;
}

async function getTask(context: Context, id: number, options?: CallOptions): Promise<Task | undefined> {
  try {
    return toTask(await read(context.call, id, FIELDS, options), context.timeZone);
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    if (error.refusal === 'task-missing') return undefined;
    // A missing task is documented as 400 with code 0, "unknown error": too little to make a new task upon.
    if (error.refusal !== 'other') throw error;
    const filters = [{ type: NUMBER, operator: 'equal', value: id }];
    return (await collect(list(context, filters, FIELDS, options))).find((task) => task.id === id);
  }
}

type TaskChange = { taskId: number; body: Record<string, unknown>; sent: Suspect[]; silent?: boolean };

async function updateTask(call: Call, change: TaskChange, options?: CallOptions): Promise<Updated> {
  const { taskId, body, sent, silent } = change;
  const { data, status } = await call(
    {
      method: 'POST',
      path: `/task/${taskId}`,
      query: { silent },
      body,
      effect: 'write',
      subject: 'task',
      sent,
      schema: updatedSchema,
    },
    options,
  );
  return { applied: status === 202 ? 'queued' : 'now', failures: data.failures };
}

async function createTask(call: Call, task: NewTask, options?: CallOptions): Promise<Created> {
  const sent: Suspect[] = ['template'];
  if (task.assigner !== undefined) sent.push('assigner');
  if (task.statusId !== undefined) sent.push('status');
  if (task.correlation !== undefined) sent.push('custom-field');
  const { data } = await call(
    {
      method: 'POST',
      path: '/task/',
      body: {
        name: task.name,
        description: task.descriptionHtml,
        template: { id: task.templateId },
        sourceObjectId: task.sourceObjectId,
        ...(task.assigner === undefined ? {} : { assigner: { id: task.assigner } }),
        ...(task.counterparty === undefined ? {} : { counterparty: { id: task.counterparty } }),
        assignees: toBody(task.assignees),
        ...(task.statusId === undefined ? {} : { status: { id: task.statusId } }),
        ...customFieldData(task.correlation === undefined ? undefined : [task.correlation]),
        ...filesBody(task.files),
      },
      effect: 'write',
      subject: 'task',
      sent,
      schema: createdSchema,
    },
    options,
  );
  return data;
}

/** People and groups as Planfix takes them: prefixed strings the one, bare numbers the other. */
export function toBody(people: { users: readonly PersonRef[]; groups: readonly number[] }): object {
  return { users: people.users.map((id) => ({ id })), groups: people.groups.map((id) => ({ id })) };
}

type TaskRead = z.infer<typeof taskSchema>;

const personOf = (person: TaskRead['assigner']) => (typeof person?.id === 'string' ? person.id : undefined);

function toTask(read: TaskRead, timeZone: string): Task {
  return {
    id: read.id,
    isDeleted: read.isDeleted ?? false,
    // Without the flag the task counts as active: a message too many in an old task is better than a task per message.
    status: read.status ? { id: read.status.id, isActive: read.status.isActive ?? true } : undefined,
    templateId: read.template?.id,
    assigner: personOf(read.assigner),
    counterparty: personOf(read.counterparty),
    assignees: read.assignees,
    sourceObjectId: read.sourceObjectId ?? undefined,
    createdAtMs: parseTimePoint(read.dateTime, timeZone),
    lastCommentAtMs: parseTimePoint(read.dateOfLastComment, timeZone),
  };
}
