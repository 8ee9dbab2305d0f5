/**
 * What can go wrong outside, in one closed list. The same words are used by the channel and Planfix clients, by the
 * failure types that workflows branch on, and as metric labels. Meanings and classes: style sheet, "Errors".
 */

export const FAILURE_KINDS = [
  'unavailable',
  'rate-limited',
  'credentials-rejected',
  'invalid-request',
  'recipient-unreachable',
  'template-required',
  'file-rejected',
  'unexpected-response',
  'outcome-unknown',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** How far a failure reaches: one message, one conversation, one connected number, or a whole Planfix account. */
export const FAILURE_SCOPES = ['message', 'conversation', 'connection', 'account'] as const;
export type FailureScope = (typeof FAILURE_SCOPES)[number];

/**
 * - `retry`: certainly without effect; again after a back-off, or when told.
 * - `retry-few`: a few times, since it may be a passing fault of the other side; then a person.
 * - `await-change`: not before somebody changed something outside (a new token); then everything flows.
 * - `give-up`: the same call can only fail again.
 * - `read-back`: never repeated blindly; look what happened first, or wait for word of it.
 */
export type RetryClass = 'retry' | 'retry-few' | 'await-change' | 'give-up' | 'read-back';

export const RETRY_CLASS: Readonly<Record<FailureKind, RetryClass>> = {
  unavailable: 'retry',
  'rate-limited': 'retry',
  'credentials-rejected': 'await-change',
  'invalid-request': 'give-up',
  'recipient-unreachable': 'give-up',
  'template-required': 'give-up',
  'file-rejected': 'give-up',
  'unexpected-response': 'retry-few',
  'outcome-unknown': 'read-back',
};

/** Kinds that, when they concern a connection or an account, pause all of it and park nothing. */
export const PAUSING_KINDS: ReadonlySet<FailureKind> = new Set(['unavailable', 'rate-limited', 'credentials-rejected']);

/** Whoever is to wait for this long or longer has used up more than what a number may send in a second. */
const LONGEST_BREATH_MS = 30_000;

type Failure = { kind: FailureKind; scope: FailureScope; retryAfterMs?: number | undefined };

/** A number sent faster than the network takes it: a moment later, and slower, everything goes on. */
export const isTooFast = ({ kind, scope, retryAfterMs = LONGEST_BREATH_MS }: Failure): boolean =>
  kind === 'rate-limited' && scope === 'connection' && retryAfterMs < LONGEST_BREATH_MS;

/** Nothing leaves a connection that met this until it is well again. */
export const isPausing = (failure: Failure): boolean =>
  failure.scope === 'connection' && PAUSING_KINDS.has(failure.kind) && !isTooFast(failure);

/**
 * What we find out ourselves, in words finer than the kind they belong to: each has a sentence of its own for the agent.
 * `window-waiting` is no failure yet: the message leaves by itself when the customer writes.
 */
export const OWN_REFUSALS = {
  'file-too-large': 'file-rejected',
  'file-empty': 'file-rejected',
  'file-refused-type': 'file-rejected',
  'file-digest-mismatch': 'file-rejected',
  'file-expired': 'file-rejected',
  'file-refused-address': 'file-rejected',
  'file-unavailable': 'file-rejected',
  'window-waiting': 'template-required',
  'opted-out': 'recipient-unreachable',
  cancelled: 'invalid-request',
  disconnected: 'invalid-request',
} as const satisfies Record<string, FailureKind>;
export type OwnRefusal = keyof typeof OWN_REFUSALS;

export function isOwnRefusal(word: unknown): word is OwnRefusal {
  return typeof word === 'string' && Object.hasOwn(OWN_REFUSALS, word);
}

export function isFailureKind(word: unknown): word is FailureKind {
  return (FAILURE_KINDS as readonly unknown[]).includes(word);
}
