import { failureBody, PlanfixFailure } from './failure.ts';
import { secondsToReset, takeQuota } from './meter.ts';
import type { Account, Answer } from './model.ts';

/**
 * Checks the bearer token and the method's scope. For GET the token may also be the query's `access_token`.
 * Throws a PlanfixFailure: 401 code 1, 401 code 16 for an inactive employee, 405 code 5 (Planfix REST: authentication).
 */
export function checkToken(
  account: Account,
  method: string,
  authorization: string | undefined,
  queryToken: unknown,
  scope: string | null,
): void {
  const header = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  const token = header ?? (method === 'GET' ? queryToken : undefined);
  if (token !== account.token) throw new PlanfixFailure(401, 1, 'Access denied, unknown token');
  if (account.users.get(account.tokenUserId)?.status !== 'Active') {
    throw new PlanfixFailure(401, 16, 'Employee is not active');
  }
  if (scope !== null && !account.scopes.has(scope)) {
    throw new PlanfixFailure(405, 5, 'Scope denied, method not allowed');
  }
}

/** Counts the call against the day's quota and answers in the account's shape once that is used up. */
export function checkQuota(account: Account): Answer | undefined {
  if (takeQuota(account.meter, account.settings, account.now())) return undefined;
  return quotaAnswer(account, account.settings.quotaShape);
}

/** The two forms in which an exhausted quota has been seen: HTTP 200 with "fail", and HTTP 403 with code 22. */
export function quotaAnswer(account: Account, shape: '200' | '403'): Answer {
  const timeToReset = secondsToReset(account.now());
  const text = `Rest API billing - rate limit exceeded, remaining:0, timeToReset:${timeToReset}`;
  if (shape === '200') return { status: 200, body: failureBody(account.settings.quotaCode200, text) };
  return { status: 403, body: { ...failureBody(22, text), timeToReset } };
}

export function rateAnswer(account: Account): Answer {
  return { status: account.settings.rateRefusalStatus, body: failureBody(0, 'Too many requests') };
}

/** Headers of every answer: the account's own time, and the quota as it was when last refreshed. */
export function accountHeaders(account: Account, exhausted: boolean): Record<string, string> {
  return {
    date: new Date(account.now()).toUTCString(),
    'x-ratelimit-remaining': String(exhausted ? 0 : account.meter.reportedRemaining),
    'x-ratelimit-reset': String(secondsToReset(account.now())),
  };
}
