import {
  beginConnectionCheck,
  type ConnectionUnderCheck,
  type NetworkFacts,
  type NumberFacts,
  readConnectionUnderCheck,
  type SyncPlan,
  settleConnectionChecks,
} from '../db/checks.ts';
import { messagesPerSecond } from '../workflows/domain/pacing.ts';
import { reasonOf } from '../workflows/domain/problem-findings.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import type { ChannelClient, ConnectionReport } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import type { CheckResult } from './channels/findings.ts';
import { checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import { checkSetup, type SetupReport, setUpNumber } from './onboarding-checks.ts';
import { isAwaitingCanary, resubscribe } from './onboarding-setup.ts';
import type { OpenPlanfixAccount } from './planfix-account.ts';
import { checkPlanfixSide } from './settings-check.ts';

export type ConnectionCheckActivities = {
  /**
   * Live checks of both sides of a connection; the row tells the outcome. A draft that passes is set up, too: its
   * number is registered where needed, and messages come to us.
   */
  checkConnection: (input: { connectionId: string }) => Promise<StepResult>;
};

/** The network is expected to call within `canaryMs`; the workflow waits, and no slot. */
const CALL_AWAITED: StepResult = { kind: 'not-before', waitMs: 500 };

export function createConnectionCheckActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
  openConnection: OpenConnection,
): ConnectionCheckActivities {
  const { db, waits, lookAt, wake } = dependencies;
  return {
    checkConnection: ({ connectionId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const row = await readConnectionUnderCheck(db, connectionId);
        if (!row) return { kind: 'done' };
        const isDraft = await beginConnectionCheck(db, connectionId);
        if (isDraft && (await isAwaitingCanary(dependencies, connectionId))) return CALL_AWAITED;
        try {
          const connection = await openConnection(connectionId);
          const place = { connectionId, row, connection, isDraft };
          const [report, planfix] = await Promise.all([
            checkChannel(dependencies, place),
            openAccount(row.planfixAccountId, waits.checkPatienceMs).then((account) =>
              checkPlanfixSide(dependencies, account, row),
            ),
          ]);
          const found = [...report.checks, ...planfix];
          const isSound = found.every((check) => check.ok);
          if (isDraft && isSound) found.push(...(await setUp(dependencies, place, report.setup)));
          const sync = isDraft ? syncPlan(dependencies, row, report.setup) : undefined;
          const { accessToken } = connection.access;
          const looked = { accessToken, configuredBy: row.configuredBy, settings: row.settings };
          const begun = await settleConnectionChecks(db, connectionId, found, report.facts, sync, looked);
          if (!begun) return { kind: 'not-before', waitMs: 0 };
          await Promise.all([lookAt(begun.runs), wake(begun.wakes)]);
          return { kind: 'done' };
        } catch (error) {
          if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
          throw error;
        }
      }),
  };
}

type Place = { connectionId: string; row: ConnectionUnderCheck; connection: ChannelConnection; isDraft: boolean };

type ChannelChecks = { checks: ConnectionCheck[]; facts: NumberFacts; setup: SetupReport | undefined };

const NO_FACTS: NumberFacts = {
  displayPhoneNumber: undefined,
  verifiedName: undefined,
  portfolioId: undefined,
  messagesPerSecond: undefined,
};

async function checkChannel(dependencies: Dependencies, place: Place): Promise<ChannelChecks> {
  const { client } = place.connection;
  try {
    let report = await client.check();
    const failed = report.checks.filter((check) => check.outcome === 'failed').map((check) => check.name);
    // A wrong key may be that of another number, which is heard elsewhere: nothing is changed for it.
    if (!place.isDraft && failed.length > 0 && failed.every((name) => name === 'subscription')) {
      await subscribe(dependencies, place).catch(() => undefined);
      report = await client.check();
    }
    const setup = client.setup && (await checkSetup(dependencies, { ...place, setup: client.setup, report }));
    const replaced = setup?.replaced ?? new Set(place.isDraft ? ['subscription'] : []);
    const plain = report.checks.filter((check) => !replaced.has(check.name));
    return {
      checks: [...plain.flatMap(describeFinding), ...(setup?.checks ?? [])],
      facts: factsOf(report, setup),
      setup,
    };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { checks: [unreachable(error)], facts: NO_FACTS, setup: undefined };
  }
}

async function subscribe(dependencies: Dependencies, { connectionId, row, connection }: Place): Promise<void> {
  const { setup } = connection.client;
  if (setup) await resubscribe(dependencies, { connectionId, row, setup });
  else await connection.client.subscribe();
}

/** What a draft needs beside being right; whatever of it fails is a check that fails. */
async function setUp(
  dependencies: Dependencies,
  { connectionId, row, connection }: Place,
  report: SetupReport | undefined,
): Promise<ConnectionCheck[]> {
  const { setup } = connection.client;
  try {
    if (!setup) return [await setAddress(connection.client)];
    if (!report) return [];
    return await setUpNumber(dependencies, { connectionId, row, setup }, report);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return [unreachable(error)];
  }
}

/** Of a provider that is told an address for each number, which takes it away from whoever had it. */
async function setAddress(client: ChannelClient): Promise<ConnectionCheck> {
  try {
    await client.subscribe();
    return checkOf('subscription', true, 'address-set');
  } catch (error) {
    if (!(error instanceof ChannelError) || error.isPassing) throw error;
    return checkOf('subscription', false, 'address-not-set');
  }
}

const unreachable = ({ told }: ChannelError): ConnectionCheck =>
  checkOf('credentials', false, 'network-unreachable', reasonOf(told));

/** A finding in words. A warning lets the connection work; a skipped check says nothing. */
const describeFinding = (result: CheckResult): ConnectionCheck[] =>
  result.outcome === 'skipped' ? [] : [checkOf(result.name, result.outcome !== 'failed', result.code)];

function factsOf({ number, account }: ConnectionReport, setup: SetupReport | undefined): NumberFacts {
  const isRegistered = setup?.road?.kind === 'register';
  const network: NetworkFacts = {
    quality: number?.quality,
    nameStatus: number?.nameStatus,
    throughput: number?.throughput,
    status: isRegistered ? 'CONNECTED' : number?.status,
    platform: isRegistered ? 'CLOUD_API' : number?.platform,
  };
  return {
    displayPhoneNumber: number?.displayPhone,
    verifiedName: number?.verifiedName,
    portfolioId: account?.portfolioId,
    messagesPerSecond: number && messagesPerSecond(number),
    onBusinessApp: number?.onBusinessApp,
    tokenExpiresAt: setup?.tokenExpiresAt,
    network,
  };
}

function syncPlan(
  { waits }: Dependencies,
  { settings }: ConnectionUnderCheck,
  setup: SetupReport | undefined,
): SyncPlan | undefined {
  if (setup?.road?.kind !== 'business-app') return undefined;
  return { wantsHistory: settings.historyDays > 0, deadlineMs: waits.syncDeadlineMs };
}
