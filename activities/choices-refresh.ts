import { beginChoices, endChoices, postponeChoices } from '../db/choices.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { recheckAll } from './settings-check.ts';

export type ChoicesRefreshActivities = {
  /** Reads anew what settings are chosen from, if somebody asked for it. */
  refreshChoices: (input: { planfixAccountId: string }) => Promise<StepResult>;
};

export function createChoicesRefreshActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): ChoicesRefreshActivities {
  const { db, waits } = dependencies;
  return {
    refreshChoices: ({ planfixAccountId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const beganAt = await beginChoices(db, planfixAccountId, waits.turnTimeoutMs);
        if (!beganAt) return { kind: 'done' };
        const waitMs = await readAll(dependencies, await openAccount(planfixAccountId, waits.checkPatienceMs));
        if (waitMs !== undefined) {
          await postponeChoices(db, planfixAccountId, waitMs);
          return { kind: 'not-before', waitMs };
        }
        const isAskedAgain = await endChoices(db, planfixAccountId, beganAt);
        return isAskedAgain ? { kind: 'not-before', waitMs: 0 } : { kind: 'done' };
      }),
  };
}

/** A number: not before so many milliseconds. What Planfix refuses is left as it was: the lists tell their age. */
async function readAll(dependencies: Dependencies, account: PlanfixAccount): Promise<number | undefined> {
  try {
    await recheckAll(dependencies, account);
  } catch (error) {
    if (error instanceof NotNow) return error.waitMs;
    if (!(error instanceof PlanfixError)) throw error;
    await account.pauseIfDown(error);
  }
  return undefined;
}
