import { describe, expect, it } from '@jest/globals';
import { createTurns } from '../../../api/turns.ts';

/** Work that ends when it is told, and writes down what happens. */
function openWork(name: string, seen: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const work = async () => {
    seen.push(`${name} begins`);
    await promise;
    seen.push(`${name} ends`);
    return name;
  };
  return { work, end: resolve, fail: reject };
}

describe('turns', () => {
  it('come one after the other, also after one that failed', async () => {
    const seen: string[] = [];
    const inTurn = createTurns(60_000);
    const [first, second] = [openWork('first', seen), openWork('second', seen)];
    const results = Promise.allSettled([inTurn(first.work), inTurn(second.work)]);
    second.end();
    first.fail(new Error('no'));
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(seen).toEqual(['first begins', 'second begins', 'second ends']);
    // Control: without turns both are begun before either has ended.
    const free: string[] = [];
    const [one, other] = [openWork('one', free), openWork('other', free)];
    const both = Promise.all([one.work(), other.work()]);
    expect(free).toEqual(['one begins', 'other begins']);
    one.end();
    other.end();
    await both;
  });

  it('that come too late are refused, and their work is never begun', async () => {
    const seen: string[] = [];
    const inTurn = createTurns(-1);
    const late = openWork('late', seen);
    await expect(inTurn(late.work)).rejects.toThrow('no turn within');
    expect(seen).toEqual([]);
  });
});
