import { describe, expect, it } from '@jest/globals';
import { checkNamedChoices } from '../../../activities/named-choices.ts';
import type { StoredChoices } from '../../../db/choices.ts';
import type { ConnectionCheck, ConnectionSettings } from '../../../workflows/domain/settings.ts';

const CHOICES: StoredChoices = {
  employees: [
    { ref: 'user:1', name: 'Olga', isActive: true, canBeAssigned: true },
    { ref: 'user:2', name: 'Conrad', isActive: true, canBeAssigned: true },
    { ref: 'user:9', name: 'Robot', isActive: true, canBeAssigned: false },
  ],
  taskTemplates: [{ id: 10, name: 'Enquiry' }],
  contactTemplates: [{ id: 20, name: 'Contact' }],
  groups: [{ id: 1, name: 'Support' }],
  refreshedAt: new Date(),
};
const SETTINGS = {
  taskTemplate: 10,
  contactTemplate: 20,
  additionalAssignees: ['user:1', 'group:1', 'contact:7'],
  echoAuthor: 'user:2',
} as unknown as ConnectionSettings;
const CONTACTS = new Map([['contact:7', true]]);

const failuresOf = (
  settings: Partial<ConnectionSettings>,
  choices: Partial<StoredChoices> = {},
  contacts: ReadonlyMap<string, boolean> = CONTACTS,
) =>
  checkNamedChoices(
    { settings: { ...SETTINGS, ...settings }, configuredBy: 'user:2', checks: [] },
    { ...CHOICES, ...choices },
    contacts,
  )
    .filter((check) => !check.ok)
    .map(({ name, code, about, message, remedy }) => ({ name, code, about, message, hasRemedy: remedy !== undefined }));

const failure = (name: string, code: string, message: string, about?: string) => ({
  name,
  code,
  about,
  message,
  hasRemedy: true,
});

describe('what settings name', () => {
  it('passes while Planfix shows all of it', () => {
    expect(failuresOf({})).toEqual([]);
  });

  it.each([
    [
      'a task template',
      { taskTemplates: [] },
      failure('taskTemplate', 'task-template-missing', 'Planfix shows no task template 10'),
    ],
    [
      'a contact template',
      { contactTemplates: [] },
      failure('contactTemplate', 'contact-template-missing', 'Planfix shows no contact template 20'),
    ],
    [
      'a group',
      { groups: [] },
      failure('additionalAssignees', 'group-missing', 'Planfix shows no group group:1', 'group:1'),
    ],
  ])('fails with a remedy when %s is gone', (_what, choices, expected) => {
    expect(failuresOf({}, choices)).toEqual([expected]);
  });

  it('fails for each person who cannot work, by name of the setting', () => {
    const failed = failuresOf({ additionalAssignees: ['user:3'], echoAuthor: 'user:9' });
    expect(failed).toEqual([
      failure('additionalAssignees', 'employee-unknown', 'Planfix knows no employee user:3', 'user:3'),
      failure(
        'echoAuthor',
        'echo-author-inactive',
        "The author of colleagues' messages is not active in Planfix, or a robot",
      ),
    ]);
  });

  it('fails for a contact that is gone', () => {
    const expected = failure(
      'additionalAssignees',
      'contact-missing',
      'Planfix shows no contact contact:7',
      'contact:7',
    );
    expect(failuresOf({}, {}, new Map([['contact:7', false]]))).toEqual([expected]);
  });

  it('asks for nothing that is not set', () => {
    expect(failuresOf({ contactTemplate: undefined, echoAuthor: undefined }, { contactTemplates: [] })).toEqual([]);
  });
});

describe('checks that were made before', () => {
  const before: ConnectionCheck[] = [
    { name: 'number', ok: true, message: 'The number is connected' },
    { name: 'taskTemplate', ok: false, message: 'Planfix shows no task template 10' },
    { name: 'additionalAssignees', ok: false, message: 'Planfix shows no contact contact:7', about: 'contact:7' },
  ];
  const named = { settings: SETTINGS, configuredBy: 'user:2', checks: before };

  it('stay where they are about something else, or about a contact that was not asked for', () => {
    const checks = checkNamedChoices(named, CHOICES);
    expect(checks[0]).toBe(before[0]);
    expect(checks.filter((check) => check.name === 'taskTemplate')).toMatchObject([{ ok: true }]);
    expect(checks.filter((check) => !check.ok)).toEqual([before[2]]);
  });

  it('give way to what is known of the contact now', () => {
    expect(checkNamedChoices(named, CHOICES, CONTACTS).filter((check) => !check.ok)).toEqual([]);
  });
});
