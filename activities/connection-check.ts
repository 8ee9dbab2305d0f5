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
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import type { ConnectionReport } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { describeFinding } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow } from './not-now.ts';
import { checkSetup, type SetupReport, setUpNumber } from './onboarding-checks.ts';
import { resubscribe } from './onboarding-setup.ts';
import type { OpenPlanfixAccount } from './planfix-account.ts';
import { checkPlanfixSide } from './settings-check.ts';

export type ConnectionCheckActivities = {
  /**
   * Live checks of both sides of a connection; the row tells the outcome. A draft that passes is set up, too: its
   * number is registered where needed, and messages come to us.
   */
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
        const isDraft = await beginConnectionCheck(db, connectionId);
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
          await lookAt(await settleConnectionChecks(db, connectionId, found, report.facts, sync));
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
    const isDeaf = report.checks.some((check) => check.name === 'subscription' && check.outcome === 'failed');
    if (isDeaf && !(place.isDraft && client.setup)) {
      await subscribe(dependencies, place).catch(() => undefined);
      report = await client.check();
    }
    const setup = client.setup && (await checkSetup(dependencies, { ...place, setup: client.setup, report }));
    const plain = report.checks.filter((check) => !setup?.replaced.has(check.name));
    return {
      checks: [...plain.flatMap((result) => describeFinding(result) ?? []), ...(setup?.checks ?? [])],
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
  if (!setup || !report) return [];
  try {
    return await setUpNumber(dependencies, { connectionId, row, setup }, report);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return [unreachable(error)];
  }
}

const unreachable = (error: ChannelError): ConnectionCheck => ({
  name: 'credentials',
  ok: false,
  message: `WhatsApp cannot be asked: ${error.detail}`,
  remedy: 'Try again in a minute; check the address of its API (META_GRAPH_URL) if it stays so',
});

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
