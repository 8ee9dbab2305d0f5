import { describe, expect, it } from '@jest/globals';
import { createLog } from '../../../api/logger.ts';
import { createMetrics } from '../../../api/metrics.ts';
import { type ConversationWake, createWakeups } from '../../../api/wakeups.ts';

const LONG_MS = 5_000;

/** Wakeups whose signals end when told to. */
function aWorld(options: { failing?: boolean; withoutTraits?: boolean } = {}) {
  const sent: ConversationWake[] = [];
  const accounts: string[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let atOnce = 0;
  let most = 0;
  const signal = async (record: () => void) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await opened;
    atOnce -= 1;
    if (options.failing) throw new Error('Temporal is away');
    record();
  };
  const metrics = createMetrics();
  const wakeups = createWakeups({
    signals: {
      namespace: 'default',
      wakeConversation: (wake) => signal(() => void sent.push(wake)),
      wakePlanfixAccount: (id) => signal(() => void accounts.push(id)),
      lookAt: async () => undefined,
      requestAccountCheck: async () => undefined,
      requestConnectionCheck: async () => undefined,
      isReachable: async () => true,
      readQueues: async () => [],
      close: async () => undefined,
    },
    readTraits: async (ids) => {
      if (options.withoutTraits) throw new Error('Postgres is away');
      return ids.map((conversationId) => ({ conversationId, connectionId: `of ${conversationId}`, planfixTask: 7 }));
    },
    log: createLog('silent'),
    metrics,
  });
  const outcomes = async () =>
    Object.fromEntries((await metrics.wakes.get()).values.map(({ labels, value }) => [labels.outcome, value]));
  return { wakeups, sent, accounts, open, most: () => most, outcomes };
}

const wake = (conversationId: string, lane: 'to-planfix' | 'to-customer' = 'to-planfix') => ({ conversationId, lane });

describe('wakes of committed rows', () => {
  it('are sent with what an operator searches by, and without it when it cannot be read', async () => {
    for (const withoutTraits of [false, true]) {
      const { wakeups, sent, open } = aWorld({ withoutTraits });
      open();
      wakeups.conversations([wake('a')]);
      await wakeups.drain(LONG_MS);
      const traits = withoutTraits ? {} : { connectionId: 'of a', planfixTask: 7 };
      expect(sent).toEqual([{ ...wake('a'), connectionId: undefined, planfixTask: undefined, ...traits }]);
    }
  });

  it('that wait are sent once, and again when they come while the first is on its way', async () => {
    const { wakeups, sent, accounts, open } = aWorld();
    wakeups.conversations([wake('first')]);
    await new Promise(setImmediate);
    wakeups.conversations([wake('a'), wake('a'), wake('a', 'to-customer'), wake('first')]);
    wakeups.planfixAccount('x');
    wakeups.planfixAccount('x');
    open();
    await wakeups.drain(LONG_MS);
    expect(sent.map(({ conversationId, lane }) => `${conversationId} ${lane}`).sort()).toEqual([
      'a to-customer',
      'a to-planfix',
      'first to-planfix',
      'first to-planfix',
    ]);
    expect(accounts).toEqual(['x']);
  });

  it('go out twenty at a time', async () => {
    const { wakeups, sent, open, most } = aWorld();
    wakeups.conversations(Array.from({ length: 300 }, (_, index) => wake(`c${index}`)));
    open();
    await wakeups.drain(LONG_MS);
    expect(sent).toHaveLength(300);
    expect(most()).toBe(20);
  });

  it('are left to the sweep where they are too many, and where Temporal is away', async () => {
    const { wakeups, sent, open, outcomes } = aWorld();
    wakeups.conversations(Array.from({ length: 10_010 }, (_, index) => wake(`c${index}`)));
    open();
    await wakeups.drain(LONG_MS);
    expect(await outcomes()).toEqual({ sent: 10_000, 'left-to-sweep': 10 });
    expect(sent).toHaveLength(10_000);
    const away = aWorld({ failing: true });
    away.open();
    away.wakeups.conversations([wake('a'), wake('b')]);
    await away.wakeups.drain(LONG_MS);
    expect(await away.outcomes()).toEqual({ failed: 2 });
  });

  it('do not keep a process from ending', async () => {
    const { wakeups, sent, open } = aWorld();
    wakeups.conversations([wake('a')]);
    await wakeups.drain(1);
    expect(sent).toEqual([]);
    open();
    await wakeups.drain(LONG_MS);
    expect(sent).toHaveLength(1);
  });
});
