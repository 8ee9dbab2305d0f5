import type { ContactTemplate, CustomField, Group, Process, QuickReply, Status, TaskTemplate, User } from './model.ts';
import { nobody } from './people.ts';

/** Numbers of the standard account; tests and demos name them. */
export const standardIds = { admin: 1, configurer: 2, firstAgent: 3, secondAgent: 4, inactive: 5, robot: 9 };

/**
 * Employees of a new account. `user:1` is the account's owner, which nothing in REST shows; `user:2` is the one who
 * configures; `user:5` has left; `user:9` is the robot that holds the token.
 */
export function standardUsers(timeZone: string): User[] {
  const person = (id: number, name: string, lastname: string, more: Partial<User>): User => ({
    id,
    name,
    lastname,
    email: `employee${id}@example.com`,
    role: 'User',
    status: 'Active',
    groups: [],
    phones: [],
    timeZone,
    languageCode: 'En',
    ...more,
  });
  return [
    person(1, 'Olga', 'Owner', { role: 'Admin' }),
    person(2, 'Conrad', 'Configurer', { role: 'Admin' }),
    person(3, 'Anna', 'Agent', { groups: [1] }),
    person(4, 'Boris', 'Agent', { groups: [1], languageCode: 'Ru' }),
    person(5, 'Ina', 'Inactive', { status: 'Inactive', groups: [2] }),
    person(9, 'Parley robot', '', { role: 'Robot' }),
  ];
}

export const standardGroups: Group[] = [
  { id: 1, name: 'Support' },
  { id: 2, name: 'Former staff' },
];

const status = (id: number, name: string, isActive: boolean, color: string): Status => ({
  id,
  name,
  color,
  isActive,
  hasDeadline: isActive,
});

/** The system's statuses and two of the account's own whose names say nothing of whether they are active. */
export const standardStatuses: Status[] = [
  status(0, 'Draft', false, '#9e9e9e'),
  status(1, 'New', true, '#2196f3'),
  status(2, 'In work', true, '#4caf50'),
  status(3, 'Completed', false, '#607d8b'),
  status(4, 'Delayed', false, '#ff9800'),
  status(5, 'Rejected', false, '#f44336'),
  status(6, 'Done', false, '#607d8b'),
  status(7, 'Canceled', false, '#795548'),
  status(101, 'Waiting for the customer', true, '#9c27b0'),
  status(102, 'Parked', false, '#b0bec5'),
];

export const standardProcesses: Process[] = [
  { id: 1, name: 'Standard', statusIds: [0, 1, 2, 3, 4, 5, 6, 7] },
  { id: 2, name: 'Customer dialogue', statusIds: [1, 2, 3, 4, 5, 6, 7, 101, 102] },
];

/**
 * 10 has an assignee, 11 has none, 12 has only a group, 13 only an employee who left. The line fields 30 and 32
 * are attached to all of them but 13; 31 exists and is attached to nothing.
 */
export function standardTaskTemplates(): TaskTemplate[] {
  const template = (id: number, name: string, more: Partial<TaskTemplate>): TaskTemplate => ({
    id,
    name,
    processId: 2,
    statusId: 1,
    assignees: nobody(),
    participants: nobody(),
    auditors: nobody(),
    customFieldIds: [30, 32],
    ...more,
  });
  return [
    template(10, 'Customer enquiry', { assignees: { users: ['user:3'], groups: [] } }),
    template(11, 'Enquiry without assignee', {}),
    template(12, 'Enquiry for the support group', { assignees: { users: [], groups: [1] } }),
    template(13, 'Enquiry for one who left', {
      assignees: { users: ['user:5'], groups: [] },
      customFieldIds: [],
    }),
  ];
}

export const standardContactTemplates: ContactTemplate[] = [
  { id: 20, name: 'Contact', canBeParticipant: true, canBeCounterparty: true, customFieldIds: [40] },
  { id: 21, name: 'Contact barred from tasks', canBeParticipant: false, canBeCounterparty: false, customFieldIds: [] },
];

export const standardCustomFields: CustomField[] = [
  { id: 30, name: 'Conversation', type: 0, objectType: 0 },
  { id: 31, name: 'Not on any template', type: 0, objectType: 0 },
  { id: 32, name: 'Delivery state', type: 0, objectType: 0 },
  { id: 40, name: 'External id', type: 0, objectType: 1 },
];

/** The directory behind quick replies; several languages are several entries. */
export const standardQuickReplies: QuickReply[] = [
  { id: 1, language: 'en', name: 'Greeting', text: 'Hello! Thank you for your message. How can we help?' },
  { id: 2, language: 'ru', name: 'Приветствие', text: 'Здравствуйте! Спасибо за сообщение. Чем можем помочь?' },
  { id: 3, language: 'en', name: 'Order on its way', text: 'Your order is on its way and arrives within two days.' },
  { id: 4, language: 'ru', name: 'Заказ в пути', text: 'Ваш заказ уже в пути и будет доставлен в течение двух дней.' },
  { id: 5, language: 'en', name: 'Working hours', text: 'We are here from Monday to Friday, 9 to 18.' },
  { id: 6, language: 'ru', name: 'Часы работы', text: 'Мы работаем с понедельника по пятницу, с 9 до 18.' },
];
