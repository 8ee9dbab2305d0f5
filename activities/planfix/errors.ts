import type { FailureKind, FailureScope } from '../../workflows/domain/failure-kinds.ts';
import type { Told } from '../../workflows/domain/problem-findings.ts';

/**
 * What exactly Planfix refused, for callers that have another way: `owner` and `assigner` may be left out,
 * `comment-banned` (by the task's status) needs `settings.initialStatus`, a missing task needs a new one.
 */
export const REFUSALS = [
  'owner',
  'assigner',
  'status',
  'template',
  'custom-field',
  'comment-banned',
  'forbidden',
  'task-missing',
  'contact-missing',
  'comment-missing',
  'contact-name-empty',
  'contact-limit',
  'file-missing',
  'file-too-large',
  /** The file is kept at an address that may not be called. */
  'file-address',
  'unknown-token',
  'scope-missing',
  'employee-inactive',
  'account-blocked',
  'account-unpaid',
  'daily-quota',
  'other',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** `detail` is a sentence of ours, never Planfix's text, which may quote what a customer wrote. */
export type PlanfixFailure = Told & {
  kind: FailureKind;
  scope: FailureScope;
  refusal?: Refusal;
  /** Planfix's own number; the HTTP status says much less. */
  code?: number;
  httpStatus?: number;
  retryAfterMs?: number;
  /** The custom field that was refused, where Planfix names it. */
  fieldId?: number;
};

/** Thrown by every call of the Planfix client. Holds no personal data, so it may be logged and stored as it is. */
export class PlanfixError extends Error {
  override readonly name = 'PlanfixError';
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  readonly refusal: Refusal | undefined;
  readonly code: number | undefined;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly fieldId: number | undefined;
  readonly detail: string;
  /** What problems say of it. */
  readonly told: Told;

  constructor(failure: PlanfixFailure, options?: ErrorOptions) {
    super(failure.code === undefined ? failure.detail : `${failure.detail} (code ${failure.code})`, options);
    this.kind = failure.kind;
    this.scope = failure.scope;
    this.refusal = failure.refusal;
    this.code = failure.code;
    this.httpStatus = failure.httpStatus;
    this.retryAfterMs = failure.retryAfterMs;
    this.fieldId = failure.fieldId;
    this.detail = failure.detail;
    this.told = { detail: failure.detail, findings: failure.findings };
  }
}
