import type { ChannelFailure } from './errors.ts';

/** Stable words for what is found about a connection; each has a sentence, and a remedy where it is a fault. */
export type FindingCode =
  | 'token-accepted'
  | 'token-rejected'
  | 'key-accepted'
  | 'key-rejected'
  | 'key-of-other-number'
  | 'number-of-key'
  | 'address-set'
  | 'address-not-set'
  | 'other-address'
  | 'sending-blocked'
  | 'permission-missing'
  | 'not-readable'
  | 'account-rejected'
  | 'account-in-review'
  | 'readable'
  | 'owned'
  | 'not-in-account'
  | 'subscribed'
  | 'not-subscribed'
  | 'other-app-only'
  | 'number-not-on-cloud-api'
  | 'number-not-connected'
  | 'display-name-declined'
  | 'quality-low'
  | 'connected';

/** `warning` lets the connection work; nobody is told of what was skipped. */
export type Verdict =
  | { outcome: 'passed' | 'warning' | 'failed'; code: FindingCode }
  | { outcome: 'skipped'; code: string };

type CheckName = 'credentials' | 'account' | 'number' | 'number-in-account' | 'subscription';

/** One finding about a connection; `failure` is there when the provider refused the look itself. */
export type CheckResult = Verdict & { name: CheckName; failure?: ChannelFailure };
