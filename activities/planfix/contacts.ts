import { z } from 'zod';
import type { Call, CallOptions, ClientOptions } from './call.ts';
import type { Suspect } from './classify-failure.ts';
import { PlanfixError } from './errors.ts';
import { collect, pages } from './paging.ts';
import { contactSchema, createdSchema, updatedSchema } from './schema.ts';
import { sinceFilter } from './time.ts';

/** `name` is first, middle and last name together. `phones` as stored: formatted in any way, or masked. */
export type Contact = {
  id: number;
  name: string;
  phones: string[];
  isCompany: boolean;
  isDeleted: boolean;
  sourceObjectId: string | undefined;
};

/** `merged`: Planfix answered with another contact than the one asked for. */
export type ContactLookup = { kind: 'found' | 'merged'; contact: Contact } | { kind: 'missing' };

export type PhoneSearch = {
  /** Digits only, best first (full international number, then the last nine or ten); each is one search. */
  digits: readonly string[];
  /** Planfix's filter is "contains", so the caller decides which stored phone is the same number. */
  matches: (storedPhone: string) => boolean;
  /** Planfix leaves companies out unless asked for them in a search of their own: twice the calls. */
  companies?: boolean;
};

export type NewContact = {
  /** Never empty: Planfix refuses that. */
  name: string;
  phone?: string;
  templateId?: number;
  /** A uuid of ours: stored and returned, but no filter finds it. */
  sourceObjectId: string;
  customFields?: readonly { fieldId: number; value: string }[];
};

/** `failures` are the names of fields that Planfix did not take although it created the object. */
export type Created = { id: number; failures: string[] };

/**
 * `masked`: the token's employee does not see all phones of the contact, and writing them back would lose those.
 * `queued`: the contact was locked, and Planfix will apply the change by itself.
 */
export type PhoneAdded = 'added' | 'queued' | 'present' | 'masked' | 'missing';

export type ContactCalls = {
  /**
   * Contacts with that phone, lowest id first, deleted ones included. Stops at the first search that finds any.
   * An empty answer means that every page was read and none matched.
   */
  findContactsByPhone: (search: PhoneSearch, options?: CallOptions) => Promise<Contact[]>;
  getContact: (id: number, options?: CallOptions) => Promise<ContactLookup>;
  createContact: (contact: NewContact, options?: CallOptions) => Promise<Created>;
  /** Reads first and keeps what is there, since an update replaces all phones. Two requests; safe to repeat. */
  addPhone: (change: { contactId: number; phone: string }, options?: CallOptions) => Promise<PhoneAdded>;
  /** For the read-back of a create; `name` and `phoneDigits` narrow it ("contains"). Times are Planfix's. */
  listContactsCreatedSince: (
    filter: { sinceMs: number; name?: string; phoneDigits?: string },
    options?: CallOptions,
  ) => AsyncGenerator<Contact[]>;
};

const FIELDS = 'id,name,midname,lastname,isCompany,isDeleted,phones,sourceObjectId';
const PHONE_CONTAINS = 4003;
const NAME_CONTAINS = 4001;
const CREATED = 12;
const MOBILE = 1;

type Filter = { type: number; operator: string; value: unknown };

export function contactCalls(call: Call, { timeZone }: Pick<ClientOptions, 'timeZone'>): ContactCalls {
  return {
    findContactsByPhone: (search, options) => findByPhone(call, search, options),
    getContact: (id, options) => getContact(call, id, options),
    createContact: (contact, options) => createContact(call, contact, options),
    addPhone: (change, options) => addPhone(call, change, options),
    listContactsCreatedSince: ({ sinceMs, name, phoneDigits }, options) => {
      const filters: Filter[] = [{ type: CREATED, operator: 'gt', value: sinceFilter(sinceMs, timeZone) }];
      if (name !== undefined) filters.push({ type: NAME_CONTAINS, operator: 'equal', value: name });
      if (phoneDigits !== undefined) filters.push(phoneContains(phoneDigits));
      return list(call, filters, false, options);
    },
  };
}

const phoneContains = (digits: string): Filter => ({ type: PHONE_CONTAINS, operator: 'equal', value: digits });

function list(call: Call, filters: Filter[], isCompany: boolean, options?: CallOptions): AsyncGenerator<Contact[]> {
  const schema = z.object({ contacts: z.array(contactSchema) });
  return pages(async (offset, pageSize) => {
    const body = { offset, pageSize, filters, isCompany, fields: FIELDS };
    const request = {
      method: 'POST',
      path: '/contact/list',
      body,
      effect: 'read',
      subject: 'contact',
      schema,
    } as const;
    const { data } = await call(request, options);
    return data.contacts.map(toContact);
  });
}

async function findByPhone(call: Call, search: PhoneSearch, options?: CallOptions): Promise<Contact[]> {
  for (const digits of search.digits) {
    const filters = [phoneContains(digits)];
    const found = await collect(list(call, filters, false, options));
    if (search.companies === true) found.push(...(await collect(list(call, filters, true, options))));
    const matching = found.filter(({ phones }) => phones.some(search.matches));
    const unique = [...new Map(matching.map((contact) => [contact.id, contact])).values()];
    if (unique.length > 0) return unique.sort((a, b) => a.id - b.id);
  }
  return [];
}

type ContactRead = z.infer<typeof contactSchema>;

async function readContact(call: Call, id: number, options?: CallOptions): Promise<ContactRead | undefined> {
  const schema = z.object({ contact: contactSchema });
  const query = { fields: FIELDS };
  try {
    const { data } = await call(
      { method: 'GET', path: `/contact/${id}`, query, effect: 'read', subject: 'contact', schema },
      options,
    );
    return data.contact;
  } catch (error) {
    if (error instanceof PlanfixError && error.refusal === 'contact-missing') return undefined;
    throw error;
  }
}

async function getContact(call: Call, id: number, options?: CallOptions): Promise<ContactLookup> {
  const contact = await readContact(call, id, options);
  if (contact === undefined) return { kind: 'missing' };
  return { kind: contact.id === id ? 'found' : 'merged', contact: toContact(contact) };
}

const digitsOf = (phone: string) => phone.replace(/\D/g, '');

async function addPhone(
  call: Call,
  { contactId, phone }: { contactId: number; phone: string },
  options?: CallOptions,
): Promise<PhoneAdded> {
  const contact = await readContact(call, contactId, options);
  if (contact === undefined) return 'missing';
  const phones = contact.phones ?? [];
  if (phones.some(({ number }) => number && digitsOf(number) === digitsOf(phone))) return 'present';
  if (phones.some(({ number, maskedNumber }) => !number && maskedNumber)) return 'masked';
  const kept = phones.flatMap(({ number, type }) => (number ? [{ number, type: type ?? MOBILE }] : []));
  const { status } = await call(
    {
      method: 'POST',
      path: `/contact/${contact.id}`,
      body: { phones: [...kept, { number: phone, type: MOBILE }] },
      // The next try reads again and finds the phone there.
      effect: 'read',
      subject: 'contact',
      schema: updatedSchema,
    },
    options,
  );
  return status === 202 ? 'queued' : 'added';
}

async function createContact(call: Call, contact: NewContact, options?: CallOptions): Promise<Created> {
  const { name, phone, templateId, sourceObjectId, customFields } = contact;
  const sent: Suspect[] = [];
  if (templateId !== undefined) sent.push('template');
  if (customFields !== undefined) sent.push('custom-field');
  const body = {
    name,
    sourceObjectId,
    ...(phone === undefined ? {} : { phones: [{ number: phone, type: MOBILE }] }),
    ...(templateId === undefined ? {} : { template: { id: templateId } }),
    ...customFieldData(customFields),
  };
  const { data } = await call(
    { method: 'POST', path: '/contact/', body, effect: 'write', subject: 'contact', sent, schema: createdSchema },
    options,
  );
  return data;
}

/** The part of a create's body that carries custom fields; none for none. */
export function customFieldData(
  fields: readonly { fieldId: number; value: string }[] | undefined,
): Record<string, unknown> {
  if (fields === undefined || fields.length === 0) return {};
  return { customFieldData: fields.map(({ fieldId, value }) => ({ field: { id: fieldId }, value })) };
}

function toContact(read: ContactRead): Contact {
  return {
    id: read.id,
    name: [read.name, read.midname, read.lastname].filter((part) => part).join(' '),
    phones: (read.phones ?? []).flatMap(({ number, maskedNumber }) => number ?? maskedNumber ?? []),
    isCompany: read.isCompany ?? false,
    isDeleted: read.isDeleted ?? false,
    sourceObjectId: read.sourceObjectId ?? undefined,
  };
}
