/** Sentence and remedy for what is found in Planfix; `%` is where the detail of a check goes. */
type Words = { message: string; remedy?: string };

const EMPLOYEE = 'Name an active employee as "user:<number>"';
const TEMPLATE = "Choose another one, or let the token's employee see it";
const FIELD = 'Name the number of a text field of the template, or leave it out';

export const PLANFIX_WORDS = {
  'planfix-token-accepted': { message: 'Planfix accepts the token' },
  'planfix-token-refused': {
    message: 'Planfix refuses the token: %',
    remedy:
      'Make a REST API token in Account management, API access, bound to a robot, with the scopes in the setup guide',
  },
  'planfix-scope-missing': {
    message: 'The token lacks the scope %',
    remedy:
      'In Account management, API access, REST API: give the token this scope, or make one with all scopes of the ' +
      'setup guide',
  },
  'planfix-not-usable': {
    message: 'Planfix cannot be used: %',
    remedy: 'The address is https://<account>.planfix.com/rest/ (or .ru); check it, and that the account is paid',
  },

  // What settings name.
  'task-template-exists': { message: 'The task template exists' },
  'task-template-missing': { message: 'Planfix shows no task template %', remedy: TEMPLATE },
  'contact-template-exists': { message: 'The contact template exists' },
  'contact-template-missing': { message: 'Planfix shows no contact template %', remedy: TEMPLATE },
  'group-exists': { message: 'The group % exists' },
  'group-missing': { message: 'Planfix shows no group %', remedy: 'Choose another group, or take it out' },
  'contact-exists': { message: 'The contact % exists' },
  'contact-missing': {
    message: 'Planfix shows no contact %',
    remedy: 'Name the contact that it was merged into, or take it out',
  },
  'task-field-exists': { message: 'Planfix has task field %' },
  'task-field-missing': { message: 'Planfix shows no task field %', remedy: FIELD },
  'status-exists': { message: 'Planfix has status %' },
  'status-missing': {
    message: 'Planfix shows no status %',
    remedy: "Name the number of a status of the template's process, or leave it out",
  },

  // People.
  'employee-unknown': { message: 'Planfix knows no employee %', remedy: EMPLOYEE },
  'primary-admin-active': { message: 'The primary admin is an active employee' },
  'primary-admin-inactive': {
    message: 'The primary admin is not active in Planfix, or a robot',
    remedy: EMPLOYEE,
  },
  'configured-by-active': { message: 'Who configured the connection is an active employee' },
  'configured-by-inactive': {
    message: 'Who configured the connection is not active in Planfix, or a robot',
    remedy: EMPLOYEE,
  },
  'echo-author-active': { message: "The author of colleagues' messages is an active employee" },
  'echo-author-inactive': {
    message: "The author of colleagues' messages is not active in Planfix, or a robot",
    remedy: EMPLOYEE,
  },
  'additional-assignee-active': { message: 'The additional assignee % is an active employee' },
  'additional-assignee-inactive': {
    message: 'The additional assignee % is not active in Planfix, or a robot',
    remedy: EMPLOYEE,
  },
} as const satisfies Record<string, Words>;
