import { type SentenceCode, type Told, tell } from '../../workflows/domain/problem-findings.ts';
import type { HttpAnswer } from './call.ts';
import { PlanfixError, type PlanfixFailure, type Refusal } from './errors.ts';

/** `write`: it can have an effect that is seen twice; what may be repeated counts as `read`. `sent` are the fields that a refusal could be about. */
export type CallPurpose = { effect: 'read' | 'write'; subject: Subject; sent: readonly Suspect[] };
export type Subject = 'task' | 'contact' | 'comment' | 'file' | 'other';
export type Suspect = 'owner' | 'assigner' | 'status' | 'template' | 'custom-field';

/** No answer at all. `reached` as the HTTP function reports it; whatever it threw otherwise is taken as `maybe`. */
export function classifyNoAnswer(cause: unknown, purpose: CallPurpose): PlanfixError {
  const never = cause instanceof Error && 'reached' in cause && cause.reached === 'never';
  const told = tellOfNoAnswer(never ? 'planfix-not-called' : 'planfix-no-answer', reasonOf(cause));
  if (purpose.effect === 'write' && !never) return outcomeUnknown(told, { cause });
  return new PlanfixError({ kind: 'unavailable', scope: 'account', ...told }, { cause });
}

const tellOfNoAnswer = (code: 'planfix-not-called' | 'planfix-no-answer', reason: string | undefined): Told =>
  reason === undefined ? tell([code]) : tell([`${code}-because`, { reason }]);

/** Why there is no answer, where the HTTP function says it. */
function reasonOf(cause: unknown): string | undefined {
  const reason = cause instanceof Error && 'reason' in cause ? cause.reason : undefined;
  return typeof reason === 'string' && /^[a-z-]+$/.test(reason) ? reason : undefined;
}

/** The same, for the end of a sentence of ours. */
export function reasonWord(cause: unknown): string {
  const reason = reasonOf(cause);
  return reason === undefined ? '' : `: ${reason}`;
}

/** The answer's body: what of it is JSON, and the envelope's words wherever Planfix wrote them. */
export type Envelope = { json: unknown; failed: boolean; code: number | undefined; text: string };

/**
 * Planfix's envelope, without trust in the HTTP status: failures come as 200, 4xx and 500 (Planfix REST: errors). The
 * keys are lower case in practice and capitalised on the help page.
 */
export function readEnvelope(answer: HttpAnswer): Envelope | undefined {
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const words = new Map(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]));
  const result = words.get('result');
  const text = words.get('error');
  const code = Number.parseInt(String(words.get('code')), 10);
  const succeeded = typeof result === 'string' && /^success$/i.test(result);
  const failed = typeof result === 'string' && /^fail/i.test(result);
  return {
    json,
    failed: failed || (!succeeded && !Number.isNaN(code)),
    code: Number.isNaN(code) ? undefined : code,
    text: typeof text === 'string' ? text : '',
  };
}

/** The failure that an answer reports, or undefined when it reports none. */
export function classifyAnswer(
  answer: HttpAnswer,
  envelope: Envelope | undefined,
  purpose: CallPurpose,
): PlanfixError | undefined {
  const { status } = answer;
  const refused = envelope?.failed === true;
  if (!refused && status >= 200 && status < 300) return undefined;

  const code = refused ? envelope.code : undefined;
  const text = refused ? envelope.text : '';
  const failure =
    quotaFailure(answer, envelope, code, text) ??
    (code === undefined ? undefined : knownCode(code, purpose, text)) ??
    (refused ? refusedObject(status, code, text, purpose) : bareStatus(status, purpose));
  return new PlanfixError({ ...failure, httpStatus: status, ...(code === undefined ? {} : { code }) });
}

/** A 2xx that cannot be read: a read may be tried again, a write may have happened. */
export function unreadable(purpose: CallPurpose, httpStatus: number, cause?: unknown): PlanfixError {
  if (purpose.effect === 'write') return outcomeUnknown(tell(['planfix-accepted-unreadably']), { cause });
  return new PlanfixError(
    { kind: 'unexpected-response', scope: 'message', httpStatus, ...tell(['planfix-unreadable']) },
    { cause },
  );
}

function outcomeUnknown(told: Told, options?: ErrorOptions): PlanfixError {
  return new PlanfixError({ kind: 'outcome-unknown', scope: 'message', ...told }, options);
}

const RATE_WAIT_MS = 2_000;
/** When the daily quota is gone and Planfix does not say until when. */
const QUOTA_WAIT_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/**
 * The daily quota was seen as HTTP 200 with a text, as 403 with code 22, and as 429 (Planfix REST: errors, live
 * observations); code 24 is the user's own limit.
 */
function quotaFailure(
  answer: HttpAnswer,
  envelope: Envelope | undefined,
  code: number | undefined,
  text: string,
): PlanfixFailure | undefined {
  const quota = code === 22 || code === 24 || /rate limit exceeded|remaining: ?0\b/i.test(text);
  if (!quota && answer.status !== 429) return undefined;
  // The reset header counts to the end of the day on every answer; it says nothing of calls that came too fast.
  const stated = quota ? statedReset(answer, envelope, text) : wait(answer.headers['retry-after']);
  const retryAfterMs = Math.min(stated ?? (quota ? QUOTA_WAIT_MS : RATE_WAIT_MS), DAY_MS);
  const told = tell([quota ? 'planfix-quota' : 'planfix-too-fast']);
  const failure: PlanfixFailure = { kind: 'rate-limited', scope: 'account', retryAfterMs, ...told };
  return quota ? { ...failure, refusal: 'daily-quota' } : failure;
}

/** `timeToReset` is seconds in the text; as a field its unit is unclear, and more seconds than a day has must be ms. */
function statedReset(answer: HttpAnswer, envelope: Envelope | undefined, text: string): number | undefined {
  const field =
    typeof envelope?.json === 'object' && envelope.json !== null && 'timeToReset' in envelope.json
      ? envelope.json.timeToReset
      : undefined;
  const inText = /timeToReset: ?(\d+)/i.exec(text)?.[1];
  return (
    wait(inText) ?? wait(field) ?? wait(answer.headers['x-ratelimit-reset']) ?? wait(answer.headers['retry-after'])
  );
}

function wait(stated: unknown): number | undefined {
  const value = typeof stated === 'string' || typeof stated === 'number' ? Number.parseInt(String(stated), 10) : 0;
  if (!(value > 0)) return undefined;
  return value * 1000 > DAY_MS ? value : value * 1000;
}

const TOKEN: Readonly<Record<number, readonly [Refusal, SentenceCode]>> = {
  1: ['unknown-token', 'planfix-token-unknown'],
  2: ['unknown-token', 'planfix-token-off'],
  5: ['scope-missing', 'planfix-scope-missing'],
  10: ['account-blocked', 'planfix-spam'],
  11: ['account-blocked', 'planfix-frozen'],
  16: ['employee-inactive', 'planfix-employee-inactive'],
  20: ['account-unpaid', 'planfix-unpaid'],
  21: ['account-unpaid', 'planfix-free'],
};

const OBJECT: Readonly<Record<number, readonly [Refusal, SentenceCode]>> = {
  23: ['contact-limit', 'planfix-contact-limit'],
  30: ['other', 'planfix-request-unreadable'],
  1000: ['task-missing', 'planfix-task-missing'],
  2000: ['contact-missing', 'planfix-contact-missing'],
  2006: ['contact-name-empty', 'planfix-contact-nameless'],
  5000: ['comment-missing', 'planfix-comment-missing'],
};

const FILE: Readonly<Record<number, readonly [Refusal, SentenceCode]>> = {
  7000: ['file-missing', 'planfix-file-missing'],
  7001: ['other', 'planfix-file-refused'],
  7002: ['file-too-large', 'planfix-file-too-large'],
};

/** Codes that mean the same whatever was called. */
function knownCode(code: number, purpose: CallPurpose, text: string): PlanfixFailure | undefined {
  const token = TOKEN[code];
  if (token !== undefined) {
    return { kind: 'credentials-rejected', scope: 'account', refusal: token[0], ...tell([token[1]]) };
  }
  // A contact that may not be owner or assigner can be reported as one that does not exist.
  const suspect = code === 2000 && purpose.subject !== 'contact' ? blame(purpose, text) : undefined;
  if (suspect !== undefined) return refusalOf(suspect, text);
  const file = FILE[code];
  if (file !== undefined) return { kind: 'file-rejected', scope: 'message', refusal: file[0], ...tell([file[1]]) };
  const object = OBJECT[code];
  if (object === undefined) return undefined;
  const scope = code === 23 ? 'account' : 'message';
  return { kind: 'invalid-request', scope, refusal: object[0], ...tell([object[1]]) };
}

/** A readable refusal whose code says little: 0, 6, 40, 41 and the "failed" codes of each object. */
function refusedObject(status: number, code: number | undefined, text: string, purpose: CallPurpose): PlanfixFailure {
  if (status === 401) return bareStatus(status, purpose);
  const vague = code === undefined || code === 0;
  if (vague && (status >= 500 || status < 300)) {
    const told = tell(['planfix-unknown-error']);
    if (purpose.effect === 'write') return unknownOutcome(told);
    return { kind: 'unavailable', scope: 'account', ...told };
  }
  if (code === 6 && purpose.subject === 'comment' && purpose.effect === 'write') {
    const banned = /comments? not allowed|process/i.test(text) || !purpose.sent.includes('owner');
    if (banned) return refusalOf('comment-banned', text);
  }
  const suspect = blame(purpose, text);
  if (suspect !== undefined) return refusalOf(suspect, text);
  if (code === 6) return refusalOf('forbidden', text);
  return refusalOf('other', text);
}

/**
 * Which of the sent fields a refusal is about: the one its text names, else the one that is known to be refused at
 * times (a contact as owner or assigner, with an undocumented code), since the caller can do without it.
 */
function blame(purpose: CallPurpose, text: string): Suspect | undefined {
  const named: readonly [Suspect, RegExp][] = [
    ['status', /status/i],
    ['custom-field', /custom_?field|by id - \d+/i],
    ['template', /template/i],
    ['owner', /owner/i],
    ['assigner', /assigner/i],
  ];
  for (const [suspect, pattern] of named) {
    if (purpose.sent.includes(suspect) && pattern.test(text)) return suspect;
  }
  return purpose.sent.find((suspect) => suspect === 'owner' || suspect === 'assigner');
}

const REFUSAL_CODES: Partial<Record<Refusal, SentenceCode>> = {
  owner: 'planfix-owner-refused',
  assigner: 'planfix-assigner-refused',
  status: 'planfix-status-refused',
  template: 'planfix-template-refused',
  'custom-field': 'planfix-field-refused',
  'comment-banned': 'planfix-comments-banned',
  forbidden: 'planfix-forbidden',
};

function refusalOf(refusal: Refusal, text: string): PlanfixFailure {
  const fieldId = refusal === 'custom-field' ? /\bid(?: -)? (\d+)/i.exec(text)?.[1] : undefined;
  const told = tell([REFUSAL_CODES[refusal] ?? 'planfix-refused']);
  const failure: PlanfixFailure = { kind: 'invalid-request', scope: 'message', refusal, ...told };
  return fieldId === undefined ? failure : { ...failure, fieldId: Number(fieldId) };
}

function unknownOutcome(told: Told): PlanfixFailure {
  return { kind: 'outcome-unknown', scope: 'message', ...told };
}

/** Answers without Planfix's envelope: a proxy, a firewall or an error page speaks. */
function bareStatus(status: number, purpose: CallPurpose): PlanfixFailure {
  const told = tell(['planfix-http', { status }]);
  if (status >= 500 || status === 408) {
    return purpose.effect === 'write' ? unknownOutcome(told) : { kind: 'unavailable', scope: 'account', ...told };
  }
  if (status === 401) return { kind: 'credentials-rejected', scope: 'account', refusal: 'unknown-token', ...told };
  if (status === 413 && purpose.subject === 'file') {
    return { kind: 'file-rejected', scope: 'message', refusal: 'file-too-large', ...told };
  }
  if (status === 413) return { kind: 'invalid-request', scope: 'message', refusal: 'other', ...told };
  // A redirect leads to a login or maintenance page: nothing was accepted, and nothing will be until it is gone.
  if (status < 400) return { kind: 'unavailable', scope: 'account', ...told };
  return { kind: 'unexpected-response', scope: 'message', ...told };
}
