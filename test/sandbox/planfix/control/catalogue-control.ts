import type { FastifyInstance } from 'fastify';
import type { Account, ContactTemplate, Group, TaskTemplate } from '../model.ts';
import { nobody } from '../people.ts';
import { accountOf, bodyOf, ControlError, type Params } from './input.ts';

const base = '/control/planfix/:account';

type Catalogue = 'task-templates' | 'contact-templates' | 'groups';

/** Control of what administrators keep in Planfix's settings: templates and groups come, are renamed, and go. */
export function registerCatalogueControl(server: FastifyInstance): void {
  for (const kind of ['task-templates', 'contact-templates', 'groups'] as const) {
    server.put(`${base}/${kind}/:id`, async (request) => {
      const account = accountOf(request.params);
      const id = Number((request.params as Params).id);
      const { name } = bodyOf(request.body);
      if (!Number.isInteger(id) || typeof name !== 'string')
        throw new ControlError(400, 'number and name are required');
      const entry = catalogueOf(account, kind).get(id);
      // Standard ones are shared by all accounts.
      if (entry) catalogueOf(account, kind).set(id, { ...entry, name });
      else add(account, kind, id, name);
      account.emit({ kind: 'planfix.catalogue-changed', account: account.name, catalogue: kind });
      return { id, name };
    });

    server.delete(`${base}/${kind}/:id`, async (request) => {
      const account = accountOf(request.params);
      const isRemoved = catalogueOf(account, kind).delete(Number((request.params as Params).id));
      if (!isRemoved) throw new ControlError(404, `no such entry of ${kind}`);
      account.emit({ kind: 'planfix.catalogue-changed', account: account.name, catalogue: kind });
      return {};
    });
  }
}

function catalogueOf(account: Account, kind: Catalogue): Map<number, { id: number; name: string }> {
  if (kind === 'task-templates') return account.taskTemplates;
  return kind === 'contact-templates' ? account.contactTemplates : account.groups;
}

/** A new template is a plain one of the first process, without people or fields. */
function add(account: Account, kind: Catalogue, id: number, name: string): void {
  if (kind === 'groups') account.groups.set(id, { id, name } satisfies Group);
  else if (kind === 'contact-templates') {
    const template: ContactTemplate = { id, name, canBeParticipant: true, canBeCounterparty: true, customFieldIds: [] };
    account.contactTemplates.set(id, template);
  } else {
    const processId = [...account.processes.keys()][0] ?? 1;
    const people = { assignees: nobody(), participants: nobody(), auditors: nobody() };
    const template: TaskTemplate = { id, name, processId, statusId: 1, ...people, customFieldIds: [] };
    account.taskTemplates.set(id, template);
  }
}
