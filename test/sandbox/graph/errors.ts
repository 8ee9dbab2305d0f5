import { createTraceId } from './ids.ts';

type KnownError = { status: number; title: string; details?: string };

const throttled = { status: 400, details: 'Message failed to send because there were too many messages sent.' };

/**
 * Meta's codes with the HTTP status that its page stated last and words like its own (WhatsApp: errors, decision
 * table). Any other code can be asked of a fault all the same.
 */
const knownErrors: Record<number, KnownError> = {
  0: { status: 401, title: 'AuthException' },
  1: { status: 400, title: 'API Unknown' },
  2: { status: 503, title: 'API Service' },
  3: { status: 500, title: 'API Method' },
  4: { status: 400, title: 'Application request limit reached' },
  10: { status: 403, title: 'Permission Denied' },
  15: { status: 400, title: 'This method must be called with an app access_token.' },
  33: { status: 400, title: 'Parameter value is not valid' },
  100: { status: 400, title: 'Invalid parameter' },
  101: {
    status: 400,
    title: 'Error validating application. Cannot get application info due to a system error.',
  },
  190: { status: 401, title: 'Invalid OAuth access token - Cannot parse access token' },
  200: { status: 403, title: 'You do not have the necessary permissions' },
  368: { status: 403, title: 'Temporarily blocked for policies violations' },
  80007: { status: 400, title: 'Rate limit issues' },
  130403: { status: 400, title: 'User blocked by the business' },
  130429: {
    status: 400,
    title: 'Rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number in a short period.',
  },
  130472: { status: 400, title: "User's number is part of an experiment" },
  130497: { status: 403, title: 'Business account is restricted from messaging users in this country' },
  131000: { status: 500, title: 'Something went wrong', details: 'Message failed to send due to an unknown error.' },
  131005: { status: 403, title: 'Access denied' },
  131008: { status: 400, title: 'Required parameter is missing' },
  131009: { status: 400, title: 'Parameter value is not valid' },
  131016: { status: 500, title: 'Service unavailable' },
  131021: { status: 400, title: 'Recipient cannot be sender' },
  131026: { status: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: { status: 400, title: 'Recipient phone number not in allowed list' },
  131031: { status: 403, title: 'Account has been locked' },
  131035: { status: 400, title: 'Webhook could not be delivered', details: 'The update was not stored.' },
  131036: { status: 400, title: 'Re-encryption failed' },
  131037: { status: 400, title: 'Display name approval is needed' },
  131042: { status: 400, title: 'Business eligibility payment issue' },
  131045: { status: 500, title: 'Incorrect certificate' },
  131047: {
    status: 400,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: { ...throttled, title: 'Spam rate limit hit' },
  131049: { status: 400, title: 'This message was not delivered to maintain healthy ecosystem engagement.' },
  131050: { status: 400, title: 'User has stopped marketing messages from this business' },
  131051: { status: 400, title: 'Unsupported message type' },
  131052: {
    status: 400,
    title: 'Media download error',
    details: 'Media file size too big. Max file size we currently support: 100MB.',
  },
  131053: { status: 400, title: 'Media upload error' },
  131055: { status: 400, title: 'Method not allowed', details: 'Use the messages endpoint for this template.' },
  131056: {
    status: 400,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  },
  131057: { status: 500, title: 'Account in maintenance mode' },
  131061: { status: 400, title: 'Template must be sent through the marketing messages endpoint' },
  131062: { status: 400, title: 'Business-scoped user id is not supported for this message' },
  131063: { status: 400, title: 'Marketing templates are disabled on this endpoint' },
  131064: { status: 400, title: 'Business portfolio is limited after template classification violations' },
  132000: { status: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { status: 404, title: 'Template name does not exist in the translation' },
  132005: { status: 400, title: 'Translated text too long' },
  132007: { status: 400, title: 'Template format character policy violated' },
  132012: { status: 400, title: 'Parameter format does not match format in the created template' },
  132015: { status: 400, title: 'Template is paused' },
  132016: { status: 400, title: 'Template is disabled' },
  132018: { status: 400, title: 'Template parameters are not valid' },
  132068: { status: 400, title: 'Flow is in blocked state' },
  132069: { status: 400, title: 'Flow is in throttled state' },
  133004: { status: 503, title: 'Server temporarily unavailable' },
  133005: { status: 400, title: 'Two step verification PIN Mismatch' },
  133006: { status: 400, title: 'Phone number re-verification needed' },
  133008: { status: 400, title: 'Too many two step verification PIN guesses' },
  133009: { status: 400, title: 'Two step verification PIN guessed too fast' },
  133010: { status: 400, title: 'Phone number not registered' },
  133015: { status: 400, title: 'Please wait a few minutes before attempting to register this phone number' },
  133016: { status: 400, title: 'Account register deregister rate limit exceeded' },
  134011: { status: 400, title: 'WhatsApp business payments terms of service not accepted' },
  134100: { status: 400, title: 'Only marketing messages supported' },
  134101: { status: 400, title: 'Template is still synchronizing' },
  135000: { status: 400, title: 'Generic user error' },
  136024: { status: 400, title: 'Request code error' },
  136025: { status: 400, title: 'Verify code error' },
  137000: { status: 400, title: 'Identity key hash does not match' },
  2593107: { status: 400, title: 'Synchronization request limit exceeded' },
  2593108: { status: 400, title: 'Synchronization request made outside of the allowed time window' },
  2593109: { status: 400, title: 'Synchronization of message history was declined by the business' },
  2494100: { status: 500, title: 'Account in maintenance mode' },
};

/** Permissions have a hundred codes of one meaning. */
const describe = (code: number): KnownError | undefined =>
  knownErrors[code] ?? (code > 200 && code <= 299 ? knownErrors[200] : undefined);

type ErrorParts = { status?: number; message?: string; details?: string | undefined; type?: string; subcode?: number };

/** A refusal of a call, as Graph states it. */
export class GraphError extends Error {
  readonly code: number;
  readonly status: number;
  readonly details: string | undefined;
  readonly body: { error: Record<string, unknown> };

  constructor(code: number, parts: ErrorParts = {}) {
    const known = describe(code);
    const message = parts.message ?? `(#${code}) ${known?.title ?? 'Error'}`;
    super(message);
    this.name = 'GraphError';
    this.code = code;
    this.status = parts.status ?? known?.status ?? 400;
    const details = parts.details ?? known?.details;
    this.details = details;
    this.body = {
      error: {
        message,
        type: parts.type ?? 'OAuthException',
        code,
        ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
        ...(parts.subcode === undefined ? {} : { error_subcode: parts.subcode }),
        fbtrace_id: createTraceId(),
      },
    };
  }
}

/** The error as webhooks carry it, where `message` repeats the title. */
export function webhookError(code: number, details?: string): Record<string, unknown> {
  const known = describe(code);
  const title = known?.title ?? `Error ${code}`;
  return {
    code,
    title,
    message: title,
    error_data: { details: details ?? known?.details ?? title },
    href: 'https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/',
  };
}

/** Meta's code and words, for the page. */
export const describeError = (code: number): string => `${code} ${describe(code)?.title ?? 'Error'}`;

export function wrongToken(subcode?: number): GraphError {
  const expired = subcode === 463;
  const message = expired
    ? 'Error validating access token: Session has expired.'
    : 'Invalid OAuth access token - Cannot parse access token';
  return new GraphError(190, { message, ...(subcode === undefined ? {} : { subcode }) });
}

/** Graph does not tell an unknown object from one that the token may not see. */
export function noSuchObject(method: string, id: string): GraphError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
    'https://developers.facebook.com/docs/graph-api';
  return new GraphError(100, { message, subcode: 33, type: 'GraphMethodException' });
}
