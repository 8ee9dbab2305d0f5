import { readAccountAccess } from '../db/account-access.ts';
import { settleAccountChecks } from '../db/checks.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import type { Dependencies } from './dependencies.ts';
import { refreshChoices } from './directory.ts';
import { NotNow } from './not-now.ts';
import { canBeAssigned, type Employee } from './planfix/directory.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount } from './planfix-account.ts';

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
          const { employees } = await refreshChoices(dependencies, account);
          checks.push({ name: 'credentials', ok: true, message: 'Planfix accepts the token' });
          checks.push(checkEmployee('primaryAdmin', 'The primary admin', account.access.primaryAdmin, employees));
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

/** Whether Planfix knows this employee, and lets them work. */
export function checkEmployee(name: string, who: string, ref: string, employees: readonly Employee[]): ConnectionCheck {
  const employee = employees.find((entry) => entry.ref === ref);
  if (employee && canBeAssigned(employee)) return { name, ok: true, message: `${who} is an active employee` };
  return {
    name,
    ok: false,
    message: employee ? `${who} is not active in Planfix, or a robot` : `Planfix knows no employee ${ref}`,
    remedy: `Name an active employee as "user:<number>"; active ones are ${sampleOf(employees)}`,
  };
}

const SAMPLE_SIZE = 5;
const sampleOf = (employees: readonly Employee[]) =>
  employees
    .filter(canBeAssigned)
    .slice(0, SAMPLE_SIZE)
    .map((employee) => employee.ref)
    .join(', ');

/** Why Planfix did not let us in, and what to do about it. */
export function describeRefusal(error: PlanfixError): ConnectionCheck {
  const token = error.kind === 'credentials-rejected';
  return {
    name: token ? 'credentials' : 'address',
    ok: false,
    message: token ? `Planfix refuses the token: ${error.detail}` : `Planfix cannot be used: ${error.detail}`,
    remedy: token
      ? 'Make a REST API token in Account management, API access, bound to a robot, with the scopes in the setup guide'
      : 'The address is https://<account>.planfix.com/rest/ (or .ru); check it, and that the account is paid',
  };
}
