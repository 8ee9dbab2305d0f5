/**
 * Whether a connection can work: token, account, number, their belonging together, and the subscription without which
 * no message ever arrives and nothing says so. (WhatsApp: webhooks, subscriptions; onboarding: a number's health)
 */
import type { AccountFacts, ConnectionReport, NumberFacts } from '../channel.ts';
import type { CheckResult, Verdict } from '../findings.ts';
import { judge, judgeCredentials, judgeNumber, look } from '../whatsapp/findings.ts';

export type SubscribedApp = { appId: string; overrideUrl?: string };

/** What Meta can be asked about a number and its account. */
export type CloudReads = {
  readNumber(): Promise<NumberFacts>;
  readAccount(): Promise<AccountFacts>;
  /** Whether the number belongs to the account. */
  ownsNumber(): Promise<boolean>;
  readSubscribedApps(): Promise<SubscribedApp[]>;
};

const TOKEN_CODES = { accepted: 'token-accepted', rejected: 'token-rejected' } as const;

export async function checkConnection(reads: CloudReads, appId: string | undefined): Promise<ConnectionReport> {
  const [number, account, owned, apps] = await Promise.all([
    look(reads.readNumber),
    look(reads.readAccount),
    look(reads.ownsNumber),
    look(reads.readSubscribedApps),
  ]);
  const checks: CheckResult[] = [
    judgeCredentials([number, account, owned, apps], TOKEN_CODES),
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

function judgeAccount(account: AccountFacts): Verdict {
  if (account.reviewStatus === 'REJECTED') return { outcome: 'failed', code: 'account-rejected' };
  if (account.reviewStatus === 'PENDING') return { outcome: 'warning', code: 'account-in-review' };
  return { outcome: 'passed', code: 'readable' };
}
