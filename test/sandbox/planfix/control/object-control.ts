import type { FastifyInstance } from 'fastify';
import { createContact, mergeContacts, updateContact } from '../contacts.ts';
import { dumpContact, dumpTask } from '../dump.ts';
import type { Account } from '../model.ts';
import { notifyDefault } from '../notify-default.ts';
import { findQuickReplies } from '../quick-replies.ts';
import { createTask, purgeTask, updateTask } from '../tasks.ts';
import { giveFiles } from './file-control.ts';
import { accountOf, type Body, bodyOf, ControlError, commentOf, type Params, taskOf } from './input.ts';

const base = '/control/planfix/:account';
const nothingRefused = { owner: false, assigner: false, status: false };

/** Control of tasks, contacts and employees as people change them by hand in Planfix's own pages. */
export function registerObjectControl(server: FastifyInstance): void {
  registerTaskControl(server);

  server.post(`${base}/contacts`, async (request, reply) => {
    const account = accountOf(request.params);
    const body = bodyOf(request.body);
    const phones = typeof body.phone === 'string' ? [{ number: body.phone, type: 1 }] : body.phones;
    const template = typeof body.template === 'number' ? { id: body.template } : body.template;
    const contact = createContact(account, { ...body, phones, template });
    return reply.code(201).send({ id: contact.id, ref: `contact:${contact.id}` });
  });

  server.post(`${base}/contacts/merge`, async (request) => {
    const { from, into } = bodyOf(request.body);
    mergeContacts(accountOf(request.params), Number(from), Number(into));
    return {};
  });

  server.post(`${base}/contacts/:id`, async (request) => {
    const account = accountOf(request.params);
    const contact = account.contacts.get(Number((request.params as Params).id));
    if (contact === undefined) throw new ControlError(404, 'no such contact');
    updateContact(account, contact, bodyOf(request.body));
    return dumpContact(contact);
  });

  server.post(`${base}/users/:id`, async (request) => {
    const account = accountOf(request.params);
    const user = account.users.get(Number((request.params as Params).id));
    if (user === undefined) throw new ControlError(404, 'no such employee');
    const { active, timeZone, role, name } = bodyOf(request.body);
    if (active !== undefined) user.status = active === true ? 'Active' : 'Inactive';
    if (typeof timeZone === 'string') user.timeZone = timeZone;
    if (role === 'Robot') user.role = role;
    if (typeof name === 'string') user.name = name;
    account.emit({ kind: 'planfix.user-changed', account: account.name, user: user.id });
    return { ref: `user:${user.id}`, status: user.status, timeZone: user.timeZone };
  });

  server.get(`${base}/quick-replies`, async (request) => {
    const { q, lang } = request.query as { q?: string; lang?: string };
    return { items: findQuickReplies(accountOf(request.params).quickReplies, q ?? '', lang) };
  });
}

function registerTaskControl(server: FastifyInstance): void {
  server.post(`${base}/tasks`, async (request, reply) => {
    const account = accountOf(request.params);
    const task = createTask(account, plainToRest(account, bodyOf(request.body)), nothingRefused);
    return reply.code(201).send({ id: task.id });
  });

  server.get(`${base}/tasks/:id`, async (request) => {
    const account = accountOf(request.params);
    return dumpTask(account, taskOf(account, (request.params as Params).id));
  });

  server.post(`${base}/tasks/:id`, async (request) => {
    const account = accountOf(request.params);
    const task = taskOf(account, (request.params as Params).id);
    const body = bodyOf(request.body);
    if (body.purge === true) {
      purgeTask(account, task);
      return {};
    }
    updateTask(account, task, plainToRest(account, body), nothingRefused);
    if (body.template !== undefined) task.templateId = templateOf(account, body.template);
    return dumpTask(account, task);
  });

  server.get(`${base}/tasks/:id/notify-default`, async (request) => {
    const account = accountOf(request.params);
    const { author, replyTo } = request.query as { author?: string; replyTo?: string };
    const task = taskOf(account, (request.params as Params).id);
    const comment = replyTo === undefined ? undefined : commentOf(account, { id: replyTo });
    return notifyDefault(account, task, author ?? '', comment);
  });
}

/** Control bodies may write `status: 6` and `assigner: "contact:12"` where REST wants objects. */
function plainToRest(account: Account, body: Body): Body {
  const wrapped = ['status', 'template', 'parent', 'project', 'assigner', 'counterparty'];
  const rest: Body = { ...body };
  for (const name of wrapped) {
    if (typeof body[name] === 'number' || typeof body[name] === 'string') rest[name] = { id: body[name] };
  }
  for (const role of ['assignees', 'participants']) {
    if (Array.isArray(body[role])) rest[role] = { users: body[role].map((id: unknown) => ({ id })) };
  }
  if (body.files !== undefined) rest.files = giveFiles(account, body.files);
  if (body.restore === true) rest.isDeleted = false;
  return rest;
}

function templateOf(account: Account, value: unknown): number {
  const id = Number(typeof value === 'object' && value !== null ? (value as Body).id : value);
  if (!account.taskTemplates.has(id)) throw new ControlError(400, `no template ${id}`);
  return id;
}
