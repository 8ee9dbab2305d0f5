/**
 * Meta's error codes in neutral words; the same table serves the answer to a send and the `failed` status that comes
 * after a 200. Meta asks to branch on the code and to ignore titles, subcodes and the HTTP status, so the code alone
 * decides. (WhatsApp: errors, decision table)
 */
import type { FailureKind, FailureScope } from '../../../workflows/domain/failure-kinds.ts';
import { type SentenceCode, type Told, tell } from '../../../workflows/domain/problem-findings.ts';
import type { ChannelFailure } from '../errors.ts';

type Row = Told & {
  kind: FailureKind;
  scope: FailureScope;
  retryAfterMs?: number;
  touches?: 'templates';
  credentialsDead?: true;
  /** What the code means as the answer to a send, where Meta may have accepted the message in spite of it. */
  whenSending?: 'outcome-unknown';
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

function throttled(scope: FailureScope, retryAfterMs: number, told: Told): Row {
  return { kind: 'rate-limited', scope, retryAfterMs, ...told };
}
function unavailable(told: Told, retryAfterMs?: number): Row {
  return {
    kind: 'unavailable',
    scope: 'connection',
    ...told,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
/**
 * Temporary on Meta's side, but nothing says that the message was not taken. In a status it is final for that message,
 * and one of them says nothing about the connection.
 */
function uncertain(code: SentenceCode): Row {
  return { kind: 'unavailable', scope: 'message', ...tell([code]), whenSending: 'outcome-unknown' };
}
function unreachable(detail: string): Row {
  return { kind: 'recipient-unreachable', scope: 'message', detail };
}
function invalid(detail: string): Row {
  return { kind: 'invalid-request', scope: 'message', detail };
}
function rejected(code: SentenceCode): Row {
  return { kind: 'credentials-rejected', scope: 'connection', ...tell([code]) };
}

const TOKEN_REJECTED: Row = {
  ...rejected('network-token-rejected'),
  credentialsDead: true,
};
const PERMISSION_MISSING = rejected('network-permission-missing');
const PARAMETER_INVALID: Row = { kind: 'invalid-request', scope: 'message', ...tell(['network-parameter']) };
/** Everything was checked against what is known of the template. */
function otherTemplate(detail: string): Row {
  return { ...invalid(detail), touches: 'templates' };
}
const TEMPLATE_MISMATCH = otherTemplate('the template does not exist or its parameters do not fit');

const ROWS: Readonly<Record<number, Row>> = {
  // Refused for rate: certainly not accepted.
  130429: throttled('connection', SECOND_MS, tell(['network-throughput'])),
  131056: throttled('conversation', 6 * SECOND_MS, { detail: 'too many messages to this recipient in a short time' }),
  4: throttled('connection', MINUTE_MS, tell(['network-app-rate'])),
  80007: throttled('connection', MINUTE_MS, tell(['network-account-rate'])),
  133016: throttled('connection', 72 * HOUR_MS, tell(['network-registrations'])),

  // Temporary. Only maintenance is a certain refusal.
  131000: uncertain('network-failure'),
  131016: uncertain('network-service-away'),
  1: uncertain('network-failure'),
  2: uncertain('network-overloaded'),
  133004: uncertain('network-server-away'),
  131057: unavailable(tell(['network-maintenance']), MINUTE_MS),
  2494100: unavailable(tell(['network-maintenance']), MINUTE_MS),
  134101: { ...unavailable({ detail: 'the template is still being synchronised' }, 10 * MINUTE_MS), scope: 'message' },

  // Reach and permission.
  131047: { kind: 'template-required', scope: 'message', detail: 'more than 24 hours since the customer last wrote' },
  131026: unreachable('the message cannot be delivered to this recipient'),
  131049: unreachable('held back by the network to keep the chat healthy'),
  131048: throttled('connection', HOUR_MS, tell(['network-spam'])),
  131050: unreachable('the recipient has stopped marketing messages'),
  130472: unreachable('the recipient takes part in an experiment of the network'),
  130403: unreachable('the recipient is blocked by the business'),
  131021: invalid('sender and recipient are the same number'),
  131030: unreachable('the recipient is not on the list of this test number'),
  130497: unreachable('the business may not write to this country'),
  131062: unreachable('this message needs the phone of the recipient, who is known by user id only'),
  137000: unreachable('the identity key of the recipient has changed'),

  // Our request is wrong.
  100: PARAMETER_INVALID,
  33: { kind: 'invalid-request', scope: 'message', ...tell(['network-object-missing']) },
  131008: PARAMETER_INVALID,
  131009: PARAMETER_INVALID,
  135000: PARAMETER_INVALID,
  131051: invalid('the message type is not supported'),
  131053: { kind: 'file-rejected', scope: 'message', detail: 'the file could not be used' },
  131052: { kind: 'file-rejected', scope: 'message', detail: "the customer's file could not be fetched" },
  132000: TEMPLATE_MISMATCH,
  132001: TEMPLATE_MISMATCH,
  132005: TEMPLATE_MISMATCH,
  132007: TEMPLATE_MISMATCH,
  132012: TEMPLATE_MISMATCH,
  132018: TEMPLATE_MISMATCH,
  132015: otherTemplate('the template is paused for low quality'),
  132016: otherTemplate('the template is disabled for low quality'),
  132068: invalid('the flow is blocked'),
  132069: { kind: 'rate-limited', scope: 'message', retryAfterMs: HOUR_MS, detail: 'the flow is throttled' },
  131055: invalid('this endpoint does not take templates of this category'),
  134100: invalid('this endpoint does not take templates of this category'),
  131061: invalid('this template must be sent through the marketing endpoint'),
  131063: invalid('marketing templates are switched off on this endpoint'),
  131064: invalid('the business may not send templates for the time being'),
  131035: { kind: 'unexpected-response', scope: 'message', detail: 'an event could not be delivered and was not kept' },
  131036: { kind: 'unexpected-response', scope: 'message', detail: 'a message could not be encrypted again' },

  // Nothing will work until a person acts.
  190: TOKEN_REJECTED,
  0: TOKEN_REJECTED,
  3: PERMISSION_MISSING,
  10: PERMISSION_MISSING,
  131005: PERMISSION_MISSING,
  368: rejected('network-policy'),
  131031: rejected('network-locked'),
  131042: rejected('network-payment'),
  134011: rejected('network-terms'),
  131045: rejected('network-unregistered'),
  133010: rejected('network-unregistered'),
  131037: rejected('network-name'),
};

/** Graph's own permission errors; 200–299 are one family. */
function isPermissionCode(code: number): boolean {
  return code >= 200 && code <= 299;
}

function rowOf(code: number): Row {
  const row = ROWS[code];
  if (row !== undefined) return row;
  if (isPermissionCode(code)) return PERMISSION_MISSING;
  return {
    kind: 'unexpected-response',
    scope: 'message',
    ...tell(['network-unknown-code']),
  };
}

/** A code from a `failed` status or a value-level error: what it tells is final. */
export function failureOfCode(code: number): ChannelFailure {
  const { kind, scope, detail, findings, retryAfterMs, touches, credentialsDead } = rowOf(code);
  return {
    kind,
    scope,
    code,
    detail,
    ...(findings === undefined ? {} : { findings }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(touches === undefined ? {} : { touches }),
    ...(credentialsDead === undefined ? {} : { credentialsDead }),
  };
}

/** A code in the answer to a send: what may have been accepted is `outcome-unknown` and concerns that message alone. */
export function failureOfSend(code: number): ChannelFailure {
  const failure = failureOfCode(code);
  return { ...failure, kind: rowOf(code).whenSending ?? failure.kind };
}

export function isKnownCode(code: number): boolean {
  return ROWS[code] !== undefined || isPermissionCode(code);
}

export const KNOWN_CODES: readonly number[] = Object.keys(ROWS).map(Number);
