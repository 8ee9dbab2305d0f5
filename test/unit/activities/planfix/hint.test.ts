import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHint } from '../../../../activities/planfix/hint.ts';

describe('a hint from a scenario', () => {
  it.each([
    [{ task: 16585, comment: 90413 }],
    [{ task: '16585', comment: '90413' }],
    [{ task: ' 16585\r\n', comment: '\t90413 ' }],
    [{ task: '16 585', comment: '90,413' }],
    [{ task: '16\u00a0585', comment: '90\u202f413' }],
    [{ task: '16.585', comment: "90'413" }],
    [{ task: '#16585', comment: '№ 90413' }],
    [{ Task: '16585', ' COMMENT ': ['90413'], event: 'added' }],
  ])('%j is understood', (body) => {
    expect(parseHint(body)).toEqual({ kind: 'hint', hint: { task: 16585, comment: 90413 } });
  });

  it.each([
    [{ comment: 1 }, 'task is missing'],
    [{ task: 1 }, 'comment is missing'],
    [{ task: '', comment: 1 }, 'task is missing'],
    [{ task: '  ', comment: 1 }, 'task is missing'],
    [{ task: null, comment: 1 }, 'task is missing'],
    [{ task: 0, comment: 1 }, 'task is not a number'],
    [{ task: -5, comment: 1 }, 'task is not a number'],
    [{ task: 1.5, comment: 1 }, 'task is not a number'],
    [{ task: '12.5', comment: 1 }, 'task is not a number'],
    [{ task: '1e5', comment: 1 }, 'task is not a number'],
    [{ task: '12 34', comment: 1 }, 'task is not a number'],
    [{ task: '9'.repeat(16), comment: 1 }, 'task is not a number'],
    [{ task: '1 '.repeat(9), comment: 1 }, 'task is not a number'],
    [{ task: ['1', '2'], comment: 1 }, 'task is not a number'],
    [{ task: { id: 1 }, comment: 1 }, 'task is not a number'],
    [{ task: true, comment: 1 }, 'task is not a number'],
    [{ task: 1, comment: '{{ID добавленного комментария}}' }, 'comment holds a variable that Planfix did not fill in'],
    [{ task: 1, comment: 'Jane +4915123456789' }, 'comment is not a number'],
    ['task=1', 'expected the fields task and comment'],
    [[1, 2], 'expected the fields task and comment'],
    [null, 'expected the fields task and comment'],
    [undefined, 'expected the fields task and comment'],
  ])('%j is refused', (body, reason) => {
    expect(parseHint(body)).toEqual({ kind: 'refused', reason });
  });

  it('is understood or refused, whatever comes, and never quoted', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ minLength: 3 }), (anything, word) => {
        expect(['hint', 'refused']).toContain(parseHint(anything).kind);
        const parsed = parseHint({ task: `~${word}`, comment: 1 });
        expect(parsed).toEqual({ kind: 'refused', reason: expect.stringMatching(/^task (is|holds)/) });
      }),
    );
  });

  it('keeps every number, however it is grouped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.constantFrom(' ', ',', '.', '\u00a0', "'"),
        (id, mark) => {
          const grouped = String(id).replace(/\B(?=(\d{3})+$)/g, mark);
          expect(parseHint({ task: grouped, comment: id })).toEqual({ kind: 'hint', hint: { task: id, comment: id } });
        },
      ),
    );
  });
});
