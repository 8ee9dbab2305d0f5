import { NEEDED_SCOPES, TOKEN_WARNING_DAYS } from '../workflows/domain/number-road.ts';
import type { ChannelSetup, TokenFacts } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import type { CheckCode } from './check-words.ts';

/** What was found out about a token, or about the app whose secret was used to ask. */
export type TokenFinding = { about: 'token' | 'app'; outcome: 'passed' | 'warning' | 'failed'; code: CheckCode };
export type TokenReport = { facts?: TokenFacts; findings: TokenFinding[] };

/** `appId`: undefined where no app is named yet, so that the token speaks for itself. */
export type TokenQuestion = { appId: string | undefined; nowMs: number };

const DAY_MS = 24 * 60 * 60_000;

/** Asks the network what a token is. Throws ChannelError only where it was not to be reached. */
export async function inspectToken(setup: ChannelSetup, question: TokenQuestion): Promise<TokenReport> {
  try {
    const facts = await setup.readToken();
    return { facts, findings: judgeToken(facts, question) };
  } catch (error) {
    if (!(error instanceof ChannelError) || error.isPassing) throw error;
    return { findings: [judgeRefusal(error, question)] };
  }
}

/** The token itself first, then what it is good for, then how long. */
export function judgeToken(facts: TokenFacts, { appId, nowMs }: TokenQuestion): TokenFinding[] {
  const { expiresAtMs } = facts;
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) return [finding('failed', 'token-expired')];
  if (!facts.isValid) return [finding('failed', 'token-rejected')];
  const findings: TokenFinding[] = [];
  if (appId !== undefined && facts.appId !== undefined) {
    const isOurs = facts.appId === appId;
    findings.push(isOurs ? finding('passed', 'token-of-this-app') : finding('failed', 'token-of-another-app'));
  }
  const hasScopes = NEEDED_SCOPES.every((scope) => facts.scopes.includes(scope));
  findings.push(hasScopes ? finding('passed', 'scopes-granted') : finding('failed', 'scopes-missing'));
  return [...findings, judgeExpiry(expiresAtMs, nowMs)];
}

function judgeExpiry(expiresAtMs: number | undefined, nowMs: number): TokenFinding {
  if (expiresAtMs === undefined) return finding('passed', 'token-never-expires');
  const isSoon = expiresAtMs - nowMs <= TOKEN_WARNING_DAYS * DAY_MS;
  return isSoon ? finding('warning', 'token-expires-soon') : finding('passed', 'token-expires');
}

function judgeRefusal(error: ChannelError, { appId }: TokenQuestion): TokenFinding {
  if (error.setupRefusal === 'token-of-another-app') return finding('failed', 'token-of-another-app');
  if (error.kind !== 'credentials-rejected') return finding('warning', 'token-not-inspected');
  if (appId === undefined) return finding('failed', 'token-rejected');
  return { about: 'app', outcome: 'failed', code: 'app-secret-wrong' };
}

const finding = (outcome: TokenFinding['outcome'], code: CheckCode): TokenFinding => ({
  about: 'token',
  outcome,
  code,
});

/** Whole days that are left, rounded down. */
export const daysLeft = (expiresAtMs: number, nowMs: number): number =>
  Math.max(0, Math.floor((expiresAtMs - nowMs) / DAY_MS));
