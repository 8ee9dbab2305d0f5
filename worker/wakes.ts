import type { Client } from '@temporalio/client';
import type { Dependencies } from '../activities/dependencies.ts';
import { readConversationTraits } from '../db/connections.ts';
import type { Waits } from '../workflows/domain/waits.ts';
import { hintReceivedSignal } from '../workflows/messages.ts';
import { conversationStart, planfixAccountStart, runStart } from '../workflows/starts.ts';

const AT_ONCE = 20;
const DEADLINE_MS = 5_000;

/** Signals from activities. A signal that fails is only logged: the lane's due time is set, and the sweep reads it. */
export function createWakes(
  client: Client,
  db: Dependencies['db'],
  waits: Partial<Waits>,
  log: Dependencies['log'],
): Pick<Dependencies, 'wake' | 'wakePlanfixAccount' | 'lookAt'> {
  const bestEffort = async (facts: object, signal: () => Promise<unknown>) => {
    try {
      await client.connection.withDeadline(Date.now() + DEADLINE_MS, signal);
    } catch (error) {
      log.warn({ ...facts, failure: (error as Error).name }, 'signal failed; the sweep repeats it');
    }
  };
  return {
    wake: async (wakes) => {
      if (wakes.length === 0) return;
      const queue = [...wakes];
      // Search attributes are a help for operators: without them the wake goes out all the same.
      const ids = [...new Set(wakes.map((wake) => wake.conversationId))];
      const traits = await readConversationTraits(db, ids).catch(() => []);
      const traitsOf = new Map(traits.map((row) => [row.conversationId, row]));
      const next = async (): Promise<void> => {
        for (let wake = queue.shift(); wake; wake = queue.shift()) {
          const { workflowType, options } = conversationStart(
            wake.conversationId,
            wake.lane,
            waits,
            traitsOf.get(wake.conversationId),
          );
          await bestEffort(wake, () => client.workflow.signalWithStart(workflowType, options));
        }
      };
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, next));
    },
    wakePlanfixAccount: async (planfixAccountId) => {
      const { workflowType, options } = planfixAccountStart(planfixAccountId, hintReceivedSignal, waits);
      await bestEffort({ planfixAccountId }, () => client.workflow.signalWithStart(workflowType, options));
    },
    lookAt: async (runs) => {
      for (const run of runs) {
        const { workflowType, options } = runStart(run, waits);
        await bestEffort(run, () => client.workflow.signalWithStart(workflowType, options));
      }
    },
  };
}
