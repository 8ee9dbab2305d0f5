/** What looks at an API tell of a connection: a refusal is a finding, and the other looks are still made. */
import type { NumberFacts } from '../channel.ts';
import { ChannelError, type ChannelFailure } from '../errors.ts';
import type { CheckResult, FindingCode, Verdict } from '../findings.ts';

export type Look<T> = { value: T } | { failure: ChannelFailure };

/** Findings are what the provider decided; that it was not to be reached tells nothing and is thrown. */
export async function look<T>(read: () => Promise<T>): Promise<Look<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ChannelError) || error.isPassing) throw error;
    const { kind, scope, code, detail, credentialsDead } = error;
    const known = { ...(code === undefined ? {} : { code }), ...(credentialsDead ? { credentialsDead } : {}) };
    return { failure: { kind, scope, detail, ...known } };
  }
}

export function judge<T>(name: CheckResult['name'], found: Look<T>, verdictOn: (value: T) => Verdict): CheckResult {
  if ('value' in found) return { name, ...verdictOn(found.value) };
  // One refused credential would fail every check with the same words.
  if (isCredentialRefusal(found)) return { name, outcome: 'skipped', code: 'credentials-rejected' };
  const code = found.failure.kind === 'credentials-rejected' ? 'permission-missing' : 'not-readable';
  return { name, outcome: 'failed', code, failure: found.failure };
}

/** A missing permission is a different finding. */
function isCredentialRefusal(found: Look<unknown>): boolean {
  return 'failure' in found && found.failure.credentialsDead === true;
}

/** `codes`: the words for both outcomes. */
export function judgeCredentials(
  found: readonly Look<unknown>[],
  codes: { accepted: FindingCode; rejected: FindingCode },
): CheckResult {
  for (const one of found) {
    if ('failure' in one && isCredentialRefusal(one)) {
      return { name: 'credentials', outcome: 'failed', code: codes.rejected, failure: one.failure };
    }
  }
  return { name: 'credentials', outcome: 'passed', code: codes.accepted };
}

/** Only what the provider states counts: a field that is not there is no reason to refuse a number. */
export function judgeNumber(number: NumberFacts): Verdict {
  const { status, platform, nameStatus, quality, onBusinessApp } = number;
  if (platform !== undefined && platform !== 'CLOUD_API') return { outcome: 'failed', code: 'number-not-on-cloud-api' };
  // What is in the phone app, too, is said to be pending for a while, and works.
  if (!onBusinessApp && status !== undefined && status !== 'CONNECTED')
    return { outcome: 'failed', code: 'number-not-connected' };
  if (nameStatus === 'DECLINED' || nameStatus === 'EXPIRED')
    return { outcome: 'warning', code: 'display-name-declined' };
  if (quality === 'RED') return { outcome: 'warning', code: 'quality-low' };
  return { outcome: 'passed', code: 'connected' };
}
