import { buildContactTest } from '../contact-filters.ts';
import { createContact, findContactByPath, updateContact } from '../contacts.ts';
import { PlanfixFailure } from '../failure.ts';
import { parsePage, takePage } from '../paging.ts';
import { project } from '../projection.ts';
import { contactCustom, contactReaders, namedReaders, prefixedContactReaders } from '../views.ts';
import type { RestRoute } from './routes.ts';

export const contactRoutes: RestRoute[] = [
  {
    method: 'POST',
    path: '/contact/',
    scope: 'contact_add',
    effect: 'create',
    handle: ({ account, body }) => ({
      status: 201,
      body: { result: 'success', id: createContact(account, body).id },
    }),
  },
  {
    method: 'GET',
    path: '/contact/:id',
    scope: 'contact_readonly',
    effect: 'none',
    handle: ({ account, params, query }) => {
      const found = findContactByPath(account, params.id ?? '');
      const contact = project(account, found, query.fields, contactReaders, contactCustom(account, found));
      return { status: 200, body: { result: 'success', contact } };
    },
  },
  {
    method: 'POST',
    path: '/contact/:id',
    scope: 'contact_update',
    effect: 'update',
    handle: ({ account, params, body }) => {
      updateContact(account, findContactByPath(account, params.id ?? ''), body);
      return { status: 200, body: { result: 'success' } };
    },
  },
  {
    method: 'POST',
    path: '/contact/list',
    scope: 'contact_readonly',
    effect: 'none',
    handle: ({ account, body }) => {
      if (body.filterId !== undefined) throw new PlanfixFailure(500, 41, `Filter not found by id ${body.filterId}`);
      const readers = body.prefixedId === true ? prefixedContactReaders : contactReaders;
      const test = buildContactTest(account, body.filters, body.isCompany === true);
      const page = takePage(account.contacts.values(), test, parsePage(body, account.settings));
      const contacts = page.map((contact) =>
        project(account, contact, body.fields, readers, contactCustom(account, contact)),
      );
      return { status: 200, body: { result: 'success', contacts } };
    },
  },
  {
    method: 'GET',
    path: '/contact/templates',
    scope: 'contact_readonly',
    effect: 'none',
    handle: ({ account, query }) => {
      const templates = [...account.contactTemplates.values()].map((template) =>
        project(account, template, query.fields ?? 'id,name', namedReaders),
      );
      return { status: 200, body: { result: 'success', templates } };
    },
  },
];
