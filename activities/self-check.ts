import type { ConnectionUnderCare } from '../db/connection-care.ts';
import { openProblem } from '../db/problems.ts';
import { endRestriction } from '../db/restrictions.ts';
import { type HealthFacts, markChecked, readHealthFacts, type SelfCheck, storeSelfCheck } from '../db/self-check.ts';
import { LINK_PAUSES } from '../workflows/domain/connection-state.ts';
import { messagesPerSecond } from '../workflows/domain/pacing.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import {
  type Finding,
  higherLimit,
  judgeClocks,
  judgeFields,
  judgeStanding,
  judgeToken,
  sendingOfBanned,
} from '../workflows/domain/self-check.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import type { Standing } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import type { Care } from './connection-care.ts';
import type { Dependencies } from './dependencies.ts';
import { isRefused } from './refused-credentials.ts';
import { checkWebhooks } from './self-check-webhooks.ts';

/** The network has said itself what it is, or does not answer, which the probes of the pause find out. */
const UNASKED_PAUSES: ReadonlySet<string> = new Set([...LINK_PAUSES, 'unavailable']);

/** By up to this share of the time between them, checks come early. */
const SPREAD = 0.2;

/** The phone of a suspended number is usually back within minutes; if it is not, somebody must look. */
export async function tendSuspension(
  { db, waits }: Dependencies,
  { id: connectionId, state, pausedReason, pausedMsAgo, planfixAccountId }: ConnectionUnderCare,
): Promise<Care> {
  if (state !== 'paused' || pausedReason !== 'suspended') return { dueInMs: undefined };
  const leftMs = waits.suspendedMs - (pausedMsAgo ?? 0);
  if (leftMs > 0) return { dueInMs: leftMs };
  const problem = { kind: 'connection-paused', reason: 'suspended', ...tell(['suspension-lasts']) } as const;
  await openProblem(db, { ...problem, planfixAccountId, connectionId });
  return { dueInMs: undefined };
}

/** A restriction that the network told the end of is over by itself. */
export async function tendRestriction(
  { db }: Dependencies,
  { id, restrictedForMs }: ConnectionUnderCare,
): Promise<Care> {
  if (restrictedForMs === null) return { dueInMs: undefined };
  if (restrictedForMs > 0) return { dueInMs: Math.ceil(restrictedForMs) };
  await endRestriction(db, id);
  return { dueInMs: undefined };
}

/** What one self-check works with. */
export type HealthWork = {
  dependencies: Dependencies;
  connectionId: string;
  connection: ChannelConnection;
  facts: HealthFacts;
};

/**
 * Finds out how a connection is, every `selfCheckMs`: one call in the usual case, so that a thousand connections cost
 * four calls a second; what their rows tell costs none. Each check comes a little earlier than it must, so that those of
 * many connections do not stay together after an outage.
 */
export async function tendHealth(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  connectionId: string,
): Promise<Care> {
  const { db, waits } = dependencies;
  const facts = await readHealthFacts(db, connectionId, waits.statusLateMs);
  if (!facts) return { dueInMs: undefined };
  const leftMs = waits.selfCheckMs - (facts.checkedMsAgo ?? Number.MAX_VALUE);
  if (leftMs > 0) return { dueInMs: leftMs };
  const earlierMs = Math.random() * SPREAD * waits.selfCheckMs;
  await markChecked(db, connectionId, earlierMs);
  const connection = await openConnection(connectionId);
  const { recheckInMs = waits.selfCheckMs - earlierMs, ...check } = await askNetwork({
    dependencies,
    connectionId,
    connection,
    facts,
  });
  const clocks = {
    database: facts.databaseNowMs - Date.now(),
    network: connection.clockAheadMs(),
    planfix: facts.planfixClockAheadMs,
  };
  const found: Finding[] = [...check.found, ...judgeRows(facts), ...judgeTokenOf(facts, check), judgeClocks(clocks)];
  await storeSelfCheck(db, connectionId, { ...check, found });
  if (recheckInMs < waits.selfCheckMs - earlierMs) await markChecked(db, connectionId, waits.selfCheckMs - recheckInMs);
  return { dueInMs: recheckInMs };
}

/** What nobody could find out now is not said to be good. */
function judgeTokenOf(facts: HealthFacts, check: NetworkCheck): Finding[] {
  const { tokenExpiresAt = facts.tokenExpiresAt, isTokenRefused } = check;
  const isRefused = isTokenRefused ?? facts.pausedReason === 'credentials-rejected';
  const finding = judgeToken({ isRefused, expiresAtMs: tokenExpiresAt?.getTime() }, Date.now());
  return isTokenRefused === undefined && finding.code === 'token-good' ? [] : [finding];
}

function judgeRows({ accountState, accountPausedReason, hasHint, hasReplies, lacksStatuses }: HealthFacts): Finding[] {
  const planfix: Finding =
    accountState === 'connected'
      ? { name: 'planfix', code: 'planfix-answers' }
      : { name: 'planfix', code: 'planfix-paused', detail: accountPausedReason ?? accountState };
  return [
    planfix,
    { name: 'statuses', code: lacksStatuses ? 'statuses-missing' : 'statuses-arrive' },
    // As long as nobody has answered, there was nothing that a scenario could have told.
    ...(hasHint || hasReplies ? [{ name: 'hint', code: hasHint ? 'hint-seen' : 'hint-never-seen' } as const] : []),
  ];
}

/** `isTokenRefused` undefined: not known. */
type NetworkCheck = SelfCheck & { isTokenRefused?: boolean; recheckInMs?: number };
const NOTHING: NetworkCheck = { found: [] };

/** A network that is not to be reached says nothing about the connection. */
async function askNetwork(work: HealthWork): Promise<NetworkCheck> {
  const { connection, facts } = work;
  if (facts.pausedReason === 'disabled') return askOfBan(work);
  if (UNASKED_PAUSES.has(facts.pausedReason ?? '')) return NOTHING;
  try {
    const { client } = connection;
    const standing: Standing = await (client.setup ? client.setup.readStanding() : client.readNumber());
    const token = await lookIntoToken(work);
    const fields = await lookIntoFields(work, standing);
    const webhooks = await checkWebhooks(work, standing);
    const highestLimit = higherLimit(standing.messagingLimit, facts.highestLimit ?? undefined);
    const { quality, nameStatus, messagingLimit, throughput, status, platform, accountSending } = standing;
    return {
      found: [...judgeStanding(standing, facts.highestLimit ?? undefined), ...fields, ...webhooks.found],
      network: { quality, nameStatus, messagingLimit, throughput, status, platform },
      accountSending,
      highestLimit,
      messagesPerSecond: messagesPerSecond(standing),
      displayPhone: standing.displayPhone,
      verifiedName: standing.verifiedName,
      ...token,
      ...webhooks.more,
    };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return pauseIfRefused(work, error);
  }
}

/** Of a banned account only whether it may send again: the event that tells so may be lost. */
async function askOfBan({ connection, dependencies }: HealthWork): Promise<NetworkCheck> {
  const { setup } = connection.client;
  if (!setup) return NOTHING;
  try {
    const accountSending = sendingOfBanned(await setup.readStanding());
    return { found: [], accountSending, doubtMs: dependencies.waits.banDoubtMs };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return NOTHING;
  }
}

/** What the token is worth, as the network says; asked seldom, since its end stands in the row. */
async function lookIntoToken({
  dependencies,
  connection,
  facts,
}: HealthWork): Promise<{ isTokenRefused: boolean; tokenExpiresAt?: Date | null }> {
  const { setup } = connection.client;
  if (!setup || !isDeepDue(dependencies, facts)) return { isTokenRefused: false };
  try {
    const { isValid, expiresAtMs } = await setup.readToken();
    if (expiresAtMs !== undefined) return { isTokenRefused: !isValid, tokenExpiresAt: new Date(expiresAtMs) };
    // Of a token that is dead nobody says that it lasts for ever.
    return isValid ? { isTokenRefused: false, tokenExpiresAt: null } : { isTokenRefused: true };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    // The token was good a moment ago: that it may not be looked into is no fault of it.
    return { isTokenRefused: false };
  }
}

const isDeepDue = ({ waits }: Dependencies, { tokenCheckedMsAgo }: HealthFacts) =>
  (tokenCheckedMsAgo ?? Number.MAX_VALUE) >= waits.deepCheckMs;

/** Which webhooks the app hears of at all; asked as seldom. That nobody tells is no fault. */
async function lookIntoFields(
  { dependencies, connection, facts }: HealthWork,
  { onBusinessApp = false }: Standing,
): Promise<Finding[]> {
  const { setup } = connection.client;
  if (!setup || !isDeepDue(dependencies, facts)) return [];
  try {
    const fields = await setup.readAppFields();
    return fields === undefined ? [] : [judgeFields(fields, onBusinessApp)];
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return [];
  }
}

/**
 * A pause of its own is a problem with a remedy, and is probed until the credentials are good again. Of a refusal that is
 * not of the token, only what the probes meet, too: anything else they would end, and the next check begin again.
 */
async function pauseIfRefused({ connection }: HealthWork, error: ChannelError): Promise<NetworkCheck> {
  const isTokenRefused = await isRefused(connection, error);
  if (!isTokenRefused && (error.kind !== 'credentials-rejected' || !(await isProbeRefused(connection)))) return NOTHING;
  const { told } = error;
  await connection.pauseIfDown(new ChannelError({ kind: 'credentials-rejected', scope: 'connection', ...told }));
  return { ...NOTHING, isTokenRefused };
}

async function isProbeRefused({ client }: ChannelConnection): Promise<boolean> {
  try {
    await client.readNumber();
    return false;
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return error.kind === 'credentials-rejected';
  }
}
