import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseAssignees } from '../../../../workflows/domain/assignee.ts';
import { FALLBACK_ASSIGNEES, type FallbackAssignee } from '../../../../workflows/domain/settings.ts';

const bothInOrder: readonly FallbackAssignee[] = ['primary-admin', 'configured-by'];
const everyone = { primaryAdmin: 'user:1', configuredBy: 'user:2', fallbackOrder: bothInOrder };
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
    {
      title: 'falls back to who configured the connection first where that is set',
      given: {
        template: [],
        additional: [],
        isActive: allActive,
        fallbackOrder: ['configured-by', 'primary-admin'] as const,
      },
      expected: { assignees: ['user:2'], reason: 'configured-by', skippedInactive: [] },
    },
    {
      title: 'goes on to the primary admin when who configured the connection is inactive',
      given: {
        template: [],
        additional: [],
        isActive: allBut('user:2'),
        fallbackOrder: ['configured-by', 'primary-admin'] as const,
      },
      expected: { assignees: ['user:1'], reason: 'primary-admin', skippedInactive: ['user:2'] },
    },
    {
      title: 'never falls back to one who is left out',
      given: {
        template: [],
        additional: [],
        isActive: allBut('user:2'),
        fallbackOrder: ['configured-by'] as const,
      },
      expected: { assignees: [], reason: 'nobody', skippedInactive: ['user:2'] },
    },
  ])('$title', ({ given, expected }) => {
    expect(chooseAssignees({ ...everyone, ...given })).toEqual(expected);
  });
});

describe('whatever is set', () => {
  const ref = fc.constantFrom('user:1', 'user:2', 'user:3', 'user:4', 'group:1', 'contact:5');
  const candidates = fc.record({
    template: fc.array(ref, { maxLength: 4 }),
    additional: fc.array(ref, { maxLength: 4 }),
    primaryAdmin: fc.constantFrom('user:1', 'user:3'),
    configuredBy: fc.constantFrom('user:2', 'user:3'),
    fallbackOrder: fc.shuffledSubarray([...FALLBACK_ASSIGNEES]),
    inactive: fc.uniqueArray(fc.constantFrom<string[]>('user:1', 'user:2', 'user:3', 'user:4')),
  });
  type Candidates = Parameters<typeof chooseAssignees>[0];
  type Choose = (given: Candidates) => ReturnType<typeof chooseAssignees>;

  /** Every rule at once; throws for the first that is broken. */
  function keepsTheRules(choose: Choose): void {
    fc.assert(
      fc.property(candidates, ({ inactive, ...given }) => {
        const isActive = allBut(...inactive);
        const { assignees, reason, skippedInactive } = choose({ ...given, isActive });
        const named = [...given.template, ...given.additional];
        expect(new Set(assignees).size).toBe(assignees.length);
        expect(assignees.filter((one) => inactive.includes(one))).toEqual([]);
        expect(skippedInactive.filter((one) => !inactive.includes(one))).toEqual([]);
        if (reason === 'template-and-settings') {
          expect(new Set(assignees)).toEqual(new Set(named.filter((one) => !inactive.includes(one))));
          return;
        }
        // A stand-in comes only when nobody named can work, and only the first of the order who can.
        expect(named.filter((one) => !inactive.includes(one))).toEqual([]);
        const standIns = { 'primary-admin': given.primaryAdmin, 'configured-by': given.configuredBy };
        const able = given.fallbackOrder.filter((one) => !inactive.includes(standIns[one]));
        expect(reason).toBe(able[0] ?? 'nobody');
        expect(assignees).toEqual(able[0] === undefined ? [] : [standIns[able[0]]]);
      }),
      // Only in a few of them nobody is named who can work.
      { numRuns: 3_000 },
    );
  }

  it('gives the task to those named who can work, else to the first stand-in of the order who can', () => {
    keepsTheRules(chooseAssignees);
  });

  it('would notice an order that is not heeded, and one who was left out', () => {
    const alwaysBoth: Choose = (given) => chooseAssignees({ ...given, fallbackOrder: bothInOrder });
    expect(() => keepsTheRules(alwaysBoth)).toThrow();
  });
});
