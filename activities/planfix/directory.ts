import { z } from 'zod';
import type { Call, CallOptions } from './call.ts';
import { collect, pages } from './paging.ts';
import {
  customFieldSchema,
  isPersonRef,
  namedSchema,
  type PersonRef,
  processStatusSchema,
  templateSchema,
  userSchema,
} from './schema.ts';
import type { People } from './tasks.ts';

/** `isActive`: may work and be assigned. Nothing in Planfix marks the account's owner. */
export type Employee = { ref: PersonRef; name: string; isActive: boolean; role: string | undefined };
/** A robot holds tokens; it has no login and hears of nothing. */
export const canBeAssigned = (employee: Employee) => employee.isActive && !isRobot(employee);

/** Scenarios and integrations act as robots; a token may belong to one. */
export const isRobot = ({ role }: Employee) => /^robot$/i.test(role ?? '');
export type TaskTemplate = { id: number; name: string; assignees: People };
/** A template of contacts, or a group of employees. */
export type NamedItem = { id: number; name: string };
export type TaskStatus = { id: number; name: string; isActive: boolean; processId: number };
/** `kind` is Planfix's number or word for the field's type. */
export type TaskField = { id: number; name: string; kind: number | string | undefined };

/** What settings are chosen from; all of it changes rarely. */
export type DirectoryCalls = {
  listEmployees: (options?: CallOptions) => Promise<Employee[]>;
  listTaskTemplates: (options?: CallOptions) => Promise<TaskTemplate[]>;
  /** Needs the token's scope `contact_readonly`. */
  listContactTemplates: (options?: CallOptions) => Promise<NamedItem[]>;
  listGroups: (options?: CallOptions) => Promise<NamedItem[]>;
  /** Of all processes: one call each, and one for their list. A status used by two of them comes twice. */
  listStatuses: (options?: CallOptions) => Promise<TaskStatus[]>;
  /** Needs the token's scope `common_metadata`. */
  listTaskFields: (options?: CallOptions) => Promise<TaskField[]>;
};

export function directoryCalls(call: Call): DirectoryCalls {
  return {
    listEmployees: (options) => listEmployees(call, options),
    listTaskTemplates: (options) => listTaskTemplates(call, options),
    listContactTemplates: async (options) => {
      const schema = z.object({ templates: z.array(namedSchema) });
      return (await get(call, '/contact/templates', NAMED, schema, options)).templates.map(toNamed);
    },
    listGroups: async (options) => {
      const schema = z.object({ groups: z.array(namedSchema) });
      return (await get(call, '/user/groups', NAMED, schema, options)).groups.map(toNamed);
    },
    listStatuses: (options) => listStatuses(call, options),
    listTaskFields: async (options) => {
      const schema = z.object({ customfields: z.array(customFieldSchema) });
      const { customfields } = await get(call, '/customfield/task', { fields: 'id,name,type' }, schema, options);
      return customfields.map(({ id, name, type }) => ({ id, name: name ?? '', kind: type ?? undefined }));
    },
  };
}

/** Lists without pages. */
const NAMED = { fields: 'id,name' };
const toNamed = ({ id, name }: z.infer<typeof namedSchema>): NamedItem => ({ id, name: name ?? '' });

async function get<T>(
  call: Call,
  path: string,
  query: Record<string, string | number>,
  schema: z.ZodType<T>,
  options?: CallOptions,
): Promise<T> {
  const { data } = await call({ method: 'GET', path, query, effect: 'read', subject: 'other', schema }, options);
  return data;
}

async function listEmployees(call: Call, options?: CallOptions): Promise<Employee[]> {
  const schema = z.object({ users: z.array(userSchema) });
  const users = pages(async (offset, pageSize) => {
    const body = { offset, pageSize, prefixedId: true, fields: 'id,name,midname,lastname,status,role' };
    const request = { method: 'POST', path: '/user/list', body, effect: 'read', subject: 'other', schema } as const;
    return (await call(request, options)).data.users;
  });
  return (await collect(users)).map(toEmployee);
}

async function listTaskTemplates(call: Call, options?: CallOptions): Promise<TaskTemplate[]> {
  const schema = z.object({ templates: z.array(templateSchema) });
  const templates = pages(async (offset, pageSize) => {
    const query = { offset, pageSize, fields: 'id,name,assignees' };
    return (await get(call, '/task/templates', query, schema, options)).templates;
  });
  return (await collect(templates)).map(({ id, name, assignees }) => ({ id, name: name ?? '', assignees }));
}

async function listStatuses(call: Call, options?: CallOptions): Promise<TaskStatus[]> {
  const processesSchema = z.object({ processes: z.array(namedSchema) });
  const schema = z.object({ statuses: z.array(processStatusSchema) });
  const { processes } = await get(call, '/process/task', { fields: 'id,name' }, processesSchema, options);
  const found: TaskStatus[] = [];
  for (const process of processes) {
    const path = `/process/task/${process.id}/statuses`;
    const { statuses } = await get(call, path, { fields: 'id,name,isActive' }, schema, options);
    for (const { id, name, isActive } of statuses) {
      found.push({ id, name: name ?? '', isActive: isActive ?? true, processId: process.id });
    }
  }
  return found;
}

function toEmployee(user: z.infer<typeof userSchema>): Employee {
  return {
    ref: isPersonRef(user.id) ? user.id : `user:${user.id}`,
    name: [user.name, user.midname, user.lastname].filter((part) => part).join(' '),
    isActive: user.status === null || user.status === undefined || /^Active$/i.test(user.status),
    role: user.role ?? undefined,
  };
}
