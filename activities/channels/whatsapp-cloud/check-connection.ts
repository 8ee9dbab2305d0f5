/**
 * Whether a connection can work: token, account, number, their belonging together, and the subscription without which
 * no message ever arrives and nothing says so. A refusal of one look is a finding, and the others are still made.
 * (WhatsApp: webhooks, subscriptions; onboarding: reading a number's health)
 */
import type { AccountFacts, ChannelClient, CheckResult, ConnectionReport, NumberFacts } from '../channel.ts';
import { ChannelError, type ChannelFailure } from '../errors.ts';

type Reads = Pick<ChannelClient, 'readNumber' | 'readAccount' | 'ownsNumber' | 'readSubscribedApps'>;

export async function checkConnection(reads: Reads, appId: string | undefined): Promise<ConnectionReport> {
  const [number, account, owned, apps] = await Promise.all([
    look(reads.readNumber),
    look(reads.readAccount),
    look(reads.ownsNumber),
    look(reads.readSubscribedApps),
  ]);
  const checks: CheckResult[] = [
    checkCredentials([number, account, owned, apps]),
    judge('account', account, judgeAccount),
    judge('number', number, judgeNumber),
    judge('number-in-account', owned, (isOwned) =>
      isOwned ? { outcome: 'passed', code: 'owned' } : { outcome: 'failed', code: 'not-in-account' },
    ),
    judge('subscription', apps, (subscribed) => {
      if (subscribed.length === 0) return { outcome: 'failed', code: 'not-subscribed' };
      const isOurs = appId === undefined || subscribed.some((app) => app.appId === appId);
      return isOurs ? { outcome: 'passed', code: 'subscribed' } : { outcome: 'failed', code: 'other-app-only' };
    }),
  ];
  return {
    checks,
    ...('value' in number ? { number: number.value } : {}),
    ...('value' in account ? { account: account.value } : {}),
  };
}

type Look<T> = { value: T } | { failure: ChannelFailure };

/** Findings are what the provider decided; that it was not to be reached tells nothing and is thrown. */
async function look<T>(read: () => Promise<T>): Promise<Look<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ChannelError) || error.kind === 'unavailable' || error.kind === 'rate-limited') throw error;
    const { kind, scope, code, detail } = error;
    return { failure: { kind, scope, detail, ...(code === undefined ? {} : { code }) } };
  }
}

type Verdict = Pick<CheckResult, 'outcome' | 'code'>;

function judge<T>(name: CheckResult['name'], found: Look<T>, verdictOn: (value: T) => Verdict): CheckResult {
  if ('value' in found) return { name, ...verdictOn(found.value) };
  // One refused token would fail every check with the same words.
  if (isTokenRefusal(found)) return { name, outcome: 'skipped', code: 'token-rejected' };
  const code = found.failure.kind === 'credentials-rejected' ? 'permission-missing' : 'not-readable';
  return { name, outcome: 'failed', code, failure: found.failure };
}

/** The codes with which Graph refuses the token itself; a missing permission is a different finding. */
const TOKEN_CODES = new Set<number | undefined>([190, 0, undefined]);

function isTokenRefusal(found: Look<unknown>): boolean {
  return 'failure' in found && found.failure.kind === 'credentials-rejected' && TOKEN_CODES.has(found.failure.code);
}

function checkCredentials(found: readonly Look<unknown>[]): CheckResult {
  for (const one of found) {
    if ('failure' in one && isTokenRefusal(one)) {
      return { name: 'credentials', outcome: 'failed', code: 'token-rejected', failure: one.failure };
    }
  }
  return { name: 'credentials', outcome: 'passed', code: 'token-accepted' };
}

function judgeAccount(account: AccountFacts): Verdict {
  if (account.reviewStatus === 'REJECTED') return { outcome: 'failed', code: 'account-rejected' };
  if (account.reviewStatus === 'PENDING') return { outcome: 'warning', code: 'account-in-review' };
  return { outcome: 'passed', code: 'readable' };
}

/** Only what the provider states counts: a field that is not there is no reason to refuse a number. */
function judgeNumber(number: NumberFacts): Verdict {
  const { status, platform, nameStatus, quality } = number;
  if (platform !== undefined && platform !== 'CLOUD_API') return { outcome: 'failed', code: 'number-not-on-cloud-api' };
  if (status !== undefined && status !== 'CONNECTED') return { outcome: 'failed', code: 'number-not-connected' };
  if (nameStatus === 'DECLINED' || nameStatus === 'EXPIRED')
    return { outcome: 'warning', code: 'display-name-declined' };
  if (quality === 'RED') return { outcome: 'warning', code: 'quality-low' };
  return { outcome: 'passed', code: 'connected' };
}
