import type { FailureKind, FailureScope, OwnRefusal } from '../../workflows/domain/failure-kinds.ts';
import type { Told } from '../../workflows/domain/problem-findings.ts';

/**
 * A failure in neutral words. Scope `conversation` is the pair limit, `connection` everything on the number. `refusal`
 * says more than the kind where we know more. `code` is the provider's own number; `detail` is a sentence of ours and
 * never the provider's text, which may quote a phone number; its `findings` are there where it can become a problem.
 * `retryAfterMs` is the least wait before another try. `touches`: what is known of the account's templates is not true
 * any more. `credentialsDead`: the credentials themselves are refused; other rejections are a missing right, a policy or
 * a payment, and pass.
 */
export type ChannelFailure = Told & {
  kind: FailureKind;
  scope: FailureScope;
  refusal?: OwnRefusal;
  code?: number;
  retryAfterMs?: number;
  touches?: 'templates';
  credentialsDead?: true;
  /** What setting a number up was refused for. */
  setupRefusal?: SetupRefusal;
};

/** Refusals of the calls of `ChannelSetup`, and of a sign-up, that have a remedy of their own. */
export type SetupRefusal =
  | 'token-of-another-app'
  | 'app-refused'
  | 'pin-wrong'
  | 'pin-locked'
  | 'pin-too-fast'
  | 'number-not-verified'
  | 'number-not-registrable'
  | 'number-just-deleted'
  | 'registrations-used-up'
  | 'sync-asked-before'
  | 'sync-too-late';

/** Thrown by every channel client. Holds no personal data, so it may be logged and stored as it is. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  readonly refusal: OwnRefusal | undefined;
  readonly code: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly touches: 'templates' | undefined;
  readonly credentialsDead: true | undefined;
  readonly setupRefusal: SetupRefusal | undefined;
  readonly detail: string;
  /** What problems say of it. */
  readonly told: Told;

  constructor(failure: ChannelFailure, options?: ErrorOptions) {
    super(failure.code === undefined ? failure.detail : `${failure.detail} (code ${failure.code})`, options);
    this.kind = failure.kind;
    this.scope = failure.scope;
    this.refusal = failure.refusal;
    this.code = failure.code;
    this.retryAfterMs = failure.retryAfterMs;
    this.touches = failure.touches;
    this.credentialsDead = failure.credentialsDead;
    this.setupRefusal = failure.setupRefusal;
    this.detail = failure.detail;
    this.told = { detail: failure.detail, findings: failure.findings };
  }

  /** The network was not to be reached, or takes no calls now: asked again, it may answer otherwise. */
  get isPassing(): boolean {
    return this.kind === 'unavailable' || this.kind === 'rate-limited';
  }
}
