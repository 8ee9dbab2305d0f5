import { checkRequired, parseCustomValues } from './custom-values.ts';
import { PlanfixFailure } from './failure.ts';
import type { Account, Contact, Phone } from './model.ts';
import { currentRef, list, readId, refNumber } from './people.ts';

type Body = Record<string, unknown>;

/**
 * Creates a contact as `POST /contact/` does: phones and names need not be unique, e-mails must be (Planfix REST:
 * contacts). Throws a PlanfixFailure (400).
 */
export function createContact(account: Account, body: Body): Contact {
  if (account.contacts.size >= account.settings.contactLimit) {
    throw new PlanfixFailure(400, 23, 'Contact limit of the account is reached');
  }
  const templateId = readId(body.template) ?? account.defaultContactTemplateId;
  const template = account.contactTemplates.get(templateId);
  if (template === undefined) throw new PlanfixFailure(400, 41, `Template not find by id ${templateId}`);
  const fields = parseContactFields(account, body, undefined);
  if ((fields.name ?? '') === '' && (fields.lastname ?? '') === '') {
    throw new PlanfixFailure(400, 2006, 'Contact name is empty');
  }
  const custom = parseCustomValues(account, body.customFieldData, 1, template.customFieldIds);
  checkRequired(account, template.customFieldIds, custom);
  const now = account.now();
  const contact: Contact = {
    id: account.nextContactId,
    sourceObjectId: undefined,
    sourceDataVersion: undefined,
    templateId,
    name: '',
    midname: '',
    lastname: '',
    description: '',
    email: '',
    languageCode: undefined,
    phones: [],
    isCompany: false,
    isDeleted: false,
    groupId: undefined,
    addedBy: `user:${account.tokenUserId}`,
    createdAtMs: now,
    changedAtMs: now,
    ...fields,
    custom: new Map(custom.map((item) => [item.fieldId, item.value])),
  };
  account.nextContactId += 1;
  account.contacts.set(contact.id, contact);
  if (contact.email !== '') account.contactsByEmail.set(contact.email.toLowerCase(), contact.id);
  account.emit({ kind: 'planfix.contact-created', account: account.name, contact: contact.id });
  return contact;
}

/** Applies an update all at once or not at all; custom fields merge, phones replace. */
export function updateContact(account: Account, contact: Contact, body: Body): void {
  const template = account.contactTemplates.get(contact.templateId);
  const fields = parseContactFields(account, body, contact);
  const custom = parseCustomValues(account, body.customFieldData, 1, template?.customFieldIds ?? []);
  if (contact.email !== '' && fields.email !== undefined) account.contactsByEmail.delete(contact.email.toLowerCase());
  Object.assign(contact, fields);
  if (contact.email !== '') account.contactsByEmail.set(contact.email.toLowerCase(), contact.id);
  for (const { fieldId, value } of custom) contact.custom.set(fieldId, value);
  contact.changedAtMs = account.now();
  account.emit({ kind: 'planfix.contact-changed', account: account.name, contact: contact.id });
}

/**
 * Merges one contact into another, as an employee does by hand: phones come along, and tasks, comments and recipients
 * mean the survivor from now on. Throws a RangeError if either is missing or they are the same.
 */
export function mergeContacts(account: Account, from: number, into: number): void {
  const old = account.contacts.get(from);
  const survivor = account.contacts.get(into);
  if (old === undefined || survivor === undefined || from === into) throw new RangeError('no such pair of contacts');
  const known = new Set(survivor.phones.map((phone) => phone.number));
  survivor.phones.push(...old.phones.filter((phone) => !known.has(phone.number)));
  survivor.changedAtMs = account.now();
  account.contacts.delete(from);
  account.mergedInto.set(from, into);
  if (old.email !== '') account.contactsByEmail.delete(old.email.toLowerCase());
  account.emit({ kind: 'planfix.contacts-merged', account: account.name, from, into });
}

/**
 * The contact behind a path's `12` or `contact:12`. What a merged contact's old number leads to is a setting.
 * Throws a PlanfixFailure (404, code 2000).
 */
export function findContactByPath(account: Account, id: string): Contact {
  const number = refNumber(id);
  const merged = account.mergedInto.has(number) && account.settings.mergedContactReads === 'survivor';
  const current = merged ? refNumber(currentRef(account, `contact:${number}`)) : number;
  const contact = account.contacts.get(current);
  if (contact === undefined) throw new PlanfixFailure(404, 2000, `Contact not found by id ${id}`);
  return contact;
}

function parseContactFields(account: Account, body: Body, old: Contact | undefined): Partial<Contact> {
  const fields: Partial<Contact> = {};
  const texts = ['name', 'midname', 'lastname', 'description', 'languageCode', 'sourceObjectId', 'sourceDataVersion'];
  for (const name of texts as ('name' | 'lastname')[]) {
    if (body[name] !== undefined) fields[name] = String(body[name]).trim();
  }
  if (old !== undefined && { ...old, ...fields }.name === '' && { ...old, ...fields }.lastname === '') {
    throw new PlanfixFailure(400, 2006, 'Contact name is empty');
  }
  if (body.email !== undefined) fields.email = parseEmail(account, String(body.email), old?.id);
  if (body.phones !== undefined) fields.phones = parsePhones(body.phones);
  if (body.isCompany !== undefined) fields.isCompany = body.isCompany === true;
  if (body.isDeleted !== undefined) fields.isDeleted = body.isDeleted === true;
  if (body.group !== undefined) fields.groupId = readId(body.group);
  return fields;
}

function parseEmail(account: Account, email: string, ownId: number | undefined): string {
  if (email === '') return email;
  if (!/^\S+@\S+$/.test(email)) throw new PlanfixFailure(400, 2004, 'Wrong e-mail');
  const lower = email.toLowerCase();
  const holder = account.contactsByEmail.get(lower);
  const isEmployee = [...account.users.values()].some((user) => user.email.toLowerCase() === lower);
  if ((holder !== undefined && holder !== ownId) || isEmployee)
    throw new PlanfixFailure(400, 2005, 'E-mail is not unique');
  return email;
}

function parsePhones(value: unknown): Phone[] {
  return list(value).map((item) => {
    const { number, type } = (typeof item === 'object' && item !== null ? item : {}) as Body;
    if (typeof number !== 'string' || number === '') throw new PlanfixFailure(400, 41, 'Wrong phone number');
    return { number, type: type === undefined ? 1 : Number(type) };
  });
}
