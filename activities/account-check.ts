import { readAccountAccess } from '../db/account-access.ts';
import { settleAccountChecks } from '../db/checks.ts';
import { CHOICE_KINDS } from '../db/choices.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import { checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { refreshLists } from './directory.ts';
import { checkPrimaryAdmin } from './named-choices.ts';
import { NotNow } from './not-now.ts';
import { canBeAssigned } from './planfix/directory.ts';
import { PlanfixError } from './planfix/errors.ts';
import { SCOPES } from './planfix/scopes.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { describeRefusal } from './settings-check.ts';

export type AccountCheckActivities = {
  /** Live checks of an account's address, token with its scopes, and primary admin; the row tells the outcome. */
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
        let checks: ConnectionCheck[];
        try {
          checks = await lookAt(dependencies, account);
        } catch (error) {
          if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
          if (!(error instanceof PlanfixError)) throw error;
          checks = [describeRefusal(error)];
        }
        const { token, primaryAdmin } = account.access;
        const isSettled = await settleAccountChecks(db, planfixAccountId, checks, { token, primaryAdmin });
        return isSettled ? { kind: 'done' } : { kind: 'not-before', waitMs: 0 };
      }),
  };
}

/** What the lists answer needs no question of its own: each call costs a second. */
const SHOWN_BY_LISTS: ReadonlySet<string> = new Set(['task_readonly', 'contact_readonly', 'user_readonly']);

async function lookAt(dependencies: Dependencies, account: PlanfixAccount): Promise<ConnectionCheck[]> {
  const accepted = checkOf('credentials', true, 'planfix-token-accepted');
  try {
    const lists = await refreshLists(dependencies, account, CHOICE_KINDS);
    const employees = lists.employees.map((one) => ({ ...one, canBeAssigned: canBeAssigned(one) }));
    const admin = checkPrimaryAdmin(account.access.primaryAdmin, { employees });
    return [accepted, ...(await missingScopes(account, SHOWN_BY_LISTS)), admin];
  } catch (error) {
    if (!(error instanceof PlanfixError) || error.refusal !== 'scope-missing') throw error;
    const missing = await missingScopes(account);
    if (missing.length === 0) throw error;
    return [accepted, ...missing];
  }
}

/** A failed check for each scope that the token lacks; without it the account would stop at the first customer. */
async function missingScopes(
  { client }: PlanfixAccount,
  known: ReadonlySet<string> = new Set(),
): Promise<ConnectionCheck[]> {
  const checks: ConnectionCheck[] = [];
  for (const scope of SCOPES) {
    if (known.has(scope) || !(await client.lacksScope(scope))) continue;
    checks.push(checkOf('credentials', false, 'planfix-scope-missing', { detail: scope, about: scope }));
  }
  return checks;
}
