import { readCredentialInput, settleCredentialCheck } from '../db/credential-checks.ts';
import { readMetaAppSecrets } from '../db/meta-apps.ts';
import type {
  CredentialField,
  CredentialFinding,
  CredentialInput,
  CredentialReport,
} from '../workflows/domain/credentials.ts';
import type { ProviderKind } from '../workflows/domain/message.ts';
import { chooseRoad } from '../workflows/domain/number-road.ts';
import { reasonOf, type Told } from '../workflows/domain/problem-findings.ts';
import { withHeartbeat } from './attempt.ts';
import type { ChannelClient, ChannelSetup, ConnectChannel, TokenFacts } from './channels/channel.ts';
import { channelClients } from './channels/clients.ts';
import { ChannelError } from './channels/errors.ts';
import { type CheckCode, wordsOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { faultCodes } from './onboarding-checks.ts';
import { daysLeft, inspectToken } from './onboarding-token.ts';

export type CredentialCheckActivities = {
  /** Looks live at whatever of the credentials is there; the row tells what was found, and holds no secret of it. */
  checkCredentials: (input: { checkId: string }) => Promise<void>;
};

export function createCredentialCheckActivities(dependencies: Dependencies): CredentialCheckActivities {
  const { db, secrets, waits } = dependencies;
  return {
    checkCredentials: ({ checkId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const sealed = await readCredentialInput(db, checkId);
        if (!sealed) return;
        const input = JSON.parse(secrets.open(sealed)) as CredentialInput;
        await settleCredentialCheck(db, checkId, await look(dependencies, input));
      }),
  };
}

async function look(dependencies: Dependencies, input: CredentialInput): Promise<CredentialReport> {
  if (input.accessToken === undefined) return { findings: [] };
  try {
    const { client, appId } = await openClient(dependencies, input, input.accessToken);
    return await (client.setup ? lookAtSetup(client.setup, appId, input) : lookAtClient(client));
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { findings: [finding('accessToken', 'failed', 'network-unreachable', error.told)] };
  }
}

async function openClient(
  { db, secrets, send, files, channels }: Dependencies,
  { provider, metaAppId, accountId = '', numberId = '' }: CredentialInput,
  accessToken: string,
): Promise<{ client: ChannelClient; appId: string | undefined }> {
  const { url: apiUrl, version } = channels[provider as ProviderKind];
  const app = metaAppId === undefined ? undefined : await readMetaAppSecrets(db, metaAppId);
  const connect: ConnectChannel = channelClients[provider as ProviderKind];
  const credentials = {
    apiUrl,
    ...(version === undefined ? {} : { apiVersion: version }),
    accountId,
    numberId,
    accessToken,
    ...(app === undefined ? {} : { appId: app.appId, appSecret: secrets.open(app.appSecret) }),
  };
  return { client: connect(credentials, { send, files }), appId: app?.appId };
}

type Outcome = 'passed' | 'warning' | 'failed';

function finding(field: CredentialField, outcome: Outcome, code: CheckCode, told?: Told): CredentialFinding {
  const found = { field, ok: outcome !== 'failed', isWarning: outcome === 'warning', code };
  return { ...found, ...(told && reasonOf(told)), ...wordsOf(code, told?.detail) };
}

/** For a provider whose credentials stand for one number: the checks of a connection tell all there is. */
async function lookAtClient(client: ChannelClient): Promise<CredentialReport> {
  const fields: Readonly<Record<string, CredentialField>> = { credentials: 'accessToken', account: 'accountId' };
  const { checks } = await client.check();
  const findings = checks.flatMap(({ name, outcome, code }) =>
    outcome === 'skipped' || name === 'subscription' ? [] : [finding(fields[name] ?? 'numberId', outcome, code)],
  );
  return { findings };
}

/** Token, then account, then number: each is looked at once the one before it is right. */
async function lookAtSetup(
  setup: ChannelSetup,
  appId: string | undefined,
  { accountId, numberId, pin }: CredentialInput,
): Promise<CredentialReport> {
  const nowMs = Date.now();
  const token = await inspectToken(setup, { appId, nowMs });
  const findings = token.findings.map(({ about, outcome, code }) =>
    withDays(finding(about === 'app' ? 'metaAppId' : 'accessToken', outcome, code), token.facts, nowMs),
  );
  const report: CredentialReport = { findings, ...(token.facts ? { token: showToken(token.facts) } : {}) };
  if (findings.some(({ ok }) => !ok)) return report;
  const wanted = new Set([...(token.facts?.accountIds ?? []), ...(accountId === undefined ? [] : [accountId])]);
  report.accounts = await setup.readAccounts([...wanted]);
  if (accountId === undefined) return report;
  if (!report.accounts.some(({ id }) => id === accountId)) {
    findings.push(finding('accountId', 'failed', 'account-not-readable'));
    return report;
  }
  findings.push(finding('accountId', 'passed', 'readable'));
  report.numbers = await setup.listNumbers();
  if (numberId === undefined) return report;
  if (!report.numbers.some(({ id }) => id === numberId)) {
    findings.push(finding('numberId', 'failed', 'number-not-in-account'));
    return report;
  }
  findings.push(...(await lookAtNumber(setup, pin)));
  return report;
}

async function lookAtNumber(setup: ChannelSetup, pin: string | undefined): Promise<CredentialFinding[]> {
  const number = await setup.readNumber();
  const { nameStatus, quality, faults } = number;
  const road = chooseRoad(number, pin !== undefined);
  const findings: CredentialFinding[] = [];
  switch (road.kind) {
    case 'ready': {
      const isUp = number.status === undefined || number.status === 'CONNECTED';
      findings.push(
        isUp ? finding('numberId', 'passed', 'connected') : finding('numberId', 'failed', 'number-not-connected'),
      );
      break;
    }
    case 'register':
      findings.push(finding('numberId', 'passed', 'will-be-registered'));
      break;
    case 'business-app':
      findings.push(finding('numberId', 'passed', 'business-app-linked'));
      break;
    case 'refused':
      findings.push(finding(road.code === 'pin-needed' ? 'pin' : 'numberId', 'failed', road.code));
  }
  if (nameStatus === 'DECLINED' || nameStatus === 'EXPIRED') {
    findings.push(finding('numberId', 'warning', 'display-name-declined'));
  }
  if (quality === 'RED') findings.push(finding('numberId', 'warning', 'quality-low'));
  return [...findings, ...faultCodes(faults).map((code) => finding('accountId', 'warning', code))];
}

/** "expires in n days" is said where it is soon. */
function withDays(found: CredentialFinding, facts: TokenFacts | undefined, nowMs: number): CredentialFinding {
  if (found.code !== 'token-expires-soon' || facts?.expiresAtMs === undefined) return found;
  const days = daysLeft(facts.expiresAtMs, nowMs);
  const when = days === 0 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return { ...found, message: `The access token expires ${when}` };
}

const showToken = ({ expiresAtMs, scopes, appId }: TokenFacts) => ({
  expiresAtMs: expiresAtMs ?? null,
  scopes,
  appId: appId ?? null,
});
