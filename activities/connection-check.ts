import { type NumberFacts, readConnectionUnderCheck, settleConnectionChecks } from '../db/checks.ts';
import { messagesPerSecond } from '../workflows/domain/pacing.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { checkEmployee, describeRefusal } from './account-check.ts';
import { withHeartbeat } from './attempt.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import type { ConnectionReport } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { describeFinding } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { refreshChoices } from './directory.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';

export type ConnectionCheckActivities = {
  /** Live checks of both sides of a connection; the row tells the outcome. Subscribes the app where it is not. */
  checkConnection: (input: { connectionId: string }) => Promise<StepResult>;
};

export function createConnectionCheckActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
  openConnection: OpenConnection,
): ConnectionCheckActivities {
  const { db, waits, lookAt } = dependencies;
  return {
    checkConnection: ({ connectionId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const row = await readConnectionUnderCheck(db, connectionId);
        if (!row) return { kind: 'done' };
        try {
          const connection = await openConnection(connectionId);
          const [report, checks] = await Promise.all([
            checkChannel(connection),
            openAccount(row.planfixAccountId, waits.checkPatienceMs).then((account) =>
              checkPlanfix(dependencies, account, row),
            ),
          ]);
          const found = [...report.checks, ...checks];
          await lookAt(await settleConnectionChecks(db, connectionId, found, report.facts));
          return { kind: 'done' };
        } catch (error) {
          if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
          throw error;
        }
      }),
  };
}

type ChannelChecks = {
  checks: ConnectionCheck[];
  facts: NumberFacts;
};

async function checkChannel({ client }: ChannelConnection): Promise<ChannelChecks> {
  try {
    let report = await client.check();
    if (report.checks.some((check) => check.name === 'subscription' && check.outcome === 'failed')) {
      await client.subscribe().catch(() => undefined);
      report = await client.check();
    }
    return {
      checks: report.checks.flatMap((result) => describeFinding(result) ?? []),
      facts: {
        displayPhoneNumber: report.number?.displayPhone,
        verifiedName: report.number?.verifiedName,
        portfolioId: portfolioOf(report),
        messagesPerSecond: report.number && messagesPerSecond(report.number),
      },
    };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const remedy = 'Try again in a minute; check META_GRAPH_URL if it stays so';
    const check = { name: 'credentials', ok: false, message: `WhatsApp cannot be asked: ${error.detail}`, remedy };
    return {
      checks: [check],
      facts: {
        displayPhoneNumber: undefined,
        verifiedName: undefined,
        portfolioId: undefined,
        messagesPerSecond: undefined,
      },
    };
  }
}

const portfolioOf = (report: ConnectionReport) => report.account?.portfolioId;

async function checkPlanfix(
  dependencies: Dependencies,
  account: PlanfixAccount,
  { settings, configuredBy }: { settings: ConnectionSettings; configuredBy: string },
): Promise<ConnectionCheck[]> {
  try {
    const { employees, templates } = await refreshChoices(dependencies, account);
    const template = templates.find((entry) => entry.id === settings.taskTemplate);
    const checks: ConnectionCheck[] = [
      template
        ? { name: 'taskTemplate', ok: true, message: 'The template for new tasks exists' }
        : {
            name: 'taskTemplate',
            ok: false,
            message: `Planfix shows no task template ${settings.taskTemplate}`,
            remedy: `Choose one of: ${templates.map((entry) => entry.id).join(', ')}`,
          },
      checkEmployee('configuredBy', 'Who configured the connection', configuredBy, employees),
    ];
    for (const assignee of settings.additionalAssignees.filter((entry) => entry.startsWith('user:'))) {
      checks.push(checkEmployee('additionalAssignees', `The additional assignee ${assignee}`, assignee, employees));
    }
    const { echoAuthor } = settings;
    if (echoAuthor !== undefined) {
      checks.push(checkEmployee('echoAuthor', "The author of colleagues' messages", echoAuthor, employees));
    }
    return [...checks, ...(await checkNumbers(account, settings))];
  } catch (error) {
    if (!(error instanceof PlanfixError)) throw error;
    return [describeRefusal(error)];
  }
}

/** Settings that name a field or a status by number. */
async function checkNumbers(account: PlanfixAccount, settings: ConnectionSettings): Promise<ConnectionCheck[]> {
  const checks: ConnectionCheck[] = [];
  const { correlationField, deliveryStateField, initialStatus } = settings;
  const named = Object.entries({ correlationField, deliveryStateField }).filter(([, number]) => number !== undefined);
  const fields = named.length > 0 ? await account.client.listTaskFields() : [];
  for (const [name, number] of named) {
    const ok = fields.some((field) => field.id === number);
    checks.push(numberCheck(name, ok, `task field ${number}`, 'a text field of the template'));
  }
  if (initialStatus !== undefined) {
    const statuses = await account.client.listStatuses();
    const ok = statuses.some((status) => status.id === initialStatus);
    checks.push(numberCheck('initialStatus', ok, `status ${initialStatus}`, "a status of the template's process"));
  }
  return checks;
}

function numberCheck(name: string, ok: boolean, what: string, choose: string): ConnectionCheck {
  if (ok) return { name, ok, message: `Planfix has ${what}` };
  return { name, ok, message: `Planfix shows no ${what}`, remedy: `Name the number of ${choose}, or leave it out` };
}
