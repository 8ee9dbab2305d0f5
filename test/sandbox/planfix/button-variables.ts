import type { Account, Contact, PersonRef, Task } from './model.ts';
import { findContact, fullName, readPerson } from './people.ts';
import { webHost } from './settings.ts';

/** What a button is pressed on, by whom, and what they entered. */
export type PressContext = {
  account: Account;
  task: Task | undefined;
  contact: Contact | undefined;
  by: PersonRef;
  answers: Record<string, string>;
};

/** Planfix's internal number of a task, which is not the one that people and REST know. */
const internalTaskId = (task: Task): number => 1_000_000 + task.id;

const phonesOf = (contact: Contact | undefined): string[] => contact?.phones.map(({ number }) => number) ?? [];

const nameOf = (contact: Contact | undefined): string => (contact === undefined ? '' : fullName(contact));

/** Whom a task is about: its counterparty, else the contact who set it. */
function contactOfTask({ account, task }: PressContext): Contact | undefined {
  return task === undefined ? undefined : findContact(account, task.counterparty ?? task.assigner);
}

/** On a task's card the contact is the task's. */
const contactOf = (context: PressContext): Contact | undefined => context.contact ?? contactOfTask(context);

type Variable = { names: string[]; read: (context: PressContext) => string };

/** Variables are picked from a list in Planfix; the names are those of Russian and English accounts. */
const variables: Variable[] = [
  { names: ['Задача.Номер', 'Task.Number'], read: ({ task }) => String(task?.id ?? '') },
  {
    names: ['Задача.Идентификатор', 'Task.Identifier'],
    read: ({ task }) => (task === undefined ? '' : String(internalTaskId(task))),
  },
  { names: ['Задача.Название', 'Task.Name'], read: ({ task }) => task?.name ?? '' },
  {
    names: ['Задача.Постановщик.Имя', 'Task.Assigner.Name'],
    read: ({ account, task }) => (task === undefined ? '' : readPerson(account, task.assigner).name),
  },
  { names: ['Задача.Контрагент.Имя', 'Task.Counterparty.Name'], read: (context) => nameOf(contactOfTask(context)) },
  { names: ['Контакт.Номер', 'Contact.Number'], read: (context) => String(contactOf(context)?.id ?? '') },
  { names: ['Контакт.Имя', 'Contact.Name'], read: (context) => nameOf(contactOf(context)) },
  { names: ['Контакт.Телефон', 'Contact.Phone'], read: (context) => phonesOf(contactOf(context))[0] ?? '' },
  { names: ['Контакт.Телефоны', 'Contact.Phones'], read: (context) => phonesOf(contactOf(context)).join(', ') },
  { names: ['Сотрудник.Имя', 'Employee.Name'], read: ({ account, by }) => readPerson(account, by).name },
  { names: ['Системные.Домен аккаунта', 'System.Account domain'], read: ({ account }) => webHost(account) },
  {
    names: ['Системные.Текущее время', 'System.Current time'],
    read: ({ account }) => new Date(account.now()).toISOString(),
  },
];

const byName = new Map(variables.flatMap((variable) => variable.names.map((name) => [name, variable])));
const placeholder = /\{\{([^{}]*)\}\}/g;

/** `{{Form.<name>}}` is what the agent entered when asked. */
const asked = /^(?:Form|Форма)\.(.+)$/;

/** The first variable of a value that the list does not have. */
export function unknownVariable(value: string, questions: string[]): string | undefined {
  return [...value.matchAll(placeholder)]
    .map((match) => (match[1] ?? '').trim())
    .find((name) => {
      const question = asked.exec(name)?.[1];
      return question === undefined ? !byName.has(name) : !questions.includes(question);
    });
}

/** A value with its variables filled in, raw: nothing is escaped but by the form's own encoding. */
export function fillVariables(value: string, context: PressContext): string {
  const unknown = (whole: string): string => (context.account.settings.unknownVariable === 'keep' ? whole : '');
  return value.replace(placeholder, (whole, inner: string) => {
    const name = inner.trim();
    const question = asked.exec(name)?.[1];
    if (question !== undefined) return context.answers[question] ?? '';
    return byName.get(name)?.read(context) ?? unknown(whole);
  });
}
