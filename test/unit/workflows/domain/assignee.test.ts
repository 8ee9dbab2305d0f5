import { describe, expect, it } from '@jest/globals';
import { chooseAssignees } from '../../../../workflows/domain/assignee.ts';

const everyone = { primaryAdmin: 'user:1', configuredBy: 'user:2' };
const allActive = () => true;
const allBut =
  (...inactive: string[]) =>
  (assignee: string) =>
    !inactive.includes(assignee);

describe('chooseAssignees', () => {
  it.each([
    {
      title: "takes the template's and the additional ones together, each once",
      given: { template: ['user:3', 'group:1'], additional: ['user:4', 'user:3'], isActive: allActive },
      expected: { assignees: ['user:3', 'group:1', 'user:4'], reason: 'template-and-settings', skippedInactive: [] },
    },
    {
      title: 'skips inactive employees',
      given: { template: ['user:3', 'user:5'], additional: [], isActive: allBut('user:5') },
      expected: { assignees: ['user:3'], reason: 'template-and-settings', skippedInactive: ['user:5'] },
    },
    {
      title: 'keeps a group, whose members it does not know',
      given: { template: ['group:1'], additional: [], isActive: () => false },
      expected: { assignees: ['group:1'], reason: 'template-and-settings', skippedInactive: [] },
    },
    {
      title: 'falls back to the primary admin when there is nobody',
      given: { template: [], additional: [], isActive: allActive },
      expected: { assignees: ['user:1'], reason: 'primary-admin', skippedInactive: [] },
    },
    {
      title: 'falls back to the primary admin when all of them are inactive',
      given: { template: ['user:5'], additional: [], isActive: allBut('user:5') },
      expected: { assignees: ['user:1'], reason: 'primary-admin', skippedInactive: ['user:5'] },
    },
    {
      title: 'falls back to who configured the connection when the primary admin is inactive',
      given: { template: [], additional: [], isActive: allBut('user:1') },
      expected: { assignees: ['user:2'], reason: 'configured-by', skippedInactive: ['user:1'] },
    },
    {
      title: 'says so when nobody can be assigned',
      given: { template: [], additional: [], isActive: () => false },
      expected: { assignees: [], reason: 'nobody', skippedInactive: ['user:1', 'user:2'] },
    },
  ])('$title', ({ given, expected }) => {
    expect(chooseAssignees({ ...everyone, ...given })).toEqual(expected);
  });
});
