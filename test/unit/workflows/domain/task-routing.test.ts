import { describe, expect, it } from '@jest/globals';
import { type KnownTask, routeToTask, taskName } from '../../../../workflows/domain/task-routing.ts';

const known = (facts: Partial<KnownTask> = {}): KnownTask => ({
  planfixTask: 1001,
  isActive: true,
  isDeleted: false,
  isPurged: false,
  knownForMs: 1_000,
  ...facts,
});
const whenNoneActive = { newTaskWhenNoneActive: true, trustFlagForMs: 90_000 };
const alwaysTheSame = { newTaskWhenNoneActive: false, trustFlagForMs: 90_000 };
const append = { kind: 'append', planfixTask: 1001 };

describe('routeToTask', () => {
  it.each([
    { title: 'no task yet', task: undefined, on: { kind: 'create' }, off: { kind: 'create' } },
    { title: 'an active task', task: known(), on: append, off: append },
    {
      title: 'a task in a status of the inactive type',
      task: known({ isActive: false }),
      on: { kind: 'create', previousPlanfixTask: 1001 },
      off: append,
    },
    {
      title: 'a task in the bin',
      task: known({ isDeleted: true }),
      on: { kind: 'create', previousPlanfixTask: 1001 },
      off: append,
    },
    { title: 'a purged task', task: known({ isPurged: true }), on: { kind: 'create' }, off: { kind: 'create' } },
    {
      title: 'a flag that is too old to trust',
      task: known({ knownForMs: 90_001 }),
      on: { kind: 'read-first', planfixTask: 1001 },
      off: append,
    },
  ])('$title', ({ task, on, off }) => {
    expect(routeToTask(task, whenNoneActive)).toEqual(on);
    expect(routeToTask(task, alwaysTheSame)).toEqual(off);
  });

  it('does not link a purged task as the previous one', () => {
    expect(routeToTask(known({ isPurged: true }), whenNoneActive)).toEqual({
      kind: 'create',
      previousPlanfixTask: undefined,
    });
  });
});

describe('taskName', () => {
  it('names contact, network and business number', () => {
    expect(taskName('Jane Roe', 'WhatsApp', '+49 30 1234567')).toBe('Jane Roe (WhatsApp, +49 30 1234567)');
  });

  it('stays within the length that Planfix takes', () => {
    expect(taskName('x'.repeat(400), 'WhatsApp', '+49')).toHaveLength(250);
  });
});
