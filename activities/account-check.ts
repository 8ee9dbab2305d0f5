import { readAccountAccess } from '../db/account-access.ts';
import { settleAccountChecks } from '../db/checks.ts';
import { CHOICE_KINDS } from '../db/choices.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import type { Dependencies } from './dependencies.ts';
import { refreshLists } from './directory.ts';
import { checkPrimaryAdmin } from './named-choices.ts';
import { NotNow } from './not-now.ts';
import { canBeAssigned } from './planfix/directory.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount } from './planfix-account.ts';
import { describeRefusal } from './settings-check.ts';

export type AccountCheckActivities = {
  /** Live checks of an account's address, token and primary admin; the row tells the outcome. */
  checkPlanfixAccount: (input: { planfixAccountId: string }) => Promise<StepResult>;
};

export function createAccountCheckActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): AccountCheckActivities {
  const { db, waits } = dependencies;
  return {
    checkPlanfixAccount: ({ planfixAccountId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        // A draft whose caller was refused is gone.
        if (!(await readAccountAccess(db, planfixAccountId))) return { kind: 'done' };
        const account = await openAccount(planfixAccountId, waits.checkPatienceMs);
        const checks: ConnectionCheck[] = [];
        try {
          const lists = await refreshLists(dependencies, account, CHOICE_KINDS);
          const employees = lists.employees.map((one) => ({ ...one, canBeAssigned: canBeAssigned(one) }));
          checks.push({ name: 'credentials', ok: true, message: 'Planfix accepts the token' });
          checks.push(checkPrimaryAdmin(account.access.primaryAdmin, { employees }));
        } catch (error) {
          if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
          if (!(error instanceof PlanfixError)) throw error;
          checks.push(describeRefusal(error));
        }
        await settleAccountChecks(db, planfixAccountId, checks);
        return { kind: 'done' };
      }),
  };
}
