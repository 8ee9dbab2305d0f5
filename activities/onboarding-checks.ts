import type { ConnectionUnderCheck } from '../db/checks.ts';
import { settleCalledStep } from '../db/connection-steps.ts';
import { chooseRoad, type NumberRoad } from '../workflows/domain/number-road.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { ChannelSetup, ConnectionReport, HealthFault } from './channels/channel.ts';
import { type CheckCode, checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { checkFields } from './onboarding-fields.ts';
import { knownPin, type NumberSetup, registerNumber, subscribeNumber } from './onboarding-setup.ts';
import { inspectToken, type TokenReport } from './onboarding-token.ts';

/** What has to be known before a number is set up, beside what the client checks. */
export type SetupReport = {
  checks: ConnectionCheck[];
  /** Checks of the client in whose place these stand. */
  replaced: ReadonlySet<string>;
  /** Undefined: the number cannot be read. */
  road: NumberRoad | undefined;
  /** Null: never; undefined: not known. */
  tokenExpiresAt: Date | null | undefined;
};

type Looked = { row: ConnectionUnderCheck; setup: ChannelSetup; report: ConnectionReport; isDraft: boolean };

/** What the token is good for, by which road the number is connected, and what keeps it from sending. */
export async function checkSetup(
  dependencies: Dependencies,
  { row, setup, report, isDraft }: Looked,
): Promise<SetupReport> {
  const appId = row.appId ?? undefined;
  const token = await inspectToken(setup, { appId, nowMs: Date.now() });
  // A draft is subscribed once all else is known to be right.
  const replaced = new Set<string>(isDraft ? ['subscription'] : []);
  const checks = describeToken(token);
  if (checks.some(({ name, ok }) => name === 'credentials' && !ok)) replaced.add('credentials');
  const tokenExpiresAt = expiryOf(token);
  // A token that is refused says nothing of its number.
  if (!report.number) return { checks, replaced, road: undefined, tokenExpiresAt };
  const number = await setup.readNumber();
  checks.push(...describeFaults(number.faults));
  // Without the right secret nobody tells of the app's fields.
  if (checks.every(({ name, ok }) => name !== 'metaApp' || ok)) {
    const { onBusinessApp = false } = number;
    checks.push(
      ...(await checkFields(setup, { onBusinessApp, wantsHistory: isDraft && row.settings.historyDays > 0 })),
    );
  }
  if (!isDraft) return { checks, replaced, road: undefined, tokenExpiresAt };
  const road = chooseRoad(number, (await knownPin(dependencies, row)) !== undefined);
  if (road.kind !== 'ready') replaced.add('number');
  checks.push(...describeRoad(road));
  return { checks, replaced, road, tokenExpiresAt };
}

function describeToken({ findings }: TokenReport): ConnectionCheck[] {
  return findings
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ about, outcome, code }) => {
      const isRefused = code === 'token-expired' || code === 'token-rejected';
      const name = about === 'app' ? 'metaApp' : isRefused ? 'credentials' : 'token';
      return checkOf(name, outcome !== 'failed', code);
    });
}

function expiryOf({ facts }: TokenReport): Date | null | undefined {
  if (!facts?.isValid) return undefined;
  return facts.expiresAtMs === undefined ? null : new Date(facts.expiresAtMs);
}

/** Our word for what keeps a number from sending; what passes by itself is left out. Such a number is connected all the same. */
export function faultCodes(faults: readonly HealthFault[]): CheckCode[] {
  const lasting = faults.filter((fault) => !fault.isPending);
  return [...new Set(lasting.map(({ isPayment }) => (isPayment ? 'payment-missing' : 'sending-limited')))];
}

const describeFaults = (faults: readonly HealthFault[]): ConnectionCheck[] =>
  faultCodes(faults).map((code) => checkOf('health', true, code));

function describeRoad(road: NumberRoad): ConnectionCheck[] {
  switch (road.kind) {
    case 'ready':
      return [];
    case 'register':
      return [checkOf('number', true, 'will-be-registered')];
    case 'business-app':
      return [checkOf('number', true, 'business-app-linked')];
    case 'refused':
      return [checkOf(road.code === 'pin-needed' ? 'pin' : 'number', false, road.code)];
  }
}

/** Messages first, since whatever follows may cause some; then the number, where it is not registered yet. */
export async function setUpNumber(
  dependencies: Dependencies,
  place: NumberSetup,
  { road }: SetupReport,
): Promise<ConnectionCheck[]> {
  const checks = await subscribeNumber(dependencies, place);
  // The attempt before this one registered it, and was lost with its worker.
  if (road?.kind === 'ready')
    await settleCalledStep(dependencies.db, place.connectionId, 'register', { state: 'done' });
  if (road?.kind !== 'register' || checks.some((check) => !check.ok)) return checks;
  return [...checks, await registerNumber(dependencies, place)];
}
